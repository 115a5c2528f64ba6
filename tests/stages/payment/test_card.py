"""A card: held, taken in parts, let go, paid again."""

from __future__ import annotations

import pytest

from purveyor.core.refusals import Invalid
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import CapturePayment, PayAgain, RetryCapture, StartPayments, VoidPayment
from purveyor.stages.payment.refusals import (
    CaptureExceedsAuthorization,
    CaptureExceedsReceivable,
    CaptureNotRetryable,
    PaymentInFlight,
    PaymentNotCapturable,
    PaymentNotPayable,
    PaymentNotVoidable,
)
from purveyor.stages.payment.rows import Capture, Invoice, Payment
from purveyor.summary import summarize
from tests.pure import NOON, a_shop, do, eur, placed
from tests.stages.payment.payment_setup import (
    adds_up,
    authorized,
    captured,
    kinds,
    plan_with,
    planned,
    say,
    settle,
    shipped,
    started,
    the,
)


def test_planning_asks_nobody_and_happens_once() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))

    assert the(book, Payment).status == "planned"
    assert plan_with(shop, book, (("card", 1),)) == []
    assert len(book.rows(Payment)) == 1


def test_starting_asks_the_bank_with_a_key_that_can_be_asked_about() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))

    made = do(shop, StartPayments(order_id=book.order.id))

    assert kinds(made) == ["AuthorizationRequested"]
    payment = the(book, Payment)
    assert (payment.status, payment.request_key) == ("authorizing", f"{payment.id}:authorize:1")
    assert do(shop, StartPayments(order_id=book.order.id)) == []


def test_a_held_card_secures_the_order_and_nothing_is_owed_less() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))

    made = say(shop, book, the(book, Payment).request_key)

    assert kinds(made) == ["PaymentAuthorized", "PaymentSecured"]
    assert book.order.authorized_minor == 1_680 == book.order.receivable_minor
    assert the(book, Payment).reference == "pay_1"
    adds_up(book)


def test_an_answer_that_comes_twice_counts_once() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))

    assert say(shop, book, f"{the(book, Payment).id}:authorize:1") == []
    assert book.order.authorized_minor == 1_680


def test_each_shipment_takes_its_part_and_the_parts_add_up_to_the_cent() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 3), discount=eur(100))  # 3,470 for three: no whole cents each
    parts = []
    for _ in range(3):
        made = shipped(shop, book, 1)
        parts.append(next(fact.amount_minor for fact in made if isinstance(fact, facts.CaptureRequested)))
        captured(shop, book)

    assert parts == [1_157 + 490, 1_156, 1_157]
    assert book.order.receivable_minor == 0 == book.order.authorized_minor
    assert book.order.captured_minor == 3_470 + 490
    assert [invoice.number for invoice in book.rows(Invoice).values()] == [1, 2, 3]
    assert all(invoice.open_minor == 0 for invoice in book.rows(Invoice).values())
    adds_up(book)


def test_units_are_billed_once_however_often_it_is_said() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 2)

    assert shipped(shop, book, 2) == []
    assert len(book.rows(Capture)) == 1


def test_nothing_is_captured_before_the_bank_says_so() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))

    shipped(shop, book, 1)

    assert book.order.captured_minor == 0
    assert the(book, Invoice).open_minor == 1_680
    captured(shop, book)
    assert book.order.captured_minor == 1_680
    assert (the(book, Invoice).open_minor, the(book, Payment).status) == (0, "captured")


