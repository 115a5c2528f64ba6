"""Whether a form is really one of ours: a token of the session, or of the browser where nobody is signed in.

A page of another site can make a browser send a form to us, with all cookies that `SameSite=Lax` lets through. It
cannot read the token that belongs in it.
"""

from __future__ import annotations

import secrets
from typing import Any

from purveyor.secret_key import SecretKey, constant_time_equal
from purveyor.web.http import security_log
from purveyor.web.http.cookies import cookie_name, is_secure, set_cookie
from purveyor.web.http.problem_details import Problem

GUEST = "purveyor-guest"  # the cookie of a browser in which nobody is signed in
FIELD = "csrf_token"
HEADER = "x-csrf-token"
GUEST_S = 30 * 24 * 3600


class Csrf:
    """Gives tokens out and checks them."""

    def __init__(self, seal: SecretKey, settings: Any) -> None:
        self._seal = seal
        self._secure = is_secure(settings)

    def of_session(self, token: str) -> str:
        """The token of a session, from the secret of its cookie: nothing to be kept."""
        return self._seal.tag("csrf of a session", token)

    def of_guest(self, request: Any) -> tuple[str, str]:
        """The token of a browser without a session, and the `Set-Cookie` value that it needs ("" if it has it).

        A signed double-submit cookie: the token in the form must be the one that belongs to the cookie, and the
        cookie must be signed by us, so that a neighboring host that can set cookies cannot make one up.
        """
        name = self._named(request)
        if name is not None:
            return self._seal.tag("csrf of a guest", name), ""
        name = secrets.token_urlsafe(24)
        sealed = self._seal.seal("guest", name)
        cookie = set_cookie(GUEST, sealed, secure=self._secure, max_age_s=GUEST_S)
        return self._seal.tag("csrf of a guest", name), cookie

    def check(self, request: Any, expected: str | None, field: str = "") -> None:
        """Raises `Problem` (403) unless the header `X-CSRF-Token` or the form's field `csrf_token` is right.

        `expected`: the token of the session; None for a guest. `field`: what the form has in `csrf_token`.
        """
        if expected is None:
            name = self._named(request)
            expected = self._seal.tag("csrf of a guest", name) if name is not None else ""
        found = request.headers.get(HEADER) or field
        if not (expected and found and constant_time_equal(found, expected)):
            security_log.note("csrf.refused", path=request.scope["path"], present=bool(found))
            raise Problem(
                403,
                "form_not_ours",
                "This form is too old or does not come from this site. Nothing was done: load the page again and "
                "send it once more.",
            )

    def _named(self, request: Any) -> str | None:
        sealed = request.cookies.get(cookie_name(GUEST, secure=self._secure))
        return self._seal.unseal("guest", sealed) if sealed else None
