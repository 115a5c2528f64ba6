"""A shop in memory: rules are tried on it without a database, a clock or a mock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.calendars import CalendarPolicy
from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command, Fact, Stamp
from purveyor.core.money import Money
from purveyor.core.policies import Location, PackingPolicy, Policies
from purveyor.core.registry import DECIDES
from purveyor.core.rows import Order, Product, Stock
from purveyor.core.state import Book, State
from purveyor.engine.cascade import apply_fact
from purveyor.stages.packing.sscc import EXAMPLE_PREFIX
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder
from purveyor.stages.receipt.facts import OrderPlaced

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
SHOP = Policies(
    locations=(
        Location("main", "Main warehouse", "DE", "Berlin", "10115", "Invalidenstr. 1", priority=1),
        Location("shop", "Shop", "DE", "Berlin", "10117", "Friedrichstr. 2", priority=2, collects=True),
    ),
    packing=PackingPolicy(company_prefix=EXAMPLE_PREFIX),
)
BERLIN = msgspec.structs.replace(SHOP, calendar=CalendarPolicy(zone="Europe/Berlin"))
ADDRESS = Address(
    name="Ann Example",
    email="ann@example.com",
    phone="+4930123456",
    street="Teststr. 1",
    city="Berlin",
    postal_code="10115",
    country="DE",
)
CHANCE = b"of this test"
_calls = 0


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def a_call(at: datetime = NOON, actor: str = "staff:test", key: str = "") -> Call:
    """Who asks, when; each call has ids of its own."""
    global _calls  # noqa: PLW0603 (tests only: ids must differ between calls)
    _calls += 1
    seed = uuid7(int(at.timestamp() * 1000), _calls << 20)
    return Call(key=key or f"key-{_calls}", actor=actor, at=at, ids=Ids(seed, chance=CHANCE), number=_calls)


def a_shop(policies: Policies = SHOP, **on_hand: int) -> State:
    """Two locations and five products; `on_hand` gives stock at `main` by SKU (default 100 of MUG and TEE)."""
    state = State(policies, complete=True)
    for product in (
        Product("MUG", "Mug", "goods", 1_190, "EUR", weight_g=350, length_mm=120, width_mm=90, height_mm=100),
        Product("TEE", "T-shirt", "goods", 2_500, "EUR", weight_g=180, length_mm=300, width_mm=250, height_mm=20),
        Product("BOOK", "E-book", "download", 990, "EUR", asset="book.epub"),
        Product("KEY", "License", "license", 4_900, "EUR"),
        Product("SITE", "Members' area", "access", 1_500, "EUR", asset="members"),
        Product("FIT", "Installation", "service", 9_900, "EUR", duration_min=90),
    ):
        state.shared[Product][product.sku] = product
    for sku, quantity in {"MUG": 100, "TEE": 100, **on_hand}.items():
        state.stock[sku] = {"main": Stock(sku, "main", quantity)}
    return state


def do(state: State, command: Command, call: Call | None = None) -> list[Fact]:
    """Decide one command and apply its facts; nothing follows (that is the part of the flow)."""
    call = call or a_call()
    facts: list[Fact] = []
    made = list(DECIDES[type(command)](state, command, call))
    for each in made:
        if isinstance(each, Fact):
            facts.append(each)
        else:
            state.add(each)
    for fact in facts:
        apply_fact(state, fact, Stamp(call.at, call.actor))
    return facts


def an_order_for(*lines: tuple[str, int], **changes: Any) -> PlaceOrder:
    """A web order, such as `an_order_for(("MUG", 2), ("BOOK", 1))`."""
    usual: dict[str, Any] = {"channel": "web", "contact": ADDRESS, "currency": "EUR"}
    usual.update(changes)
    return PlaceOrder(lines=tuple(LineItem(sku=sku, quantity=quantity) for sku, quantity in lines), **usual)


def placed(state: State, *lines: tuple[str, int], **changes: Any) -> Book:
    """An order that was just placed: its units are `placed`, nothing is allocated, nothing is paid."""
    facts = do(state, an_order_for(*lines, **changes))
    fact = next(fact for fact in facts if isinstance(fact, OrderPlaced))
    assert fact.order_id is not None
    return state.books[fact.order_id]


def walk(book: Book, state: State, *path: str, location: str | None = "main") -> None:
    """Move all units of an order along positions by the ledger alone: `walk(book, state, "allocated", "picked")`."""
    from purveyor.core.positions import UnitMove
    from purveyor.engine.ledger import apply_moves

    for target in path:
        moves = []
        for line in book.lines.values():
            source = next(
                p
                for p in ("placed", "backordered", "allocated", "picked", "packed", "shipped", "delivered", "returning")
                if getattr(line, p)
            )
            where = location if line.kind == "goods" else None
            moves.append(UnitMove(line.id, line.sku, source, target, getattr(line, source), where))  # type: ignore[arg-type]
        apply_moves(state, Fact(order_id=book.order.id, moves=tuple(moves)))


def order_id(book: Book) -> UUID:
    order: Order = book.order
    return order.id


def later(**time: float) -> datetime:
    return NOON + timedelta(**time)
