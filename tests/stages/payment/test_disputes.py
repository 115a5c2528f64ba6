"""A bank takes money back: once for each dispute, never more than came in, and without asking the customer for it."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.messages import Call, Fact
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.registry import DECIDES
from purveyor.core.state import Book, State
from purveyor.engine.ledger import LedgerError, apply_moves
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import (
    ApproveRefund,
    CreditAmount,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    RetryRefund,
    SettleBalance,
    SettleRefundManually,
)
from purveyor.stages.payment.refusals import (
    ChargebackExceedsCaptured,
    DisputeEnded,
    DisputeOfAnother,
    NotDisputable,
    RefundAwaitsNothing,
    RefundNotOpen,
    RefundNotRetryable,
    RefundUnderWay,
    TransferKnown,
)
from purveyor.stages.payment.rows import Dispute, Invoice, Payment, Refund
from tests.pure import a_call, a_shop, do, eur
from tests.stages.payment.payment_setup import (
    ANN,
    a_customer,
    adds_up,
    authorized,
    captured,
    credited,
    kinds,
    say,
    settle,
    shipped,
    started,
    the,
)


def paid(shop: State, *lines: tuple[str, int], **changes: Any) -> Book:
    book = authorized(shop, *lines, **changes)
    shipped(shop, book, *(quantity for _, quantity in lines))
    captured(shop, book)
    return book


def told(book: Book, minor: int, dispute_id: str = "d1", payment: Payment | None = None) -> RecordChargeback:
    payment = payment or the(book, Payment, 0)
    assert payment is not None
    return RecordChargeback(order_id=book.order.id, payment_id=payment.id, amount=eur(minor), dispute_id=dispute_id)


def resolved(book: Book, outcome: str, dispute_id: str = "d1") -> ResolveDispute:
    return ResolveDispute(
        order_id=book.order.id,
        payment_id=the(book, Payment, 0).id,
        dispute_id=dispute_id,
        outcome=outcome,  # type: ignore[arg-type]
    )


def by(actor: str) -> Call:
    return a_call(actor=actor)


def test_a_dispute_told_twice_is_one_dispute() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))

    assert kinds(do(shop, told(book, 500))) == ["PaymentChargedBack"]
    assert do(shop, told(book, 500)) == []

    assert (book.order.receivable_minor, book.order.refunded_minor) == (500, -500)
    assert [(each.dispute_id, each.amount_minor) for each in book.rows(Dispute).values()] == [("d1", 500)]
    do(shop, told(book, 300, "d2"))
    assert (book.order.receivable_minor, the(book, Payment).refunded_minor) == (800, 800)


@pytest.mark.parametrize("amount", [1, 499, 501, 1_680])
def test_a_dispute_that_is_told_with_another_amount_is_about_that(amount: int) -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    do(shop, told(book, 500))

    assert kinds(do(shop, told(book, amount))) == ["DisputeChanged"]

    assert (book.order.receivable_minor, book.order.refunded_minor) == (amount, -amount)
    assert the(book, Dispute).amount_minor == amount
    adds_up(book)


def test_a_dispute_has_a_name_an_amount_and_one_payment() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    for wrong in (told(book, 0), told(book, -1)):
        with pytest.raises(Invalid):
            do(shop, wrong)
    with pytest.raises(ChargebackExceedsCaptured):
        do(shop, told(book, 1_681))
    assert not book.rows(Dispute)
    do(shop, told(book, 500))
    with pytest.raises(ChargebackExceedsCaptured):
        do(shop, told(book, 1_681))
    other = authorized(shop, ("MUG", 1))
    book.rows(Payment)[the(other, Payment).id] = the(other, Payment)
    with pytest.raises(DisputeOfAnother):
        do(shop, told(book, 500, payment=the(other, Payment)))
    assert book.order.receivable_minor == 500


def test_nobody_is_asked_for_what_is_disputed() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))

    do(shop, told(book, 1_680))

    assert settle(shop, book) == []
    assert len(book.rows(Payment)) == 1
    assert book.order.receivable_minor == 1_680


def test_what_is_won_back_is_ours_again() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    do(shop, told(book, 500))

    assert kinds(do(shop, resolved(book, "won"))) == ["DisputeWon"]

    assert do(shop, resolved(book, "won")) == []
    assert (book.order.receivable_minor, book.order.refunded_minor, the(book, Payment).refunded_minor) == (0, 0, 0)
    assert settle(shop, book) == []
    assert do(shop, told(book, 500)) == [], "news of it that comes late changes nothing"
    with pytest.raises(DisputeEnded):
        do(shop, told(book, 600))
    with pytest.raises(DisputeEnded):
        do(shop, resolved(book, "lost"))
    with pytest.raises(NotFound):
        do(shop, resolved(book, "won", "d9"))
    adds_up(book)


def test_what_is_lost_is_written_off_and_asked_of_nobody() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    do(shop, told(book, 1_680))

    fact = do(shop, resolved(book, "lost"))[0]

    assert [(p.account, p.minor) for p in fact.postings] == [("written_off", 1_680), ("receivable", -1_680)]
    assert (book.order.receivable_minor, settle(shop, book)) == (0, [])
    adds_up(book)


def test_who_got_it_from_the_bank_does_not_get_it_from_us_too() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 2))
    do(shop, told(book, 1_000))
    do(shop, resolved(book, "lost"))
    credited(shop, book, 1_190)

    made = settle(shop, book)

    assert kinds(made) == ["CreditNoteIssued", "DisputeLossReduced", "RefundRequested"]
    assert the(book, Refund).amount_minor == 190
    say(shop, book, the(book, Refund).request_key)
    assert (book.order.receivable_minor, book.order.refunded_minor) == (0, -1_190)
    assert settle(shop, book) == []
    adds_up(book)


def test_cash_that_is_to_go_back_by_hand_stays_when_the_bank_takes_it() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_680)
    settle(shop, book)
    refund = the(book, Refund)
    say(shop, book, refund.request_key, "declined", reason="account_closed")

    assert kinds(do(shop, told(book, 1_680))) == ["RefundTakenBack", "PaymentChargedBack"]

    assert (refund.status, book.order.receivable_minor, the(book, Payment).refunded_minor) == ("taken_back", 0, 1_680)
    for again in (
        SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="cash"),
        RetryRefund(order_id=book.order.id, refund_id=refund.id),
        ApproveRefund(order_id=book.order.id, refund_id=refund.id),
    ):
        with pytest.raises((RefundNotOpen, RefundNotRetryable, RefundAwaitsNothing)):
            do(shop, again)
    assert settle(shop, book) == []
    adds_up(book)


def test_a_refund_that_waits_for_approval_is_taken_back_and_asked_for_anew_as_far_as_it_is_owed() -> None:
    shop = a_shop(MUG=200)
    book = paid(shop, ("MUG", 100))  # 1,190.00, free of shipping
    do(shop, CreditAmount(order_id=book.order.id, amount=eur(80_000), reason="late"), by("staff:ann"))
    do(shop, SettleBalance(order_id=book.order.id), by("staff:ann"))
    refund = the(book, Refund)
    assert (refund.status, refund.amount_minor) == ("awaiting_approval", 80_000)

    assert kinds(do(shop, told(book, 50_000))) == ["RefundTakenBack", "PaymentChargedBack"]
    assert kinds(settle(shop, book)) == ["RefundRequested"]

    assert (refund.status, the(book, Refund).amount_minor) == ("taken_back", 30_000)
    say(shop, book, the(book, Refund).request_key)
    assert (book.order.receivable_minor, the(book, Payment).refunded_minor) == (0, 80_000)
    adds_up(book)


def test_while_the_gateway_may_be_giving_it_back_the_bank_cannot_take_the_same_money() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_000)
    settle(shop, book)
    refund = the(book, Refund)
    with pytest.raises(RefundUnderWay) as refusal:
        do(shop, told(book, 681))
    assert (refusal.value.possible, book.order.refunded_minor) == (680, 0)
    do(shop, told(book, 680, "d0"))

    say(shop, book, refund.request_key)

    with pytest.raises(ChargebackExceedsCaptured):
        do(shop, told(book, 1))
    assert the(book, Payment).refunded_minor == 1_680
    adds_up(book)


def test_a_refund_that_comes_true_after_it_was_taken_back_is_told_and_not_counted() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_680)
    settle(shop, book)
    refund = the(book, Refund)
    say(shop, book, refund.request_key, "declined", reason="later")
    do(shop, told(book, 1_680))

    assert kinds(say(shop, book, refund.request_key, reference="r1")) == ["StrayRefundFound"]
    assert say(shop, book, refund.request_key, reference="r1") == []

    assert the(book, Payment).refunded_minor == 1_680
    adds_up(book)


def test_the_ledger_takes_no_fact_that_gives_back_more_than_came_in() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_000)
    settle(shop, book)
    payment = the(book, Payment)
    payment.refunded_minor += 681  # some rule forgot the refund that is on its way

    with pytest.raises(LedgerError, match="1680 captured, 681 went back and 1000 may still go"):
        apply_moves(shop, Fact(order_id=book.order.id))


def test_the_hand_books_no_dispute_facts_that_the_ledger_would_not_take() -> None:
    """The rows and the ledger of the order say the same through all of a dispute's life."""
    shop = a_shop()
    book = paid(shop, ("MUG", 1), ("TEE", 1))
    made: list[Fact] = []
    for command in (told(book, 500), told(book, 700), told(book, 200), told(book, 100, "d2"), resolved(book, "won")):
        made += do(shop, command)
        adds_up(book)
        assert book.order.refunded_minor == -the(book, Payment).refunded_minor
    assert all(not sum(posting.minor for posting in fact.postings) for fact in made)
    assert isinstance(made[0], facts.PaymentChargedBack)


