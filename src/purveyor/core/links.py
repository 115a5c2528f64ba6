"""Addresses that others gave us and that stand as links on our pages."""

from __future__ import annotations

import re
from typing import Final

#: http(s) with a host, or a path of ours. Not `//host` or `/\\host`, which browsers take for another host, and nothing
#: with blanks or control characters, which browsers drop before they read the scheme.
_SAFE: Final = re.compile(r"(?:https?://[^\s/\\?#]|/(?![/\\]))[^\s\\\x00-\x1f\x7f]*\Z", re.IGNORECASE)


def safe_link(url: str) -> str:
    """The address, or "" for one that a link must not lead to: `javascript:`, `data:` and all other schemes."""
    return url if _SAFE.match(url) or url == "/" else ""
