"""What a gateway tells again, late or out of order, of whichever attempt: every attempt counts once."""

from __future__ import annotations

from itertools import permutations

import pytest

from purveyor.core.state import Book, State
from purveyor.stages.payment.commands import RetryCapture, RetryRefund, SettleRefundManually
from purveyor.stages.payment.facts import StrayRefundFound
from purveyor.stages.payment.rows import Capture, Payment, Refund
from tests.pure import a_shop, do
from tests.stages.payment.payment_setup import adds_up, authorized, kinds, say, settle, shipped, the
from tests.stages.payment.test_disputes import declined, told


def retried(shop: State) -> tuple[Book, Refund, str]:
    """The first attempt was declined, the second is under way."""
    book, refund = declined(shop)
    first = refund.request_key
    do(shop, RetryRefund(order_id=book.order.id, refund_id=refund.id))
    return book, refund, first


def test_an_earlier_attempt_that_was_done_after_all_is_told_twice_and_is_no_case() -> None:
    shop = a_shop()
    book, refund, first = retried(shop)
    say(shop, book, refund.request_key, "declined", reason="later")
    assert kinds(say(shop, book, first, reference="r1")) == ["RefundDone"]

    for reference in ("r1", "r2", ""):
        assert say(shop, book, first, reference=reference) == []

    assert kinds(say(shop, book, refund.request_key, reference="r3")) == ["StrayRefundFound"]
    assert say(shop, book, refund.request_key, reference="r4") == []
    adds_up(book)


def test_an_earlier_attempt_that_is_done_while_another_is_under_way_counts_and_the_other_is_found() -> None:
    shop = a_shop()
    book, refund, first = retried(shop)

    assert kinds(say(shop, book, first, reference="r1")) == ["RefundDone"]
    assert say(shop, book, first, reference="r1") == []

    assert kinds(say(shop, book, refund.request_key, reference="r2")) == ["StrayRefundFound"]
    for key in (first, refund.request_key):
        assert say(shop, book, key, reference="again") == []
    assert refund.reference == "r1 r2"
    adds_up(book)


def test_the_bank_and_both_attempts_give_the_money_back_and_each_is_told_once() -> None:
    shop = a_shop()
    book, refund, first = retried(shop)
    say(shop, book, refund.request_key, "declined", reason="later")
    do(shop, told(book, 1_680))
    assert refund.status == "taken_back"

    for key in (first, refund.request_key):
        assert kinds(say(shop, book, key, reference=key)) == ["StrayRefundFound"]
    for key in (first, refund.request_key, first):
        assert say(shop, book, key, reference="again") == []


@pytest.mark.parametrize("order", list(permutations(("hand", "first", "second"))))
def test_in_any_order_one_refund_counts_and_every_other_is_one_case(order: tuple[str, ...]) -> None:
    shop = a_shop()
    book, refund, first = retried(shop)
    second = refund.request_key
    say(shop, book, second, "declined", reason="later")
    cases = 0
    for what in (*order, *order):
        if what == "hand":
            if refund.status == "failed":
                do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="SEPA-1"))
            continue
        made = say(shop, book, first if what == "first" else second, reference=what)
        cases += sum(isinstance(fact, StrayRefundFound) for fact in made)
    assert cases == (2 if order[0] == "hand" else 1)
    assert (refund.status, book.order.receivable_minor, the(book, Payment).refunded_minor) == ("done", 0, 1_680)
    adds_up(book)


# captures


def taken_again(shop: State) -> tuple[Book, Capture, str]:
    """One mug of two was billed; the first attempt to take its money failed, the second is under way."""
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)
    capture = the(book, Capture)
    first = capture.request_key
    say(shop, book, first, "declined", reason="later")
    do(shop, RetryCapture(order_id=book.order.id, capture_id=capture.id))
    return book, capture, first


@pytest.mark.parametrize("second", ["declined", ""])
def test_money_that_an_earlier_attempt_took_is_in_the_books_once(second: str) -> None:
    shop = a_shop()
    book, capture, first = taken_again(shop)
    if second:
        say(shop, book, capture.request_key, "declined", reason="later")

    assert kinds(say(shop, book, first, reference="c1")) == ["PaymentCaptured"]

    assert say(shop, book, first, reference="c2") == []
    assert say(shop, book, capture.request_key, "declined", reason="later") == []
    assert (capture.status, book.order.captured_minor) == ("done", capture.amount_minor)
    adds_up(book)


@pytest.mark.parametrize("turn", [1, -1])
def test_money_that_two_attempts_took_is_all_in_the_books_and_what_is_too_much_goes_back(turn: int) -> None:
    shop = a_shop()
    book, capture, first = taken_again(shop)
    amount = capture.amount_minor
    room = book.order.authorized_minor - amount
    for key in (first, capture.request_key)[::turn] * 2:
        say(shop, book, key, reference=key)

    took = 2 if room >= amount else 1
    assert book.order.captured_minor == took * amount
    adds_up(book)
    settle(shop, book)
    adds_up(book)
