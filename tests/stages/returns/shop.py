"""Orders that were delivered, and the ways back, for the tests of returns."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import (
    CreditReturn,
    InspectReturn,
    NoteDelivery,
    ReceiveReturn,
    RequestReturn,
    ReturnItem,
)
from purveyor.stages.returns.facts import ReturnAuthorized, ReturnCredited
from purveyor.stages.returns.state import Rma
from tests.pure import NOON, SHOP, a_call, a_shop, do, placed, walk

FREE = ReturnPolicy(customer_pays_label=False)


def a_shop_under(policy: ReturnPolicy, **on_hand: int) -> State:
    return a_shop(msgspec.structs.replace(SHOP, returns=(policy,)), **on_hand)


def delivered(state: State, *lines: tuple[str, int], at: datetime = NOON, **changes: Any) -> Book:
    """An order of goods that the customer has had since `at`."""
    book = placed(state, *lines, **changes)
    walk(book, state, "allocated", "picked", "packed", "shipped", "delivered")
    do(state, NoteDelivery(order_id=book.order.id, units=all_units(book), at=at))
    return book


def all_units(book: Book) -> tuple[UnitsOf, ...]:
    return tuple(UnitsOf(line.id, line.quantity) for line in book.lines.values())


def first_line(book: Book) -> UUID:
    return next(iter(book.lines))


def items(book: Book, *quantities: int, reason: str = "changed_mind", **more: str) -> tuple[ReturnItem, ...]:
    """So many units of the first line, of the second, and so on."""
    return tuple(
        ReturnItem(line_id=line.id, quantity=quantity, reason=reason, **more)  # type: ignore[arg-type]
        for line, quantity in zip(book.lines.values(), quantities, strict=False)
        if quantity
    )


def request(state: State, book: Book, *quantities: int, at: datetime = NOON, **more: str) -> ReturnAuthorized:
    facts = do(state, RequestReturn(order_id=book.order.id, items=items(book, *quantities, **more)), a_call(at))
    fact = facts[0]
    assert isinstance(fact, ReturnAuthorized)
    return fact


def receive(state: State, book: Book, rma_id: UUID, *quantities: int) -> list[Fact]:
    counted = tuple(
        UnitsOf(line.id, quantity) for line, quantity in zip(book.lines.values(), quantities, strict=False) if quantity
    )
    return do(state, ReceiveReturn(order_id=book.order.id, rma_id=rma_id, counted=counted))


def inspect(state: State, book: Book, rma_id: UUID, quantity: int, **more: Any) -> list[Fact]:
    usual: dict[str, Any] = {"line_id": first_line(book), "condition": "new", "disposition": "restock", **more}
    return do(state, InspectReturn(order_id=book.order.id, rma_id=rma_id, quantity=quantity, **usual))


def credit(state: State, book: Book, rma_id: UUID) -> ReturnCredited:
    fact = do(state, CreditReturn(order_id=book.order.id, rma_id=rma_id))[0]
    assert isinstance(fact, ReturnCredited)
    return fact


def come_back(state: State, book: Book, *quantities: int, **more: Any) -> ReturnCredited:
    """Requested, received and credited."""
    rma_id = request(state, book, *quantities, **more).rma_id
    receive(state, book, rma_id, *quantities)
    return credit(state, book, rma_id)


def rma(book: Book, rma_id: UUID) -> Rma:
    return book.row(Rma, rma_id)
