"""Rows become orders: those of one reference belong together, as long as they stand near each other."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

import msgspec

from purveyor.core.money import Money
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender

NEAR = 5_000  # rows that may lie between two rows of one order
_CUSTOMERS = UUID("5ee6b7a4-54f6-5d4e-9d0b-0f4f1d5b7f0e")  # the namespace of imported customers


class SourceOrder(msgspec.Struct):
    """The rows of one order."""

    reference: str
    lines: list[SourceLine]
    last_seen: int = 0


def grouped(lines: Iterable[SourceLine]) -> Iterator[SourceOrder]:
    """Orders in the order of their first rows. Memory holds no more than the last `NEAR` rows' orders."""
    open_orders: OrderedDict[str, SourceOrder] = OrderedDict()
    for count, line in enumerate(lines):
        order = open_orders.get(line.reference)
        if order is None:
            order = open_orders[line.reference] = SourceOrder(line.reference, [])
        order.lines.append(line)
        order.last_seen = count
        while open_orders:
            oldest = next(iter(open_orders.values()))
            if count - oldest.last_seen <= NEAR:
                break
            yield open_orders.popitem(last=False)[1]
    yield from open_orders.values()


def customer_id(mapping: Mapping, number: str) -> UUID:
    """The id of an imported customer: always the same for one number of one source."""
    return uuid5(_CUSTOMERS, f"{mapping.name}/{number}")


def key_of(mapping: Mapping, order: SourceOrder) -> str:
    """The idempotency key of an order: its reference and what it says, but not the file it came in.

    So the same file twice places nothing twice, and a file of corrected rows places just these.
    """
    said = [(line.sku, line.quantity, line.unit_minor, line.at.isoformat()) for line in order.lines]
    digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()
    return f"file:{mapping.name}:{order.reference}:{digest}"


def command_of(mapping: Mapping, order: SourceOrder) -> PlaceOrder:
    """The same `PlaceOrder` as from any other channel."""
    first = order.lines[0]
    return PlaceOrder(
        channel="file",
        lines=tuple(
            LineItem(sku=line.sku, quantity=line.quantity, unit_price=Money(line.unit_minor, line.currency))
            for line in order.lines
        ),
        contact=Address(country=first.country, **first.contact),
        currency=first.currency,
        terms="at_counter" if mapping.tender == "cash" else "invoice" if mapping.tender == "invoice" else "prepaid",
        tenders=(Tender(method=mapping.tender),),
        shipping_option=mapping.shipping_option,
        customer_id=customer_id(mapping, first.customer) if first.customer else None,
        reference=order.reference,
        placed_at=first.at,
    )
