"""Delivery: parcels on their way, counters, downloads, licenses, access and installations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from purveyor.core.field_types import Name, Sku as AnySku
from purveyor.core.refusals import mark
from purveyor.stages.delivery.commands import (
    AddLicenseKeys,
    AddSlots,
    AskCarrier,
    BookAppointment,
    CompleteInstallation,
    CountWrongCode,
    DeclareLost,
    Download,
    EndComingBack,
    ExpectDelivery,
    GrantDownloads,
    HandOver,
    IssueLicenseKeys,
    MoveAppointment,
    PlanInstallation,
    ReadyToCollect,
    RecordAccess,
    RecordTrackingEvent,
    RecordTrackingEvents,
    RemindToCollect,
    RenewCollectCode,
    RenewDownloads,
    RetryAccess,
    RevokeAccess,
    SwitchAccessOn,
    WithdrawDeliveries,
)
from purveyor.stages.delivery.queries.lists import (
    PoolView,
    SlotView,
    access_failed,
    appointments_by,
    at_counter,
    late_parcels,
    license_pool,
    open_slots,
    to_be_booked,
)
from purveyor.stages.delivery.queries.of_order import licenses_of
from purveyor.stages.delivery.queries.views import (
    AccessView,
    AppointmentView,
    CollectionView,
    LicenseView,
    TrackingView,
)
from purveyor.stages.delivery.state.rows import (
    AccessGrant,
    Appointment,
    Collection,
    DownloadGrant,
    Tracking,
)
from purveyor.web.api.command_endpoints import Endpoint, each
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import FIRST_ID, AtLocation, Page, Paging, page, place_after

WRITE = "delivery:write"
READ = "delivery:read"
ORDER = "/orders/{order_id:uuid}"
TRACKED = f"{ORDER}/shipments/{{shipment_id:uuid}}"
COLLECTED = f"{ORDER}/collections/{{parcel_id:uuid}}"
APPOINTMENT = f"{ORDER}/appointments/{{appointment_id:uuid}}"
NO_PARCEL = mark("No parcel of the order is on its way.")
NO_COUNTER = mark("Nothing of the order waits at a counter.")
NO_DOWNLOAD = mark("Nothing of the order is to be downloaded.")
NO_APPOINTMENT = mark("Nothing of the order is to be installed.")


class SlotFilter(Paging, frozen=True, kw_only=True):
    minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] = 1


class OfTechnician(Paging, frozen=True, kw_only=True):
    technician: Name


class Sku(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sku: AnySku


class PagedOrder(Paging, frozen=True, kw_only=True):
    order_id: UUID


async def _pool(house: House, asked: Sku) -> PoolView:
    return await license_pool(house.read, asked.sku)


async def _licenses(house: House, asked: PagedOrder) -> Page[LicenseView]:
    after = place_after(asked.after, UUID, FIRST_ID)
    rows = await licenses_of(house.read, asked.order_id, after, asked.limit + 1)
    return page(rows, asked.limit, lambda row: row.id)


SECTION = Section(
    name="delivery",
    about="Goods and services reach the customer: by parcel, at a counter, as a download, a key, an access, a visit.",
    endpoints=(
        Endpoint(
            path=f"{TRACKED}/scans",
            command=RecordTrackingEvent,
            scope=WRITE,
            summary="Record one scan of a parcel",
        ),
        Endpoint(
            path=f"{TRACKED}/ask-carrier",
            command=AskCarrier,
            scope=WRITE,
            summary="Ask the carrier where a parcel is",
            ours=("due_at",),
            tried=each(Tracking, lambda row: AskCarrier(order_id=row.order_id, shipment_id=row.shipment_id)),
            otherwise=NO_PARCEL,
        ),
        Endpoint(
            path=f"{TRACKED}/lost",
            command=DeclareLost,
            scope=WRITE,
            summary="Give a parcel up",
            ours=("due_at",),
            tried=each(Tracking, lambda row: DeclareLost(order_id=row.order_id, shipment_id=row.shipment_id)),
            otherwise=NO_PARCEL,
        ),
        Endpoint(
            path=f"{COLLECTED}/hand-over",
            command=HandOver,
            scope=WRITE,
            summary="Give a parcel to whoever says its code",
            tried=each(Collection, lambda row: HandOver(order_id=row.order_id, parcel_id=row.parcel_id, code="")),
            tolerates=("wrong_code",),
            otherwise=NO_COUNTER,
        ),
        Endpoint(
            path=f"{COLLECTED}/renew-code",
            command=RenewCollectCode,
            scope=WRITE,
            summary="Make a new code, with all tries again",
            tried=each(Collection, lambda row: RenewCollectCode(order_id=row.order_id, parcel_id=row.parcel_id)),
            otherwise=NO_COUNTER,
        ),
        Endpoint(
            path=f"{ORDER}/downloads/{{grant_id:uuid}}/download",
            command=Download,
            scope=WRITE,
            summary="Take one download off a grant",
            tried=each(DownloadGrant, lambda row: Download(order_id=row.order_id, grant_id=row.id)),
            otherwise=NO_DOWNLOAD,
        ),
        Endpoint(
            path=f"{ORDER}/downloads/{{grant_id:uuid}}/renew",
            command=RenewDownloads,
            scope=WRITE,
            summary="Give a download its full count and time again",
            tried=each(DownloadGrant, lambda row: RenewDownloads(order_id=row.order_id, grant_id=row.id)),
            otherwise=NO_DOWNLOAD,
        ),
        Endpoint(
            path=f"{ORDER}/access/{{grant_id:uuid}}/retry",
            command=RetryAccess,
            scope=WRITE,
            summary="Ask the other system again",
            ours=("asked_at",),
            tried=each(AccessGrant, lambda row: RetryAccess(order_id=row.order_id, grant_id=row.id)),
            otherwise="Nothing of the order is switched on elsewhere.",
        ),
        Endpoint(
            path=f"{APPOINTMENT}/book",
            command=BookAppointment,
            scope=WRITE,
            summary="Book a technician's time",
            tried=each(
                Appointment,
                lambda row: BookAppointment(order_id=row.order_id, appointment_id=row.id, slot_id=FIRST_ID),
            ),
            tolerates=("not_found",),
            otherwise=NO_APPOINTMENT,
        ),
        Endpoint(
            path=f"{APPOINTMENT}/move",
            command=MoveAppointment,
            scope=WRITE,
            summary="Move an appointment",
            tried=each(Appointment, lambda row: MoveAppointment(order_id=row.order_id, appointment_id=row.id)),
            otherwise=NO_APPOINTMENT,
        ),
        Endpoint(
            path=f"{APPOINTMENT}/complete",
            command=CompleteInstallation,
            scope=WRITE,
            summary="It is installed: what was done, and who signed",
            tried=each(
                Appointment,
                lambda row: CompleteInstallation(
                    order_id=row.order_id, appointment_id=row.id, record="tried", signed_by="tried"
                ),
            ),
            otherwise=NO_APPOINTMENT,
        ),
        Endpoint(path="/license-keys", command=AddLicenseKeys, scope=WRITE, summary="Fill the pool of a SKU"),
        Endpoint(path="/slots", command=AddSlots, scope=WRITE, summary="Add technicians' time"),
    ),
    reads=(
        worklist(
            "/parcels/late",
            "Parcels still on their way after the day that was promised",
            READ,
            TrackingView,
            late_parcels,
            lambda parcel: (parcel.promised_at, parcel.shipment_id),
            arguments=lambda house, _: (house.outside.clock.now(),),
        ),
        worklist(
            "/collections",
            "What waits at a counter",
            READ,
            CollectionView,
            at_counter,
            lambda row: (row.ready_at, row.parcel_id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/access/failed",
            "Access that the other system would not switch",
            READ,
            AccessView,
            access_failed,
            lambda row: (row.asked_at, row.id),
        ),
        worklist(
            "/slots",
            "Free time of technicians, the soonest first",
            READ,
            SlotView,
            open_slots,
            lambda slot: (slot.starts_at, slot.id),
            parameters=SlotFilter,
            arguments=lambda _, asked: (asked.minutes,),
        ),
        worklist(
            "/appointments/to-book",
            "Installations that have no time yet",
            READ,
            AppointmentView,
            to_be_booked,
            lambda row: (row.planned_at, row.id),
        ),
        worklist(
            "/appointments",
            "Where a technician has to be",
            READ,
            AppointmentView,
            appointments_by,
            lambda row: (row.starts_at, row.id),
            parameters=OfTechnician,
            arguments=lambda _, asked: (asked.technician,),
        ),
        QueryEndpoint(
            path="/license-keys",
            find=_pool,
            answer=PoolView,
            scope=READ,
            summary="How many keys of a SKU are free, and how many are waited for",
            parameters=Sku,
        ),
        QueryEndpoint(
            path=f"{ORDER}/licenses",
            find=_licenses,
            answer=Page[LicenseView],
            scope=READ,
            summary="The keys that an order was given",
            parameters=PagedOrder,
        ),
    ),
    internal=(
        ExpectDelivery,
        EndComingBack,
        RecordTrackingEvents,
        ReadyToCollect,
        CountWrongCode,
        RemindToCollect,
        GrantDownloads,
        IssueLicenseKeys,
        SwitchAccessOn,
        RecordAccess,
        RevokeAccess,
        PlanInstallation,
        WithdrawDeliveries,
    ),
)
