"""Where to go next, when the address of it came from outside."""

from __future__ import annotations


def own_path(text: str, default: str = "/") -> str:
    """A path of this site; anything else is the default, so that nobody is led elsewhere (no open redirection)."""
    safe = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if safe else default
