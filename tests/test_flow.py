"""What follows what, where it is not a matter of one room: on a shop in memory, with all that follows."""

from __future__ import annotations

from purveyor.core.rules import FOLLOWS
from purveyor.core.state import Book
from purveyor.stages.confirmation.commands import SendNotice
from purveyor.stages.payment.commands import ChaseLink
from purveyor.stages.payment.state import Payment
from purveyor.stages.review.facts import HoldReleased, OrderApproved
from purveyor.stages.review.state import open_holds
from purveyor.stages.shipping.commands import RetryLabel
from tests.pure import an_order_for, later
from tests.simulation.people import People
from tests.simulation.world import World


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
