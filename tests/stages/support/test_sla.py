"""When work is due if people work in business hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from purveyor.core.calendars import BusinessHours, due_at, worked
from purveyor.stages.support.sla import ServiceLevel, paused, resumed, started

HOURS = BusinessHours()  # Monday to Friday, 9 to 17, UTC
LEVEL = ServiceLevel()


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in March 2026, whose second day is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        (on(2, 9), 4, on(2, 13)),
        (on(2, 9), 8, on(2, 17)),  # due with the end of the day, not with the next morning
        (on(2, 12), 8, on(3, 12)),
        (on(2, 6), 1, on(2, 10)),  # before anybody is there
        (on(2, 17), 1, on(3, 10)),  # after everybody left
        (on(6, 16), 2, on(9, 10)),  # over a weekend
        (on(7, 12), 1, on(9, 10)),  # on one
        (on(2, 16, 59), 1, on(3, 9, 59)),
    ],
)
def test_work_is_done_in_business_hours(opened: datetime, hours: int, due: datetime) -> None:
    assert due_at(opened, timedelta(hours=hours), HOURS) == due


def test_nobody_works_on_holidays() -> None:
    holiday = BusinessHours(holidays=(date(2026, 3, 3),))

    assert due_at(on(2, 16), timedelta(hours=2), holiday) == on(4, 10)


def test_no_work_is_due_at_once_whenever_that_is() -> None:
    assert due_at(on(7, 3), timedelta(), HOURS) == on(7, 3)
    assert worked(on(7, 3), on(7, 3), HOURS) == timedelta()
    assert worked(on(3, 9), on(2, 9), HOURS) == timedelta()


@given(st.integers(0, 60 * 24 * 30), st.integers(1, 60 * 200))
def test_what_is_due_is_worked_exactly(start: int, minutes: int) -> None:
    opened = on(1, 0) + timedelta(minutes=start)

    assert worked(opened, due_at(opened, timedelta(minutes=minutes), HOURS), HOURS) == timedelta(minutes=minutes)


def test_a_clock_that_stood_still_goes_on_with_what_was_left() -> None:
    clock = started(on(2, 9), LEVEL, is_claim=False)
    assert (clock.answer_by, clock.due_at, clock.alarm_at) == (on(2, 17), on(4, 17), on(2, 16))

    still = paused(clock, on(2, 15), LEVEL)
    assert (still.due_at, still.left_s, still.alarm_at) == (None, 18 * 3_600, None)
    assert paused(still, on(3, 15), LEVEL).left_s == 18 * 3_600

    assert resumed(still, on(9, 9), LEVEL).due_at == on(11, 11)


def test_a_clock_that_ran_out_before_it_was_stopped_is_due_at_once() -> None:
    clock = started(on(2, 9), LEVEL, is_claim=True)

    still = paused(clock, on(20, 9), LEVEL)

    assert still.left_s == 0
    assert resumed(still, on(21, 9), LEVEL).due_at == on(21, 9)
