"""Jobs against a gateway that misbehaves, and the asking that follows: never a second charge, never a lost one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

import pytest

from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.core.messages import Command, Fact, Job
from purveyor.core.money import Money
from purveyor.core.state import Book, State
from purveyor.engine.jobs import JOB_HANDLERS, Ports
from purveyor.ports.errors import GatewayUnavailable
from purveyor.stages.payment import commands as payment, facts
from purveyor.stages.payment.rows import Capture, Payment, Refund
from tests.pure import NOON, a_call, a_shop, do, later
from tests.stages.payment.payment_setup import adds_up, credited, plan_with, planned, settle, shipped, the


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    yield fake
    fake.close()


def job_of(fact: Fact, book: Book) -> Job | None:
    """What the flow asks for after a fact."""
    given: Any = fact
    money = Money(getattr(fact, "amount_minor", 0), "EUR")
    order_id = book.order.id
    match fact:
        case facts.AuthorizationRequested():
            return payment.AuthorizeAtGateway(
                order_id=order_id,
                payment_id=given.payment_id,
                key=given.key,
                amount=money,
                source=given.source,
                about="1",
            )
        case facts.CaptureRequested() | facts.RefundRequested():
            kind = payment.CaptureAtGateway if isinstance(fact, facts.CaptureRequested) else payment.RefundAtGateway
            return kind(
                order_id=order_id, payment_id=given.payment_id, key=given.key, reference=given.reference, amount=money
            )
        case facts.VoidRequested():
            return payment.VoidAtGateway(
                order_id=order_id, payment_id=given.payment_id, key=given.key, reference=given.reference
            )
        case facts.GatewayAsked():
            return payment.LookUpAtGateway(order_id=order_id, payment_id=given.payment_id, key=given.key)
        case facts.RequestRepeated(verb="authorize"):
            return payment.AuthorizeAtGateway(
                order_id=order_id,
                payment_id=given.payment_id,
                key=given.key,
                amount=money,
                source=given.source,
                about="1",
            )
        case _:
            return None


async def run(state: State, book: Book, gateway: FakeGateway, made: list[Fact], at: datetime = NOON) -> list[Fact]:
    """Do the jobs that follow, and what follows from their answers."""
    outside = cast("Ports", type("Out", (), {"gateway": gateway}))
    news: list[Fact] = []
    waiting = list(made)
    while waiting:
        job = job_of(waiting.pop(0), book)
        if job is None:
            continue
        command = await JOB_HANDLERS[type(job)](job, "job", outside)
        assert isinstance(command, Command)
        came = do(state, command, a_call(at))
        news += came
        waiting += came
    return news


async def started_with(state: State, gateway: FakeGateway, source: str) -> tuple[Book, list[Fact]]:
    book = planned(state, ("MUG", 1))
    the(book, Payment).source = source
    news = await run(state, book, gateway, do(state, payment.StartPayments(order_id=book.order.id)))
    return book, news


def ask(state: State, book: Book, key: str, minutes: float) -> list[Fact]:
    command = payment.AskGateway(order_id=book.order.id, payment_id=the(book, Payment).id, key=key)
    return do(state, command, a_call(later(minutes=minutes)))


async def test_a_good_card_is_held_captured_and_refunded_once(gateway: FakeGateway) -> None:
    shop = a_shop()
    book, _ = await started_with(shop, gateway, "tok")
    await run(shop, book, gateway, shipped(shop, book, 1))
    credited(shop, book, 500)
    await run(shop, book, gateway, settle(shop, book))

    (charge,) = gateway.charges()
    assert (charge.captured.minor, charge.refunded.minor) == (1_680, 500)
    assert (book.order.captured_minor, book.order.refunded_minor) == (1_680, -500)
    adds_up(book)


@pytest.mark.parametrize("source", ["card-timeout-before", "card-timeout-after"])
async def test_a_timeout_ends_in_one_charge_whether_or_not_the_gateway_had_done_it(
    gateway: FakeGateway, source: str
) -> None:
    shop = a_shop()
    book, _ = await started_with(shop, gateway, source)
    row = the(book, Payment)
    assert (row.status, book.order.authorized_minor) == ("in_doubt", 0)

    minutes = 1.0
    while row.status != "authorized":
        await run(shop, book, gateway, ask(shop, book, row.request_key, minutes), later(minutes=minutes))
        minutes *= 3
        assert minutes < 1_000

    (charge,) = gateway.charges()
    assert charge.authorized.minor == 1_680 == book.order.authorized_minor
    adds_up(book)


async def test_a_declined_card_costs_nobody_anything(gateway: FakeGateway) -> None:
    book, news = await started_with(a_shop(), gateway, "card-declined")

    assert isinstance(news[0], facts.PaymentDeclined)
    assert gateway.charges() == []
    assert book.order.authorized_minor == 0


async def test_a_gateway_that_is_down_is_trouble_and_the_payment_waits(gateway: FakeGateway) -> None:
    shop = a_shop()
    with pytest.raises(GatewayUnavailable):
        await started_with(shop, gateway, "card-unavailable")

    (book,) = shop.books.values()
    row = the(book, Payment)
    assert row.status == "authorizing"
    await run(shop, book, gateway, ask(shop, book, row.request_key, 2))
    assert row.status == "authorized"


async def test_a_challenge_leads_to_the_bank_and_back(gateway: FakeGateway) -> None:
    shop = a_shop()
    book, news = await started_with(shop, gateway, "card-3ds")
    assert isinstance(news[0], facts.PaymentActionRequired)
    gateway.answer_challenge(the(book, Payment).reference, passed=True)

    back = payment.CompleteAction(order_id=book.order.id, payment_id=the(book, Payment).id)
    await run(shop, book, gateway, do(shop, back))

    assert book.order.authorized_minor == 1_680
    adds_up(book)


async def test_a_capture_and_a_refund_that_fail_are_said_so(gateway: FakeGateway) -> None:
    shop = a_shop()
    book, _ = await started_with(shop, gateway, "card-capture-declined")
    await run(shop, book, gateway, shipped(shop, book, 1))
    assert (the(book, Capture).status, the(book, Capture).reason) == ("failed", "authorization_expired")

    book, _ = await started_with(shop, gateway, "card-refund-declined")
    await run(shop, book, gateway, shipped(shop, book, 1))
    credited(shop, book, 500)
    await run(shop, book, gateway, settle(shop, book))
    assert (the(book, Refund).status, book.order.refunded_minor) == ("failed", 0)
    assert plan_with(shop, book, (("card", 1),)) == []


async def test_what_nobody_waits_for_is_let_go(gateway: FakeGateway) -> None:
    shop = a_shop()
    book, _ = await started_with(shop, gateway, "tok")
    row = the(book, Payment)
    job = payment.VoidAbandonedAtGateway(order_id=book.order.id, payment_id=row.id, key="k", reference=row.reference)

    outside = cast("Ports", type("Out", (), {"gateway": gateway}))
    for _ in range(2):
        assert await JOB_HANDLERS[type(job)](job, "job", outside) is None

    assert gateway.charges()[0].released.minor == 1_680
