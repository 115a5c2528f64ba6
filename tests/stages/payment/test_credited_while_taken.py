"""Goods come back while their money is still being taken: whatever the bank says then, the books say it too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from purveyor.core.rows import CreditAccount
from purveyor.stages.confirmation.state import Message
from purveyor.stages.payment.billing_documents import credits_to_apply
from purveyor.stages.payment.commands import (
    PayAgain,
    RecordAnswer,
    RetryCapture,
    SettleBalance,
    StartPayments,
    WriteOff,
)
from purveyor.stages.payment.rows import Capture, GoingBack, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from tests.pure import eur
from tests.stages.payment.payment_setup import ANN
from tests.stages.payment.sale import Sale

WORTH = 11_290


def taken(*lines: tuple[str, int, int], **changes: Any) -> Sale:
    """Paid by a card that a bank holds all of."""
    sale = Sale(
        *(lines or (("FULL", 1, 10_000),)),
        collected=False,
        terms="prepaid",
        shipping_option="express",
        **{"tenders": (Tender(method="card", source="card_ok"),), **changes},
    )
    sale.do(StartPayments(order_id=sale.book.order.id))
    for payment in list(sale.book.rows(Payment).values()):
        say(sale, payment.request_key)
    return sale


def say(sale: Sale, key: str, outcome: Any = "done") -> None:
    """The gateway answers."""
    answer = RecordAnswer(
        order_id=sale.book.order.id, payment_id=UUID(key[:36]), key=key, outcome=outcome, reference="p1", reason=""
    )
    assert sale.world.do(answer, actor="system"), sale.world.refusals


def captures(sale: Sale, outcome: str) -> None:
    for capture in list(sale.book.rows(Capture).values()):
        if capture.status == "pending":
            say(sale, capture.request_key, outcome)


def test_what_came_back_settles_its_invoice_when_the_money_does_not_come() -> None:
    sale = taken()
    sale.ship(1)
    sale.back(1)
    [invoice] = sale.invoices
    assert (invoice.total_minor, invoice.open_minor) == (WORTH, WORTH)

    captures(sale, "declined")

    assert (invoice.open_minor, invoice.credited_minor, sale.book.order.receivable_minor) == (0, WORTH, 0)
    [payment] = sale.book.rows(Payment).values()
    assert payment.request == "void"  # nothing is owed, so nothing is held
    assert "payment_declined" not in {message.notice for message in sale.book.rows(Message).values()}
    order_id = sale.book.order.id
    [capture] = sale.book.rows(Capture).values()
    for command in (
        WriteOff(order_id=order_id, invoice_id=invoice.id, reason="lost"),
        PayAgain(order_id=order_id, payment_id=payment.id, source="card_ok"),
        RetryCapture(order_id=order_id, capture_id=capture.id),
    ):
        assert not sale.world.do(command)
    say(sale, payment.request_key)
    assert (payment.status, sale.book.order.authorized_minor) == ("voided", 0)


def test_of_a_part_that_came_back_the_rest_stays_open_and_is_paid_with_another_card() -> None:
    sale = taken(("FULL", 2, 5_000))
    sale.ship(2)
    sale.back(1)
    captures(sale, "declined")
    [invoice] = sale.invoices
    [payment] = sale.book.rows(Payment).values()
    assert (invoice.open_minor, sale.book.order.receivable_minor) == (6_290, 6_290)

    sale.do(PayAgain(order_id=invoice.order_id, payment_id=payment.id, source="card_ok"))
    other = list(sale.book.rows(Payment).values())[-1]
    assert other.amount_minor == 6_290
    say(sale, other.request_key)
    captures(sale, "done")

    assert (invoice.open_minor, sale.book.order.receivable_minor, sale.book.order.captured_minor) == (0, 0, 6_290)


def test_of_a_part_that_came_back_the_rest_may_be_given_up() -> None:
    sale = taken(("FULL", 2, 5_000))
    sale.ship(2)
    sale.back(1)
    captures(sale, "declined")
    [invoice] = sale.invoices

    sale.do(WriteOff(order_id=invoice.order_id, invoice_id=invoice.id, reason="lost"))

    assert (invoice.open_minor, invoice.written_off_minor, sale.book.order.receivable_minor) == (0, 6_290, 0)


@pytest.mark.parametrize("others", ["done", "declined"])
def test_of_two_cards_the_one_that_did_not_pay_is_not_asked_again(others: str) -> None:
    sale = taken(
        tenders=(
            Tender(method="card", amount=None, source="card_ok"),
            Tender(method="card", amount=eur(5_000), source="card_ok"),
        )
    )
    sale.ship(1)
    sale.back(1)
    first, second = sale.book.rows(Capture).values()

    say(sale, first.request_key, "declined")
    say(sale, second.request_key, others)

    [invoice] = sale.invoices
    assert invoice.open_minor == 0
    going = sum(refund.amount_minor for refund in sale.book.rows(Refund).values())
    assert going == (second.amount_minor if others == "done" else 0)
    assert credits_to_apply(sale.book) == ()
    sale.world.check_order(sale.book)


def test_money_that_comes_goes_back_and_the_invoice_is_paid() -> None:
    sale = taken()
    sale.ship(1)
    sale.back(1)

    captures(sale, "done")

    [invoice] = sale.invoices
    assert (invoice.open_minor, invoice.paid_minor) == (0, WORTH)
    [refund] = sale.book.rows(Refund).values()
    assert (refund.way, refund.amount_minor) == ("gateway", WORTH)


# store credit that was asked for meanwhile


def ways(sale: Sale) -> list[tuple[str, int, str]]:
    return [(refund.way, refund.amount_minor, refund.status) for refund in sale.book.rows(Refund).values()]


def agreed(sale: Sale) -> int:
    return sum(row.amount_minor for row in sale.book.rows(GoingBack).values() if row.to == "store_credit")


def store_credit(sale: Sale) -> int:
    account = sale.world.state.get(CreditAccount, ANN)
    return account.store_credit_minor if account else 0


def test_store_credit_that_was_asked_for_while_the_money_was_taken_is_given_when_it_is_here() -> None:
    sale = taken(customer_id=ANN)
    sale.ship(1)
    sale.back(1, want="store_credit")
    assert (ways(sale), agreed(sale)) == ([], WORTH)

    captures(sale, "done")

    assert ways(sale) == [("store_credit", WORTH, "done")]
    assert (store_credit(sale), agreed(sale), sale.book.order.receivable_minor) == (WORTH, 0, 0)
    sale.world.check_order(sale.book)


def test_money_that_never_comes_is_no_store_credit() -> None:
    sale = taken(customer_id=ANN)
    sale.ship(1)
    sale.back(1, want="store_credit")

    captures(sale, "declined")

    assert (ways(sale), agreed(sale), store_credit(sale)) == ([], 0, 0)
    [invoice] = sale.invoices
    assert (invoice.open_minor, sale.book.order.receivable_minor) == (0, 0)


@pytest.mark.parametrize("credit_first", [True, False])
def test_what_was_asked_for_as_money_goes_back_as_money_beside_it(*, credit_first: bool) -> None:
    sale = taken(("FULL", 4, 2_500), customer_id=ANN)
    sale.ship(4)
    for want in ("store_credit", "refund") if credit_first else ("refund", "store_credit"):
        sale.back(1, want=want)
    assert agreed(sale) == 2_500

    captures(sale, "done")

    assert sorted(ways(sale)) == [("gateway", 2_500, "pending"), ("store_credit", 2_500, "done")]
    assert agreed(sale) == 0


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("last", ["done", "declined"])
def test_of_two_cards_all_that_comes_becomes_store_credit(turn: int, last: str) -> None:
    sale = taken(
        customer_id=ANN,
        tenders=(
            Tender(method="card", amount=None, source="card_ok"),
            Tender(method="card", amount=eur(5_000), source="card_ok"),
        ),
    )
    sale.ship(1)
    sale.back(1, want="store_credit")
    first, second = list(sale.book.rows(Capture).values())[::turn]

    say(sale, first.request_key)
    say(sale, second.request_key, last)

    came = WORTH if last == "done" else first.amount_minor
    assert {way for way, _, _ in ways(sale)} == {"store_credit"}
    assert (store_credit(sale), sale.book.order.receivable_minor, agreed(sale)) == (came, 0, 0)
    sale.world.check_order(sale.book)


def test_without_an_account_it_goes_back_to_the_card() -> None:
    sale = taken()
    sale.ship(1)
    sale.do(SettleBalance(order_id=sale.book.order.id, to="store_credit"))
    sale.back(1)

    captures(sale, "done")

    assert ways(sale) == [("gateway", WORTH, "pending")]
