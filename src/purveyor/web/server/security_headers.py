"""Headers that guard every answer of ours, whatever it is: set last, where an answer does not say otherwise itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from purveyor.web.handling import WebContext
from purveyor.web.http.cookies import is_secure

# For what is no page: pages say for themselves what they may load.
LOADS_NOTHING = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
YEAR_S = 365 * 24 * 3600
ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"content-security-policy", LOADS_NOTHING.encode()))
NOT_KEPT = ((b"cache-control", b"no-store"),)  # by nobody on the way: it may tell of people
HTTPS_ONLY = ((b"strict-transport-security", f"max-age={YEAR_S}".encode()),)
KEPT = ("/static/",)

BeforeSend = Callable[[Any, Any], Awaitable[None]]


def add_security_headers(desk: WebContext) -> BeforeSend:
    """To be called with every message before it is sent."""

    async def guard(message: Any, scope: Any) -> None:
        if message["type"] != "http.response.start":
            return
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
        there = {name.lower() for name, _ in headers}
        wanted: tuple[tuple[bytes, bytes], ...] = ALWAYS if scope["path"].startswith(KEPT) else ALWAYS + NOT_KEPT
        if is_secure(desk.house.settings):
            wanted += HTTPS_ONLY
        headers += [header for header in wanted if header[0] not in there]
        message["headers"] = headers

    return guard
