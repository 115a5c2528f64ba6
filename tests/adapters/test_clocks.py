from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SharedClock, SimulatedClock, SystemClock

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_the_system_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_simulated_clock_stands_still_until_it_is_moved() -> None:
    clock = SimulatedClock(START)

    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=2)) == clock.now() == START + timedelta(hours=2)


def test_two_clocks_with_the_same_start_run_together(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = (SimulatedClock(START, speed=3600, since=1_000.0) for _ in range(2))

    monkeypatch.setattr("purveyor.adapters.clocks.time.time", lambda: 1_002.0)

    assert mine.now() == theirs.now() == START + timedelta(hours=2)


def test_a_shared_clock_says_the_same_to_all_however_slow_the_one_who_sets_it(tmp_path: Path) -> None:
    mine = SharedClock.make(tmp_path / "clock", START)
    theirs = SimulatedClock.read(str(mine))

    mine.advance(timedelta(hours=1, microseconds=7))

    assert theirs.now() == mine.now() == START + timedelta(hours=1, microseconds=7)
    assert theirs.now() == mine.now()


def test_a_shared_clock_that_nobody_made_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no clock in"):
        SimulatedClock.read(f"file:{tmp_path / 'none'}")
