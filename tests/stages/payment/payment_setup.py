"""What payment tests say again and again: an order with its tenders, and answers of a gateway."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.ids import uuid7
from purveyor.core.messages import Fact
from purveyor.core.order_value import price_cut, sums
from purveyor.core.positions import Posting, UnitMove, UnitsOf
from purveyor.core.rows import CreditAccount, Customer
from purveyor.core.state import Book, State
from purveyor.engine.ledger import apply_moves
from purveyor.stages.payment.commands import (
    CaptureForUnits,
    PlannedTender,
    PlanPayments,
    RecordAnswer,
    SettleBalance,
    StartPayments,
)
from purveyor.stages.payment.rows import Capture, Invoice, Payment, Refund
from tests.pure import a_call, do, eur, placed

ANN = uuid7(1, 1)


def a_customer(state: State, *, limit: int = 0, store_credit: int = 0, terms_days: int = 0) -> UUID:
    """Ann, with her credit line and her store credit."""
    state.shared[Customer][ANN] = Customer(ANN, "C1", uuid7(1, 2), credit_limit_minor=limit, terms_days=terms_days)
    state.shared[CreditAccount][ANN] = CreditAccount(ANN, 0, store_credit, "EUR")
    return ANN


def planned(state: State, *lines: tuple[str, int], tenders: tuple[tuple[str, int], ...] = (), **changes: Any) -> Book:
    """An order of which it is known how it is to be paid: by one card, unless tenders are given."""
    book = placed(state, *lines, **changes)
    plan_with(state, book, tenders or (("card", book.order.total_minor),))
    return book


def plan_with(state: State, book: Book, tenders: tuple[tuple[str, int], ...]) -> list[Fact]:
    asked = tuple(
        PlannedTender(method=method, amount=eur(minor), source="tok" if method == "card" else "")  # type: ignore[arg-type]
        for method, minor in tenders
    )
    return do(state, PlanPayments(order_id=book.order.id, tenders=asked))


def started(state: State, *lines: tuple[str, int], tenders: tuple[tuple[str, int], ...] = (), **changes: Any) -> Book:
    book = planned(state, *lines, tenders=tenders, **changes)
    do(state, StartPayments(order_id=book.order.id))
    return book


def authorized(state: State, *lines: tuple[str, int], **changes: Any) -> Book:
    """An order whose card is authorized."""
    book = started(state, *lines, **changes)
    say(state, book, the(book, Payment).request_key)
    return book


def say(state: State, book: Book, key: str, outcome: str = "done", reference: str = "pay_1", **more: Any) -> list[Fact]:
    """The gateway answers the request with this key."""
    answer = RecordAnswer(
        order_id=book.order.id,
        payment_id=UUID(key[:36]),
        key=key,
        outcome=outcome,  # type: ignore[arg-type]
        reference=reference,
        **more,
    )
    return do(state, answer)


def the(book: Book, kind: Any, number: int = -1) -> Any:
    """The last row of a kind, or the one with this number."""
    return list(book.rows(kind).values())[number]


def shipped(state: State, book: Book, *quantities: int) -> list[Fact]:
    """So many units of each line were shipped."""
    units = tuple(
        UnitsOf(line.id, quantity) for line, quantity in zip(book.lines.values(), quantities, strict=True) if quantity
    )
    return do(state, CaptureForUnits(order_id=book.order.id, shipment_id=a_call().ids.new(), units=units))


def captured(state: State, book: Book) -> None:
    """The gateway says yes to every capture under way."""
    for capture in list(book.rows(Capture).values()):
        if capture.status in {"pending", "in_doubt"}:
            say(state, book, capture.request_key)


def canceled(state: State, book: Book, line_no: int, quantity: int, amount: int, *, shipping: int = 0) -> None:
    """Review cancels units: they move, and what they cost is not owed any more."""
    line = list(book.lines.values())[line_no]
    if shipping:
        book.order.shipping_minor = book.order.shipping_tax_minor = 0
    apply_moves(
        state,
        Fact(
            order_id=book.order.id,
            moves=(UnitMove(line.id, line.sku, "placed", "canceled", quantity),),
            postings=(Posting("receivable", -amount - shipping), Posting("revenue", amount + shipping)),
        ),
    )


def credited(state: State, book: Book, amount: int) -> None:
    """Another stage takes something off what is owed: a return, a claim."""
    cuts = price_cut(book, amount)
    off = sums(cuts)
    postings = (
        Posting("receivable", off.minor),
        Posting("revenue", off.tax_minor - off.minor),
        Posting("tax", -off.tax_minor),
    )
    apply_moves(state, Fact(order_id=book.order.id, postings=postings, adjustments=cuts))


def settle(state: State, book: Book, to: str = "original") -> list[Fact]:
    return do(state, SettleBalance(order_id=book.order.id, to=to))  # type: ignore[arg-type]


def kinds(made: list[Fact]) -> list[str]:
    return [type(fact).__name__ for fact in made]


def adds_up(book: Book) -> None:
    """The rows of payment say the same as the ledger."""
    payments = book.rows(Payment).values()
    order = book.order
    assert order.authorized_minor == sum(
        p.authorized_minor - p.captured_minor - p.released_minor for p in payments if p.method == "card"
    )
    assert order.captured_minor == sum(p.captured_minor for p in payments if p.method != "store_credit")
    done = [r for r in book.rows(Refund).values() if r.status == "done" and r.way != "store_credit"]
    charged_back = sum(p.refunded_minor for p in payments if p.method != "store_credit") - sum(
        r.amount_minor for r in done if r.payment_id
    )
    assert order.refunded_minor == -sum(r.amount_minor for r in done) - charged_back
    assert all(p.captured_minor + p.released_minor <= p.authorized_minor for p in payments)
    assert all(p.refunded_minor <= p.captured_minor for p in payments)
    assert all(invoice.open_minor >= 0 for invoice in book.rows(Invoice).values())
