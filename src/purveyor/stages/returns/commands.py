"""What may be asked of returns."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Minor, Moment, Quantity, Reason, Sku, Word
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf

Want = Literal["refund", "store_credit", "exchange"]
Condition = Literal["new", "opened", "used", "damaged"]
Disposition = Literal["restock", "refurbish", "scrap"]


class ReturnItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """So many units of a line, why, and what the customer wants for them. `exchange_sku` goes with an exchange."""

    line_id: UUID
    quantity: Quantity
    reason: Reason
    want: Want = "refund"
    exchange_sku: Sku = ""


class FoundItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """Something in the box that the return does not speak of."""

    sku: Sku
    quantity: Quantity


class CreditedUnits(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """Units of a line that were paid back elsewhere. `is_lost`: the customer never had them."""

    line_id: UUID
    quantity: Quantity
    is_lost: bool = False


class RequestReturn(Command, frozen=True, kw_only=True, tag="returns.request_return"):
    """Send goods back. With `dry_run` it is the preview: what would be credited, and what it would cost.

    `bring_to`: the location where the customer hands the goods in, one where customers collect; no label is needed
    then. "" for a parcel.
    """

    order_id: UUID
    items: Annotated[tuple[ReturnItem, ...], Meta(max_length=1_000)]
    bring_to: Word = ""


class AddToReturn(Command, frozen=True, kw_only=True, tag="returns.add_to_return"):
    """Take units into a return that were not announced, or too late: staff's decision, so no window holds it up."""

    order_id: UUID
    rma_id: UUID
    items: Annotated[tuple[ReturnItem, ...], Meta(max_length=1_000)]


class ReceiveReturn(Command, frozen=True, kw_only=True, tag="returns.receive_return"):
    """A box came: what was counted in it. It may hold less than was announced; the rest may follow.

    `at_counter`: the location where the customer handed the goods in, whatever was announced; "" for a parcel.
    """

    order_id: UUID
    rma_id: UUID
    counted: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    found: Annotated[tuple[FoundItem, ...], Meta(max_length=1_000)] = ()
    at_counter: Word = ""


class InspectReturn(Command, frozen=True, kw_only=True, tag="returns.inspect_return"):
    """What state received units are in, and what becomes of them.

    `location`: where they are restocked, if not where the return goes to. `deduct`: what is kept back of the credit
    for their lost value; `why` is a code, not a letter.
    """

    order_id: UUID
    rma_id: UUID
    line_id: UUID
    quantity: Quantity
    condition: Condition
    disposition: Disposition
    location: Word = ""
    deduct: Money | None = None
    why: Reason = ""


class FinishRefurbishing(Command, frozen=True, kw_only=True, tag="returns.finish_refurbishing"):
    """Refurbished units go back to the shelf, or to the bin after all."""

    order_id: UUID
    rma_id: UUID
    line_id: UUID
    quantity: Quantity
    disposition: Literal["restock", "scrap"]
    location: Word = ""


class CreditReturn(Command, frozen=True, kw_only=True, tag="returns.credit_return"):
    """Credit what is due and not credited yet. `when_inspected`: only once all that came was inspected, if anything."""

    order_id: UUID
    rma_id: UUID
    when_inspected: bool = False


class CancelReturn(Command, frozen=True, kw_only=True, tag="returns.cancel_return"):
    """The customer keeps what has not come back. `why` is a code, not a letter."""

    order_id: UUID
    rma_id: UUID
    why: Reason = ""


class ExpireReturn(Command, frozen=True, kw_only=True, tag="returns.expire_return"):
    """Nothing came for too long, if nothing has changed since `expires_at` was set."""

    order_id: UUID
    rma_id: UUID
    expires_at: Moment


class DropReturnToSender(Command, frozen=True, kw_only=True, tag="returns.drop_return_to_sender"):
    """A parcel that was to come back was delivered after all. What has arrived here stays here."""

    order_id: UUID
    shipment_id: UUID


class ExpectReturnToSender(Command, frozen=True, kw_only=True, tag="returns.expect_return_to_sender"):
    """A parcel that could not be delivered comes back. Expected twice, it is expected once."""

    order_id: UUID
    shipment_id: UUID
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class ImportReturn(Command, frozen=True, kw_only=True, tag="returns.import_return"):
    """A return of the past: received, restocked and credited in one go."""

    order_id: UUID
    items: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    at: Moment
    reason: Reason = ""
    restock: bool = True
    location: Word = ""


class NoteDelivery(Command, frozen=True, kw_only=True, tag="returns.note_delivery"):
    """The customer has these units: from now on the window is open."""

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    at: Moment | None = None


class NoteCredit(Command, frozen=True, kw_only=True, tag="returns.note_credit"):
    """Units were paid back elsewhere (a claim): they are not paid back again."""

    order_id: UUID
    units: Annotated[tuple[CreditedUnits, ...], Meta(max_length=1_000)]
    shipping_minor: Minor = 0


class NotePriceCut(Command, frozen=True, kw_only=True, tag="returns.note_price_cut"):
    """Something was taken off the price after the fact: units are worth less when they come back."""

    order_id: UUID
    amount_minor: Minor
