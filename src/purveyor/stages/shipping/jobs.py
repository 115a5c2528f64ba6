"""What shipping does outside: buy labels and give them back."""

from __future__ import annotations

from base64 import b64encode
from uuid import UUID

import msgspec

from purveyor.core.calendars import zone_of
from purveyor.core.messages import Command
from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.carrier import CarrierRefused, Destination, Label, ParcelSpec
from purveyor.stages.shipping.commands import (
    BuyLabel,
    CancelLabel,
    RecordLabel,
    RecordLabelFailure,
    RecordVoid,
)
from purveyor.stages.shipping.label_files import known_kind
from purveyor.stages.shipping.rates import choose_rate

ADDRESS = """
    -- Where a parcel goes: one immutable version of name and address.
    SELECT id, name, company, street, city, postal_code, region, country, erased
      FROM contact
     WHERE id = ANY($1::uuid[])
"""


class _Address(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    company: str
    street: str
    city: str
    postal_code: str
    region: str
    country: str
    erased: bool


@job_handler(BuyLabel)
async def buy_label(job: BuyLabel, _key: str, outside: Ports) -> Command | None:
    """Buy the label of the cheapest service that keeps the promise.

    Towards the carrier the key is shipment and attempt, not the job's own: a request that is sent once more, by a new
    job as well, buys no second label.
    """
    to = await _destination(outside, job.contact_id)
    if to is None:
        return _failure(job, "address_erased")
    box = job.box
    parcels = [ParcelSpec(box.weight_g, box.length_mm, box.width_mm, box.height_mm)]
    place = job.origin
    origin = Destination(place.name, place.street, place.city, place.postal_code, place.country)
    try:
        # As of the request, not of now: the same request must choose the same rate however often it is sent.
        rates = await outside.carrier.quote(parcels, origin, to)
        choice = choose_rate(rates, job.promised_at, job.requested_at, zone_of(job.zone))
        if choice is None:
            return _failure(job, "no_rate")
        label = await outside.carrier.book(
            f"{job.shipment_id}/{job.attempt}", parcels, origin, to, choice.rate, about=job.about
        )
    except CarrierRefused as refused:
        return _failure(job, refused.reason)
    return RecordLabel(
        order_id=job.order_id,
        shipment_id=job.shipment_id,
        attempt=job.attempt,
        tracking_number=label.tracking_number,
        carrier=label.carrier,
        service=label.service,
        cost=label.cost,
        document=data_uri(label),
        why=choice.why,
    )


@job_handler(CancelLabel)
async def cancel_label(job: CancelLabel, _key: str, outside: Ports) -> Command | None:
    refused = ""
    try:
        await outside.carrier.cancel(job.tracking_number)
    except CarrierRefused as no:
        refused = no.reason
    return RecordVoid(
        order_id=job.order_id, shipment_id=job.shipment_id, tracking_number=job.tracking_number, refused=refused
    )


def data_uri(label: Label) -> str:
    """A label as text that says itself what it is (RFC 2397)."""
    return f"data:{known_kind(label.media_type)};base64,{b64encode(label.document).decode()}"


async def _destination(outside: Ports, contact_id: UUID) -> Destination | None:
    addresses = await outside.read.rows_of(_Address, ADDRESS, contact_id, by="id")
    address = addresses[0] if addresses else None
    if address is None or address.erased:
        return None
    name = ", ".join(part for part in (address.name, address.company) if part)
    return Destination(name, address.street, address.city, address.postal_code, address.country, address.region)


def _failure(job: BuyLabel, reason: str) -> RecordLabelFailure:
    return RecordLabelFailure(order_id=job.order_id, shipment_id=job.shipment_id, attempt=job.attempt, reason=reason)
