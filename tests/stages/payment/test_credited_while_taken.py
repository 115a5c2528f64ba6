"""Goods come back while their money is still being taken: whatever the bank says then, the books say it too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from purveyor.stages.confirmation.state import Message
from purveyor.stages.payment.commands import (
    PayAgain,
    RecordAnswer,
    RetryCapture,
    StartPayments,
    WriteOff,
)
from purveyor.stages.payment.papers import credits_to_apply
from purveyor.stages.payment.rows import Capture, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from tests.pure import eur
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
