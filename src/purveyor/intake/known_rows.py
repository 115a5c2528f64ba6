"""Rows of an order that is in: a file may bring it again with a row more, a row less, or one that was changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping as Mapped
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from purveyor.core.calendars import zone_of
from purveyor.core.money import Money
from purveyor.db.reader import Reader
from purveyor.intake.grouping import SourceOrder, customer_id, key_of
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.records.policies.queries import versions_of
from purveyor.stages.receipt.facts import OrderedLine, OrderPlaced

REFERRED = """
    -- What files brought under these references.
    SELECT id, reference, number, currency, country, customer_id, placed_at, method
      FROM orders
     WHERE reference = ANY($1::text[]) AND reference <> '' AND channel = 'file'
  ORDER BY id
"""
PLACED = "SELECT order_id, key, data FROM journal WHERE order_id = ANY($1::uuid[]) AND kind = $2"


class _Referred(msgspec.Struct):
    id: UUID
    reference: str
    number: int
    currency: str
    country: str
    customer_id: UUID | None
    placed_at: dt.datetime
    method: str


class _Placing(msgspec.Struct):
    order_id: UUID
    key: str
    data: dict[str, Any]


class PlacedOrder(msgspec.Struct):
    """An order that a file brought: as it was placed, whatever became of it."""

    order: _Referred
    key: str
    lines: list[OrderedLine]
    shipping_minor: int
    shipping_tax_minor: int


class Zones(msgspec.Struct):
    """Where times without a zone are: now, and where they were while the shop had another zone."""

    now: ZoneInfo
    before: tuple[ZoneInfo, ...] = ()

    def are_one(self, placed_at: dt.datetime, lines: Iterable[SourceLine]) -> bool:
        """Whether rows are of an order of that time: of the same day, or of the moment that they meant before."""
        for line in lines:
            if line.at.astimezone(self.now).date() == placed_at.astimezone(self.now).date():
                return True
            written = dt.datetime.fromisoformat(line.written) if line.written else line.at
            if written.tzinfo is None and any(written.replace(tzinfo=zone) == placed_at for zone in self.before):
                return True
        return False


async def zones_of(read: Reader, now: ZoneInfo) -> Zones:
    """The zone that times are read in, and those that the shop has had."""
    names = [str(each.data.get("zone") or "") for each in await versions_of(read, "calendar")]
    before = {zone_of(name) for name in (*names, read.zone, "UTC") if name}
    return Zones(now, tuple(before - {now}))


class Compared(msgspec.Struct):
    """Rows of an order beside what is in under its reference."""

    new: list[SourceLine]
    known: list[SourceLine]
    changed: list[tuple[SourceLine, str]]  # with what is in instead
    sent: list[PlacedOrder] = []  # of those that are in: what is shipped, and was charged for


async def placed_before(
    read: Reader, mapping: Mapping, orders: Iterable[SourceOrder]
) -> Mapped[str, list[PlacedOrder]]:
    """By reference, what earlier files of the same kind brought."""
    referred = {each.id: each for each in await read.rows(_Referred, REFERRED, [order.reference for order in orders])}
    found: defaultdict[str, list[PlacedOrder]] = defaultdict(list)
    if not referred:
        return found
    for placing in await read.rows(_Placing, PLACED, list(referred), OrderPlaced.kind()):
        order, data = referred[placing.order_id], placing.data
        if placing.key.startswith(f"file:{mapping.name}:"):
            lines = msgspec.convert(data["lines"], list[OrderedLine], strict=False)
            charge = data.get("shipping_minor", 0), data.get("shipping_tax_minor", 0)
            found[order.reference].append(PlacedOrder(order, placing.key, lines, *charge))
    return found


def compare(order: SourceOrder, placed: Iterable[PlacedOrder], mapping: Mapping, zones: Zones) -> Compared:
    """Which rows are in, which are new, and which say another thing of a product than what is in.

    A row is in when its product, quantity and price are. What is new may be a row that came back and was corrected.
    """
    same = [each for each in placed if zones.are_one(each.order.placed_at, order.lines)]
    for each in same:
        if not _is_for(each, order.lines[0], mapping):
            reason = f"{_as(each)}, for another customer or country: {OTHERWISE}"
            return Compared([], [], [(row, reason) for row in order.lines])
    compared = Compared([], [], [], sent=[each for each in same if each.order.method == "ship"])
    held = [(each, line) for each in same for line in each.lines]
    rest: list[SourceLine] = []
    for row in order.lines:
        said = row.sku, row.quantity, row.unit_minor, row.currency
        for each, line in held:
            if said == (line.sku, line.quantity, line.unit_price_minor, each.order.currency):
                held.remove((each, line))
                compared.known.append(row)
                break
        else:
            rest.append(row)
    other = {line.sku: _with(each, line) for each, line in reversed(held)}
    for row in rest:
        if row.sku in other:
            compared.changed.append((row, other[row.sku]))
        else:
            compared.new.append(row)
    if compared.new and (otherwise := _otherwise(order, compared.sent)):
        compared.changed += [(row, otherwise) for row in compared.new]
        compared.new = []
    return compared


def more_of(order: SourceOrder, compared: Compared, placed: Iterable[PlacedOrder], mapping: Mapping) -> SourceOrder:
    """The new rows as an order of their own: what is charged for sending is in already where something is sent."""
    new = msgspec.structs.replace(order, lines=compared.new)
    if compared.sent:
        new.shipping = Money(0, compared.sent[0].order.currency)
    if compared.new:
        key = key_of(mapping, new)
        new.alike = sum(each.key == key or each.key.startswith(f"{key}:") for each in placed)
    return new


def _is_for(placed: PlacedOrder, row: SourceLine, mapping: Mapping) -> bool:
    buyer = customer_id(mapping, row.customer) if row.customer else None
    return (placed.order.customer_id, placed.order.country) == (buyer, row.country)


def _otherwise(order: SourceOrder, sent: list[PlacedOrder]) -> str:
    """What was charged for sending it, where the file now says another amount. It may be with or without tax there."""
    said = order.shipping
    if said is UNSET or not sent:
        return ""
    gross = sum(each.shipping_minor for each in sent)
    net = gross - sum(each.shipping_tax_minor for each in sent)
    if said.minor in (gross, net):
        return ""
    charge = Money(gross, sent[0].order.currency)
    return f"{_as(sent[0])}, with shipping of {charge}: say the same here, or give this row a reference of its own."


OTHERWISE: Final = (
    "edit that order, bring all its rows together where they are one order, or give this row a reference of its own."
)


def _as(placed: PlacedOrder) -> str:
    return f"{placed.order.reference} is in as order {placed.order.number}"


def _with(placed: PlacedOrder, line: OrderedLine) -> str:
    price = Money(line.unit_price_minor, placed.order.currency)
    return f"{_as(placed)}, with {line.quantity} x {line.sku} at {price}: {OTHERWISE}"