def test_capturing_by_hand_stops_at_what_is_held() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    payment = the(book, Payment)

    with pytest.raises(CaptureExceedsAuthorization) as refusal:
        do(shop, CapturePayment(order_id=book.order.id, payment_id=payment.id, amount=eur(1_681)))
    assert refusal.value.capturable == 1_680
    with pytest.raises(Invalid):
        do(shop, CapturePayment(order_id=book.order.id, payment_id=payment.id, amount=eur(0)))
    assert not book.rows(Capture)

    do(shop, CapturePayment(order_id=book.order.id, payment_id=payment.id, amount=eur(1_680)))
    with pytest.raises(CaptureExceedsAuthorization):
        do(shop, CapturePayment(order_id=book.order.id, payment_id=payment.id, amount=eur(1)))
    captured(shop, book)
    with pytest.raises(PaymentNotCapturable):
        do(shop, CapturePayment(order_id=book.order.id, payment_id=payment.id, amount=eur(1)))
    adds_up(book)


def test_capturing_by_hand_stops_at_what_is_owed() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    book.order.receivable_minor -= 100

    with pytest.raises(CaptureExceedsReceivable):
        do(shop, CapturePayment(order_id=book.order.id, payment_id=the(book, Payment).id, amount=eur(1_581)))
    assert not book.rows(Capture)


def test_what_was_taken_before_pays_the_invoice_first() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    do(shop, CapturePayment(order_id=book.order.id, payment_id=the(book, Payment).id, amount=eur(1_000)))
    captured(shop, book)

    shipped(shop, book, 1)  # 1,190 + 490
    invoice = the(book, Invoice)

    assert (invoice.total_minor, invoice.paid_minor) == (1_680, 1_000)
    assert the(book, Capture).amount_minor == 680
    captured(shop, book)
    shipped(shop, book, 1)
    captured(shop, book)
    assert book.order.captured_minor == 2_870
    assert book.order.receivable_minor == 0


def test_a_declined_card_is_paid_again_with_another_as_a_new_request() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    say(shop, book, payment.request_key, "declined", reason="card_declined")
    assert (payment.status, payment.reason, book.order.authorized_minor) == ("declined", "card_declined", 0)

    made = do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok_2"))

    assert kinds(made) == ["AuthorizationRequested"]
    assert payment.request_key == f"{payment.id}:authorize:2"
    assert kinds(say(shop, book, payment.request_key)) == ["PaymentAuthorized", "PaymentSecured"]
    adds_up(book)


def test_paying_again_is_refused_while_nobody_knows() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)

    with pytest.raises(PaymentInFlight):
        do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok_2"))
    assert payment.attempt == 1
    say(shop, book, payment.request_key)
    with pytest.raises(PaymentNotPayable):
        do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok_2"))


def test_a_card_without_a_source_is_asked_for_by_link() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1), tenders=(("card_present", 1),))
    payment = the(book, Payment)
    payment.method, payment.amount_minor = "card", 1_680  # no token

    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PayLinkOffered"]
    with pytest.raises(Invalid):
        do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source=""))
    do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok"))
    assert kinds(say(shop, book, payment.request_key)) == ["PaymentAuthorized", "PaymentSecured"]


def test_a_failed_capture_leaves_the_invoice_open_and_is_tried_again_as_a_new_request() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    capture = the(book, Capture)
    made = say(shop, book, capture.request_key, "declined", reason="processing_error")
    assert kinds(made) == ["CaptureFailed"]
    assert (book.order.captured_minor, the(book, Invoice).open_minor) == (0, 1_680)

    do(shop, RetryCapture(order_id=book.order.id, capture_id=capture.id))

    assert capture.request_key == f"{the(book, Payment).id}:capture:{capture.id}:2"
    captured(shop, book)
    assert (book.order.captured_minor, the(book, Invoice).open_minor) == (1_680, 0)
    with pytest.raises(CaptureNotRetryable):
        do(shop, RetryCapture(order_id=book.order.id, capture_id=capture.id))
    adds_up(book)


