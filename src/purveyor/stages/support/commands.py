"""What may be asked of support."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Minor, Moment, Name, Picture, Quantity, Reason, Text
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf

Topic = Literal["question", "delivery", "payment", "return", "feedback", "complaint", "dispute", "other"]
ClaimKind = Literal["damaged", "missing", "wrong", "lost"]
CaseChannel = Literal["order_page", "email", "phone", "in_person", "api", "system"]
Author = Literal["customer", "staff", "note"]
Remedy = Literal["resend", "refund", "goodwill", "none"]


class CreditedUnits(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """Units of a line that were paid back elsewhere. `is_kept`: the customer has them all the same."""

    line_id: UUID
    quantity: Quantity
    is_kept: bool = False


class OpenCase(Command, frozen=True, kw_only=True, tag="support.open_case"):
    """Open a case on an order, or on one line of it. `text_id`: a text that is kept already, such as a survey's."""

    order_id: UUID
    topic: Topic
    text: Text = ""
    text_id: UUID | None = None
    line_id: UUID | None = None
    channel: CaseChannel = "system"


class AddMessage(Command, frozen=True, kw_only=True, tag="support.add_message"):
    """Say something in a case. `asks_customer`: the clock stands still until the customer answers."""

    order_id: UUID
    case_id: UUID
    author: Author
    text: Text
    asks_customer: bool = False


class OpenClaim(Command, frozen=True, kw_only=True, tag="support.open_claim"):
    """Something is wrong with these units. `photo` is a data URI (RFC 2397).

    `only_unclaimed`: the system asks (a carrier lost a parcel), about those of the units that nobody has claimed yet,
    if any.
    """

    order_id: UUID
    claim: ClaimKind
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    text: Text = ""
    photo: Picture = ""
    channel: CaseChannel = "system"
    only_unclaimed: bool = False


class ResolveClaim(Command, frozen=True, kw_only=True, tag="support.resolve_claim"):
    """Put it right. Without `contents` for all units of the claim that wait for it.

    `amount`: of goodwill, which any case may get; or of a refund that is less than what the units cost.
    """

    order_id: UUID
    case_id: UUID
    remedy: Remedy
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)] = ()
    amount: Money | None = None


class ResolveApprovedClaim(Command, frozen=True, kw_only=True, tag="support.resolve_approved"):
    """A second person has said yes to what would lower what the customer owes. `amount`: as for `ResolveClaim`."""

    order_id: UUID
    case_id: UUID
    remedy: Remedy
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)] = ()
    amount: Money | None = None
    approval_id: UUID | None = None  # of the request that was agreed to


class AssignCase(Command, frozen=True, kw_only=True, tag="support.assign_case"):
    """Give a case to somebody: `staff:anna`, or "" for the queue."""

    order_id: UUID
    case_id: UUID
    assignee: Name


class EscalateCase(Command, frozen=True, kw_only=True, tag="support.escalate_case"):
    """A clock is about to run out, or has, if nothing has changed since `alarm_at` was set."""

    order_id: UUID
    case_id: UUID
    alarm_at: Moment


class CloseCase(Command, frozen=True, kw_only=True, tag="support.close_case"):
    """Nothing is left to say. A message of the customer opens it again. `why` is a code, not a letter."""

    order_id: UUID
    case_id: UUID
    why: Reason = ""


class MergeCases(Command, frozen=True, kw_only=True, tag="support.merge_cases"):
    """Two cases of an order are one: `case_id` is closed, and all that was said in it stands in `into_case_id`.

    A claim that waits to be put right goes with it. The customer is told nothing.
    """

    order_id: UUID
    case_id: UUID
    into_case_id: UUID


class NoteCredit(Command, frozen=True, kw_only=True, tag="support.note_credit"):
    """Units were paid back elsewhere (a return): no claim pays them back again."""

    order_id: UUID
    units: Annotated[tuple[CreditedUnits, ...], Meta(max_length=1_000)]
    shipping_minor: Minor = 0


class NoteFound(Command, frozen=True, kw_only=True, tag="support.note_found"):
    """A parcel that was lost is delivered after all, or comes back: nobody waits for these units any more."""

    order_id: UUID
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class NotePriceCut(Command, frozen=True, kw_only=True, tag="support.note_price_cut"):
    """Something was taken off the price after the fact: units are worth less when they are paid back."""

    order_id: UUID
    amount_minor: Minor
