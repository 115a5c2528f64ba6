"""A carrier that is simulated: labels, and parcels that travel by a clock and meet their fate."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from purveyor.adapters.carriers.fake_journey import CarrierScript, Fate, Journey, events, fate_of, renumbered
from purveyor.adapters.carriers.fake_label import print_label
from purveyor.adapters.carriers.fake_tariff import rates
from purveyor.adapters.clocks import SystemClock
from purveyor.adapters.fake_state import Batch, Feed, Store, digest, microseconds, sendings
from purveyor.core.money import Money
from purveyor.ports.carrier import CarrierRefused, Destination, Label, ParcelSpec, Rate, TrackingEvent
from purveyor.ports.clock import Clock
from purveyor.ports.errors import CarrierUnavailable, KeyReused

# `told_until`: events due up to then were sent; `next_due` is NULL when none is to come. Both in microseconds.
TABLES = """
    CREATE TABLE IF NOT EXISTS carrier_label (
        tracking_number TEXT PRIMARY KEY, key TEXT, about TEXT, request BLOB, booking BLOB,
        told_until INTEGER, next_due INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS carrier_label_due ON carrier_label (next_due) WHERE next_due IS NOT NULL
"""
DUE = """
    SELECT tracking_number, told_until, booking
      FROM carrier_label
     WHERE next_due <= ?
  ORDER BY next_due
     LIMIT ?
"""
UNDELIVERABLE_POSTAL_CODE = "00000"
DUE_LABELS = 1000  # that one poll moves on


class BookedLabel(msgspec.Struct, frozen=True):
    """One label in the carrier's books. `fate` is what will become of the parcel."""

    key: str
    about: str
    tracking_number: str
    service: str
    cost: Money
    fate: Fate
    is_canceled: bool


class _Booking(msgspec.Struct, frozen=True):
    label: Label
    journey: Journey
    script: CarrierScript
    canceled_at: datetime | None = None
    turned_at: datetime | None = None  # when its fate was changed
    past: tuple[TrackingEvent, ...] = ()  # what had been scanned by then

    def scans(self) -> list[TrackingEvent]:
        """Give all scans of it, past and to come."""
        scans = events(self.journey)
        turned_at = self.turned_at
        if turned_at is not None:
            future = (event for event in scans if event.at > turned_at)
            scans = [*self.past, *(renumbered(event, at) for at, event in enumerate(future, len(self.past) + 1))]
        end = self.canceled_at
        return [event for event in scans if end is None or event.at <= end]

    def scanned(self, now: datetime) -> list[TrackingEvent]:
        return [event for event in self.scans() if event.at <= now]

    def turned(self, now: datetime, fate: Fate) -> _Booking:
        """Give it another fate from now on."""
        journey = msgspec.structs.replace(self.journey, fate=fate)
        return msgspec.structs.replace(self, journey=journey, turned_at=now, past=tuple(self.scanned(now)))

    def due(self) -> list[tuple[int, TrackingEvent]]:
        """Give what is ever sent of it, and when: copies and late ones included."""
        return [
            (microseconds(due_at), event)
            for event in self.scans()
            for due_at in sendings(self.script, event.event_id, event.at)
        ]


class FakeCarrier:
    """A `Carrier` whose state stands in an SQLite file, shared by all processes that name it.

    Nothing is delivered to the postal code 00000.
    """

    def __init__(self, path: str | Path = ":memory:", clock: Clock | None = None, currency: str = "EUR") -> None:
        self._clock = clock or SystemClock()
        self._currency = currency
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(_Booking).decode
        self._feed = Feed("carrier", TrackingEvent)
        self._store = Store(
            "carrier",
            path,
            f"{TABLES};{self._feed.tables}",
            CarrierScript(),
            unavailable=CarrierUnavailable,
            timeout=CarrierUnavailable,
        )

    async def quote(self, parcels: Sequence[ParcelSpec], origin: Destination, to: Destination) -> list[Rate]:
        return await self._store.ask(lambda _: rates(parcels, origin, to, self._currency))

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
        request = blake2b(self._encode((parcels, origin, to, rate)), digest_size=16).digest()
        number = _tracking_number(key)

        def work(db: sqlite3.Connection, script: CarrierScript) -> Label:
            row = db.execute(
                "SELECT request, booking FROM carrier_label WHERE tracking_number = ?", (number,)
            ).fetchone()
            if row is not None:
                if row[0] != request:
                    raise KeyReused(f"{key} booked other parcels before")
                return self._decode(row[1]).label
            self._check(parcels, origin, to, rate)
            journey = Journey(number, self._clock.now(), rate.transit_days, fate_of(script, number), origin, to)
            label = print_label(journey, parcels, rate)
            told_until = microseconds(journey.booked_at) - 1
            db.execute(
                "INSERT INTO carrier_label VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    key,
                    about,
                    request,
                    self._encode(_Booking(label, journey, script)),
                    told_until,
                    told_until + 1,
                ),
            )
            return label

        return await self._store.perform(key, work)

    async def cancel(self, tracking_number: str) -> None:
        def work(db: sqlite3.Connection, _: CarrierScript) -> None:
            booking = self._booking(db, tracking_number)
            now = self._clock.now()
            if booking.canceled_at is not None:
                return
            if any(event.status != "label_created" for event in booking.scanned(now)):
                raise CarrierRefused("already_in_transit")
            self._change(db, msgspec.structs.replace(booking, canceled_at=now))

        await self._store.perform(tracking_number, work)

    async def scans(self, tracking_number: str) -> list[TrackingEvent]:
        def read(db: sqlite3.Connection) -> list[TrackingEvent]:
            return self._booking(db, tracking_number).scanned(self._clock.now())

        return await self._store.ask(read)

    async def due_events(self, since: int = 0, limit: int = 1000) -> Batch[TrackingEvent]:
        """Give the events sent after the cursor `since`, in the order of sending, and the new cursor.

        One call moves on at most a thousand parcels: after a long leap of the clock, call until nothing comes.
        """
        with self._store.transaction() as db:
            now = self._clock.now()
            self._send_due(db, now)
            return self._feed.read(db, since, limit, now)

    def meet(self, tracking_number: str, fate: Fate) -> None:
        """Give a parcel another fate. What was scanned and sent already stays."""
        with self._store.transaction() as db:
            self._change(db, self._booking(db, tracking_number).turned(self._clock.now(), fate))

    def tell(self, script: CarrierScript) -> None:
        """Replace the script of misbehavior, for all processes; `CarrierScript()` is good again."""
        self._store.tell(script)

    def script(self) -> CarrierScript:
        """Read the script as it stands, counted down so far."""
        return self._store.script()

    def labels(self, about: str | None = None) -> list[BookedLabel]:
        """Give every label that was bought, canceled ones included, or those of one purpose."""
        statement = """
            SELECT key, about, booking
              FROM carrier_label
             WHERE :about IS NULL OR about = :about
          ORDER BY tracking_number
        """
        with self._store.transaction() as db:
            rows = db.execute(statement, {"about": about}).fetchall()
        return [_booked(key, purpose, self._decode(body)) for key, purpose, body in rows]

    def close(self) -> None:
        self._store.close()

    def _check(self, parcels: Sequence[ParcelSpec], origin: Destination, to: Destination, rate: Rate) -> None:
        if to.postal_code == UNDELIVERABLE_POSTAL_CODE:
            raise CarrierRefused("address_undeliverable", f"Nobody delivers to {to.postal_code} {to.city}.")
        if rate not in rates(parcels, origin, to, self._currency):
            raise CarrierRefused("rate_not_offered", f"{rate.service} for {rate.cost} is not offered.")

    def _booking(self, db: sqlite3.Connection, tracking_number: str) -> _Booking:
        row = db.execute("SELECT booking FROM carrier_label WHERE tracking_number = ?", (tracking_number,)).fetchone()
        if row is None:
            raise CarrierRefused("unknown_tracking_number", f"{tracking_number} is not known.")
        return self._decode(row[0])

    def _change(self, db: sqlite3.Connection, booking: _Booking) -> None:
        number = booking.journey.tracking_number
        db.execute(
            "UPDATE carrier_label SET booking = ?, next_due = told_until WHERE tracking_number = ?",
            (self._encode(booking), number),
        )

    def _send_due(self, db: sqlite3.Connection, now: datetime) -> None:
        until = microseconds(now)
        rows = db.execute(
            DUE,
            (until, DUE_LABELS),
        ).fetchall()
        sent: list[tuple[int, int, TrackingEvent]] = []
        for number, told_until, body in rows:
            due = self._decode(body).due()
            sent += ((at, event.sequence, event) for at, event in due if told_until < at <= until)
            next_due = min((at for at, _ in due if at > until), default=None)
            db.execute(
                "UPDATE carrier_label SET told_until = ?, next_due = ? WHERE tracking_number = ?",
                (until, next_due, number),
            )
        for _, _, event in sorted(sent, key=lambda item: item[:2]):
            self._feed.put(db, event, now, now)


def _tracking_number(key: str) -> str:
    return f"FP{int(digest(key, 10), 16):025d}"


def _booked(key: str, about: str, booking: _Booking) -> BookedLabel:
    label = booking.label
    is_canceled = booking.canceled_at is not None
    return BookedLabel(key, about, label.tracking_number, label.service, label.cost, booking.journey.fate, is_canceled)
