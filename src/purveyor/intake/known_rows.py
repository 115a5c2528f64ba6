"""Rows of an order that is in: a file may bring it again with a row more, a row less, or one that was changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping as Mapped
from typing import Any, Final

import msgspec
from msgspec import UNSET

from purveyor.core.money import Money
from purveyor.db.reader import Reader
from purveyor.intake.grouping import SourceOrder
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.stages.receipt.facts import OrderedLine, OrderPlaced

# Times without a zone are of the shop's, and that may have changed: from -12 to +14 hours.
SAME_TIME: Final = dt.timedelta(hours=26)
PLACED = """
    -- What files brought under these references, as it was placed.
    SELECT o.reference, o.number, o.currency, o.placed_at, j.key, j.data
      FROM orders o JOIN journal j ON j.order_id = o.id AND j.kind = $2
     WHERE o.reference = ANY($1::text[]) AND o.reference <> '' AND o.channel = 'file'
  ORDER BY o.id
"""


class PlacedOrder(msgspec.Struct):
    """An order that a file brought."""

    reference: str
    number: int
    currency: str
    placed_at: dt.datetime
    key: str
    data: dict[str, Any]

    @property
    def lines(self) -> list[OrderedLine]:
        """Its lines as they were placed, whatever became of them."""
        return msgspec.convert(self.data["lines"], list[OrderedLine], strict=False)


class Compared(msgspec.Struct):
    """Rows of an order beside what is in under its reference."""

    new: list[SourceLine]
    known: list[SourceLine]
    changed: list[tuple[SourceLine, str]]  # with what is in instead
    is_sent: bool = False  # something of it was shipped or is to be, and that was charged
    otherwise: str = ""  # another charge for sending it is in than the file has


async def placed_before(
    read: Reader, mapping: Mapping, orders: Iterable[SourceOrder]
) -> Mapped[str, list[PlacedOrder]]:
    """By reference, what earlier files of the same kind brought."""
    found: defaultdict[str, list[PlacedOrder]] = defaultdict(list)
    references = [order.reference for order in orders]
    for order in await read.rows(PlacedOrder, PLACED, references, OrderPlaced.kind()):
        if order.key.startswith(f"file:{mapping.name}:"):
            found[order.reference].append(order)
    return found


def compare(order: SourceOrder, placed: Iterable[PlacedOrder]) -> Compared:
    """Which rows are in, which are new, and which say another thing of a product than what is in.

    A row is in when its product, quantity and price are. What is new may be a row that came back and was corrected.
    """
    at = order.lines[0].at
    same = [each for each in placed if abs(each.placed_at - at) <= SAME_TIME]
    held = [(each, line) for each in same for line in each.lines]
    sent = [each for each in same if each.data.get("method") == "ship"]
    compared = Compared([], [], [], is_sent=bool(sent), otherwise=_otherwise(order, sent))
    rest: list[SourceLine] = []
    for row in order.lines:
        said = row.sku, row.quantity, row.unit_minor, row.currency
        for each, line in held:
            if said == (line.sku, line.quantity, line.unit_price_minor, each.currency):
                held.remove((each, line))
                compared.known.append(row)
                break
        else:
            rest.append(row)
    other = {line.sku: _in_words(each, line) for each, line in reversed(held)}
    for row in rest:
        if row.sku in other:
            compared.changed.append((row, other[row.sku]))
        else:
            compared.new.append(row)
    return compared


def _otherwise(order: SourceOrder, sent: list[PlacedOrder]) -> str:
    """What was charged for sending it, where the file now says another amount. It may be with or without tax there."""
    said = order.shipping
    if said is UNSET or not sent:
        return ""
    gross = sum(each.data.get("shipping_minor", 0) for each in sent)
    net = gross - sum(each.data.get("shipping_tax_minor", 0) for each in sent)
    if said.minor in (gross, net):
        return ""
    in_it = f"{order.reference} is in as order {sent[0].number}, with shipping of {Money(gross, sent[0].currency)}"
    return f"{in_it}: say the same here, or give this row a reference of its own."


def _in_words(order: PlacedOrder, line: OrderedLine) -> str:
    price = Money(line.unit_price_minor, order.currency)
    held = f"{order.reference} is in as order {order.number}, with {line.quantity} x {line.sku} at {price}"
    return f"{held}: edit that order, or give this row a reference of its own."
