"""Shipping: labels, and parcels handed to couriers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.refusals import NotFound, mark
from purveyor.stages.shipping.commands import (
    CallOffParcel,
    DispatchShipment,
    DispatchShipments,
    RecordLabel,
    RecordLabelFailure,
    RecordTaken,
    RecordVoid,
    RequestLabel,
    RetryLabel,
    RetryVoid,
    VoidLabel,
    VoidLabels,
)
from purveyor.stages.shipping.queries import (
    ManifestView,
    ShipmentView,
    label_document,
    labels_refused,
    manifests,
    waiting_for_courier,
)
from purveyor.stages.shipping.state import Shipment
from purveyor.web.api.command_endpoints import Endpoint, each
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.auth.api_keys import Caller
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import LAST, AtLocation
from purveyor.web.reading.contact_access import lacks_addresses

WRITE = "shipping:write"
READ = "shipping:read"
ORDER = "/orders/{order_id:uuid}"
SHIPMENT = f"{ORDER}/shipments/{{shipment_id:uuid}}"
NO_SHIPMENT = mark("Nothing of the order has been packed for a carrier.")


class OneShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: UUID
    shipment_id: UUID


class Label(msgspec.Struct, frozen=True):
    """A label as a data URI (RFC 2397)."""

    document: str


async def _label(house: House, asked: OneShipment, caller: Caller) -> Label:
    caller.check(lacks_addresses(caller.scopes))
    document = await label_document(house.read, asked.order_id, asked.shipment_id)
    if document is None:
        raise NotFound(what="label", id=asked.shipment_id)
    return Label(document)


def _asked(shipment: ShipmentView) -> tuple[datetime, UUID]:
    return shipment.asked_at, shipment.id


SECTION = Section(
    name="shipping",
    about="Parcels get a carrier and a label, and go into the courier's hands against a manifest.",
    endpoints=(
        Endpoint(
            path=f"{SHIPMENT}/retry-label",
            command=RetryLabel,
            scope=WRITE,
            summary="Ask again for a label",
            ours=("asked_at",),
            tried=each(Shipment, lambda row: RetryLabel(order_id=row.order_id, shipment_id=row.id)),
            otherwise=NO_SHIPMENT,
        ),
        Endpoint(
            path=f"{SHIPMENT}/void-label",
            command=VoidLabel,
            scope=WRITE,
            summary="Give a label back before the parcel leaves",
            tried=each(Shipment, lambda row: VoidLabel(order_id=row.order_id, shipment_id=row.id)),
            otherwise=NO_SHIPMENT,
        ),
        Endpoint(
            path=f"{SHIPMENT}/dispatch",
            command=DispatchShipment,
            scope=WRITE,
            summary="One parcel was handed to the courier",
            tried=each(Shipment, lambda row: DispatchShipment(order_id=row.order_id, shipment_id=row.id)),
            otherwise=NO_SHIPMENT,
        ),
        Endpoint(
            path="/manifests",
            command=DispatchShipments,
            scope=WRITE,
            summary="The courier took these parcels, all or none",
            status=201,
        ),
    ),
    reads=(
        worklist(
            "/shipments/waiting",
            "Parcels with a label that wait for the courier",
            READ,
            ShipmentView,
            waiting_for_courier,
            _asked,
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/shipments/refused",
            "Parcels for which no carrier sold a label",
            READ,
            ShipmentView,
            labels_refused,
            _asked,
        ),
        worklist(
            "/manifests",
            "What couriers took from a location, newest first",
            READ,
            ManifestView,
            manifests,
            lambda manifest: (manifest.closed_at, manifest.id),
            parameters=AtLocation,
            first=LAST,
            arguments=lambda _, asked: (asked.location,),
        ),
        QueryEndpoint(
            path=f"{SHIPMENT}/label",
            find_for=_label,
            answer=Label,
            scope=READ,
            summary="The label to print, for who may read where a parcel goes",
            parameters=OneShipment,
        ),
    ),
    internal=(
        RecordTaken,
        CallOffParcel,
        RequestLabel,
        RecordLabel,
        RecordLabelFailure,
        VoidLabels,
        RetryVoid,
        RecordVoid,
    ),
)
