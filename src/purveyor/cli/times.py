"""Times as the command line writes them: in the shop's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

DAY = "%Y-%m-%d"
MINUTE = "%Y-%m-%d %H:%M"
SECOND = "%Y-%m-%d %H:%M:%S"


def written(at: datetime | None, zone: ZoneInfo, form: str = MINUTE, *, otherwise: str = "") -> str:
    """A moment, or what is said where there is none."""
    return otherwise if at is None else at.astimezone(zone).strftime(form)
