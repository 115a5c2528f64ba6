"""The money follows what is owed: refunds, credit notes, voids, and what is missing."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from purveyor.core.order_value import units_from
from purveyor.core.policies import PaymentPolicy
from purveyor.core.refusals import Invalid
from purveyor.core.rows import CreditAccount
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import (
    ApproveRefund,
    CreditAmount,
    PayAgain,
    RetryRefund,
    SettleRefundManually,
    StartPayments,
)
from purveyor.stages.payment.refusals import (
    CreditExceedsBilled,
    CreditExceedsValue,
    RefundAwaitsNothing,
    RefundNeedsAnother,
    RefundNotOpen,
    RefundNotRetryable,
)
from purveyor.stages.payment.rows import Capture, CreditNote, Invoice, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from tests.pure import SHOP, a_call, a_shop, do, eur, placed, walk
from tests.stages.payment.payment_setup import (
    ANN,
    a_customer,
    adds_up,
    authorized,
    canceled,
    captured,
    credited,
    kinds,
    plan_with,
    planned,
    say,
    settle,
    shipped,
    started,
    the,
)


def paid(shop: State, *lines: tuple[str, int], **changes: Any) -> Book:
    """Shipped and captured."""
    book = authorized(shop, *lines, **changes)
    shipped(shop, book, *(quantity for _, quantity in lines))
    captured(shop, book)
    return book


def test_when_everything_fits_nothing_happens() -> None:
    shop = a_shop()
    for book in (planned(shop, ("MUG", 1)), authorized(shop, ("MUG", 1)), paid(shop, ("MUG", 1))):
        assert settle(shop, book) == []


def test_a_refund_counts_when_it_is_done_and_not_before() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 2))
    credited(shop, book, 1_190)

    made = settle(shop, book)

    assert kinds(made) == ["CreditNoteIssued", "RefundRequested"]
    refund = the(book, Refund)
    assert (refund.status, refund.way, refund.amount_minor) == ("pending", "gateway", 1_190)
    assert (book.order.refunded_minor, book.order.receivable_minor) == (0, -1_190)
    assert settle(shop, book) == []  # it is on its way

    assert kinds(say(shop, book, refund.request_key)) == ["RefundDone"]
    assert (book.order.refunded_minor, book.order.receivable_minor) == (-1_190, 0)
    assert say(shop, book, refund.request_key) == []
    adds_up(book)


def test_a_failed_refund_stays_owed_and_is_tried_again_not_doubled() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_000)
    settle(shop, book)
    refund = the(book, Refund)
    with pytest.raises(RefundNotRetryable):
        do(shop, RetryRefund(order_id=book.order.id, refund_id=refund.id))
    with pytest.raises(RefundNotOpen):
        do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="cash"))

    say(shop, book, refund.request_key, "declined", reason="account_closed")
    assert (refund.status, book.order.refunded_minor) == ("failed", 0)
    assert settle(shop, book) == []
    do(shop, RetryRefund(order_id=book.order.id, refund_id=refund.id))
    assert refund.request_key.endswith(f"{refund.id}:2")
    say(shop, book, refund.request_key, "declined", reason="account_closed")
    do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="transfer 17"))

    assert (refund.status, refund.reference, book.order.receivable_minor) == ("done", "transfer 17", 0)
    adds_up(book)


def test_cash_goes_back_by_hand() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 1), tenders=(("cash", 1_680),))
    canceled(shop, book, 0, 1, 1_190, shipping=490)

    settle(shop, book)

    refund = the(book, Refund)
    assert (refund.way, refund.ask_at) == ("manual", None)
    do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="till 1"))
    assert book.order.receivable_minor == 0
    assert not book.rows(CreditNote)  # nothing was billed
    adds_up(book)


def test_refunds_go_back_newest_payment_first() -> None:
    shop = a_shop()
    a_customer(shop, store_credit=600)
    tenders = (("store_credit", 600), ("card", 1_080))
    book = started(shop, ("MUG", 1), tenders=tenders, customer_id=ANN)
    say(shop, book, the(book, Payment).request_key)
    shipped(shop, book, 1)
    captured(shop, book)
    credited(shop, book, 1_200)

    settle(shop, book)

    assert [(r.way, r.amount_minor, r.status) for r in book.rows(Refund).values()] == [
        ("gateway", 1_080, "pending"),
        ("store_credit", 120, "done"),
    ]
    assert shop.shared[CreditAccount][ANN].store_credit_minor == 120
    say(shop, book, the(book, Refund, 0).request_key)
    assert book.order.receivable_minor == 0
    adds_up(book)


def test_what_is_owed_may_become_store_credit() -> None:
    shop = a_shop()
    a_customer(shop)
    book = paid(shop, ("MUG", 1), customer_id=ANN)
    credited(shop, book, 500)

    made = settle(shop, book, "store_credit")

    assert kinds(made) == ["CreditNoteIssued", "RefundRequested", "RefundDone"]
    assert shop.shared[CreditAccount][ANN].store_credit_minor == 500
    assert (book.order.receivable_minor, book.order.refunded_minor) == (0, 0)
    assert settle(shop, book) == []
    adds_up(book)


@pytest.mark.parametrize(("minor", "waits"), [(50_000, False), (50_001, True)])
def test_a_large_refund_that_a_person_asks_for_waits_for_another_person(minor: int, waits: bool) -> None:
    shop = a_shop()
    book = paid(shop, ("TEE", 30))
    credited(shop, book, minor)

    settle(shop, book)

    refund = the(book, Refund)
    assert refund.status == ("awaiting_approval" if waits else "pending")
    approve = ApproveRefund(order_id=book.order.id, refund_id=refund.id)
    if not waits:
        with pytest.raises(RefundAwaitsNothing):
            do(shop, approve)
        return
    with pytest.raises(RefundNeedsAnother):
        do(shop, approve)
    assert settle(shop, book) == []
    assert kinds(do(shop, approve, a_call(actor="staff:second"))) == ["RefundRequested"]
    assert (refund.status, refund.request_key.endswith(":1")) == ("pending", True)
    say(shop, book, refund.request_key)
    adds_up(book)


def test_canceling_everything_lets_go_of_the_hold() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    canceled(shop, book, 0, 1, 1_190, shipping=490)

    assert kinds(settle(shop, book)) == ["VoidRequested"]
    assert settle(shop, book) == []
    say(shop, book, the(book, Payment).request_key)

    assert (book.order.authorized_minor, the(book, Payment).status) == (0, "voided")
    adds_up(book)


def test_canceling_a_part_keeps_the_hold_and_lets_go_of_the_rest_at_the_end() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    canceled(shop, book, 0, 1, 1_190)

    assert settle(shop, book) == []
    shipped(shop, book, 1)
    captured(shop, book)
    assert book.order.captured_minor == 1_680
    assert kinds(settle(shop, book)) == ["VoidRequested"]
    say(shop, book, the(book, Payment).request_key)
    assert (book.order.authorized_minor, the(book, Payment).status) == (0, "captured")
    adds_up(book)


def test_canceling_on_account_gives_the_credit_back() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = started(shop, ("MUG", 2), tenders=(("invoice", 2_870),), terms="invoice", customer_id=ANN)
    canceled(shop, book, 0, 1, 1_190)

    reduced = settle(shop, book)[0]

    assert isinstance(reduced, facts.PaymentReduced)
    assert shop.shared[CreditAccount][ANN].open_minor == 1_680
    assert settle(shop, book) == []


def test_a_return_on_account_lowers_the_invoice_and_pays_nothing_out() -> None:
    shop = a_shop()
    a_customer(shop, limit=9_000)
    book = started(shop, ("MUG", 2), tenders=(("invoice", 2_870),), terms="invoice", customer_id=ANN)
    shipped(shop, book, 2)
    credited(shop, book, 1_190)

    assert kinds(settle(shop, book)) == ["CreditNoteIssued", "PaymentReduced"]

    assert the(book, Invoice).open_minor == 1_680
    assert not book.rows(Refund)
    assert the(book, CreditNote).number == 1
    assert settle(shop, book) == []


def test_a_credit_while_units_are_still_to_be_shipped_is_on_paper_at_once() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)
    captured(shop, book)
    credited(shop, book, 200)

    assert kinds(settle(shop, book)) == ["CreditNoteIssued"]
    shipped(shop, book, 1)
    captured(shop, book)

    assert [invoice.total_minor for invoice in book.rows(Invoice).values()] == [1_680, 1_190]
    assert book.order.captured_minor == 2_870 - 200
    assert book.order.receivable_minor == 0
    adds_up(book)


def test_more_is_owed_than_covered_so_the_customer_is_asked_by_link() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    credited(shop, book, -1_000)  # an edit made it dearer

    assert kinds(settle(shop, book)) == ["PaymentPlanned", "PayLinkOffered"]
    assert (the(book, Payment).amount_minor, the(book, Payment).status) == (1_000, "offered")
    assert settle(shop, book) == []

    credited(shop, book, 400)
    assert kinds(settle(shop, book)) == ["PaymentReduced"]
    assert the(book, Payment).amount_minor == 600
    credited(shop, book, 600)
    settle(shop, book)
    assert the(book, Payment).status == "voided"


def test_before_the_order_is_approved_the_rest_is_only_planned() -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))
    credited(shop, book, -1_000)

    assert kinds(settle(shop, book)) == ["PaymentPlanned"]
    assert kinds(do(shop, StartPayments(order_id=book.order.id))) == ["AuthorizationRequested", "PayLinkOffered"]


def test_on_account_the_rest_goes_on_account() -> None:
    shop = a_shop()
    a_customer(shop, limit=2_000)
    book = started(shop, ("MUG", 1), tenders=(("invoice", 1_680),), terms="invoice", customer_id=ANN)
    credited(shop, book, -1_000)

    assert kinds(settle(shop, book)) == ["PaymentPlanned", "CreditLimitReached", "PaymentAccepted", "PaymentSecured"]
    assert shop.shared[CreditAccount][ANN].open_minor == 2_680


def test_goods_that_left_unpaid_are_taken_from_the_next_card() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    say(shop, book, the(book, Capture).request_key, "declined", reason="processing_error")
    payment = the(book, Payment)
    payment.status, payment.released_minor = "voided", payment.authorized_minor
    book.order.authorized_minor = 0
    settle(shop, book)
    offered = the(book, Payment)
    do(shop, PayAgain(order_id=book.order.id, payment_id=offered.id, source="tok_2"))
    say(shop, book, offered.request_key, reference="pay_2")

    assert kinds(settle(shop, book)) == ["CaptureRequested"]
    captured(shop, book)
    assert (the(book, Invoice).open_minor, book.order.receivable_minor) == (0, 0)
    adds_up(book)


def test_what_is_left_when_nothing_will_be_shipped_any_more_is_billed_unless_it_is_cents() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)
    captured(shop, book)
    canceled(shop, book, 0, 1, 1_189)  # a cent was kept

    assert kinds(settle(shop, book)) == ["CentsWaived", "VoidRequested"]
    assert book.order.receivable_minor == 0

    book = authorized(shop, ("MUG", 2))
    shipped(shop, book, 1)
    captured(shop, book)
    canceled(shop, book, 0, 1, 1_000)  # a fee was kept
    assert kinds(settle(shop, book)) == ["InvoiceIssued", "CaptureRequested"]
    captured(shop, book)
    assert kinds(settle(shop, book)) == ["VoidRequested"]
    assert book.order.captured_minor == 1_680 + 190


def test_nothing_is_refunded_that_never_came_in() -> None:
    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    canceled(shop, book, 0, 1, 1_191, shipping=490)  # a cent too much

    assert kinds(settle(shop, book)) == ["CentsWaived", "VoidRequested"]
    assert book.order.receivable_minor == 0
    assert not book.rows(Refund)


def test_taking_something_off_the_price_takes_off_its_tax_too() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    with pytest.raises(CreditExceedsValue):
        do(shop, CreditAmount(order_id=book.order.id, amount=eur(1_681), reason="late"))
    with pytest.raises(Invalid):
        do(shop, CreditAmount(order_id=book.order.id, amount=eur(-1), reason="late"))
    assert book.order.receivable_minor == 0
    walk(book, shop, "allocated", "picked", "packed", "shipped")

    fact = do(shop, CreditAmount(order_id=book.order.id, amount=eur(119), reason="late"))[0]

    assert [(p.account, p.minor) for p in fact.postings] == [("receivable", -119), ("revenue", 100), ("tax", 19)]
    assert kinds(settle(shop, book)) == ["CreditNoteIssued", "RefundRequested"]


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_to_an_order_the_money_ends_where_the_goods_are(seed: int) -> None:
    """Random shipments, cancellations (rounded their own way), credits and lost answers; at the end nothing is open."""
    chance = random.Random(seed)
    shop = a_shop(MUG=100)
    book = authorized(shop, ("MUG", 7), ("TEE", 3), discount=eur(chance.randrange(1, 500)))
    lines = list(book.lines.values())
    left = [7, 3]
    while any(left):
        index = chance.choice([number for number, count in enumerate(left) if count])
        units = chance.randint(1, left[index])
        left[index] -= units
        if chance.random() < 0.3:
            line = lines[index]
            canceled(shop, book, index, units, units_from(line, line.canceled, units).minor)
        else:
            shipped(shop, book, *[units if number == index else 0 for number in range(2)])
        if chance.random() < 0.5:
            captured(shop, book)
        if chance.random() < 0.3 and book.rows(Invoice):
            credited(shop, book, chance.randrange(50, 90))
        settle(shop, book)
        adds_up(book)
    for _ in range(4):
        captured(shop, book)
        for refund in list(book.rows(Refund).values()):
            say(shop, book, refund.request_key)
        for payment in list(book.rows(Payment).values()):
            if payment.request == "void":
                say(shop, book, payment.request_key)
        settle(shop, book)
    adds_up(book)
    invoiced = sum(invoice.total_minor for invoice in book.rows(Invoice).values())
    noted = sum(note.amount_minor for note in book.rows(CreditNote).values())
    order = book.order
    if book.rows(Invoice):
        assert (order.receivable_minor, order.authorized_minor) == (0, 0)
        assert abs(order.captured_minor + order.refunded_minor - invoiced + noted) <= len(lines)  # cents of rounding
    assert plan_with(shop, book, (("card", 1),)) == []


def test_only_what_was_billed_is_credited() -> None:
    """Else canceling the rest would take more off than is left, and the customer be paid for nothing."""
    shop = a_shop()
    book = authorized(shop, ("MUG", 2))
    credit = CreditAmount(order_id=book.order.id, amount=eur(1), reason="late")
    with pytest.raises(CreditExceedsBilled) as refusal:
        do(shop, credit)
    assert (refusal.value.possible, book.order.receivable_minor) == (0, 2_870)

    shipped(shop, book, 1)
    captured(shop, book)
    with pytest.raises(CreditExceedsBilled) as refusal:
        do(shop, CreditAmount(order_id=book.order.id, amount=eur(1_681), reason="late"))
    assert refusal.value.possible == 1_680
    do(shop, CreditAmount(order_id=book.order.id, amount=eur(1_680), reason="late"))
    settle(shop, book)
    with pytest.raises(CreditExceedsBilled) as refusal:
        do(shop, credit)
    assert refusal.value.possible == 0

    canceled(shop, book, 0, 1, 1_190)
    settle(shop, book)
    assert book.order.receivable_minor == -1_680, "what was paid goes back, and no cent more"
    assert sum(refund.amount_minor for refund in book.rows(Refund).values()) == 1_680
    adds_up(book)


def test_the_shipping_charge_goes_with_the_first_goods() -> None:
    shop = a_shop()
    book = authorized(shop, ("BOOK", 1), ("MUG", 2))

    shipped(shop, book, 1, 0)
    assert (the(book, Invoice).total_minor, the(book, Invoice).shipping_minor) == (990, 0)
    shipped(shop, book, 0, 1)
    assert (the(book, Invoice).total_minor, the(book, Invoice).shipping_minor) == (1_190 + 490, 490)
    shipped(shop, book, 0, 1)
    assert (the(book, Invoice).total_minor, the(book, Invoice).shipping_minor) == (1_190, 0)
    captured(shop, book)
    assert (book.order.receivable_minor, settle(shop, book)) == (0, [])
    adds_up(book)


def test_nothing_is_owed_for_what_was_to_be_paid_at_the_door_and_never_arrived() -> None:
    policies = msgspec.structs.replace(SHOP, payment=PaymentPolicy(cod_fee_minor=350))
    shop = a_shop(policies)
    book = started(shop, ("MUG", 1), tenders=(("cash_on_delivery", 1_680),), terms="on_delivery")
    shipped(shop, book, 1)
    walk(book, shop, "allocated", "picked", "packed", "shipped", "lost")
    assert settle(shop, book) == []
    credited(shop, book, 1_190)

    assert kinds(settle(shop, book)) == ["ChargesDropped"]
    assert book.order.receivable_minor == 0
    assert kinds(settle(shop, book)) == ["CreditNoteIssued", "PaymentReduced"]
    assert (the(book, Invoice).open_minor, the(book, Payment).status) == (0, "voided")
    assert settle(shop, book) == []
    adds_up(book)


def test_charges_are_owed_for_what_arrived() -> None:
    shop = a_shop()
    book = started(shop, ("MUG", 2), tenders=(("cash_on_delivery", 2_870),), terms="on_delivery")
    shipped(shop, book, 2)
    walk(book, shop, "allocated", "picked", "packed", "shipped", "delivered")
    credited(shop, book, 2_380)

    assert "ChargesDropped" not in kinds(settle(shop, book))
    assert book.order.receivable_minor == 490


def test_what_nobody_hands_over_is_paid_by_link_even_where_the_rest_is_paid_at_the_door() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1), ("BOOK", 1), terms="on_delivery", tenders=(Tender(method="card"),))
    plan_with(shop, book, (("cash_on_delivery", 1_680),))
    do(shop, StartPayments(order_id=book.order.id))

    assert kinds(settle(shop, book)) == ["PaymentPlanned", "PayLinkOffered"]
    assert the(book, Payment).amount_minor == 990
