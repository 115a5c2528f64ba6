"""What PostgreSQL plans, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of a plan in JSON, and all below it."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from steps_of(each)
