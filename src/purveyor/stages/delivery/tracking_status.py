"""One truth about a parcel from scans that come twice, late and in any order.

A parcel is on its way until something ends that. `lost` gives way to the other ends, because it may turn up. Of
`delivered` and `returning` the newest scan counts, whichever is heard of first: what was to come back is delivered
after all, and what was delivered may be sent back. A carrier that has brought a parcel back to our own door says
`returned_to_sender`, not `delivered`. While a parcel is on its way, the newest scan says where it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

import msgspec

from purveyor.core.positions import Position

ENDS: Final = ("lost", "delivered", "returning")
# Our own status by what a scan says. Carriers' wordings are kept beside it and never decide anything.
OWN: Final = {
    "label_created": "expected",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "at_pickup_point",
    "failed_attempt": "failed_attempt",
    "delivered": "delivered",
    "returned_to_sender": "returning",
    "lost": "lost",
}
# Where the units of a parcel are by our status.
POSITION: Final[dict[str, Position]] = {"lost": "lost", "delivered": "delivered", "returning": "returning"}


class Scanned(Protocol):
    @property
    def event_id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def place(self) -> str: ...
    @property
    def carrier_status(self) -> str: ...
    @property
    def sequence(self) -> int: ...


class TrackingStatus(msgspec.Struct, frozen=True, gc=False):
    """What is known of a parcel, and the newest scan that says so."""

    status: str = "expected"
    carrier_status: str = ""
    sequence: int = -1
    event_at: datetime | None = None
    event_id: str = ""
    attempts: int = 0

    @property
    def is_moving(self) -> bool:
        return self.status not in ENDS

    @property
    def position(self) -> Position:
        """Where its units are."""
        return POSITION.get(self.status, "shipped")


def tracking_status(scans: Iterable[Scanned], *, given_up: bool = False) -> TrackingStatus:
    """What all scans of a parcel come to, in whatever order they were told. `given_up`: by us, without a scan."""
    truth = TrackingStatus("lost" if given_up else "expected")
    for scan in scans:
        truth = advance(truth, scan)
    return msgspec.structs.replace(truth, status=_status(scans, given_up=given_up))


def _status(scans: Iterable[Scanned], *, given_up: bool) -> str:
    in_order = [OWN[scan.status] for scan in sorted(scans, key=_place)]
    ended = [status for status in in_order if status in ("delivered", "returning")]
    if ended:
        return ended[-1]
    if given_up or "lost" in in_order:
        return "lost"
    return in_order[-1] if in_order else "expected"


def _place(scan: Scanned) -> tuple[int, datetime, str]:
    return scan.sequence, scan.at, scan.event_id


def advance(truth: TrackingStatus, scan: Scanned) -> TrackingStatus:
    """The truth after one more scan: its newest scan and its attempts are the same in any order.

    Its status is what facts without one of their own were applied with: `returning` was the end of all ends.
    """
    attempts = truth.attempts + (scan.status == "failed_attempt")
    is_newest = truth.event_at is None or (scan.sequence, scan.at, scan.event_id) > (
        truth.sequence,
        truth.event_at,
        truth.event_id,
    )
    own = OWN[scan.status]
    status = truth.status
    if own in ENDS:
        status = own if truth.is_moving or ENDS.index(own) > ENDS.index(status) else status
    elif truth.is_moving and is_newest:
        status = own
    if not is_newest:
        return msgspec.structs.replace(truth, status=status, attempts=attempts)
    return TrackingStatus(status, scan.carrier_status, scan.sequence, scan.at, scan.event_id, attempts)
