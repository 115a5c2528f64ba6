"""What delivery does outside: ask carriers, and switch access on and off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import structlog

from purveyor.core.field_types import is_moment
from purveyor.core.messages import Command
from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.access import AccessChange
from purveyor.ports.carrier import CarrierRefused, TrackingEvent
from purveyor.stages.delivery.commands import (
    PollCarrier,
    RecordAccess,
    RecordTrackingEvents,
    Scan,
    SwitchOff,
    SwitchOn,
)

log = structlog.get_logger()

ACCOUNT = """
    -- By what the other system knows the customer.
    SELECT email, customer_id::text AS customer, erased FROM contact WHERE id = $1
"""


class _Account(msgspec.Struct, frozen=True):
    email: str
    customer: str | None
    erased: bool


@job_handler(PollCarrier)
async def poll_carrier(job: PollCarrier, _key: str, outside: Ports) -> Command | None:
    """Bring home all scans that the carrier has. A number that it does not know (yet) is no news."""
    try:
        scans = await outside.carrier.scans(job.tracking_number)
    except CarrierRefused:
        return None
    return RecordTrackingEvents(
        order_id=job.order_id,
        shipment_id=job.shipment_id,
        events=tuple(
            Scan(
                event_id=scan.event_id,
                status=scan.status,
                at=scan.at,
                place=scan.place,
                carrier_status=scan.carrier_status,
                sequence=scan.sequence,
            )
            for scan in scans
            if _is_readable(scan)
        ),
    )


def _is_readable(scan: TrackingEvent) -> bool:
    """Whether a scan has a time at all: an empty date of another system may come as the year 1."""
    if is_moment(scan.at):
        return True
    log.warning("scan.left_out", tracking_number=scan.tracking_number, event_id=scan.event_id, at=scan.at.isoformat())
    return False


@job_handler(SwitchOn)
async def switch_on(job: SwitchOn, _key: str, outside: Ports) -> Command | None:
    return await _switch(job, outside, outside.access.grant)


@job_handler(SwitchOff)
async def switch_off(job: SwitchOff, _key: str, outside: Ports) -> Command | None:
    return await _switch(job, outside, outside.access.revoke)


async def _switch(
    job: SwitchOn | SwitchOff, outside: Ports, change: Callable[[str, str, str], Awaitable[AccessChange]]
) -> Command:
    """Towards the system the key is grant and turn: a request sent once more, by a new job as well, acts once."""
    account = await outside.read.row(_Account, ACCOUNT, job.contact_id)
    refused = ""
    if account is None or account.erased:
        refused = "the customer's data was erased"
    elif not (account.email or account.customer):
        refused = "the customer has no e-mail address and no account"
    else:
        await change(f"{job.grant_id}/{job.turn}", account.email.lower() or f"customer:{account.customer}", job.system)
    return RecordAccess(order_id=job.order_id, grant_id=job.grant_id, turn=job.turn, refused=refused)
