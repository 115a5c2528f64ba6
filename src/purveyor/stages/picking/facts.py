"""What may have happened at picking."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.stages.picking.commands import CountReason, FulfillmentRef, ShortReason

Method = Literal["ship", "collect", "download", "license", "access", "install"]


class FulfillmentReleased(Fact, frozen=True, kw_only=True, tag="picking.fulfillment_released"):
    """There is work for units of an order, at one location (none for what lies on no shelf), by one method."""

    fulfillment_id: UUID
    location: str
    method: Method
    units: tuple[UnitsOf, ...]

    def reply(self) -> dict[str, Any]:
        return {"fulfillment_id": self.fulfillment_id, "location": self.location, "method": self.method}


class WavePlanned(Fact, frozen=True, kw_only=True, tag="picking.wave_planned"):
    wave_id: UUID
    location: str
    picker: str
    fulfillments: tuple[FulfillmentRef, ...]

    def reply(self) -> dict[str, Any]:
        return {"wave_id": self.wave_id, "fulfillments": len(self.fulfillments)}


class JoinedWave(Fact, frozen=True, kw_only=True, tag="picking.joined_wave"):
    """A fulfillment order is part of a walk."""

    fulfillment_id: UUID
    wave_id: UUID


class LeftWave(Fact, frozen=True, kw_only=True, tag="picking.left_wave"):
    """A fulfillment order is back in the queue."""

    fulfillment_id: UUID
    wave_id: UUID


class PickListStarted(Fact, frozen=True, kw_only=True, tag="picking.pick_list_started"):
    wave_id: UUID
    picker: str


class PickingStarted(Fact, frozen=True, kw_only=True, tag="picking.picking_started"):
    """A fulfillment order is in the hands of somebody who walks."""

    fulfillment_id: UUID
    wave_id: UUID
    picker: str


class WaveFinished(Fact, frozen=True, kw_only=True, tag="picking.wave_finished"):
    wave_id: UUID


class UnitsPicked(Fact, frozen=True, kw_only=True, tag="picking.units_picked"):
    """Units were taken off the shelf and are on their way to the packing bench."""

    fulfillment_id: UUID
    units: tuple[UnitsOf, ...]
    bin: str = ""
    tote: str = ""
    lot: str = ""
    serials: tuple[str, ...] = ()

    def reply(self) -> dict[str, Any]:
        return {"picked": sum(each.quantity for each in self.units)}


class FulfillmentPicked(Fact, frozen=True, kw_only=True, tag="picking.fulfillment_picked"):
    """Nothing of a fulfillment order is left to be picked. `units` are all that were, since it was released."""

    fulfillment_id: UUID
    location: str
    tote: str
    units: tuple[UnitsOf, ...]


class PickShorted(Fact, frozen=True, kw_only=True, tag="picking.pick_shorted"):
    """Units were not there: they need another shelf."""

    fulfillment_id: UUID
    line_id: UUID
    sku: str
    location: str
    missing: int
    reason: ShortReason

    def reply(self) -> dict[str, Any]:
        return {"missing": self.missing}


class ShelfCorrected(Fact, frozen=True, kw_only=True, tag="picking.shelf_corrected"):
    """The books follow what the picker saw: less is on hand. A fact of its own, because the claim must go first."""

    sku: str
    location: str
    missing: int
    reason: ShortReason


class PickUndone(Fact, frozen=True, kw_only=True, tag="picking.pick_undone"):
    """Units are back on the shelf, still wanted."""

    fulfillment_id: UUID
    units: tuple[UnitsOf, ...]


class UnitsWithdrawn(Fact, frozen=True, kw_only=True, tag="picking.units_withdrawn"):
    """Units of a fulfillment order are not wanted any more: `waiting` were on the shelf, `picked` no longer."""

    fulfillment_id: UUID
    waiting: tuple[UnitsOf, ...] = ()
    picked: tuple[UnitsOf, ...] = ()


class PickedUnwanted(Fact, frozen=True, kw_only=True, tag="picking.picked_unwanted"):
    """Units that were picked are not wanted any more: the bench must say whose they were."""

    units: tuple[UnitsOf, ...]


class ClaimsMoved(Fact, frozen=True, kw_only=True, tag="picking.claims_moved"):
    """Claims follow the work: what was canceled had given up the claim of another location than the one it lay at."""


class UnitsLeft(Fact, frozen=True, kw_only=True, tag="picking.units_left"):
    """Units of a fulfillment order have left the house."""

    fulfillment_id: UUID
    parcel_id: UUID
    units: tuple[UnitsOf, ...]


class BinAssigned(Fact, frozen=True, kw_only=True, tag="picking.bin_assigned"):
    sku: str
    location: str
    bin: str
    sequence: int


class CountRequested(Fact, frozen=True, kw_only=True, tag="picking.count_requested"):
    """A shelf is to be counted."""

    sku: str
    location: str
    reason: CountReason


class CountRecorded(Fact, frozen=True, kw_only=True, tag="picking.count_recorded"):
    """A shelf was counted, and the books follow it. `expected` is what should have lain there."""

    sku: str
    location: str
    counted: int
    aside: int
    expected: int
    short: int = 0  # units that were promised and are not there: carts and orders lose them at once

    def reply(self) -> dict[str, Any]:
        return {"counted": self.counted, "expected": self.expected}
