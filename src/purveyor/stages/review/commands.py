"""What may be asked of review, and the check that review asks for."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import (
    CountryOrNone,
    Line,
    Mail,
    Moment,
    Name,
    Quantity,
    Reason,
    Sku,
    StockCount,
    Tag,
    Text,
    Word,
)
from purveyor.core.messages import Command, Job
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf

Choice = Literal["wait", "ship_available", "substitute", "cancel_line"]


class ReviewOrder(Command, frozen=True, kw_only=True, tag="review.review_order"):
    """Look an order over: stock, address, risk. It is approved, held, or turned down."""

    order_id: UUID


class AllocateUnits(Command, frozen=True, kw_only=True, tag="review.allocate_units"):
    """Find a shelf for units that have none; there may be no such units."""

    order_id: UUID


class CheckFiles(Command, frozen=True, kw_only=True, tag="review.check_files"):
    """Hold an order while a file that it has to deliver is missing, and let it go when the file is there."""

    order_id: UUID


class AllocateBackorders(Command, frozen=True, kw_only=True, tag="review.allocate_backorders"):
    """Find a shelf for units that wait for stock, as far as there is stock by now."""

    order_id: UUID


# holds


class HoldOrder(Command, frozen=True, kw_only=True, tag="review.hold_order"):
    """Stop an order. A type that is held already stays held as it is, for its reason and until its deadline.

    `why` is a category or a rule, not a text about a person: it is kept for ever. `if_needed`: a rule asks, and there
    is nothing to do where the order is over, or held so for another reason.
    """

    order_id: UUID
    type: Word
    why: Reason = ""
    deadline_at: Moment | None = None  # the policy's, where none is said
    by_another: bool = False  # a person other than who caused it releases it
    if_needed: bool = False


class ReleaseHold(Command, frozen=True, kw_only=True, tag="review.release_hold"):
    order_id: UUID
    hold_id: UUID
    why: Reason = ""


class ReleaseHolds(Command, frozen=True, kw_only=True, tag="review.release_holds"):
    """Release what is held under a type; there may be nothing."""

    order_id: UUID
    type: Word
    why: Reason = ""


class ApplyHoldDeadline(Command, frozen=True, kw_only=True, tag="review.apply_hold_deadline"):
    """The time of a hold is over: release, cancel or escalate, as was decided when it was opened."""

    order_id: UUID
    hold_id: UUID
    deadline_at: Moment


class ApproveOrder(Command, frozen=True, kw_only=True, tag="review.approve_order"):
    """Somebody takes responsibility: every hold is released."""

    order_id: UUID
    why: Reason = ""


class RejectOrder(Command, frozen=True, kw_only=True, tag="review.reject_order"):
    """The order is turned down: all of it is canceled."""

    order_id: UUID
    why: Reason


class ShortUnits(Command, frozen=True, kw_only=True, tag="review.short_units"):
    """A shelf has less than is promised: the newest orders lose their claim, until so many are on hand."""

    sku: Sku
    location: Word
    on_hand: StockCount


# changes


class CancelUnits(Command, frozen=True, kw_only=True, tag="review.cancel_units"):
    """Cancel units that have not left the house: those named, or all of them."""

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)] | Literal["all"]
    reason: Reason


class SetQuantity(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="set_quantity"
):
    """So many units of a line are wanted, not counting those that were canceled before."""

    line_id: UUID
    quantity: Quantity


class AddLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="add_line"
):
    """One more line. `unit_price` is an agreed price; without it the catalog's counts."""

    sku: Sku
    quantity: Quantity
    unit_price: Money | None = None


class RemoveLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="remove_line"
):
    line_id: UUID


class NewAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who and where. Phones in E.164 (+4930123456), countries in ISO 3166-1 alpha-2."""

    name: Name = ""
    company: Name = ""
    email: Mail = ""
    phone: Word = ""
    street: Line = ""
    city: Name = ""
    postal_code: Word = ""
    region: Name = ""
    country: CountryOrNone = ""


class ChangeAddress(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="change_address"
):
    """Another address, in the same country. The billing address stays unless one is given."""

    contact: NewAddress
    billing: NewAddress | None = None


class ChangeShipping(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="change_shipping"
):
    option: Word


Change = SetQuantity | AddLine | RemoveLine | ChangeAddress | ChangeShipping


class EditOrder(Command, frozen=True, kw_only=True, tag="review.edit_order"):
    """Change a placed order before it ships. With `dry_run` it is the preview: stock and money, to the cent."""

    order_id: UUID
    changes: Annotated[tuple[Change, ...], Meta(max_length=1_000)]
    reason: Reason = ""


class AddedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    quantity: Quantity


class AddUnits(Command, frozen=True, kw_only=True, tag="review.add_units"):
    """Send more: what was lost or broken once again, or something else in exchange. `free` of charge, or charged.

    `units` are sent again as they were bought (and cost what they did), `items` at the catalog's price.
    """

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)] = ()
    items: Annotated[tuple[AddedItem, ...], Meta(max_length=1_000)] = ()
    free: bool = False
    reason: Reason = ""


class ChooseWhenMissing(Command, frozen=True, kw_only=True, tag="review.choose_when_missing"):
    """What the customer wants done about units that wait for stock.

    `wait`: everything goes together; `ship_available`: what is there goes now; `substitute` and `cancel_line` are about
    one line: another product (at no higher price) in its place, or nothing.
    """

    order_id: UUID
    choice: Choice
    line_id: UUID | None = None
    substitute_sku: Sku = ""


class ApplyDefaultChoice(Command, frozen=True, kw_only=True, tag="review.apply_default_choice"):
    """The customer has not chosen in time."""

    order_id: UUID
    deadline_at: Moment


class CloseOrder(Command, frozen=True, kw_only=True, tag="review.close_order"):
    """Close the book when all units are where they stay and nothing is owed; else do nothing."""

    order_id: UUID


# what staff write on it


class WriteNote(Command, frozen=True, kw_only=True, tag="review.write_note"):
    """A note on an order, for staff alone: customers never see it, and it is erased with them."""

    order_id: UUID
    text: Text


class TagOrder(Command, frozen=True, kw_only=True, tag="review.tag_order"):
    """Words that orders are sorted by, such as `gift`: kept for ever, so no word about a person."""

    order_id: UUID
    add: Annotated[tuple[Tag, ...], Meta(max_length=20)] = ()
    remove: Annotated[tuple[Tag, ...], Meta(max_length=20)] = ()


class CheckAddress(Job, frozen=True, kw_only=True, tag="review.check_address"):
    """Look closely at address, e-mail and phone, with libraries that know every country's rules."""

    order_id: UUID
    contact_id: UUID
