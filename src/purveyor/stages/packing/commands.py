"""What may be asked of packing."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Grams, Quantity, Sku, Word
from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf

# Why a weight is right although the scale says otherwise.
WeightExcuse = Literal["", "extra_packaging", "catalog_weight_wrong", "scale_out_of_order"]
UnpackReason = Literal["wrong_contents", "damaged_carton", "other_carton", "not_wanted"]


class ScannedItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """What the scanner at the bench read, so many times."""

    sku: Sku
    quantity: Quantity = 1


class BringToBench(Command, frozen=True, kw_only=True, tag="packing.bring_to_bench"):
    """A fulfillment order is picked: `units` are all that were, since it was released."""

    order_id: UUID
    fulfillment_id: UUID
    location: Word
    tote: Word = ""
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class TakeOffBench(Command, frozen=True, kw_only=True, tag="packing.take_off_bench"):
    """Units went back to their shelf. If they have not come to the bench yet, there is nothing to do."""

    order_id: UUID
    fulfillment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class TakeOut(Command, frozen=True, kw_only=True, tag="packing.take_out"):
    """Units that were picked are not wanted any more: off the bench, or out of their parcels, where they are there."""

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class PackParcel(Command, frozen=True, kw_only=True, tag="packing.pack_parcel"):
    """Put units into a parcel. With `dry_run` it says the carton, the weight and what is wrong, item by item.

    What is in it is told by line (`contents`) or as it was scanned; neither: everything on the bench, in several
    parcels where no carton holds it. `carton` "" lets us choose, "as_is" is the goods' own box. `weight_g` is what the
    scale shows; 0: not weighed, the catalog counts.
    """

    order_id: UUID
    fulfillment_id: UUID
    location: Word = ""  # where it is packed; it must be where the goods are
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)] = ()
    scanned: Annotated[tuple[ScannedItem, ...], Meta(max_length=1_000)] = ()
    carton: Word = ""
    weight_g: Grams = 0
    override: WeightExcuse = ""


class UnpackParcel(Command, frozen=True, kw_only=True, tag="packing.unpack_parcel"):
    """Take everything out again. Its label is given back."""

    order_id: UUID
    parcel_id: UUID
    reason: UnpackReason


class RecordParcelLeft(Command, frozen=True, kw_only=True, tag="packing.record_parcel_left"):
    """A parcel is with the courier or the customer."""

    order_id: UUID
    parcel_id: UUID