def test_after_a_failed_capture_another_card_takes_the_place_of_the_hold() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    say(shop, book, the(book, Capture).request_key, "declined", reason="processing_error")
    old = the(book, Payment)

    made = do(shop, PayAgain(order_id=book.order.id, payment_id=old.id, source="tok_2"))

    assert kinds(made) == ["VoidRequested", "PaymentPlanned", "AuthorizationRequested"]
    say(shop, book, old.request_key, "declined", reason="nothing_to_void")
    assert (old.status, book.order.authorized_minor) == ("voided", 0)
    new = the(book, Payment)
    assert kinds(say(shop, book, new.request_key, reference="pay_2")) == ["PaymentAuthorized", "PaymentSecured"]
    adds_up(book)


def test_an_authorization_that_has_expired_holds_nothing_and_another_card_takes_its_place() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)
    captured(shop, book)
    shipped(shop, book, 1)
    capture, old = the(book, Capture), the(book, Payment)

    made = say(shop, book, capture.request_key, "declined", reason="authorization_expired")

    assert kinds(made) == ["CaptureFailed"]
    assert (old.status, old.released_minor, book.order.authorized_minor) == ("declined", 1_190, 0)
    adds_up(book)
    summarize(book, NOON)
    assert book.order.payment_status == "part_paid"
    with pytest.raises(CaptureNotRetryable):
        do(shop, RetryCapture(order_id=book.order.id, capture_id=capture.id))
    assert settle(shop, book) == []
    told_again = f"{old.id}:authorize:1"
    assert say(shop, book, told_again) == []  # late, of the authorization that was

    made = do(shop, PayAgain(order_id=book.order.id, payment_id=old.id, source="tok_2"))

    assert kinds(made) == ["PaymentReduced", "PaymentPlanned", "AuthorizationRequested"]
    assert (old.status, old.reference) == ("captured", "pay_1")
    new = the(book, Payment)
    say(shop, book, new.request_key, reference="pay_2")
    settle(shop, book)
    captured(shop, book)
    assert (book.order.receivable_minor, book.order.authorized_minor, the(book, Invoice).open_minor) == (0, 0, 0)
    adds_up(book)


def test_nothing_of_an_order_is_authorized_after_its_authorization_has_expired() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)

    say(shop, book, the(book, Capture).request_key, "declined", reason="authorization_expired")

    summarize(book, NOON)
    assert (book.order.payment_status, book.order.authorized_minor) == ("unpaid", 0)
    assert the(book, Payment).reason == "authorization_expired"
    assert settle(shop, book) == []
    adds_up(book)


def test_a_capture_that_had_worked_before_the_authorization_expired_counts() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    capture = the(book, Capture)
    first = capture.request_key
    say(shop, book, first, "declined", reason="processing_error")
    do(shop, RetryCapture(order_id=book.order.id, capture_id=capture.id))
    say(shop, book, capture.request_key, "declined", reason="authorization_expired")

    say(shop, book, first)

    assert (book.order.captured_minor, book.order.authorized_minor, book.order.receivable_minor) == (1_680, 0, 0)
    assert (the(book, Payment).status, the(book, Invoice).open_minor) == ("captured", 0)
    adds_up(book)


def test_a_hold_is_let_go_once() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    payment = the(book, Payment)
    do(shop, VoidPayment(order_id=book.order.id, payment_id=payment.id))
    with pytest.raises(PaymentInFlight):
        do(shop, VoidPayment(order_id=book.order.id, payment_id=payment.id))

    say(shop, book, payment.request_key)

    assert (payment.status, payment.released_minor, book.order.authorized_minor) == ("voided", 1_680, 0)
    with pytest.raises(PaymentNotVoidable):
        do(shop, VoidPayment(order_id=book.order.id, payment_id=payment.id))
    adds_up(book)


def test_a_hold_is_not_let_go_while_a_part_is_being_captured() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)

    with pytest.raises(PaymentInFlight):
        do(shop, VoidPayment(order_id=book.order.id, payment_id=the(book, Payment).id))
    assert the(book, Payment).request == ""


def test_free_orders_are_secured_at_once() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1), discount=eur(1_190), shipping_option="free")
    assert plan_with(shop, book, ()) == []

    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PaymentSecured"]
    assert shipped(shop, book, 1) == []
