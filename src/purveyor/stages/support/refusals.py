"""What support says no to."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.refusals import Refusal


class CaseIsClosed(Refusal):
    """A case that is over: the customer's next message opens it again."""

    case_id: UUID
    sentence = "This case is closed."
    instead = ("open a new case",)


class CaseIsMerged(Refusal):
    """A case that goes on in another one."""

    case_id: UUID
    into_case_id: UUID
    sentence = "This case was merged into another one."
    instead = ("go on in that case",)


class ClaimOnBothSides(Refusal):
    """A claim waits in the case that would end, and the other one is about a claim already."""

    case_id: UUID
    into_case_id: UUID
    sentence = "Both cases are about a claim, and the one of the case to be merged is still to be put right."
    instead = ("put that claim right first", "merge the cases the other way around")


class NotAClaim(Refusal):
    """Units are put right where a claim names them."""

    case_id: UUID
    sentence = "This case is about no units that could be put right."
    instead = ("open a claim", "give a goodwill credit")


class ClaimExceedsUnits(Refusal):
    """More units claimed than can be, or they were claimed before."""

    line_id: UUID
    sku: str
    wanted: int
    claimable: int
    sentence = "{wanted} of {sku} claimed, {claimable} can be."


class MoreThanClaimed(Refusal):
    """More units to be put right than wait for it: each is put right once."""

    line_id: UUID
    wanted: int
    waiting: int
    sentence = "{wanted} units to be put right, {waiting} of the claim wait for it."


class AlreadyPaidBack(Refusal):
    """Units that were canceled, or paid back by a return."""

    line_id: UUID
    wanted: int
    left: int
    sentence = "{wanted} units to be paid back, {left} were not yet."


class RefundExceedsCost(Refusal):
    """More money than the units cost."""

    wanted: int
    cost: int
    currency: str
    amount_fields = ("wanted", "cost")
    sentence = "{wanted} to be refunded for what cost {cost}."
    instead = ("give a goodwill credit as well",)
    status = 422


class GoodwillExceedsOrder(Refusal):
    """More goodwill than what has left us was worth, less what was given back of it before."""

    wanted: int
    left: int
    currency: str
    amount_fields = ("wanted", "left")
    sentence = "A goodwill credit of {wanted} is more than the {left} left of what was sent."
