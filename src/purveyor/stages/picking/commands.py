"""What may be asked of picking."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Name, Number, Quantity, Sku, StockCount, Word, Words
from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf

ShortReason = Literal["not_found", "damaged", "miscounted"]
CountReason = Literal["not_found", "damaged", "miscounted", "cycle"]


class FulfillmentRef(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One fulfillment order and the order whose lock guards it."""

    order_id: UUID
    fulfillment_id: UUID


class ReleaseUnits(Command, frozen=True, kw_only=True, tag="picking.release_units"):
    """Make fulfillment orders of all units that have their shelf and no work yet; there may be none."""

    order_id: UUID


class FulfillmentUnits(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """So many units of one line in one fulfillment order."""

    fulfillment_id: UUID
    line_id: UUID
    quantity: Quantity


class WithdrawUnits(Command, frozen=True, kw_only=True, tag="picking.withdraw_units"):
    """Take back the work for units that were canceled; there may be none."""

    order_id: UUID


class DropUnits(Command, frozen=True, kw_only=True, tag="picking.drop_units"):
    """Canceled units were taken out of bench and parcels; what else of them was picked lies in totes."""

    order_id: UUID
    units: Annotated[tuple[FulfillmentUnits, ...], Meta(max_length=1_000)]


class RecordLeft(Command, frozen=True, kw_only=True, tag="picking.record_left"):
    """Units of a fulfillment order have left the house, in one parcel (`parcel_id`)."""

    order_id: UUID
    fulfillment_id: UUID
    parcel_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class PlanWave(Command, frozen=True, kw_only=True, tag="picking.plan_wave"):
    """Put fulfillment orders of one location together for one walk, all or none, at most 100."""

    location: Word
    fulfillments: Annotated[tuple[FulfillmentRef, ...], Meta(max_length=100)]
    picker: Word = ""  # who is to walk it; whoever starts it, where nobody is named


class StartPickList(Command, frozen=True, kw_only=True, tag="picking.start_pick_list"):
    """Somebody takes the list of a wave and starts to walk."""

    wave_id: UUID
    picker: Word = ""  # whoever asks, where nobody is named


class FinishWave(Command, frozen=True, kw_only=True, tag="picking.finish_wave"):
    """The walk is over. What it did not get to goes back into the queue by itself."""

    wave_id: UUID


class LeaveWave(Command, frozen=True, kw_only=True, tag="picking.leave_wave"):
    """Put a fulfillment order, or what is left of it, back into the queue: its picker does not get to it."""

    order_id: UUID
    fulfillment_id: UUID


class ConfirmPick(Command, frozen=True, kw_only=True, tag="picking.confirm_pick"):
    """Units of one line were taken off the shelf. `scanned` is what the scanner read; it must be the line's SKU.

    `bin` is where they were taken from, `tote` the box they went into. `serials`, where given, are one a unit.
    Blanks around a code are none of it. Serials and lots are kept as they come first, and are the same in any case.
    """

    order_id: UUID
    fulfillment_id: UUID
    line_id: UUID
    quantity: Quantity
    scanned: Name
    bin: Word = ""
    tote: Word = ""
    lot: Word = ""
    serials: Words = ()


class ConfirmPickList(Command, frozen=True, kw_only=True, tag="picking.confirm_pick_list"):
    """All that is left of a fulfillment order was taken off the shelf, without scanning each."""

    order_id: UUID
    fulfillment_id: UUID
    tote: Word = ""


class ShortPick(Command, frozen=True, kw_only=True, tag="picking.short_pick"):
    """So many units of a line are not on the shelf as they should be."""

    order_id: UUID
    fulfillment_id: UUID
    line_id: UUID
    missing: Quantity
    reason: ShortReason


class UndoPick(Command, frozen=True, kw_only=True, tag="picking.undo_pick"):
    """Units go back to their shelf. What is in a parcel must be unpacked first."""

    order_id: UUID
    fulfillment_id: UUID
    line_id: UUID
    quantity: Quantity


class AssignBin(Command, frozen=True, kw_only=True, tag="picking.assign_bin"):
    """Say where a SKU lies at a location. `sequence` is the bin's place on the walk, counted from the door."""

    sku: Sku
    location: Word
    bin: Word
    sequence: Number


class RequestCount(Command, frozen=True, kw_only=True, tag="picking.request_count"):
    """Have a shelf counted. One that waits for a count already waits on."""

    sku: Sku
    location: Word
    reason: CountReason = "cycle"


class RecordCount(Command, frozen=True, kw_only=True, tag="picking.record_count"):
    """So many units lie on the shelf (`counted`).

    Units in totes and parcels are still ours until they leave, so they count as well: `aside` says how many there are
    (`counts_to_do` shows it).
    """

    sku: Sku
    location: Word
    counted: StockCount
    aside: StockCount = 0
