"""Carriers: what it costs, a label, and where the parcels are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from purveyor.core.field_types import ForeignId, Name, Number, Reference, trim
from purveyor.core.money import Money

TrackingStatus = Literal[
    "label_created",
    "in_transit",
    "out_for_delivery",
    "available_for_pickup",
    "delivered",
    "failed_attempt",
    "returned_to_sender",
    "lost",
]


class CarrierRefused(Exception):  # noqa: N818 (it is an answer, not an error)
    """The carrier says no, and asking again will not help. `reason` is a code, `str()` a sentence."""

    def __init__(self, reason: str, sentence: str = "") -> None:
        super().__init__(sentence or reason)
        self.reason = reason


class ParcelSpec(msgspec.Struct, frozen=True):
    """A packed box: gross weight in grams, outer sides in millimeters."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


class Destination(msgspec.Struct, frozen=True):
    """An address as a carrier wants it: `country` is ISO 3166-1 alpha-2; `region` is a state or province, or ""."""

    name: str
    street: str
    city: str
    postal_code: str
    country: str
    region: str = ""


class Rate(msgspec.Struct, frozen=True):
    """An offer for all the parcels together; they are there after `transit_days` days at the latest."""

    carrier: str
    service: str
    cost: Money
    transit_days: int


class Label(msgspec.Struct, frozen=True):
    """A bought label: one tracking number for all parcels of the booking; `document` is what is to be printed."""

    tracking_number: str
    carrier: str
    service: str
    cost: Money
    document: bytes
    media_type: str


class TrackingEvent(msgspec.Struct, frozen=True):
    """One scan. `sequence` counts the scans of a tracking number from 1, however they arrive.

    `carrier_status` is the carrier's own wording; `status` is ours. `at` is when it happened, in UTC.
    """

    event_id: ForeignId
    tracking_number: Reference
    status: TrackingStatus
    at: datetime
    place: Name
    carrier_status: Name
    sequence: Number

    def __post_init__(self) -> None:
        trim(self, "event_id", "tracking_number")


class Carrier(Protocol):
    """Moves parcels. Every method may raise `CarrierUnavailable`; all are safe to call twice."""

    async def quote(self, parcels: Sequence[ParcelSpec], origin: Destination, to: Destination) -> list[Rate]:
        """Give the offers, cheapest first; none when the carrier does not take such parcels there."""
        ...

    async def book(
        self,
        key: str,
        parcels: Sequence[ParcelSpec],
        origin: Destination,
        to: Destination,
        rate: Rate,
        *,
        about: str = "",
    ) -> Label:
        """Buy the label for a quoted rate, once per key: the same key gets the first label again.

        `about` is what it is for in our words, such as an order number. Raises `KeyReused` for the same key with
        another body, and `CarrierRefused` (`address_undeliverable`, `rate_not_offered`).
        """
        ...

    async def cancel(self, tracking_number: str) -> None:
        """Give a label back before the parcels are handed over; a second time is no error.

        Raises `CarrierRefused` (`already_in_transit`, `unknown_tracking_number`).
        """
        ...

    async def scans(self, tracking_number: str) -> list[TrackingEvent]:
        """Give all scans so far, oldest first. Raises `CarrierRefused` (`unknown_tracking_number`)."""
        ...
