"""The other tenders: on account, cash, at the door, store credit, and several at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import CreditAccount
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import (
    ChaseLink,
    PayAgain,
    RecordBankTransfer,
    SendReminder,
    SettleOnDelivery,
    SettleRefundManually,
    StartPayments,
    WriteOff,
)
from purveyor.stages.payment.refusals import (
    InvoiceNotOpen,
    NotDueYet,
    ReminderOutOfTurn,
    RemindersSent,
    TransferKnown,
)
from purveyor.stages.payment.rows import Capture, Invoice, Payment, Refund
from tests.pure import BERLIN, SHOP, a_call, a_shop, do, eur, later, placed
from tests.stages.payment.payment_setup import (
    ANN,
    a_customer,
    adds_up,
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


def on_account(shop: State, *lines: tuple[str, int], **changes: Any) -> Book:
    book = placed(shop, *lines, customer_id=ANN, terms="invoice", **changes)
    plan_with(shop, book, (("invoice", book.order.total_minor),))
    return book


def transfer(shop: State, book: Book, minor: int, transfer_id: str = "t1") -> list[Any]:
    invoice = the(book, Invoice)
    return do(
        shop,
        RecordBankTransfer(order_id=book.order.id, invoice_id=invoice.id, amount=eur(minor), transfer_id=transfer_id),
    )


@pytest.mark.parametrize(("limit", "reached"), [(1_680, False), (1_679, True)])
def test_the_credit_limit_is_held_against_what_is_open(limit: int, reached: bool) -> None:
    shop = a_shop()
    a_customer(shop, limit=limit)
    book = placed(shop, ("MUG", 1), customer_id=ANN, terms="invoice")

    made = plan_with(shop, book, (("invoice", 1_680),))

    assert kinds(made) == ["PaymentPlanned", *["CreditLimitReached"] * reached]
    assert shop.shared[CreditAccount][ANN].open_minor == 1_680


def test_a_second_order_counts_the_first() -> None:
    shop = a_shop()
    a_customer(shop, limit=2_000)
    on_account(shop, ("MUG", 1))
    book = placed(shop, ("MUG", 1), customer_id=ANN, terms="invoice")

    reached = plan_with(shop, book, (("invoice", 1_680),))[1]

    assert isinstance(reached, facts.CreditLimitReached)
    assert (reached.open_minor, reached.limit_minor) == (1_680, 2_000)
    assert reached.why == "16.80 EUR on account, 16.80 EUR open, 20.00 EUR agreed", "a person reads it in the hold"


def test_who_is_not_known_has_no_credit() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1), terms="invoice")

    assert kinds(plan_with(shop, book, (("invoice", 1_680),))) == ["PaymentPlanned", "CreditLimitReached"]


def test_on_account_the_goods_go_first_and_the_transfer_pays() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000, terms_days=30)
    book = on_account(shop, ("MUG", 2))
    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PaymentAccepted", "PaymentSecured"]

    shipped(shop, book, 1)
    invoice = the(book, Invoice)
    assert (invoice.total_minor, invoice.open_minor, invoice.due_at) == (1_680, 1_680, later(days=30))

    transfer(shop, book, 1_000)
    assert (invoice.open_minor, invoice.remind_at) == (680, later(days=30))
    transfer(shop, book, 680, "t2")

    assert (invoice.open_minor, invoice.remind_at) == (0, None)
    assert book.order.captured_minor == 1_680
    assert book.order.receivable_minor == 1_190
    assert shop.shared[CreditAccount][ANN].open_minor == 1_190
    adds_up(book)


def test_a_transfer_counts_once_and_never_for_more_than_is_open() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = on_account(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)

    transfer(shop, book, 600)
    with pytest.raises(TransferKnown):
        transfer(shop, book, 600)
    assert book.order.captured_minor == 600
    transfer(shop, book, 1_080, "t2")
    assert book.order.receivable_minor == 0
    adds_up(book)


def test_who_pays_too_much_or_twice_is_owed_it_back() -> None:
    shop = a_shop()
    a_customer(shop, limit=10_000)
    book = placed(shop, ("MUG", 1), customer_id=ANN, terms="invoice")
    plan_with(shop, book, (("invoice", 1_680),))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)

    transfer(shop, book, 1_681)
    assert (book.order.receivable_minor, the(book, Invoice).open_minor) == (-1, 0)
    transfer(shop, book, 1_680, "t2")

    assert (book.order.captured_minor, book.order.receivable_minor) == (3_361, -1_681)
    assert shop.shared[CreditAccount][ANN].open_minor == 0
    made = settle(shop, book)
    assert kinds(made) == ["RefundRequested", "RefundRequested"], "of each transfer what is too much of it"
    assert sum(refund.amount_minor for refund in book.rows(Refund).values()) == 1_681
    for refund in list(book.rows(Refund).values()):
        assert (refund.way, refund.status) == ("manual", "pending")
        do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="transfer 18"))
    assert (book.order.receivable_minor, book.order.refunded_minor) == (0, -1_681)
    adds_up(book)


def test_what_is_too_much_for_one_invoice_pays_the_others_of_the_order() -> None:
    shop = a_shop()
    a_customer(shop, limit=10_000)
    book = placed(shop, ("MUG", 2), customer_id=ANN, terms="invoice")
    plan_with(shop, book, (("invoice", 2_870),))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    shipped(shop, book, 1)

    transfer(shop, book, 2_870)

    assert [invoice.open_minor for invoice in book.rows(Invoice).values()] == [0, 0]
    assert (book.order.receivable_minor, settle(shop, book)) == (0, [])
    adds_up(book)


def test_a_debt_that_was_given_up_and_is_paid_after_all_is_no_overpayment() -> None:
    shop = a_shop()
    a_customer(shop, limit=10_000)
    book = placed(shop, ("MUG", 1), customer_id=ANN, terms="invoice")
    plan_with(shop, book, (("invoice", 1_680),))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    do(shop, WriteOff(order_id=book.order.id, invoice_id=the(book, Invoice).id, reason="uncollectible"))
    settle(shop, book)

    transfer(shop, book, 1_000)

    assert (book.order.receivable_minor, the(book, Invoice).open_minor) == (0, 0)
    assert the(book, Invoice).written_off_minor == 680
    transfer(shop, book, 700, "t2")
    assert (the(book, Invoice).written_off_minor, book.order.receivable_minor) == (0, -20)
    adds_up(book)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_nobody_is_reminded_before_the_time(level: int) -> None:
    shop = a_shop()
    a_customer(shop, limit=10_000, terms_days=30)
    book = placed(shop, ("MUG", 1), customer_id=ANN, terms="invoice")
    plan_with(shop, book, (("invoice", 1_680),))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    invoice = the(book, Invoice)
    for said in range(1, level):
        command = SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=said)
        do(shop, command, a_call(later(days=30 + 7 * (said - 1))))
    command = SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=level)

    with pytest.raises(NotDueYet) as refusal:
        do(shop, command, a_call(later(days=30 + 7 * (level - 1), seconds=-1)))

    assert (refusal.value.due_at, invoice.reminders) == (invoice.due_at, level - 1)
    assert refusal.value.remind_at == later(days=30 + 7 * (level - 1))
    assert kinds(do(shop, command, a_call(later(days=30 + 7 * (level - 1))))) == ["ReminderDue"]


def test_a_transfer_may_pay_what_a_card_did_not() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1))
    say(shop, book, the(book, Payment).request_key)
    shipped(shop, book, 1)
    say(shop, book, the(book, Capture).request_key, "declined", reason="processing_error")

    transfer(shop, book, 1_680)

    assert book.order.receivable_minor == 0
    assert kinds(settle(shop, book)) == ["VoidRequested"]
    adds_up(book)


def test_reminders_come_in_levels_and_end() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = on_account(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    invoice = the(book, Invoice)

    def remind(level: int, days: float) -> list[Any]:
        command = SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=level)
        return do(shop, command, a_call(later(days=days)))

    assert kinds(remind(1, 14)) == ["ReminderDue"]
    assert remind(1, 14) == []
    assert invoice.remind_at == later(days=21)
    assert kinds(remind(2, 21)) == ["ReminderDue"]
    assert remind(3, 28)[0].open_minor == 1_680
    assert invoice.remind_at is None
    with pytest.raises(RemindersSent):
        remind(4, 99)
    transfer(shop, book, 1_680)
    with pytest.raises(InvoiceNotOpen):
        remind(4, 99)


def test_a_debt_given_up_is_owed_no_more_and_no_credit_note_is_written() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = on_account(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    transfer(shop, book, 1_000)
    give_up = WriteOff(order_id=book.order.id, invoice_id=the(book, Invoice).id, reason="insolvent")

    do(shop, give_up)

    assert book.order.receivable_minor == 0 == the(book, Invoice).open_minor
    with pytest.raises(InvoiceNotOpen):
        do(shop, give_up)
    assert kinds(settle(shop, book)) == ["PaymentReduced"]
    assert shop.shared[CreditAccount][ANN].open_minor == 0


@pytest.mark.parametrize("method", ["cash", "card_present"])
def test_at_the_counter_the_money_is_there_at_once(method: str) -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1), tenders=((method, 1_680),))

    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PaymentCaptured", "PaymentSecured"]

    assert (book.order.captured_minor, book.order.receivable_minor) == (1_680, 0)
    shipped(shop, book, 1)
    assert (the(book, Invoice).total_minor, the(book, Invoice).open_minor, the(book, Invoice).due_at) == (
        1_680,
        0,
        None,
    )
    adds_up(book)


def test_cash_on_delivery_is_trusted_at_once_and_taken_parcel_by_parcel() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 2), ("TEE", 1), tenders=(("cash_on_delivery", 4_880 + 490),), terms="on_delivery")
    mug, tee = book.lines.values()
    shipped(shop, book, 1, 1)
    shipped(shop, book, 1, 0)
    assert the(book, Invoice).due_at is None

    def at_the_door(*units: UnitsOf) -> list[Any]:
        return do(shop, SettleOnDelivery(order_id=book.order.id, units=units))

    at_the_door(UnitsOf(mug.id, 1))
    assert book.order.captured_minor == 1_190 + 490
    at_the_door(UnitsOf(tee.id, 1))
    assert book.order.captured_minor == 1_190 + 490 + 2_500
    at_the_door(UnitsOf(mug.id, 1))
    assert (book.order.receivable_minor, the(book, Payment).status) == (0, "captured")
    assert at_the_door(UnitsOf(mug.id, 1)) == []
    adds_up(book)


def test_the_fee_for_cash_on_delivery_is_owed_and_billed() -> None:
    shop = a_shop(policies=_with(PaymentPolicy(cod_fee_minor=300)))
    book = started(shop, ("MUG", 1), tenders=(("cash_on_delivery", 1_680),), terms="on_delivery")
    assert book.order.receivable_minor == 1_980

    shipped(shop, book, 1)

    assert (the(book, Invoice).total_minor, the(book, Invoice).other_minor) == (1_980, 300)


def _with(payment: PaymentPolicy) -> Any:
    import msgspec

    return msgspec.structs.replace(SHOP, payment=payment)


def test_store_credit_and_a_card_share_an_order_and_store_credit_is_spent_first() -> None:
    shop = a_shop()
    a_customer(shop, store_credit=600)
    book = planned(shop, ("MUG", 2), tenders=(("store_credit", 600), ("card", 2_270)), customer_id=ANN)

    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PaymentCaptured", "AuthorizationRequested"]
    assert shop.shared[CreditAccount][ANN].store_credit_minor == 0
    assert book.order.captured_minor == 0
    assert kinds(say(shop, book, the(book, Payment).request_key)) == ["PaymentAuthorized", "PaymentSecured"]

    shipped(shop, book, 1)
    assert the(book, Capture).amount_minor == 1_680 - 600
    captured(shop, book)
    shipped(shop, book, 1)
    captured(shop, book)
    assert (book.order.receivable_minor, book.order.captured_minor) == (0, 2_270)
    adds_up(book)


@pytest.mark.parametrize(("there", "outcome"), [(600, "PaymentCaptured"), (599, "PaymentDeclined")])
def test_store_credit_is_spent_to_the_cent_and_not_beyond(there: int, outcome: str) -> None:
    shop = a_shop()
    a_customer(shop, store_credit=there)
    book = planned(shop, ("MUG", 1), tenders=(("store_credit", 600), ("card", 1_080)), customer_id=ANN)

    assert kinds(do(shop, StartPayments(order_id=book.order.id)))[0] == outcome
    assert shop.shared[CreditAccount][ANN].store_credit_minor == (0 if there == 600 else 599)


def test_two_tenders_do_not_spend_the_same_credit() -> None:
    shop = a_shop()
    a_customer(shop, store_credit=1_000)
    book = planned(shop, ("MUG", 1), tenders=(("store_credit", 800), ("store_credit", 880)), customer_id=ANN)

    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["PaymentCaptured", "PaymentDeclined"]
    made = do(shop, PayAgain(order_id=book.order.id, payment_id=the(book, Payment).id, source="tok"))
    assert kinds(made) == ["PaymentReduced", "PaymentPlanned", "AuthorizationRequested"]
    assert kinds(say(shop, book, the(book, Payment).request_key)) == ["PaymentAuthorized", "PaymentSecured"]
    adds_up(book)


def test_two_cards_pay_one_shipment() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1), tenders=(("card", 1_000), ("card", 680)))
    first, second = book.rows(Payment).values()

    assert kinds(say(shop, book, first.request_key)) == ["PaymentAuthorized"]
    assert kinds(say(shop, book, second.request_key, reference="pay_2")) == ["PaymentAuthorized", "PaymentSecured"]
    shipped(shop, book, 1)
    captured(shop, book)

    assert [p.captured_minor for p in (first, second)] == [1_000, 680]
    adds_up(book)


def test_who_does_not_pay_by_link_in_time_is_chased_once() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))
    payment = the(book, Payment)
    payment.source = ""
    do(shop, StartPayments(order_id=book.order.id))
    assert (payment.status, payment.pay_by) == ("offered", later(days=7))
    chase = ChaseLink(order_id=book.order.id, payment_id=payment.id, pay_by=later(days=7))

    assert do(shop, chase, a_call(later(days=6, hours=23))) == []
    assert kinds(do(shop, chase, a_call(later(days=7)))) == ["PayLinkOverdue"]
    assert do(shop, chase, a_call(later(days=8))) == []
    assert payment.status == "offered", "who pays late is welcome, as long as nobody decided otherwise"


def test_who_paid_by_link_is_not_chased() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))
    payment = the(book, Payment)
    payment.source = ""
    do(shop, StartPayments(order_id=book.order.id))
    do(shop, PayAgain(order_id=book.order.id, payment_id=payment.id, source="tok"))

    chase = ChaseLink(order_id=book.order.id, payment_id=payment.id, pay_by=later(days=7))
    assert do(shop, chase, a_call(later(days=8))) == []
    assert payment.pay_by is None


def test_invoices_are_due_and_reminders_said_as_the_shop_says() -> None:
    rules = PaymentPolicy(invoice_days=10, reminders=2, reminder_days=3)
    shop = a_shop(msgspec.structs.replace(BERLIN, payment=rules))
    a_customer(shop, limit=9_000, terms_days=0)
    book = on_account(shop, ("MUG", 2))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    invoice = the(book, Invoice)
    assert invoice.due_at == later(days=10)

    said = []
    for level, day in ((1, 27), (2, 30)):
        command = SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=level)
        [fact] = do(shop, command, a_call(datetime(2026, 3, day, 12, tzinfo=UTC)))
        assert isinstance(fact, facts.ReminderDue)
        said.append(fact.remind_at)
    assert said == [datetime(2026, 3, 30, 11, tzinfo=UTC), None]  # 1 p.m. in Berlin, before and after clocks change


@pytest.mark.parametrize(
    ("level", "refused", "said"),
    [
        (0, Invalid, "level must be a whole number from 1; you sent 0."),
        (2, ReminderOutOfTurn, "Reminder 2 cannot go out now: the next one of this invoice is reminder 1."),
        (3, ReminderOutOfTurn, "Reminder 3 cannot go out now: the next one of this invoice is reminder 1."),
    ],
)
def test_a_reminder_out_of_turn_is_refused_and_nothing_is_sent(level: int, refused: type[Refusal], said: str) -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = on_account(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    invoice = the(book, Invoice)

    with pytest.raises(refused) as refusal:
        do(shop, SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=level), a_call(later(days=40)))

    assert str(refusal.value) == said
    assert invoice.reminders == 0


def test_nobody_is_reminded_of_what_is_paid_nor_after_the_last_reminder() -> None:
    shop = a_shop(msgspec.structs.replace(BERLIN, payment=PaymentPolicy(reminders=1)))
    a_customer(shop, limit=9_000)
    book = on_account(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=book.order.id))
    shipped(shop, book, 1)
    invoice = the(book, Invoice)

    def remind(level: int) -> list[Any]:
        command = SendReminder(order_id=book.order.id, invoice_id=invoice.id, level=level)
        return do(shop, command, a_call(later(days=40)))

    remind(1)
    with pytest.raises(RemindersSent):
        remind(2)
    transfer(shop, book, 1_680)
    with pytest.raises(InvoiceNotOpen):
        remind(2)
    assert invoice.reminders == 1
