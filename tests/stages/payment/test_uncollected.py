"""What nobody collects any more is asked for once, whole, and not while something may still bring it in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from purveyor.core.messages import Command
from purveyor.core.rows import Line, Order, Row
from purveyor.db.reader import Reader
from purveyor.engine.tables import table_of
from purveyor.stages.payment.queries import uncollected_invoices
from purveyor.stages.payment.rows import Capture, Invoice, Payment
from purveyor.stages.support.state import Case
from tests.stages.payment.test_at_the_door import FEE, SHIPPING, Courier, a_first_parcel_that_came_back

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
OPEN = SHIPPING + FEE
LINK, CAPTURE = UUID(int=71), UUID(int=72)


def a_link(courier: Courier, minor: int, status: str = "offered") -> Payment:
    """The customer is asked for so much of it by link."""
    link = Payment(LINK, courier.book.order.id, "card", minor, "", status)
    courier.book.add(link)
    return link


def being_taken(courier: Courier, minor: int) -> Capture:
    card = a_link(courier, minor, "authorized")
    card.authorized_minor = minor
    capture = Capture(CAPTURE, courier.book.order.id, card.id, None, minor, "pending")
    courier.book.add(capture)
    return capture


def test_while_a_link_may_bring_in_a_part_nothing_is_asked_for() -> None:
    courier = a_first_parcel_that_came_back()
    link = a_link(courier, 300)

    assert courier.make_due().due_at is None
    assert courier.told() == []

    link.status = "voided"

    assert courier.make_due().due_at is not None
    assert courier.told() == [("invoice_open", "8.23 EUR")]


def test_while_a_part_is_being_taken_nothing_is_asked_for() -> None:
    courier = a_first_parcel_that_came_back()
    capture = being_taken(courier, 300)

    assert courier.make_due().due_at is None
    assert courier.told() == []

    capture.status = "failed"
    courier.book.rows(Payment)[LINK].status = "failed"

    assert courier.make_due().due_at is not None
    assert courier.told() == [("invoice_open", "8.23 EUR")]


def test_two_invoices_with_lost_goods_open_one_case() -> None:
    courier = Courier(("FULL", 2, 1_000))
    for parcel in (courier.send(1), courier.send(1)):
        courier.lose(parcel)

    assert [courier.make_due(number).due_at for number in (0, 1)] == [None, None]
    assert [case.topic for case in courier.book.rows(Case).values()].count("delivery") == 1


def test_when_that_case_is_closed_another_one_may_be_opened() -> None:
    courier = Courier(("FULL", 1, 1_000))
    courier.lose(courier.send(1))
    courier.make_due()
    for case in courier.book.rows(Case).values():
        case.status = "closed"

    courier.make_due()

    assert [case.topic for case in courier.book.rows(Case).values()].count("delivery") == 2


# the sweep


async def write_down(pool: Pool, courier: Courier) -> None:
    """The rows of the order that the sweep reads, as they are now."""
    book = courier.book
    book.order.stage = "payment"  # as soon as its mails are sent
    await put(pool, Order, [book.order])
    await put(pool, Line, book.lines.values())
    await put(pool, Invoice, book.rows(Invoice).values())
    await put(pool, Payment, book.rows(Payment).values())
    await put(pool, Capture, book.rows(Capture).values())


async def put(pool: Pool, kind: type[Row], rows: Iterable[Row]) -> None:
    table = table_of(kind)
    await pool.execute(f"DELETE FROM {table.name}")
    await pool.copy_records_to_table(table.name, records=table.records(rows), columns=table.columns)


async def found(pool: Pool, courier: Courier) -> list[tuple[str, Command]]:
    await write_down(pool, courier)
    now = courier.sale.world.now + timedelta(days=2)
    return [(each.key, each.command) for each in await uncollected_invoices(Reader(pool, "UTC"), now, 100)]


@pytest.mark.parametrize("status", ["offered", "authorizing", "action_required", "in_doubt", "authorized"])
async def test_what_a_card_may_bring_in_is_not_looked_at(pool: Pool, status: str) -> None:
    courier = a_first_parcel_that_came_back()
    [(_, asked)] = await found(pool, courier)
    link = a_link(courier, OPEN, status)
    link.authorized_minor = OPEN if status == "authorized" else 0

    assert await found(pool, courier) == []

    link.status = "voided"

    assert [command for _, command in await found(pool, courier)] == [asked]


async def test_what_is_being_taken_is_not_looked_at(pool: Pool) -> None:
    courier = a_first_parcel_that_came_back()
    capture = being_taken(courier, 300)
    courier.book.rows(Payment)[LINK].status = "captured"

    assert await found(pool, courier) == []

    capture.status = "failed"

    assert len(await found(pool, courier)) == 1


async def test_it_is_asked_again_when_something_else_is_owed(pool: Pool) -> None:
    courier = a_first_parcel_that_came_back()
    [(first, _)] = await found(pool, courier)
    assert [key for key, _ in await found(pool, courier)] == [first]

    courier.book.order.receivable_minor -= 100

    [(second, _)] = await found(pool, courier)
    assert second != first
