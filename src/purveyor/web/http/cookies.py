"""Cookies of ours: not readable by scripts, not sent along from other sites, and over HTTPS only where there is one."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

from litestar.response.base import ASGIResponse


def is_secure(settings: Any) -> bool:
    """Whether browsers reach us by HTTPS."""
    return (settings.public_url or "").startswith("https://")


def cookie_name(name: str, *, secure: bool) -> str:
    """`__Host-` binds a cookie to this very host (RFC 6265bis, 4.1.3.2). Browsers take it over HTTPS only."""
    return f"__Host-{name}" if secure else name


def set_cookie(name: str, value: str, *, secure: bool, max_age_s: int | None = None) -> str:
    """The value of a `Set-Cookie` header. Without `max_age_s` it goes with the browser, with 0 at once."""
    parts = [f"{cookie_name(name, secure=secure)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if secure:
        parts.append("Secure")
    if max_age_s is not None:
        parts.append(f"Max-Age={max_age_s}")
    return "; ".join(parts)


class NewCookies:
    """What an answer gives the browser to keep."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self._cookies = SimpleCookie()
        self._brought: list[str] = []  # values of `Set-Cookie` that others made

    def keep(self, name: str, value: str, *, max_age_s: int) -> None:
        """Of several with one name, the last one counts."""
        name = cookie_name(name, secure=self._secure)
        self._cookies[name] = value
        morsel = self._cookies[name]
        morsel["path"] = "/"
        morsel["max-age"] = max_age_s
        morsel["httponly"] = True
        morsel["samesite"] = "Lax"
        if self._secure:
            morsel["secure"] = True

    def bring(self, cookie: str) -> None:
        """A whole `Set-Cookie` value, such as that of a session."""
        self._brought.append(cookie)

    def given_to(self, response: ASGIResponse) -> ASGIResponse:
        """The answer with all of them."""
        for morsel in self._cookies.values():
            response.headers.add("set-cookie", morsel.OutputString())
        for cookie in self._brought:
            response.headers.add("set-cookie", cookie)
        return response
