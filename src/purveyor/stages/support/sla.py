"""The clocks of cases: when an answer and a solution are due, in business hours of the shop."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from purveyor.core.calendars import BusinessHours, due_at, worked
from purveyor.core.policies import Policies


class ServiceLevel(msgspec.Struct, frozen=True):
    """How fast: the first answer and the solution, in business hours, and how long before that somebody is warned."""

    hours: BusinessHours = BusinessHours()
    answer: timedelta = timedelta(hours=8)
    solve: timedelta = timedelta(hours=24)
    claim_answer: timedelta = timedelta(hours=4)
    claim_solve: timedelta = timedelta(hours=16)
    warn: timedelta = timedelta(hours=1)


def level_of(policies: Policies) -> ServiceLevel:
    """What the shop has promised itself."""
    support = policies.support
    return ServiceLevel(
        hours=policies.business_hours,
        answer=timedelta(hours=support.answer_hours),
        solve=timedelta(hours=support.solve_hours),
        claim_answer=timedelta(hours=support.claim_answer_hours),
        claim_solve=timedelta(hours=support.claim_solve_hours),
        warn=timedelta(minutes=support.warn_minutes),
    )


class SlaTimer(msgspec.Struct, frozen=True, gc=False):
    """What a case is held against. `answer_by` is None once answered; `due_at` is None while it stands still.

    `left_s` is what is left of the solution's time while it stands still; `alarm_at` when somebody is told next.
    """

    answer_by: datetime | None
    due_at: datetime | None
    left_s: int
    alarm_at: datetime | None


def started(at: datetime, level: ServiceLevel, *, is_claim: bool) -> SlaTimer:
    """The clock of a case that was just opened."""
    answer_by = due_at(at, level.claim_answer if is_claim else level.answer, level.hours)
    solve_by = due_at(at, level.claim_solve if is_claim else level.solve, level.hours)
    return with_alarm(SlaTimer(answer_by, solve_by, 0, None), at, level)


def paused(clock: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """The customer is asked: nothing runs, and what is left of the time is kept."""
    if clock.due_at is None:
        return SlaTimer(None, None, clock.left_s, None)
    left = worked(at, clock.due_at, level.hours)
    return SlaTimer(None, None, int(left.total_seconds()), None)


def resumed(clock: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """The customer has answered: the rest of the time runs, and an answer is due again."""
    if clock.due_at is not None:
        return clock
    solve_by = due_at(at, timedelta(seconds=clock.left_s), level.hours)
    answer_by = due_at(at, level.answer, level.hours)
    return with_alarm(SlaTimer(answer_by, solve_by, 0, None), at, level)


def asked(clock: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """The customer has said something while the clock was running: an answer is due, if none was."""
    if clock.answer_by is not None:
        return clock
    return with_alarm(SlaTimer(due_at(at, level.answer, level.hours), clock.due_at, 0, None), at, level)


def answered(clock: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """We have said something: no answer is owed, the solution is."""
    return with_alarm(SlaTimer(None, clock.due_at, clock.left_s, None), at, level)


def merge_timers(one: SlaTimer, other: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """Two cases that are not closed go on as one: what is due first counts. If one of them runs, both do.

    An alarm that should have rung already still does.
    """
    if one.due_at is None and other.due_at is None:
        return SlaTimer(None, None, min(one.left_s, other.left_s), None)
    both = (one, other)
    solve_by = min(each.due_at or due_at(at, timedelta(seconds=each.left_s), level.hours) for each in both)
    answer_by = min((each.answer_by for each in both if each.answer_by is not None), default=None)
    clock = with_alarm(SlaTimer(answer_by, solve_by, 0, None), at, level)
    ringing = [each.alarm_at for each in both if each.alarm_at is not None and each.alarm_at <= at]
    return msgspec.structs.replace(clock, alarm_at=min(ringing)) if ringing else clock


def with_alarm(clock: SlaTimer, at: datetime, level: ServiceLevel) -> SlaTimer:
    """Set the next alarm: a while before the first of both runs out, then when it does, then with the other."""
    ends = [end for end in (clock.answer_by, clock.due_at) if end is not None]
    times = [time for end in ends for time in (_before(end, at, level), end) if time > at]
    return SlaTimer(clock.answer_by, clock.due_at, clock.left_s, min(times, default=None))


def _before(end: datetime, at: datetime, level: ServiceLevel) -> datetime:
    """The moment after `at` from which so much work is left until `end` as somebody is to be warned of."""
    spare = worked(at, end, level.hours) - level.warn
    return due_at(at, spare, level.hours) if spare > timedelta() else at
