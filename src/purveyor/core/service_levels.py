"""How long things may take: an order in each stage, a case until it is answered and solved. Policies, not constants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from purveyor.core.calendars import BusinessHours, begun_by
from purveyor.core.field_types import Hours

Stage = Literal[
    "receipt",
    "review",
    "confirmation",
    "payment",
    "picking",
    "packing",
    "shipping",
    "delivery",
    "support",
    "returns",
    "feedback",
]
Minutes = Annotated[int, Meta(ge=1, le=1_000_000)]


class StageTarget(msgspec.Struct, frozen=True):
    """How long an order may be in a stage before it counts as late: minutes of every day, or of business hours."""

    stage: Stage
    minutes: Minutes
    business_hours: bool = False

    @property
    def late_after(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def late_before(self, now: datetime, hours: BusinessHours) -> datetime:
        """Orders that came into the stage before this moment are late."""
        return begun_by(now, self.late_after, hours) if self.business_hours else now - self.late_after


STAGE_TARGETS: Final = (
    StageTarget("receipt", 5),
    StageTarget("review", 4 * 60),
    StageTarget("confirmation", 30),
    StageTarget("payment", 24 * 60),
    StageTarget("picking", 8 * 60),
    StageTarget("packing", 4 * 60),
    StageTarget("shipping", 24 * 60),
    StageTarget("delivery", 4 * 24 * 60),
    StageTarget("support", 24 * 60),
    StageTarget("returns", 14 * 24 * 60),
    StageTarget("feedback", 30 * 24 * 60),
)


class StagePolicy(msgspec.Struct, frozen=True):
    """When an order counts as late. A stage that is not named has the clock of a new shop."""

    clocks: Annotated[tuple[StageTarget, ...], Meta(max_length=11)] = STAGE_TARGETS

    def clock(self, stage: str) -> StageTarget:
        return next(clock for clock in (*self.clocks, *STAGE_TARGETS) if clock.stage == stage)


class SupportPolicy(msgspec.Struct, frozen=True):
    """How fast cases are answered and solved, in business hours, and how long before that somebody is warned."""

    answer_hours: Hours = 8
    solve_hours: Hours = 24
    claim_answer_hours: Hours = 4
    claim_solve_hours: Hours = 16
    warn_minutes: Annotated[int, Meta(ge=0, le=1_000_000)] = 60
