"""Who stands behind money that goes back: whoever caused it while it was taken; nobody for what was taken twice."""

from __future__ import annotations

import pytest

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import CreditAccount
from purveyor.stages.payment.commands import RetryCapture
from purveyor.stages.payment.rows import Capture, GoingBack, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.review.commands import CancelUnits
from tests.stages.payment import payment_setup
from tests.stages.payment.sale import Sale
from tests.stages.payment.test_agreed_while_taken import (
    ANN,
    BERT,
    TWO_CARDS,
    answered,
    ask,
    being_taken,
    captured,
    credit,
    given,
    nothing_is_left,
    refunds,
)


def as_before_parts(sale: Sale) -> None:
    """What is going back as it was kept before there were parts: by payment, and by whoever caused it last."""
    rows = sale.book.rows(GoingBack)
    payment = next(iter(sale.book.rows(Payment).values()))
    payment.as_credit_minor = sum(row.amount_minor for row in rows.values() if row.to == "store_credit")
    payment.caused_by = [row.who for row in rows.values()][-1]
    rows.clear()


def ways(sale: Sale) -> list[tuple[str, int, str]]:
    return [(row.way, row.amount_minor, row.status) for row in sale.book.rows(Refund).values()]


def store_credit(sale: Sale) -> int:
    account = sale.world.state.get(CreditAccount, payment_setup.ANN)
    return account.store_credit_minor if account else 0


def nothing_is_agreed(sale: Sale) -> None:
    assert {payment.as_credit_minor for payment in sale.book.rows(Payment).values()} == {0}
    nothing_is_left(sale)


# agreed before there were parts


@pytest.mark.parametrize("cards", [(), TWO_CARDS])
def test_store_credit_that_was_agreed_before_there_were_parts_is_given(cards: tuple[Tender, ...]) -> None:
    sale = being_taken(*cards, customer_id=payment_setup.ANN, one_gives=50_000)
    sale.back(1, want="store_credit")
    as_before_parts(sale)

    captured(sale)

    assert ways(sale) == [("store_credit", 2_500, "done")]
    assert store_credit(sale) == 2_500
    nothing_is_agreed(sale)


def test_beside_it_what_is_credited_since_goes_to_the_card() -> None:
    sale = being_taken(customer_id=payment_setup.ANN, one_gives=50_000)
    sale.back(1, want="store_credit")
    as_before_parts(sale)
    credit(sale, 300, BERT)
    assert [(row.who, row.amount_minor, row.to) for row in sale.book.rows(GoingBack).values()] == [
        ("staff:sim", 2_500, "store_credit"),
        (BERT, 300, "original"),
    ]

    captured(sale)

    assert sorted(ways(sale)) == [("gateway", 300, "pending"), ("store_credit", 2_500, "done")]
    nothing_is_agreed(sale)


def test_money_that_does_not_come_is_no_store_credit_either() -> None:
    sale = being_taken(customer_id=payment_setup.ANN)
    sale.back(1, want="store_credit")
    as_before_parts(sale)

    captured(sale, "declined")

    assert (ways(sale), store_credit(sale)) == ([], 0)
    nothing_is_agreed(sale)


def test_whoever_caused_it_before_there_were_parts_still_stands_behind_it() -> None:
    sale = being_taken()
    sale.back(1)
    as_before_parts(sale)

    captured(sale)

    assert refunds(sale) == [(2_500, "staff:sim", "awaiting_approval")]
    nothing_is_agreed(sale)


# what the gateway took in another way


def retried(sale: Sale) -> tuple[Capture, str]:
    """The first attempt was declined, the second is under way."""
    [capture] = sale.book.rows(Capture).values()
    first = capture.request_key
    answered(sale, first, "declined")
    ask(sale, RetryCapture(order_id=capture.order_id, capture_id=capture.id), ANN)
    return capture, first


def test_what_was_taken_twice_is_not_laid_on_whoever_credited_something_before() -> None:
    sale = being_taken(units=2)
    capture, first = retried(sale)
    line = sale.lines[0].id
    ask(sale, CancelUnits(order_id=capture.order_id, units=(UnitsOf(line, 2),), reason="changed mind"), BERT)
    credit(sale, 700)
    answered(sale, capture.request_key)
    assert refunds(sale) == [(700, ANN, "pending")]

    answered(sale, first)

    assert refunds(sale) == [(700, ANN, "pending"), (5_000, "job:gateway", "pending")]
    assert given(sale, ANN) == 700
    nothing_is_left(sale)


def test_money_that_comes_though_it_was_said_to_fail_goes_back_by_whoever_caused_it() -> None:
    sale = being_taken()
    [capture] = sale.book.rows(Capture).values()
    sale.back(1)
    answered(sale, capture.request_key, "declined")
    nothing_is_left(sale)

    answered(sale, capture.request_key)

    assert refunds(sale) == [(2_500, "staff:sim", "awaiting_approval")]
    nothing_is_left(sale)