@pytest.mark.parametrize("taken", [False, True])
def test_no_bank_takes_back_store_credit(*, taken: bool) -> None:
    """Whether or not there is money of a card on the order that would cover it."""
    shop = a_shop()
    a_customer(shop, store_credit=600)
    book = started(shop, ("MUG", 1), tenders=(("store_credit", 600), ("card", 1_080)), customer_id=ANN)
    credit, card = book.rows(Payment).values()
    say(shop, book, card.request_key)
    if taken:
        shipped(shop, book, 1)
        captured(shop, book)

    with pytest.raises(NotDisputable):
        do(shop, told(book, 200, payment=credit))

    assert (credit.captured_minor, credit.refunded_minor, book.order.refunded_minor) == (600, 0, 0)
    assert not book.rows(Dispute)


@pytest.mark.parametrize(("terms", "method"), [("invoice", "invoice"), ("on_delivery", "cash_on_delivery")])
def test_no_bank_takes_back_what_no_card_paid(terms: str, method: str) -> None:
    shop = a_shop()
    a_customer(shop, limit=10_000)
    book = started(shop, ("MUG", 1), tenders=((method, 1_680),), terms=terms, customer_id=ANN)
    shipped(shop, book, 1)
    invoice = the(book, Invoice)
    do(
        shop,
        RecordBankTransfer(order_id=book.order.id, invoice_id=invoice.id, amount=eur(1_680), transfer_id="t1"),
    )

    for payment in book.rows(Payment).values():
        with pytest.raises(NotDisputable):
            do(shop, told(book, 200, payment=payment))

    assert (book.order.captured_minor, book.order.refunded_minor) == (1_680, 0)


