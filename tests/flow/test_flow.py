"""What follows what, where it is not a matter of one stage: on a shop in memory, with all that follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import msgspec
import pytest

from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.registry import FOLLOWS
from purveyor.core.state import Book
from purveyor.stages.confirmation.commands import SendNotice
from purveyor.stages.confirmation.state import Message
from purveyor.stages.delivery.facts import ShipmentDelivered
from purveyor.stages.feedback.commands import ExpireSurvey, InviteToSurvey
from purveyor.stages.payment.commands import (
    ChaseLink,
    PayAgain,
    RecordAnswer,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    SettleRefundManually,
)
from purveyor.stages.payment.state import Invoice, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.review.commands import CancelUnits, ReleaseHold
from purveyor.stages.review.facts import HoldReleased, OrderApproved
from purveyor.stages.review.state import open_holds
from purveyor.stages.shipping.commands import RetryLabel
from purveyor.stages.support.commands import NoteFound
from purveyor.stages.support.state import Case
from purveyor.summary import summarize
from tests.pure import NOON, a_shop, an_order_for, eur, later
from tests.simulation.random_actions import People
from tests.simulation.world import World
from tests.stages.delivery.goods import shipped


def ordered() -> tuple[World, Book]:
    """An order without a card: it waits to be paid by link."""
    people = People()
    people.open()
    assert people.world.do(an_order_for(("MUG", 1)))
    return people.world, next(iter(people.world.state.books.values()))


def test_an_order_that_is_approved_again_is_confirmed_once() -> None:
    world, book = ordered()
    approved = OrderApproved(order_id=book.order.id)
    follows = [each for rule in FOLLOWS[OrderApproved] for each in rule(approved, world.state)]

    assert not [each for each in follows if isinstance(each, SendNotice)]
    assert follows, "money is asked for all the same"


def test_labels_are_asked_for_again_when_the_address_is_settled_and_for_nothing_else() -> None:
    world, book = ordered()
    retried = {}
    for type_ in ("address", "fraud"):
        fact = HoldReleased(order_id=book.order.id, hold_id=book.order.id, type=type_)
        follows = [each for rule in FOLLOWS[HoldReleased] for each in rule(fact, world.state)]
        retried[type_] = [each for each in follows if isinstance(each, RetryLabel)]

    assert retried == {"address": [RetryLabel(order_id=book.order.id)], "fraud": []}


def test_a_link_that_nobody_pays_is_put_before_somebody_with_a_deadline() -> None:
    world, book = ordered()
    [payment] = book.rows(Payment).values()
    assert (payment.status, open_holds(book)) == ("offered", [])
    assert payment.pay_by is not None
    world.now = later(days=8)

    assert world.do(ChaseLink(order_id=book.order.id, payment_id=payment.id, pay_by=payment.pay_by))
    [hold] = open_holds(book)
    assert (hold.type, hold.at_deadline) == ("payment", "cancel")
    assert hold.deadline_at is not None


def told(book: Book) -> list[str]:
    return [message.notice for message in book.rows(Message).values()]


def collected() -> tuple[World, Book, Payment]:
    """Paid by card at the counter."""
    people = People()
    people.open()
    world = people.world
    command = an_order_for(("MUG", 1), channel="in_person", terms="at_counter", method="collect", collect_at="shop")
    assert world.do(msgspec.structs.replace(command, tenders=(Tender(method="card_present"),)))
    [book] = world.state.books.values()
    [payment] = book.rows(Payment).values()
    assert (payment.method, payment.captured_minor) == ("card_present", 1_190)
    return world, book, payment


def chargeback(payment: Payment, minor: int, dispute_id: str = "d1") -> RecordChargeback:
    return RecordChargeback(order_id=payment.order_id, payment_id=payment.id, amount=eur(minor), dispute_id=dispute_id)


def resolved(payment: Payment, outcome: Literal["won", "lost"], dispute_id: str = "d1") -> ResolveDispute:
    return ResolveDispute(order_id=payment.order_id, payment_id=payment.id, dispute_id=dispute_id, outcome=outcome)


def summed(book: Book) -> tuple[str, str, str]:
    summarize(book, NOON)
    return book.order.payment_status, book.order.stage, book.order.holds


def test_a_dispute_opens_a_case_and_asks_the_customer_for_nothing() -> None:
    world, book, payment = collected()
    before = told(book)

    assert world.do(chargeback(payment, 500))
    assert world.do(chargeback(payment, 500))

    assert [case.topic for case in book.rows(Case).values()] == ["dispute"]
    assert (told(book), len(book.rows(Payment))) == (before, 1)
    resolve = ResolveDispute(order_id=book.order.id, payment_id=payment.id, dispute_id="d1", outcome="won")
    assert world.do(resolve)
    assert (book.order.receivable_minor, told(book)) == (0, before)


@pytest.mark.parametrize("minor", [1_190, 500])
def test_what_has_not_left_is_held_while_its_payment_is_disputed(minor: int) -> None:
    world, book, payment = collected()
    before = summed(book)

    assert world.do(chargeback(payment, minor))
    assert [(hold.type, hold.why) for hold in open_holds(book)] == [("dispute", "the payment is disputed")]
    assert summed(book) == ("disputed", "review", "dispute")

    assert world.do(resolved(payment, "won"))
    assert open_holds(book) == []
    assert summed(book) == before


def test_a_hold_for_a_dispute_stays_when_it_is_lost_until_a_person_decides() -> None:
    world, book, payment = collected()
    assert world.do(chargeback(payment, 1_190))
    assert world.do(resolved(payment, "lost"))
    [hold] = open_holds(book)
    assert (hold.type, hold.at_deadline) == ("dispute", "escalate")
    assert summed(book) == ("disputed", "review", "dispute")

    assert world.do(ReleaseHold(order_id=book.order.id, hold_id=hold.id))
    assert summed(book) == ("disputed", "confirmation", "")


def test_an_order_whose_dispute_was_lost_may_be_canceled_and_gives_nothing_back() -> None:
    world, book, payment = collected()
    assert world.do(chargeback(payment, 1_190))
    assert world.do(resolved(payment, "lost"))

    assert world.do(CancelUnits(order_id=book.order.id, units="all", reason="disputed"))
    assert open_holds(book) == []
    assert (book.order.receivable_minor, list(book.rows(Refund).values())) == (0, [])
    assert summed(book)[0] == "refunded"  # by the bank, as it was owed


def test_of_two_disputes_both_must_be_won() -> None:
    world, book, payment = collected()
    assert world.do(chargeback(payment, 500))
    assert world.do(chargeback(payment, 300, "d2"))
    assert world.do(resolved(payment, "won"))
    assert [hold.type for hold in open_holds(book)] == ["dispute"]

    assert world.do(resolved(payment, "won", "d2"))
    assert open_holds(book) == []


def test_who_released_a_disputed_order_is_asked_again_only_when_more_is_disputed() -> None:
    world, book, payment = collected()
    assert world.do(chargeback(payment, 500))
    [hold] = open_holds(book)
    assert world.do(ReleaseHold(order_id=book.order.id, hold_id=hold.id))
    assert world.do(chargeback(payment, 400))
    assert open_holds(book) == []

    assert world.do(chargeback(payment, 600))
    assert [hold.type for hold in open_holds(book)] == ["dispute"]


def test_a_dispute_after_everything_has_left_holds_nothing() -> None:
    world, book = a_download(terms="at_counter", channel="in_person", tenders=(Tender(method="card_present"),))
    [payment] = book.rows(Payment).values()
    assert book.units("delivered") == 1

    assert world.do(chargeback(payment, payment.captured_minor))
    assert open_holds(book) == []
    assert summed(book)[0] == "disputed"
    assert world.do(resolved(payment, "won"))
    assert summed(book)[0] == "paid"


def test_money_that_is_to_go_back_by_hand_does_not_go_back_twice() -> None:
    world, book, payment = collected()
    assert world.do(CancelUnits(order_id=book.order.id, units="all", reason="changed mind"))
    [refund] = book.rows(Refund).values()
    assert (refund.way, refund.status, refund.amount_minor) == ("manual", "pending", 1_190)

    assert world.do(chargeback(payment, 1_190))
    assert not world.do(SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="cash"))

    assert (book.order.captured_minor, book.order.refunded_minor, book.order.receivable_minor) == (1_190, -1_190, 0)
    assert refund.status == "taken_back"


def a_download(**changes: Any) -> tuple[World, Book]:
    people = People()
    people.open()
    world = people.world
    [customer_id] = world.pools[None].seen["customer_id"]
    assert world.do(an_order_for(("BOOK", 1), customer_id=customer_id, **changes))
    [book] = world.state.books.values()
    return world, book


def test_an_invoice_is_sent_when_it_is_written() -> None:
    _, book = a_download(terms="invoice")
    [invoice] = book.rows(Invoice).values()

    [message] = [each for each in book.rows(Message).values() if each.notice.startswith("invoice")]

    assert message.notice == "invoice_due"
    assert message.details["invoice"] == str(invoice.number)
    assert invoice.due_at is not None
    assert message.details["due_at"] == invoice.due_at.isoformat()


def test_nobody_is_thanked_for_money_that_a_bank_only_holds() -> None:
    world, book = a_download(tenders=(Tender(method="card", source="tok"),))
    [payment] = book.rows(Payment).values()

    assert world.do(
        RecordAnswer(
            order_id=book.order.id, payment_id=payment.id, key=payment.request_key, outcome="done", reference="p1"
        )
    )

    assert book.order.captured_minor == 0
    assert "payment_received" not in told(book)
    assert "invoice_issued" in told(book), "the download was there at once, and is billed"


def test_who_pays_by_link_is_told_that_it_worked() -> None:
    world, book = ordered()
    [payment] = book.rows(Payment).values()
    assert world.do(PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok"))
    answer = RecordAnswer(
        order_id=book.order.id, payment_id=payment.id, key=payment.request_key, outcome="done", reference="p1"
    )

    assert world.do(answer)

    assert told(book)[-2:] == ["payment_authorized", "order_confirmed"]


def test_nothing_is_promised_before_the_bank_has_said_yes() -> None:
    world, book = a_download(tenders=(Tender(method="card", source="tok"),))
    [payment] = book.rows(Payment).values()
    assert told(book) == []

    def hears(**answer: Any) -> bool:
        heard = RecordAnswer(order_id=book.order.id, payment_id=payment.id, key=payment.request_key, **answer)
        return bool(world.do(heard))

    assert hears(outcome="declined", reason="card_declined")
    assert "order_confirmed" not in told(book)

    assert world.do(PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok"))
    assert hears(outcome="done", reference="p1")
    assert told(book).count("order_confirmed") == 1


@pytest.mark.parametrize("how", [{"terms": "invoice"}, {"tenders": (Tender(method="cash"),)}])
def test_what_needs_no_bank_is_confirmed_at_once(how: dict[str, Any]) -> None:
    _, book = a_download(**how)

    assert "order_confirmed" in told(book)
    assert "order_received" not in told(book)


def test_a_closed_order_is_open_again_while_money_is_and_closed_anew_afterwards() -> None:
    world, book = a_download(terms="invoice")
    [invoice] = book.rows(Invoice).values()
    amount = invoice.total_minor
    pay = RecordBankTransfer(order_id=book.order.id, invoice_id=invoice.id, amount=eur(amount), transfer_id="t1")
    assert world.do(pay)
    world.now += timedelta(days=60)
    assert world.do(InviteToSurvey(order_id=book.order.id))
    world.now += timedelta(days=60)
    assert world.do(ExpireSurvey(order_id=book.order.id))
    closed_at = book.order.closed_at
    assert (book.order.status, closed_at) == ("closed", world.now)

    assert world.do(msgspec.structs.replace(pay, amount=eur(100), transfer_id="t2"))

    assert (book.order.status, book.order.closed_at) == ("placed", None)
    assert (book.order.payment_status, book.order.receivable_minor) == ("overpaid", -100)
    [refund] = book.rows(Refund).values()
    assert world.do(SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="transfer 3"))
    assert (book.order.status, book.order.closed_at) == ("closed", world.now)
    assert book.order.closed_at != closed_at


@pytest.mark.parametrize("source", ["shipped", "lost"])
def test_only_what_was_lost_in_this_very_parcel_is_found_again(source: Any) -> None:
    shop = a_shop()
    book = shipped(shop)
    (line,) = book.lines.values()
    move = UnitMove(line.id, line.sku, source, "delivered", 1)
    delivered = ShipmentDelivered(
        order_id=book.order.id,
        shipment_id=line.id,
        delivered_at=NOON,
        contents=(UnitsOf(line.id, 1),),
        promise_kept=None,
        moves=(move,),
    )

    followed = [each for rule in FOLLOWS[ShipmentDelivered] for each in rule(delivered, shop)]
    followed = [each for each in followed if isinstance(each, NoteFound)]

    found = NoteFound(order_id=book.order.id, contents=(UnitsOf(line.id, 1),))
    assert followed == ([found] if source == "lost" else [])
