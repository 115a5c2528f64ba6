"""What is credited while its money is being taken keeps who stands behind it, and what was agreed: counted once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from purveyor.core import approval_limits
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    CreditAmount,
    RecordAnswer,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    StartPayments,
)
from purveyor.stages.payment.rows import Capture, GoingBack, Invoice, MoneyRequest, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from tests.pure import SHOP, eur
from tests.stages.payment.sale import Sale

ANN, BERT, JOB = "staff:ann", "staff:bert", "job:gateway"
ONE_GIVES = 1_000
TWO_CARDS = (
    Tender(method="card", amount=None, source="card_ok"),
    Tender(method="card", amount=eur(5_000), source="card_ok"),
)


def being_taken(
    *tenders: Tender, of_order: int = ONE_GIVES, one_gives: int = ONE_GIVES, units: int = 4, **changes: Any
) -> Sale:
    """Billed, and the gateway has been asked for the money; one person gives 10 euros of it, or in a day."""
    of_order = max(of_order, one_gives)
    payment = msgspec.structs.replace(SHOP.payment, refund_limit_minor=of_order, day_limit_minor=one_gives)
    sale = Sale(
        ("FULL", 4, 2_500),
        collected=False,
        terms="prepaid",
        shop=msgspec.structs.replace(SHOP, payment=payment),
        tenders=tenders or (Tender(method="card", source="card_ok"),),
        **changes,
    )
    sale.do(StartPayments(order_id=sale.book.order.id))
    for each in list(sale.book.rows(Payment).values()):
        answered(sale, each.request_key)
    sale.ship(units)
    return sale


def ask(sale: Sale, command: Any, actor: str) -> None:
    assert sale.world.do(command, actor), sale.world.refusals


def answered(sale: Sale, key: str, outcome: Any = "done") -> None:
    answer = RecordAnswer(
        order_id=sale.book.order.id, payment_id=UUID(key[:36]), key=key, outcome=outcome, reference="p1", reason=""
    )
    ask(sale, answer, JOB)


def captured(sale: Sale, outcome: str = "done") -> None:
    for capture in list(sale.book.rows(Capture).values()):
        if capture.status == "pending":
            answered(sale, capture.request_key, outcome)


def credit(sale: Sale, minor: int, actor: str = ANN) -> None:
    ask(sale, CreditAmount(order_id=sale.book.order.id, amount=eur(minor), reason="late"), actor)


def approve(sale: Sale, actor: str = BERT) -> MoneyRequest:
    act = list(sale.book.rows(MoneyRequest).values())[-1]
    ask(sale, ApproveMoneyAct(order_id=act.order_id, request_id=act.id), actor)
    return act


def given(sale: Sale, who: str) -> int:
    return approval_limits.sum_of_day(sale.world.state, "given", who, "EUR", sale.world.now)


def refunds(sale: Sale) -> list[tuple[int, str, str]]:
    return [(row.amount_minor, row.requested_by, row.status) for row in sale.book.rows(Refund).values()]


def nothing_is_left(sale: Sale) -> None:
    assert all(not row.amount_minor for row in sale.book.rows(GoingBack).values())
    sale.world.check_order(sale.book)


@pytest.mark.parametrize("cards", [(), TWO_CARDS])
def test_what_two_have_agreed_to_goes_back_when_the_money_is_here(cards: tuple[Tender, ...]) -> None:
    sale = being_taken(*cards)
    credit(sale, 6_000)
    act = approve(sale)
    assert (given(sale, ANN), given(sale, BERT), refunds(sale)) == (6_000, 0, [])

    captured(sale)

    assert sum(amount for amount, _, _ in refunds(sale)) == 6_000
    assert {status for _, _, status in refunds(sale)} == {"pending"}
    assert {(row.counted, row.approval_id) for row in sale.book.rows(Refund).values()} == {(False, act.id)}
    assert (given(sale, ANN), given(sale, BERT)) == (6_000, 0)
    nothing_is_left(sale)


def test_what_one_person_may_give_counts_once() -> None:
    sale = being_taken()
    credit(sale, 700)
    assert given(sale, ANN) == 700

    captured(sale)

    assert refunds(sale) == [(700, ANN, "pending")]
    assert given(sale, ANN) == given(sale, approval_limits.of_order(sale.book.order.id)) == 700
    nothing_is_left(sale)


def test_what_nobody_has_agreed_to_still_waits_for_a_second_person() -> None:
    sale = being_taken()
    sale.back(1)
    assert (refunds(sale), given(sale, "staff:sim")) == ([], 2_500)

    captured(sale)

    assert refunds(sale) == [(2_500, "staff:sim", "awaiting_approval")]
    assert given(sale, "staff:sim") == 2_500
    nothing_is_left(sale)


def test_of_two_acts_each_keeps_its_own() -> None:
    sale = being_taken()
    sale.back(1)  # nobody has agreed to that
    credit(sale, 3_000, ANN)
    act = approve(sale)

    captured(sale)

    rows = list(sale.book.rows(Refund).values())
    assert sorted((row.amount_minor, row.status, row.approval_id) for row in rows) == [
        (2_500, "awaiting_approval", None),
        (3_000, "pending", act.id),
    ]
    nothing_is_left(sale)


def test_whoever_gives_a_little_after_it_does_not_take_over_what_another_gave() -> None:
    sale = being_taken(of_order=50_000)
    sale.back(1)
    credit(sale, 100, BERT)

    captured(sale)

    assert refunds(sale) == [(2_500, "staff:sim", "awaiting_approval"), (100, BERT, "pending")]
    waiting = next(iter(sale.book.rows(Refund).values()))
    own = ApproveRefund(order_id=waiting.order_id, refund_id=waiting.id)
    assert not sale.world.do(own, "staff:sim")
    ask(sale, own, BERT)


def test_money_that_does_not_come_leaves_nothing_agreed_behind() -> None:
    sale = being_taken()
    credit(sale, 3_000)
    approve(sale)

    captured(sale, "declined")

    assert refunds(sale) == []
    nothing_is_left(sale)


def test_of_two_cards_what_does_not_come_does_not_go_back() -> None:
    sale = being_taken(*TWO_CARDS)
    credit(sale, 8_000)
    approve(sale)
    first, second = sale.book.rows(Capture).values()

    answered(sale, first.request_key)
    answered(sale, second.request_key, "declined")

    back = first.amount_minor + 8_000 - first.amount_minor - second.amount_minor
    assert sum(amount for amount, _, _ in refunds(sale)) == max(0, back)
    assert "awaiting_approval" not in {status for _, _, status in refunds(sale)}
    nothing_is_left(sale)


def test_what_a_lost_dispute_takes_leaves_nothing_agreed_for_what_goes_back_later() -> None:
    sale = being_taken(units=2)
    captured(sale)
    order_id, payment_id = sale.book.order.id, next(iter(sale.book.rows(Payment).values())).id
    taken_back = RecordChargeback(order_id=order_id, payment_id=payment_id, amount=eur(3_000), dispute_id="d")
    ask(sale, taken_back, JOB)
    ask(sale, ResolveDispute(order_id=order_id, payment_id=payment_id, dispute_id="d", outcome="lost"), JOB)
    sale.ship(2)
    credit(sale, 700)

    captured(sale)

    assert refunds(sale) == []  # the bank has given it back
    nothing_is_left(sale)

    sale.back(1)  # the loss takes 2,300 of 2,325

    assert refunds(sale) == [(25, "staff:sim", "pending")]
    assert given(sale, "staff:sim") == 25


def test_what_is_being_taken_for_a_bill_that_a_transfer_has_paid_pays_the_next_one() -> None:
    sale = being_taken(units=2)
    first = next(iter(sale.book.rows(Invoice).values()))
    paid = RecordBankTransfer(order_id=first.order_id, invoice_id=first.id, amount=eur(5_000), transfer_id="T1")
    ask(sale, paid, ANN)

    sale.ship(2)

    assert [each.amount_minor for each in sale.book.rows(Capture).values() if each.status == "pending"] == [5_000]

    captured(sale)

    assert (sale.book.order.captured_minor, sale.book.order.receivable_minor, refunds(sale)) == (10_000, 0, [])
    assert [invoice.open_minor for invoice in sale.book.rows(Invoice).values()] == [0, 0]
    nothing_is_left(sale)
