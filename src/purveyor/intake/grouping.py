"""Rows become orders: those of one reference belong together, wherever they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping as Mapped, Sequence
from uuid import UUID, uuid5

import msgspec
from msgspec import UNSET, UnsetType

from purveyor.core.money import Money
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender

_CUSTOMERS = UUID("5ee6b7a4-54f6-5d4e-9d0b-0f4f1d5b7f0e")  # the namespace of imported customers


class SourceOrder(msgspec.Struct):
    """The rows of one order, and what is charged for sending it, where the file says so on any of them.

    `alike`: how many orders of the same rows are in already; these are none of them.
    """

    reference: str
    lines: list[SourceLine]
    shipping: Money | UnsetType = UNSET
    alike: int = 0


def whole(reference: str, lines: list[SourceLine]) -> SourceOrder:
    """An order of which all rows were read."""
    said = next((line for line in lines if line.shipping_minor is not None), None)
    if said is None or said.shipping_minor is None:
        return SourceOrder(reference, lines)
    return SourceOrder(reference, lines, Money(said.shipping_minor, said.currency))


def grouped(lines: Iterable[SourceLine], last: Mapped[str, int]) -> Iterator[SourceOrder]:
    """Orders as soon as their last row was read; `last` has its line by reference."""
    open_orders: dict[str, list[SourceLine]] = {}
    for line in lines:
        open_orders.setdefault(line.reference, []).append(line)
        if line.line_no == last.get(line.reference):
            yield whole(line.reference, open_orders.pop(line.reference))
    for reference, rows in open_orders.items():
        yield whole(reference, rows)


SAME = ("country", "currency", "customer")  # for all rows of an order


def contradiction(order: SourceOrder) -> tuple[str, str] | None:
    """A column in which the rows of an order say different things, and what they say."""
    first = order.lines[0]
    for line in order.lines[1:]:
        for column in SAME:
            found, other = getattr(first, column), getattr(line, column)
            if found != other:
                return column, f"{found or 'nothing'} and {other or 'nothing'}"
        for column, found in first.contact.items():
            other = line.contact.get(column, "")
            if other and other != found:
                return column, f"{found or 'nothing'} and {other}"
    charges = {line.shipping_minor: line.currency for line in order.lines if line.shipping_minor is not None}
    if len(charges) > 1:
        return "shipping", " and ".join(str(Money(minor, currency)) for minor, currency in charges.items())
    return None


def customer_id(mapping: Mapping, number: str) -> UUID:
    """The id of an imported customer: always the same for one number of one source."""
    return uuid5(_CUSTOMERS, f"{mapping.name}/{number}")


def key_of(mapping: Mapping, order: SourceOrder) -> str:
    """The idempotency key of an order: its reference and what it says, but not the file it came in.

    So the same file twice places nothing twice, and a file of corrected rows places just these. Times count as they are
    written: the zone of the shop may change.
    """
    return _key(mapping, order, [line.written or line.at.isoformat() for line in order.lines])


def former_key_of(mapping: Mapping, order: SourceOrder) -> str:
    """The key of former versions: with the moments that the times meant in the zone of the shop."""
    return _key(mapping, order, [line.at.isoformat() for line in order.lines])


def _key(mapping: Mapping, order: SourceOrder, times: Sequence[str]) -> str:
    said = [(line.sku, line.quantity, line.unit_minor, time) for line, time in zip(order.lines, times, strict=True)]
    digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()
    return f"file:{mapping.name}:{order.reference}:{digest}" + (f":more{order.alike}" if order.alike else "")


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
        shipping=order.shipping,
    )