def test_a_card_at_the_counter_has_a_bank_behind_it() -> None:
    shop = a_shop()
    book = started(
        shop,
        ("MUG", 1),
        tenders=(("card_present", 1_190),),
        terms="at_counter",
        method="collect",
        collect_at="shop",
    )
    assert the(book, Payment).captured_minor == 1_190

    assert kinds(do(shop, told(book, 500))) == ["PaymentChargedBack"]


# refunds that the gateway makes after somebody else has made them


def declined(shop: State) -> tuple[Book, Refund]:
    """A refund that the gateway would not make."""
    book = paid(shop, ("MUG", 1))
    credited(shop, book, 1_680)
    settle(shop, book)
    refund = the(book, Refund)
    say(shop, book, refund.request_key, "declined", reason="later")
    return book, refund


def test_a_refund_that_was_made_by_hand_and_by_the_gateway_is_told_once() -> None:
    shop = a_shop()
    book, refund = declined(shop)
    do(shop, SettleRefundManually(order_id=book.order.id, refund_id=refund.id, reference="SEPA-1"))
    assert refund.way == "manual"

    made = say(shop, book, refund.request_key, reference="r1")

    [stray] = made
    assert isinstance(stray, facts.StrayRefundFound)
    assert (stray.amount_minor, refund.reference, refund.reason) == (1_680, "SEPA-1 r1", "sent twice")
    assert say(shop, book, refund.request_key, reference="r1") == []
    assert (book.order.receivable_minor, the(book, Payment).refunded_minor) == (0, 1_680)
    adds_up(book)


