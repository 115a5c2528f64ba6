"""Where to go next, when the address of it came from outside."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

LONGEST_WAY_BACK = 2_000  # characters: what is longer is cut down to its path


def own_path(text: str, default: str = "/") -> str:
    """A path of this site; anything else is the default, so that nobody is led elsewhere (no open redirection)."""
    safe = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if safe else default


def came_from(headers: Mapping[str, str]) -> str:
    """The page of this site on which a form or a part of it stood, with its filters; "" where that is not known."""
    found = urlsplit(headers.get("hx-current-url") or headers.get("referer") or "")
    if not found.netloc or found.netloc != headers.get("host"):
        return ""
    return _short(found.path, found.query)


def asked_for(path: str, query: str) -> str:
    """The page that was asked for, with its filters."""
    return _short(path, query)


def _short(path: str, query: str) -> str:
    whole = own_path(f"{path}?{query}" if query else path, "")
    return whole if len(whole) <= LONGEST_WAY_BACK else own_path(path, "")
