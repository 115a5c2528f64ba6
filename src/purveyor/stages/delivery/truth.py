"""One truth about a parcel from scans that come twice, late and in any order.

A parcel is on its way until something ends that. Among the ends the later in this row wins, whichever is heard of
first: `lost` (it may turn up), `delivered`, `returning` (after a return to the sender, carriers call the arrival at
our own door delivered as well). While it is on its way, the newest scan says where it is.
"""

from __future__ import annotations

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
    def carrier_status(self) -> str: ...
    @property
    def sequence(self) -> int: ...


class Truth(msgspec.Struct, frozen=True, gc=False):
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


def advance(truth: Truth, scan: Scanned) -> Truth:
    """The truth after one more scan: the same for all scans of a parcel in any order."""
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
    return Truth(status, scan.carrier_status, scan.sequence, scan.at, scan.event_id, attempts)
