"""The clock on the wall, one that can be set, and one that several processes share."""

from __future__ import annotations

import mmap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        """The clock of a text: `2026-03-02T08:00:00Z*1440@1767225600`, or `file:` and where a shared one stands.

        Raises `ValueError` when it is none.
        """
        if text.startswith("file:"):
            return SharedClock(Path(text.removeprefix("file:")))
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


class SharedClock(SimulatedClock):
    """A time that stands in a file, as microseconds since 1970: one process sets it, all that have the file read it.

    So it cannot be two times at once, however busy the machine is: when the process that sets it is slow, time is slow
    for everybody.
    """

    BYTES = 8

    def __init__(self, path: Path) -> None:
        """The clock of a file that is there. Raises `ValueError` where there is none."""
        self.path = path
        try:
            with path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), self.BYTES)
        except (OSError, ValueError) as error:
            raise ValueError(f"there is no clock in {path}: {error}") from error
        super().__init__(self.now())

    @classmethod
    def make(cls, path: Path, start: datetime) -> SharedClock:
        """A new one, in place of what was there."""
        path.write_bytes(_microseconds(start))
        return cls(path)

    def now(self) -> datetime:
        return EPOCH + int.from_bytes(self._memory[: self.BYTES], "little") * MICROSECOND

    def advance(self, by: timedelta) -> datetime:
        moment = self.now() + by
        self._memory[: self.BYTES] = _microseconds(moment)
        return moment

    def close(self) -> None:
        self._memory.close()

    def __str__(self) -> str:
        return f"file:{self.path}"


def _microseconds(moment: datetime) -> bytes:
    return ((moment - EPOCH) // MICROSECOND).to_bytes(SharedClock.BYTES, "little")
