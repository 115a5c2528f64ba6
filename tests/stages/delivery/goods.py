"""Orders of every kind, ready to be delivered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book, State
from purveyor.stages.delivery import decide as delivery_rules
from purveyor.stages.delivery.commands import AddLicenseKeys, ExpectDelivery, Scan
from purveyor.stages.delivery.facts import LicenseKeysAdded
from purveyor.stages.delivery.state import LicenseKey, Tracking
from purveyor.stages.receipt import decide as receipt_rules
from tests.pure import a_call, do, later, order_id, placed, walk

RULES = (receipt_rules, delivery_rules)  # known once they are imported


def allocated(shop: State, *lines: tuple[str, int]) -> Book:
    book = placed(shop, *lines)
    walk(book, shop, "allocated")
    return book


def all_of(book: Book, quantity: int | None = None) -> tuple[UnitsOf, ...]:
    return tuple(UnitsOf(line.id, quantity or line.quantity) for line in book.lines.values())


def shipped(shop: State, *lines: tuple[str, int]) -> Book:
    book = placed(shop, *(lines or (("MUG", 2),)))
    walk(book, shop, "allocated", "picked", "packed", "shipped")
    return book


def expected(shop: State, book: Book, shipment_id: UUID | None = None, contents: tuple[UnitsOf, ...] = ()) -> Tracking:
    shipment_id = shipment_id or a_call().ids.new()
    contents = contents or all_of(book)
    do(
        shop,
        ExpectDelivery(order_id=order_id(book), shipment_id=shipment_id, tracking_number="T1", contents=contents),
    )
    return book.row(Tracking, shipment_id)


def a_scan(sequence: int, status: Any, **changes: Any) -> Scan:
    """The n-th scan of a parcel, n hours after noon."""
    usual: dict[str, Any] = {
        "event_id": f"e{sequence}",
        "status": status,
        "at": later(hours=sequence),
        "place": "Hub",
        "carrier_status": f"{status}, said the carrier",
        "sequence": sequence,
    }
    return Scan(**{**usual, **changes})


def with_keys(shop: State, *keys: str, sku: str = "KEY") -> None:
    """Fill the pool, and have it loaded, as the engine would."""
    [fact] = do(shop, AddLicenseKeys(sku=sku, keys=keys))
    assert isinstance(fact, LicenseKeysAdded)
    pool = shop.pools.setdefault((LicenseKey, sku), [])
    pool += [shop.shared[LicenseKey][key.key_id] for key in fact.keys]
