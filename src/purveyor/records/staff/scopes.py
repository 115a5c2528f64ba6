"""Scopes: what somebody may do, as words such as `picking:write`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

#: Every scope that there is, by its area. Nothing asks for another, so a key for another would open nothing.
AREAS: Final[dict[str, tuple[str, ...]]] = {
    "catalog": ("read", "write"),
    "confirmation": ("read", "write"),
    "contacts": ("read",),
    "counter": ("write",),
    "customers": ("read", "write", "erase", "terms"),
    "delivery": ("read", "write"),
    "feedback": ("read", "write"),
    "figures": ("read",),
    "jobs": ("read", "write"),
    "orders": ("read", "export"),
    "packing": ("read", "write"),
    "payment": ("read", "write"),
    "picking": ("read", "write"),
    "policies": ("read", "write"),
    "receipt": ("write", "price"),
    "returns": ("read", "write"),
    "review": ("read", "write"),
    "shipping": ("read", "write"),
    "staff": ("read", "write"),
    "stock": ("read", "write"),
    "support": ("read", "write", "resolve"),
    "webhooks": ("read", "write"),
}


def allows(scopes: Collection[str], scope: str) -> bool:
    """`*` is everything, `review:*` everything of review."""
    return any(each in scopes for each in ("*", scope, f"{scope.partition(':')[0]}:*"))


def all_scopes() -> list[str]:
    """Those that can be given one by one."""
    return [f"{area}:{way}" for area, ways in AREAS.items() for way in ways]


def is_scope(text: str) -> bool:
    """Whether there is such a scope: `*`, `review:*`, `review:read`."""
    area, _, way = text.partition(":")
    return text == "*" or (area in AREAS and way in ("*", *AREAS[area]))
