"""What may have happened at support."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.stages.support.commands import CreditedUnits
from purveyor.stages.support.sla import SlaTimer


class CaseOpened(Fact, frozen=True, kw_only=True, tag="support.case_opened"):
    """Somebody has a question or a complaint."""

    case_id: UUID
    topic: str
    line_id: UUID | None
    channel: str
    message_id: UUID | None
    text_id: UUID | None
    clock: SlaTimer

    def reply(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "answer_by": self.clock.answer_by, "due_at": self.clock.due_at}


class ClaimOpened(Fact, frozen=True, kw_only=True, tag="support.claim_opened"):
    """Something is wrong with these units. `photo_id` and `text_id` stand outside the journal."""

    case_id: UUID
    claim: str
    contents: tuple[UnitsOf, ...]
    channel: str
    message_id: UUID | None
    text_id: UUID | None
    photo_id: UUID | None
    clock: SlaTimer

    def reply(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "answer_by": self.clock.answer_by, "due_at": self.clock.due_at}


class MessageAdded(Fact, frozen=True, kw_only=True, tag="support.message_added"):
    """Somebody said something in a case, which is now `status`."""

    case_id: UUID
    message_id: UUID
    author: str
    text_id: UUID
    status: Literal["open", "waiting", "closed"]
    clock: SlaTimer

    def reply(self) -> dict[str, Any]:
        return {"message_id": self.message_id, "status": self.status}


class CaseAssigned(Fact, frozen=True, kw_only=True, tag="support.case_assigned"):
    case_id: UUID
    assignee: str


class CaseEscalated(Fact, frozen=True, kw_only=True, tag="support.case_escalated"):
    """A clock is about to run out (`warning`), or has (`breach`): `why` says which."""

    case_id: UUID
    level: Literal["warning", "breach"]
    assignee: str
    clock: SlaTimer


class Remedied(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units that were put right: what they were worth with tax, and the tax in it."""

    line_id: UUID
    sku: str
    quantity: int
    amount_minor: int
    tax_minor: int


class ClaimResolved(Fact, frozen=True, kw_only=True, tag="support.claim_resolved"):
    """It was put right, or turned down (`none`). `amount_minor` is what the customer is credited with."""

    case_id: UUID
    claim: str
    remedy: Literal["resend", "refund", "goodwill", "none"]
    units: tuple[Remedied, ...]
    amount_minor: int
    shipping_minor: int
    currency: str
    is_settled: bool  # no unit of the claim waits any more
    is_approved: bool = False  # by a second person: what goes back needs no other
    approval_id: UUID | None = None  # of the request that was agreed to

    def reply(self) -> dict[str, Any]:
        return {"remedy": self.remedy, "amount": {"minor": self.amount_minor, "currency": self.currency}}


class RemedyAsked(Fact, frozen=True, kw_only=True, tag="support.remedy_asked"):
    """It would lower what the customer owes by more than one person gives: another one is asked."""

    case_id: UUID
    remedy: Literal["refund", "goodwill"]
    units: tuple[UnitsOf, ...]
    amount_minor: int
    is_part: bool  # of what the units cost: somebody said how much

    def reply(self) -> dict[str, Any]:
        return {"remedy": self.remedy, "needs_approval": True}


class LostUnitsFound(Fact, frozen=True, kw_only=True, tag="support.lost_units_found"):
    """Units of a claim that we opened ourselves were not lost after all. `is_settled`: nothing else is in the case."""

    case_id: UUID
    units: tuple[UnitsOf, ...]
    is_settled: bool


class CaseClosed(Fact, frozen=True, kw_only=True, tag="support.case_closed"):
    case_id: UUID


class CasesMerged(Fact, frozen=True, kw_only=True, tag="support.cases_merged"):
    """`case_id` goes on, as told here, with the messages and the open claim of `merged_id`, which is closed."""

    case_id: UUID
    merged_id: UUID
    claim: str
    contents: tuple[UnitsOf, ...]
    status: Literal["open", "waiting"]
    assignee: str
    escalation: str
    clock: SlaTimer

    def reply(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "status": self.status}


class CreditNoted(Fact, frozen=True, kw_only=True, tag="support.credit_noted"):
    units: tuple[CreditedUnits, ...]
    shipping_minor: int


class LineCut(msgspec.Struct, frozen=True, gc=False, array_like=True):
    line_id: UUID
    minor: int


class PriceCutNoted(Fact, frozen=True, kw_only=True, tag="support.price_cut_noted"):
    cuts: tuple[LineCut, ...]
    shipping_minor: int = 0  # what the lines could not bear
