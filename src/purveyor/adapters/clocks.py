"""The clock on the wall, and one that can be set."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """A time that starts where it is told and runs `speed` times as fast as the real one; 0 stands still.

    Two processes agree on the time when they are given the same `start`, `speed` and `since` (the real Unix time
    at which it was `start`).
    """

    def __init__(self, start: datetime, speed: float = 0.0, since: float | None = None) -> None:
        assert start.tzinfo is not None, "times are aware"
        self._start = start
        self._speed = speed
        self._since = time.time() if since is None else since

    @property
    def speed(self) -> float:
        """How many times as fast as ours."""
        return self._speed

    def now(self) -> datetime:
        if not self._speed:
            return self._start
        return self._start + timedelta(seconds=(time.time() - self._since) * self._speed)

    @classmethod
    def read(cls, text: str) -> SimulatedClock:
        """The clock of a text such as `2026-03-02T08:00:00Z*1440@1767225600`; `ValueError` when it is none."""
        start, _, rest = text.partition("*")
        speed, _, since = rest.partition("@")
        moment = datetime.fromisoformat(start)
        if moment.tzinfo is None:
            raise ValueError(f"{start} does not say in which time zone it is")
        return cls(moment, float(speed), float(since))

    def __str__(self) -> str:
        return f"{self._start.isoformat()}*{self._speed:g}@{self._since}"

    def advance(self, by: timedelta) -> datetime:
        """Move the time on, and give it."""
        self._start += by
        return self.now()
