"""Nobody knows: timeouts, challenges, events that come late, twice and in the wrong order."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from purveyor.core.messages import Fact
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import (
    AskGateway,
    CompleteAction,
    MarkInDoubt,
    PayAgain,
    RecordAnswer,
    RecordGatewayEvent,
    SendAgain,
)
from purveyor.stages.payment.rows import Capture, Payment
from tests.pure import NOON, a_call, a_shop, do, later
from tests.stages.payment.payment_setup import adds_up, authorized, kinds, say, shipped, started, the


def event(shop: State, book: Book, key: str, outcome: str, at: datetime = NOON) -> list[Fact]:
    return do(
        shop,
        RecordGatewayEvent(
            order_id=book.order.id,
            payment_id=the(book, Payment, 0).id,
            event_id=f"evt_{outcome}",
            key=key,
            outcome=outcome,  # type: ignore[arg-type]
            reference="pay_1",
            at=at,
        ),
        a_call(at),
    )


def doubt(shop: State, book: Book, key: str) -> list[Fact]:
    return do(shop, MarkInDoubt(order_id=book.order.id, payment_id=the(book, Payment, 0).id, key=key))


def test_a_timeout_is_doubt_and_doubt_is_resolved_by_asking() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    doubt(shop, book, payment.request_key)
    assert payment.status == "in_doubt"
    ask = AskGateway(order_id=book.order.id, payment_id=payment.id, key=payment.request_key)

    assert payment.ask_at == later(seconds=60)
    assert kinds(do(shop, ask, a_call(later(seconds=60)))) == ["GatewayAsked"]
    assert payment.ask_at == later(seconds=180)
    assert kinds(say(shop, book, payment.request_key)) == ["PaymentAuthorized", "PaymentSecured"]
    assert do(shop, ask, a_call(later(hours=9))) == []
    adds_up(book)


def test_each_time_the_gateway_is_asked_later() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    waits = []
    now = NOON
    for _ in range(8):
        assert payment.ask_at is not None
        waits.append((payment.ask_at - now).total_seconds())
        now = payment.ask_at
        do(shop, AskGateway(order_id=book.order.id, payment_id=payment.id, key=payment.request_key), a_call(now))

    assert waits == [60, 120, 240, 480, 960, 1_920, 3_840, 3_840]


def test_what_the_gateway_never_heard_of_goes_out_again_with_the_same_key() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    key = payment.request_key
    doubt(shop, book, key)

    made = do(shop, SendAgain(order_id=book.order.id, payment_id=payment.id, key=key))

    again = made[0]
    assert isinstance(again, facts.RequestRepeated)
    assert (again.key, again.verb, again.amount_minor, again.source) == (key, "authorize", 1_680, "tok")
    assert payment.status == "authorizing"
    say(shop, book, key)
    assert do(shop, SendAgain(order_id=book.order.id, payment_id=payment.id, key=key)) == []


def test_a_capture_in_doubt_is_repeated_with_its_own_key_and_reference() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    capture = the(book, Capture)
    doubt(shop, book, capture.request_key)
    assert capture.status == "in_doubt"

    again = do(shop, SendAgain(order_id=book.order.id, payment_id=capture.payment_id, key=capture.request_key))[0]

    assert isinstance(again, facts.RequestRepeated)
    assert (again.verb, again.reference, again.amount_minor) == ("capture", "pay_1", 1_680)
    say(shop, book, capture.request_key)
    assert book.order.captured_minor == 1_680
    assert doubt(shop, book, capture.request_key) == []
    assert say(shop, book, capture.request_key) == []
    assert book.order.captured_minor == 1_680


def test_job_and_webhook_may_both_bring_the_news() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    key = the(book, Payment).request_key

    assert kinds(event(shop, book, key, "done")) == ["PaymentAuthorized", "PaymentSecured"]
    assert say(shop, book, key) == []
    assert event(shop, book, key, "done") == []
    assert doubt(shop, book, key) == []
    assert book.order.authorized_minor == 1_680


def test_where_the_customer_is_sent_is_an_address_of_the_web_or_nothing() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    made = say(shop, book, payment.request_key, "action_required", action_url="javascript:alert(1)")

    assert made[0].reply() == {"action_url": ""}
    assert (payment.status, payment.action_url) == ("action_required", "")


def test_a_challenge_is_passed_and_the_browser_may_be_slower_than_the_webhook() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    made = say(shop, book, payment.request_key, "action_required", action_url="https://bank.example/1")
    assert kinds(made) == ["PaymentActionRequired"]
    assert made[0].reply() == {"action_url": "https://bank.example/1"}
    complete = CompleteAction(order_id=book.order.id, payment_id=payment.id)

    assert kinds(do(shop, complete)) == ["GatewayAsked"]
    assert kinds(event(shop, book, payment.request_key, "done")) == ["PaymentAuthorized", "PaymentSecured"]
    assert do(shop, complete) == []
    assert payment.action_url == ""


def test_a_challenge_that_nobody_answers_is_over_after_a_day() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    say(shop, book, payment.request_key, "action_required", action_url="https://bank.example/1")

    assert say(shop, book, payment.request_key, "action_required") == []
    late = a_call(later(hours=24))
    made = do(
        shop,
        RecordAnswer(order_id=book.order.id, payment_id=payment.id, key=payment.request_key, outcome="action_required"),
        late,
    )
    declined = made[0]
    assert isinstance(declined, facts.PaymentDeclined)
    assert (declined.reason, declined.abandons) == ("challenge_expired", "pay_1")
    assert kinds(event(shop, book, payment.request_key, "done")) == ["StrayAuthorizationFound"]
    assert book.order.authorized_minor == 0


def test_another_card_instead_of_a_challenge_never_leaves_two_holds() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    payment = the(book, Payment)
    first = payment.request_key
    say(shop, book, first, "action_required", action_url="https://bank.example/1")

    asked = do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok_2"))[0]
    assert isinstance(asked, facts.AuthorizationRequested)
    assert asked.abandons == "pay_1"
    say(shop, book, payment.request_key, reference="pay_2")

    assert kinds(event(shop, book, first, "done")) == ["StrayAuthorizationFound"]
    assert (book.order.authorized_minor, payment.reference) == (1_680, "pay_2")


def test_an_event_of_a_key_that_is_not_ours_changes_nothing() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))

    for key in ("", "x", f"{the(book, Payment).id}:capture:x:1", f"{book.order.id}:authorize:1"):
        assert event(shop, book, key, "done") == []
    assert book.order.authorized_minor == 0


@pytest.mark.parametrize("order", list(itertools.permutations(["event", "answer", "again", "doubt", "challenge"])))
def test_in_whatever_order_the_news_comes_the_money_is_held_once(order: tuple[str, ...]) -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    key = the(book, Payment).request_key
    for news in order:
        match news:
            case "event" | "again":
                event(shop, book, key, "done")
            case "answer":
                say(shop, book, key)
            case "doubt":
                doubt(shop, book, key)
            case _:
                event(shop, book, key, "action_required")

    assert book.order.authorized_minor == 1_680
    assert the(book, Payment).status == "authorized"
    adds_up(book)


def test_an_authorization_that_comes_after_everything_was_canceled_is_let_go() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    book.order.receivable_minor = 0
    payment = the(book, Payment)

    made = say(shop, book, payment.request_key)

    assert kinds(made) == ["PaymentAuthorized", "VoidRequested"]
    void = made[1]
    assert isinstance(void, facts.VoidRequested)
    assert void.reference == "pay_1"
    say(shop, book, void.key)
    assert (book.order.authorized_minor, payment.status) == (0, "voided")
    assert say(shop, book, f"{payment.id}:authorize:1") == []
    adds_up(book)
