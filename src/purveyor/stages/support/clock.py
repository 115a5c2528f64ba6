"""Business hours: when work is due, and how much of them has passed. Pure; all times in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec


class BusinessHours(msgspec.Struct, frozen=True):
    """When somebody is there: from one minute of the day to another, on weekdays (Monday is 0), but for holidays."""

    opens_minute: int = 9 * 60
    closes_minute: int = 17 * 60
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: tuple[date, ...] = ()


class ServiceLevel(msgspec.Struct, frozen=True):
    """How fast: the first answer and the solution, in business hours, and how long before that somebody is warned."""

    hours: BusinessHours = BusinessHours()
    answer: timedelta = timedelta(hours=8)
    solve: timedelta = timedelta(hours=24)
    claim_answer: timedelta = timedelta(hours=4)
    claim_solve: timedelta = timedelta(hours=16)
    warn: timedelta = timedelta(hours=1)


SERVICE_LEVEL: Final = ServiceLevel()
LONGEST: Final = 3_660  # days to look ahead: a calendar without a working day in ten years is a mistake


def due_at(opened: datetime, work: timedelta, calendar: BusinessHours) -> datetime:
    """When so much work, begun at `opened`, is done if people work in business hours only.

    Work that ends with the day is due at its close. No work is due at once.
    """
    if work <= timedelta():
        return opened
    for start, end in _shifts(opened, calendar):
        if work <= end - start:
            return start + work
        work -= end - start
    raise AssertionError("nobody is ever there")


def worked(since: datetime, until: datetime, calendar: BusinessHours) -> timedelta:
    """How much of business hours passed between two times; nothing when the second is not later."""
    total = timedelta()
    for start, end in _shifts(since, calendar):
        if start >= until:
            break
        total += min(end, until) - start
    return total


def _shifts(since: datetime, calendar: BusinessHours) -> Iterator[tuple[datetime, datetime]]:
    """Working days from `since` on, the first one from then."""
    assert calendar.opens_minute < calendar.closes_minute, "the day ends before it begins"
    day = since.astimezone(UTC).date()
    for ahead in range(LONGEST):
        today = day + timedelta(days=ahead)
        if today.weekday() not in calendar.weekdays or today in calendar.holidays:
            continue
        midnight = datetime.combine(today, time(), UTC)
        start = max(since, midnight + timedelta(minutes=calendar.opens_minute))
        end = midnight + timedelta(minutes=calendar.closes_minute)
        if start < end:
            yield start, end


class Clock(msgspec.Struct, frozen=True, gc=False):
    """What a case is held against. `answer_by` is None once answered; `due_at` is None while it stands still.

    `left_s` is what is left of the solution's time while it stands still; `alarm_at` when somebody is told next.
    """

    answer_by: datetime | None
    due_at: datetime | None
    left_s: int
    alarm_at: datetime | None


def started(at: datetime, level: ServiceLevel, *, is_claim: bool) -> Clock:
    """The clock of a case that was just opened."""
    answer_by = due_at(at, level.claim_answer if is_claim else level.answer, level.hours)
    solve_by = due_at(at, level.claim_solve if is_claim else level.solve, level.hours)
    return with_alarm(Clock(answer_by, solve_by, 0, None), at, level)


def paused(clock: Clock, at: datetime, level: ServiceLevel) -> Clock:
    """The customer is asked: nothing runs, and what is left of the time is kept."""
    if clock.due_at is None:
        return Clock(None, None, clock.left_s, None)
    left = worked(at, clock.due_at, level.hours)
    return Clock(None, None, int(left.total_seconds()), None)


def resumed(clock: Clock, at: datetime, level: ServiceLevel) -> Clock:
    """The customer has answered: the rest of the time runs, and an answer is due again."""
    if clock.due_at is not None:
        return clock
    solve_by = due_at(at, timedelta(seconds=clock.left_s), level.hours)
    answer_by = due_at(at, level.answer, level.hours)
    return with_alarm(Clock(answer_by, solve_by, 0, None), at, level)


def asked(clock: Clock, at: datetime, level: ServiceLevel) -> Clock:
    """The customer has said something while the clock was running: an answer is due, if none was."""
    if clock.answer_by is not None:
        return clock
    return with_alarm(Clock(due_at(at, level.answer, level.hours), clock.due_at, 0, None), at, level)


def answered(clock: Clock, at: datetime, level: ServiceLevel) -> Clock:
    """We have said something: no answer is owed, the solution is."""
    return with_alarm(Clock(None, clock.due_at, clock.left_s, None), at, level)


def with_alarm(clock: Clock, at: datetime, level: ServiceLevel) -> Clock:
    """Set the next alarm: a while before the first of both runs out, then when it does, then with the other."""
    ends = [end for end in (clock.answer_by, clock.due_at) if end is not None]
    times = [time for end in ends for time in (_before(end, at, level), end) if time > at]
    return Clock(clock.answer_by, clock.due_at, clock.left_s, min(times, default=None))


def _before(end: datetime, at: datetime, level: ServiceLevel) -> datetime:
    """The moment after `at` from which so much work is left until `end` as somebody is to be warned of."""
    spare = worked(at, end, level.hours) - level.warn
    return due_at(at, spare, level.hours) if spare > timedelta() else at
