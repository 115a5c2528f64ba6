"""Scopes: what somebody may do, as words such as `picking:write`."""

from __future__ import annotations

from collections.abc import Collection


def allows(scopes: Collection[str], scope: str) -> bool:
    """`*` is everything, `review:*` everything of review."""
    return any(each in scopes for each in ("*", scope, f"{scope.partition(':')[0]}:*"))
