"""Packing: benches and parcels."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.field_types import Name, Word
from purveyor.core.refusals import NotFound
from purveyor.stages.packing.commands import (
    BringToBench,
    PackParcel,
    RecordParcelLeft,
    TakeOffBench,
    TakeOut,
    UnpackParcel,
)
from purveyor.stages.packing.queries import (
    BenchItem,
    BenchView,
    PackingSlip,
    ParcelView,
    bench_by_scan,
    bench_items,
    packing_slip,
    parcel_by_sscc,
    parcels_here,
    waiting_at_bench,
)
from purveyor.stages.packing.state import Bench, Parcel
from purveyor.web.api.command_endpoints import Endpoint, each
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.auth.api_keys import Caller
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import AtLocation
from purveyor.web.reading.contact_access import lacks_addresses

WRITE = "packing:write"
READ = "packing:read"
ORDER = "/orders/{order_id:uuid}"


class Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scanned: Name
    location: Word


class OneFulfillment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: UUID
    fulfillment_id: UUID


class OneParcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: UUID
    parcel_id: UUID


class Sscc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sscc: Word


class BenchList(msgspec.Struct, frozen=True):
    items: list[BenchView]


class BenchItems(msgspec.Struct, frozen=True):
    items: list[BenchItem]


async def _by_scan(house: House, asked: Scanned) -> BenchList:
    return BenchList(await bench_by_scan(house.read, asked.scanned, asked.location))


async def _items(house: House, asked: OneFulfillment) -> BenchItems:
    return BenchItems(await bench_items(house.read, asked.order_id, asked.fulfillment_id))


async def _slip(house: House, asked: OneParcel, caller: Caller) -> PackingSlip:
    caller.check(lacks_addresses(caller.scopes))
    slip = await packing_slip(house.read, asked.order_id, asked.parcel_id)
    if slip is None:
        raise NotFound(what="parcel", id=asked.parcel_id)
    return slip


async def _parcel(house: House, asked: Sscc) -> ParcelView:
    parcel = await parcel_by_sscc(house.read, asked.sscc)
    if parcel is None:
        raise NotFound(what="parcel", id=asked.sscc)
    return parcel


SECTION = Section(
    name="packing",
    about="What was picked is checked by scan and weight, and put into parcels.",
    endpoints=(
        Endpoint(
            path=f"{ORDER}/fulfillments/{{fulfillment_id:uuid}}/parcels",
            command=PackParcel,
            scope=WRITE,
            summary="Put units into a parcel",
            status=201,
            tried=each(Bench, lambda row: PackParcel(order_id=row.order_id, fulfillment_id=row.fulfillment_id)),
            otherwise="Nothing of the order lies on a packing bench.",
            tolerates=("invalid",),  # that it has to be weighed
        ),
        Endpoint(
            path=f"{ORDER}/parcels/{{parcel_id:uuid}}/unpack",
            command=UnpackParcel,
            scope=WRITE,
            summary="Take everything out again",
            tried=each(
                Parcel, lambda row: UnpackParcel(order_id=row.order_id, parcel_id=row.id, reason="other_carton")
            ),
            otherwise="The order has no parcel.",
        ),
    ),
    reads=(
        worklist(
            "/bench",
            "What waits at the packing bench, the longest waiting first",
            READ,
            BenchView,
            waiting_at_bench,
            lambda row: (row.since, row.fulfillment_id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        QueryEndpoint(
            path="/bench/scan",
            find=_by_scan,
            answer=BenchList,
            scope=READ,
            summary="What the packer has in hands: a tote, or an order by its number",
            parameters=Scanned,
        ),
        QueryEndpoint(
            path=f"{ORDER}/fulfillments/{{fulfillment_id:uuid}}/bench",
            find=_items,
            answer=BenchItems,
            scope=READ,
            summary="What was picked, and how much of it is in parcels",
            parameters=OneFulfillment,
        ),
        worklist(
            "/parcels",
            "Packed, and still at a location",
            READ,
            ParcelView,
            parcels_here,
            lambda row: (row.packed_at, row.id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        QueryEndpoint(
            path="/parcels/by-sscc/{sscc:str}",
            find=_parcel,
            answer=ParcelView,
            scope=READ,
            summary="A scanned parcel",
            parameters=Sscc,
        ),
        QueryEndpoint(
            path=f"{ORDER}/parcels/{{parcel_id:uuid}}/slip",
            find_for=_slip,
            answer=PackingSlip,
            scope=READ,
            summary="The packing slip, for who may read where a parcel goes",
            parameters=OneParcel,
        ),
    ),
    internal=(BringToBench, TakeOffBench, TakeOut, RecordParcelLeft),
)
