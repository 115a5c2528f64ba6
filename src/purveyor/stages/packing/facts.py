"""What may have happened at packing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf


class BroughtToBench(Fact, frozen=True, kw_only=True, tag="packing.brought_to_bench"):
    """Picked goods wait to be packed. `units` are all that were picked, those in parcels among them."""

    fulfillment_id: UUID
    location: str
    tote: str
    units: tuple[UnitsOf, ...]


class TakenOffBench(Fact, frozen=True, kw_only=True, tag="packing.taken_off_bench"):
    """Units went back to their shelf; they will be picked again."""

    fulfillment_id: UUID
    units: tuple[UnitsOf, ...]


class TakenUnits(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units of one line that were taken out of the work for one fulfillment order."""

    fulfillment_id: UUID
    line_id: UUID
    quantity: int


class UnitsTakenOut(Fact, frozen=True, kw_only=True, tag="packing.units_taken_out"):
    """Units are not wanted any more: somebody puts them back on the shelf. There may have been none here.

    `left_over` lay on the bench, `removed` in parcels that were opened for it.
    """

    left_over: tuple[TakenUnits, ...]
    removed: tuple[TakenUnits, ...]


class ParcelPacked(Fact, frozen=True, kw_only=True, tag="packing.parcel_packed"):
    """A parcel is closed. `why` says how its carton was chosen, and why its weight was believed."""

    parcel_id: UUID
    fulfillment_id: UUID
    location: str
    carton: str
    contents: tuple[UnitsOf, ...]
    weight_g: int  # with the carton
    weighed: bool  # by a scale; else from the catalog
    length_mm: int
    width_mm: int
    height_mm: int
    sscc: str
    notes: tuple[str, ...]  # dangerous, fragile

    def reply(self) -> dict[str, Any]:
        return {
            "parcel_id": self.parcel_id,
            "carton": self.carton,
            "weight_g": self.weight_g,
            "sscc": self.sscc,
            "notes": self.notes,
        }


class ParcelUnpacked(Fact, frozen=True, kw_only=True, tag="packing.parcel_unpacked"):
    """A parcel was opened: its contents are back on the bench, but for those `removed` that nobody wants any more."""

    parcel_id: UUID
    fulfillment_id: UUID
    location: str
    removed: tuple[UnitsOf, ...] = ()


class ParcelLeft(Fact, frozen=True, kw_only=True, tag="packing.parcel_left"):
    """A parcel has left the house."""

    parcel_id: UUID
    fulfillment_id: UUID
    contents: tuple[UnitsOf, ...]
