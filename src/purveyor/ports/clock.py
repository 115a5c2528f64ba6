"""The time of day, as a port: so that tests and simulations set it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Never raises."""

    def now(self) -> datetime:
        """Give the current time, aware, in UTC."""
        ...
