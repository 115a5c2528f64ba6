"""A refund counts toward what one person gives in a day, unless two had agreed to what caused it: then that counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from purveyor.core.ids import made_at
from purveyor.core.messages import Stamp
from purveyor.core.positions import Counted
from purveyor.core.rows import MoneyHour
from purveyor.core.state import Book, State
from purveyor.engine.cascade import apply_fact
from purveyor.stages.payment import facts
from purveyor.stages.payment.commands import ApproveMoneyAct, CreditAmount, SettleBalance
from purveyor.stages.payment.rows import Invoice, MoneyRequest, Payment, Refund
from tests.pure import NOON, a_call, a_shop, an_order_for, do, eur
from tests.simulation.random_actions import People
from tests.stages.payment.payment_setup import the
from tests.stages.payment.test_disputes import paid, told
from tests.test_debts_given_up import transfer

ANN, BERT = "staff:ann", "staff:bert"


def agreed(shop: State, book: Book, at: datetime) -> MoneyRequest:
    """Ann has asked for a credit, and Bert has said yes."""
    request_id = a_call().ids.new()
    asked = facts.MoneyActRequested(
        order_id=book.order.id, request_id=request_id, what="credit", amount_minor=500, invoice_id=None, why="late"
    )
    apply_fact(shop, asked, Stamp(at, ANN))
    approved = facts.MoneyActApproved(order_id=book.order.id, request_id=request_id, what="credit")
    apply_fact(shop, approved, Stamp(at, BERT))
    return book.rows(MoneyRequest)[request_id]


def credited(shop: State, book: Book, actor: str, at: datetime, **how: object) -> Refund:
    do(shop, CreditAmount(order_id=book.order.id, amount=eur(500), reason="late"), a_call(actor=actor, at=at))
    do(shop, SettleBalance(order_id=book.order.id, **how), a_call(actor=actor, at=at))  # type: ignore[arg-type]
    refund: Refund = the(book, Refund)
    return refund


def given_again(shop: State, book: Book, at: datetime) -> tuple[Counted, ...]:
    """What does not count any more when the bank gives all of the money back itself."""
    for fact in do(shop, told(book, the(book, Payment, 0).captured_minor), a_call(actor="job:bank", at=at)):
        if isinstance(fact, facts.RefundTakenBack):
            return fact.counts
    raise AssertionError("no refund was taken back")


def waiting(shop: State, book: Book, **how: object) -> Refund:
    """A refund of Bert's that nobody has sent yet: the bank can take its place."""
    refund = credited(shop, book, BERT, NOON, **how)
    refund.status = "failed"
    return refund


def test_an_unrelated_refund_of_the_same_moment_has_counted() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    agreed(shop, book, NOON)
    refund = waiting(shop, book)
    assert (refund.requested_by, refund.counted, refund.approval_id) == (BERT, True, None)

    assert sorted({each.minor for each in given_again(shop, book, NOON)}) == [-500]


def test_a_refund_that_two_had_agreed_to_has_not_however_late_it_comes() -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    act = agreed(shop, book, NOON - timedelta(seconds=30))
    refund = waiting(shop, book, is_approved=True, approval_id=act.id)
    assert (refund.requested_by, refund.counted, refund.approval_id) == (BERT, False, act.id)
    credited(shop, paid(shop, ("MUG", 1)), BERT, NOON)  # of another order, and it counts in the same hour
    before = [row.minor for row in shop.shared[MoneyHour].values()]

    assert given_again(shop, book, NOON) == ()
    assert [row.minor for row in shop.shared[MoneyHour].values()] == before


@pytest.mark.parametrize(("seconds", "counts"), [(0, False), (30, True)])
def test_a_refund_from_before_it_was_said_is_judged_by_its_moment(seconds: int, counts: bool) -> None:
    shop = a_shop()
    book = paid(shop, ("MUG", 1))
    refund = waiting(shop, book)
    refund.counted = None
    agreed(shop, book, made_at(refund.id) - timedelta(seconds=seconds))

    assert bool(given_again(shop, book, NOON)) is counts


def test_what_follows_an_approval_says_which_one() -> None:
    people = People()
    people.open()
    world = people.world
    policies = world.state.policies
    limits = msgspec.structs.replace(policies.payment, refund_limit_minor=1_000)
    world.state.policies = msgspec.structs.replace(policies, payment=limits)
    [customer_id] = world.pools[None].seen["customer_id"]
    assert world.do(an_order_for(("BOOK", 2), customer_id=customer_id, terms="invoice"))
    [book] = world.state.books.values()
    assert world.do(CreditAmount(order_id=book.order.id, amount=eur(2_000), reason="late"), ANN)
    [act] = book.rows(MoneyRequest).values()
    [invoice] = book.rows(Invoice).values()
    transfer(world, invoice, invoice.total_minor)

    assert world.do(ApproveMoneyAct(order_id=book.order.id, request_id=act.id), BERT)

    [refund] = book.rows(Refund).values()
    assert (refund.requested_by, refund.counted, refund.approval_id) == (BERT, False, act.id)
    world.check_replay()
