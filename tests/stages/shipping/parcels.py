"""A packed parcel, and one with its label, to start from."""

from __future__ import annotations

from typing import Any

from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book, State
from purveyor.stages.receipt import decide as receipt_rules
from purveyor.stages.shipping import decide as shipping_rules
from purveyor.stages.shipping.commands import RecordLabel, RequestLabel
from purveyor.stages.shipping.facts import LabelRequested
from purveyor.stages.shipping.state import Shipment
from tests.pure import a_call, do, eur, order_id, placed, walk

RULES = (receipt_rules, shipping_rules)  # known once they are imported


def packed(shop: State, *lines: tuple[str, int]) -> Book:
    book = placed(shop, *(lines or (("MUG", 2),)))
    walk(book, shop, "allocated", "picked", "packed")
    return book


def contents_of(book: Book, quantity: int | None = None) -> tuple[UnitsOf, ...]:
    return tuple(UnitsOf(line.id, quantity or line.quantity) for line in book.lines.values())


def a_request(book: Book, quantity: int | None = None, **changes: Any) -> RequestLabel:
    usual: dict[str, Any] = {
        "order_id": order_id(book),
        "parcel_id": a_call().ids.new(),
        "location": "main",
        "weight_g": 820,
        "length_mm": 250,
        "width_mm": 180,
        "height_mm": 100,
        "contents": contents_of(book, quantity),
    }
    return RequestLabel(**{**usual, **changes})


def requested(shop: State, book: Book, quantity: int | None = None, **changes: Any) -> Shipment:
    fact = do(shop, a_request(book, quantity, **changes))[0]
    assert isinstance(fact, LabelRequested)
    return book.row(Shipment, fact.shipment_id)


def a_label(shipment: Shipment, **changes: Any) -> RecordLabel:
    usual: dict[str, Any] = {
        "order_id": shipment.order_id,
        "shipment_id": shipment.id,
        "attempt": shipment.attempt,
        "tracking_number": f"TRACK-{shipment.id}",
        "carrier": "post",
        "service": "standard",
        "cost": eur(550),
        "document": "data:text/plain;base64,QW5uIEV4YW1wbGU=",
        "why": "cheapest",
    }
    return RecordLabel(**{**usual, **changes})


def labeled(shop: State, book: Book, quantity: int | None = None, **changes: Any) -> Shipment:
    shipment = requested(shop, book, quantity, **changes)
    do(shop, a_label(shipment))
    return shipment