def test_a_refund_that_an_earlier_attempt_made_as_well_is_told_once() -> None:
    shop = a_shop()
    book, refund = declined(shop)
    first = refund.request_key
    do(shop, RetryRefund(order_id=book.order.id, refund_id=refund.id))
    say(shop, book, refund.request_key, reference="r1")
    assert say(shop, book, refund.request_key, reference="r1") == []  # said twice, done once

    assert kinds(say(shop, book, first, reference="r1")) == ["StrayRefundFound"]
    assert say(shop, book, first, reference="r1") == []

    assert (book.order.receivable_minor, the(book, Payment).refunded_minor) == (0, 1_680)
    adds_up(book)


def test_a_refund_that_an_earlier_attempt_made_after_all_needs_no_other() -> None:
    shop = a_shop()
    book, refund = declined(shop)
    first = refund.request_key
    do(shop, RetryRefund(order_id=book.order.id, refund_id=refund.id))
    say(shop, book, refund.request_key, "declined", reason="later")

    assert kinds(say(shop, book, first, reference="r1")) == ["RefundDone"]

    assert (refund.status, book.order.receivable_minor) == ("done", 0)
    adds_up(book)


def test_an_attempt_that_was_never_made_says_nothing() -> None:
    shop = a_shop()
    book, refund = declined(shop)
    before = refund.request_key.rpartition(":")[0]

    assert [say(shop, book, f"{before}:{number}") for number in ("2", "0", "x", "")] == [[], [], [], []]


@pytest.mark.parametrize("kept", ["d1", " d1 "])  # disputes were kept with their blanks before
def test_a_dispute_that_is_told_with_blanks_around_its_name_is_the_same_one(kept: str) -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 2))
    do(shop, told(book, 500))
    [dispute] = book.rows(Dispute).values()
    dispute.dispute_id = kept

    assert do(shop, told(book, 500, " d1")) == []
    payment = the(book, Payment, 0)
    won = ResolveDispute(order_id=book.order.id, payment_id=payment.id, dispute_id="d1\u00a0", outcome="won")
    [fact] = DECIDES[ResolveDispute](shop, won, a_call())
    assert isinstance(fact, facts.DisputeWon)


def test_a_transfer_that_is_told_with_blanks_around_its_id_is_known() -> None:
    shop = a_shop()
    a_customer(shop, limit=100_000)
    book = started(shop, ("MUG", 2), tenders=(("invoice", 2_870),), terms="invoice", customer_id=ANN)
    shipped(shop, book, 2)

    def transfer(name: str) -> RecordBankTransfer:
        invoice = the(book, Invoice)
        return RecordBankTransfer(order_id=book.order.id, invoice_id=invoice.id, amount=eur(100), transfer_id=name)

    do(shop, transfer(" X "))
    with pytest.raises(TransferKnown):
        do(shop, transfer("X\u00a0"))
    assert book.order.captured_minor == 100


@pytest.mark.parametrize(("minor", "is_possible"), [(790, True), (791, False)])
def test_where_store_credit_was_given_the_bank_takes_no_money_that_is_going_back(
    minor: int, *, is_possible: bool
) -> None:
    shop = a_shop()
    a_customer(shop)
    book = paid(shop, ("MUG", 1), customer_id=ANN)
    came = book.order.captured_minor
    credited(shop, book, 500)
    settle(shop, book, to="store_credit")
    credited(shop, book, came - 500 - 790)
    settle(shop, book)
    sent = the(book, Refund)
    assert (sent.way, sent.status, sent.amount_minor) == ("gateway", "pending", came - 500 - 790)

    if is_possible:
        assert kinds(do(shop, told(book, minor))) == ["PaymentChargedBack"]
        return
    with pytest.raises(RefundUnderWay) as refusal:
        do(shop, told(book, minor))
    assert refusal.value.possible == 790
    assert not book.rows(Dispute)

    say(shop, book, sent.request_key)
    assert kinds(do(shop, told(book, minor))) == ["PaymentChargedBack"]
