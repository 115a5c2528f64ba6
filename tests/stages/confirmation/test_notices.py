"""Who is told what, by which channel, and once."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Contact, Customer, PrivateText, Stock
from purveyor.core.state import Book, State
from purveyor.stages.confirmation.commands import (
    RecordNotice,
    RecordNoticeEvent,
    ResendNotice,
    RetryNotice,
    SendNotice,
    TellOfDelay,
    WriteToCustomer,
)
from purveyor.stages.confirmation.decide import (
    CannotBeReached,
    MessageUnderWay,
    NobodyToWriteTo,
    NotLate,
    WantsNoMessages,
)
from purveyor.stages.confirmation.facts import (
    CustomerWrittenTo,
    NoticeFailed,
    NoticeQueued,
    NoticeRetried,
    PromiseSettled,
    PromiseSlipped,
)
from purveyor.stages.confirmation.state import Message, Promise
from tests.pure import ADDRESS, a_call, a_shop, do, later, order_id, placed, walk


def tell(shop: State, book: Book, notice: str = "order_confirmed", **details: str) -> list[Fact]:
    return do(shop, SendNotice(order_id=order_id(book), notice=notice, details=details))


def told(shop: State, book: Book) -> Message:
    (fact,) = tell(shop, book)
    assert isinstance(fact, NoticeQueued)
    return book.row(Message, fact.message_id)


def known(shop: State, notices: str) -> Book:
    """An order of a customer with such wishes."""
    id_ = a_call().ids.new()
    shop.shared[Customer][id_] = Customer(id_, "C1", a_call().ids.new(), notices=notices)
    return placed(shop, ("MUG", 1), customer_id=id_)


def record(shop: State, message: Message, outcome: str = "sent", **more: str) -> list[Fact]:
    return do(shop, RecordNotice(order_id=message.order_id, message_id=message.id, outcome=outcome, **more))  # type: ignore[arg-type]


def test_a_guest_is_written_to() -> None:
    shop = a_shop()
    message = told(shop, placed(shop, ("MUG", 1), language="de"))

    assert (message.notice, message.channel, message.language, message.status) == (
        "order_confirmed",
        "email",
        "de",
        "queued",
    )
    assert message.retry_at == later(hours=1)


def test_who_has_only_a_phone_is_told_by_sms_and_who_has_nothing_is_not() -> None:
    shop = a_shop()
    by_phone = placed(shop, ("MUG", 1), contact=msgspec.structs.replace(ADDRESS, email=""))
    assert told(shop, by_phone).channel == "sms"

    nobody = placed(shop, ("MUG", 1), contact=msgspec.structs.replace(ADDRESS, email="", phone=""))
    assert tell(shop, nobody) == []


@pytest.mark.parametrize(
    ("wishes", "channels"), [("email", ["email"]), ("sms", ["sms"]), ("email sms", ["email", "sms"]), ("none", [])]
)
def test_a_customer_is_told_as_he_wishes(wishes: str, channels: list[str]) -> None:
    shop = a_shop()

    assert [fact.channel for fact in tell(shop, known(shop, wishes)) if isinstance(fact, NoticeQueued)] == channels


def test_an_erased_contact_gets_nothing() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    shop.row(Contact, book.order.contact_id).erased = True

    assert tell(shop, book) == []
    assert not book.rows(Message)


def test_a_fact_holds_no_address() -> None:
    shop = a_shop()
    facts = tell(shop, placed(shop, ("MUG", 1)), tracking_number="T1")

    assert "ann@" not in str(msgspec.to_builtins(facts)).lower()


def write(shop: State, book: Book, text: str) -> list[Fact]:
    return do(shop, WriteToCustomer(order_id=order_id(book), text=text))


def test_what_staff_write_stands_outside_the_journal() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    (fact,) = write(shop, book, "  Dear Ann,\n\nit leaves today.  ")

    assert isinstance(fact, CustomerWrittenTo)
    assert "Ann" not in str(msgspec.to_builtins(fact))
    kept = shop.shared[PrivateText][fact.text_id]
    assert (kept.order_id, kept.text) == (order_id(book), "Dear Ann,\n\nit leaves today.")


@pytest.mark.parametrize("text", ["", "  \n ", "a\0b"])
def test_a_message_has_words(text: str) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    with pytest.raises(Invalid, match="text"):
        write(shop, book, text)
    assert not shop.shared[PrivateText]


def test_nobody_is_written_to_who_cannot_or_will_not_be() -> None:
    shop = a_shop()
    erased, nowhere = placed(shop, ("MUG", 1)), placed(shop, ("MUG", 1))
    shop.contact(nowhere.order.contact_id).email = ""
    shop.contact(nowhere.order.contact_id).phone = ""
    contact = shop.contact(erased.order.contact_id)
    contact.email = contact.phone = ""
    contact.erased = True
    unwilling = known(shop, "none")

    for book, refusal in ((erased, NobodyToWriteTo), (nowhere, NobodyToWriteTo), (unwilling, WantsNoMessages)):
        with pytest.raises(refusal):
            write(shop, book, "Hello.")
    assert not shop.shared[PrivateText]


def test_a_notice_has_a_name() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    with pytest.raises(Invalid, match="notice"):
        tell(shop, book, "Order Confirmed")
    assert not book.rows(Message)


def test_what_became_of_a_message_is_recorded_once() -> None:
    shop = a_shop()
    message = told(shop, placed(shop, ("MUG", 1)))

    record(shop, message, provider_id="p-1")
    assert (message.status, message.provider_id, message.retry_at) == ("sent", "p-1", None)
    assert record(shop, message, "failed", reason="no such mailbox") == []


def test_a_message_that_failed_says_why() -> None:
    shop = a_shop()
    message = told(shop, placed(shop, ("MUG", 1)))

    record(shop, message, "failed", reason="no such mailbox")
    assert (message.status, message.reason) == ("failed", "no such mailbox")


def test_what_was_opened_did_not_bounce() -> None:
    shop = a_shop()
    message = told(shop, placed(shop, ("MUG", 1)))
    record(shop, message)
    event = RecordNoticeEvent(order_id=message.order_id, message_id=message.id, event="bounced", reason="full")
    read = RecordNoticeEvent(order_id=message.order_id, message_id=message.id, event="opened")

    do(shop, event)
    assert (message.status, message.reason) == ("bounced", "full")
    assert do(shop, event) == []
    do(shop, read)
    assert message.status == "opened"
    assert do(shop, event) == []


def test_a_message_is_sent_again_to_todays_address() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    message = told(shop, book)
    again = ResendNotice(order_id=order_id(book), message_id=message.id)
    with pytest.raises(MessageUnderWay):
        do(shop, again)
    record(shop, message)
    new = Contact(id=a_call().ids.new(), customer_id=None, email="new@example.com")
    shop.add(new)
    book.order.contact_id = new.id

    (fact,) = do(shop, again)

    assert isinstance(fact, NoticeQueued)
    assert (fact.resend_of, fact.contact_id, fact.notice) == (message.id, new.id, "order_confirmed")
    new.erased = True
    with pytest.raises(CannotBeReached):
        do(shop, again)
    with pytest.raises(NotFound):
        do(shop, ResendNotice(order_id=order_id(book), message_id=a_call().ids.new()))


def test_a_message_without_an_answer_is_handed_over_again_and_then_given_up() -> None:
    shop = a_shop()
    message = told(shop, placed(shop, ("MUG", 1)))

    for attempt in (1, 2, 3, 4):
        command = RetryNotice(order_id=message.order_id, message_id=message.id, attempt=attempt)
        (fact,) = do(shop, command, a_call(later(days=attempt)))
        assert isinstance(fact, NoticeRetried)
        assert do(shop, command, a_call(later(days=attempt))) == []
    (fact,) = do(shop, RetryNotice(order_id=message.order_id, message_id=message.id, attempt=5))
    assert isinstance(fact, NoticeFailed)
    assert message.retry_at is None


# promises


def late(book: Book) -> TellOfDelay:
    assert book.order.promised_at is not None
    return TellOfDelay(order_id=order_id(book), promised_at=book.order.promised_at)


def test_a_promise_that_slips_is_told_once_and_not_too_early() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))  # promised for the fourth day

    with pytest.raises(NotLate):
        do(shop, late(book), a_call(later(hours=83.9)))
    facts = do(shop, late(book), a_call(later(hours=84)))

    assert [type(fact) for fact in facts] == [PromiseSlipped, NoticeQueued]
    assert book.row(Promise, (order_id(book), later(days=4))).kept is False
    with pytest.raises(NotLate):
        do(shop, late(book), a_call(later(hours=85)))


def test_what_has_left_the_house_is_not_late_by_our_doing() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    walk(book, shop, "allocated", "picked", "packed", "shipped")

    with pytest.raises(NotLate):
        do(shop, late(book), a_call(later(days=4)))
    assert not book.rows(Promise)


@pytest.mark.parametrize(("days", "kept"), [(4, True), (4.49, True), (4.51, False)])
def test_the_last_delivery_settles_the_promise(days: float, kept: bool) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    walk(book, shop, "allocated", "picked", "packed", "shipped")
    tell(shop, book, "shipped")
    assert not book.rows(Promise)
    walk(book, shop, "delivered")

    command = SendNotice(order_id=order_id(book), notice="delivered")
    facts = do(shop, command, a_call(later(days=days)))

    assert [fact.kept for fact in facts if isinstance(fact, PromiseSettled)] == [kept]
    assert book.row(Promise, (order_id(book), later(days=4))).kept is kept
    assert not any(isinstance(fact, PromiseSettled) for fact in do(shop, command, a_call(later(days=days))))


def test_a_part_that_came_settles_nothing() -> None:
    shop = a_shop()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 1)
    book = placed(shop, ("MUG", 1), ("TEE", 1))

    tell(shop, book, "delivered")
    assert not book.rows(Promise)
