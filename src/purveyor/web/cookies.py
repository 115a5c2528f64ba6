"""Cookies of ours: not readable by scripts, not sent along from other sites, and over HTTPS only where there is one."""

from __future__ import annotations

from typing import Any


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
