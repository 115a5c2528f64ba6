"""Messages and promises on the real database, and the message that is really sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import msgspec
import pytest

from purveyor.adapters.access.fake import FakeAccessSystem
from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.files.fake import FakeFiles
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.core.rows import PrivateText, Stock
from purveyor.core.state import Book, State
from purveyor.db.reader import Reader
from purveyor.engine.jobs import Ports
from purveyor.engine.tables import table_of
from purveyor.ports.notifier import Message as Sent
from purveyor.stages.confirmation.commands import (
    DeliverNotice,
    RecordNotice,
    RetryNotice,
    SendNotice,
    TellOfDelay,
    WriteToCustomer,
)
from purveyor.stages.confirmation.facts import CustomerWrittenTo, NoticeQueued
from purveyor.stages.confirmation.jobs import deliver
from purveyor.stages.confirmation.queries import (
    FIRST,
    message_of_provider,
    messages_of_order,
    orders_at_the_bank,
    orders_told_nothing,
    promises_of_order,
    slipping_promises,
    unanswered_messages,
    undelivered_messages,
)
from purveyor.stages.confirmation.state import Message
from purveyor.stages.payment.commands import StartPayments
from tests.pure import NOON, a_call, a_shop, do, later, order_id, placed
from tests.stages.payment.payment_setup import planned

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


async def keep(pool: Pool, state: State) -> None:
    """Write down whatever is new in a shop in memory."""
    for kind, rows in state.added.items():
        if kind is not Stock and rows:
            table = table_of(kind)
            await pool.copy_records_to_table(table.name, records=table.records(rows), columns=table.columns)
    state.added.clear()


@pytest.fixture
def outside(pool: Pool) -> Ports:
    clock = SimulatedClock(datetime(2026, 3, 2, tzinfo=UTC))
    return Ports(
        gateway=FakeGateway(":memory:", clock),
        files=FakeFiles(Path()),
        carrier=FakeCarrier(":memory:", clock, "EUR"),
        notifier=FakeNotifier(":memory:", clock),
        access=FakeAccessSystem(":memory:"),
        clock=clock,
        read=Reader(pool),
    )


def confirmed(shop: State, **changes: Any) -> tuple[Book, Message]:
    book = placed(shop, ("MUG", 2), ("BOOK", 1), **changes)
    do(shop, SendNotice(order_id=order_id(book), notice="order_confirmed"))
    return book, next(iter(book.rows(Message).values()))


def job_of(message: Message) -> DeliverNotice:
    return DeliverNotice(order_id=message.order_id, message_id=message.id)


def in_the_box(outside: Ports) -> list[Sent]:
    notifier = outside.notifier
    assert isinstance(notifier, FakeNotifier)
    return [each.message for each in notifier.messages()]


async def test_the_customer_reads_what_was_bought(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    book, message = confirmed(shop, language="de")
    await keep(pool, shop)

    answer = await deliver(job_of(message), "job-1", outside)

    assert isinstance(answer, RecordNotice)
    assert answer.outcome == "sent"
    (sent,) = in_the_box(outside)
    assert (sent.to, sent.subject) == ("ann@example.com", f"Ihre Bestellung {book.order.number} ist bestätigt")
    assert "2 x Mug" in sent.text
    assert "2 x Mug" in sent.html


async def test_a_mail_is_signed_with_who_sells(pool: Pool, outside: Ports) -> None:
    await pool.execute(
        "INSERT INTO policy (name, version, data) VALUES ('seller', 1, $1) "
        "ON CONFLICT (name) DO UPDATE SET data = excluded.data",
        {"name": "Beans & Co", "street": "Teststr. 1", "postal_code": "10115", "city": "Berlin"},
    )
    shop = a_shop()
    _, message = confirmed(shop)
    await keep(pool, shop)

    await deliver(job_of(message), "job-1", outside)

    (sent,) = in_the_box(outside)
    assert sent.text.endswith("\n\nBeans & Co\nTeststr. 1, 10115 Berlin\n")
    assert "Beans &amp; Co<br>Teststr. 1, 10115 Berlin" in sent.html


async def test_a_place_is_called_by_its_name(pool: Pool, outside: Ports) -> None:
    await pool.execute(
        "INSERT INTO policy (name, version, data) VALUES ('locations', 1, $1) "
        "ON CONFLICT (name) DO UPDATE SET data = excluded.data",
        [{"code": "main", "name": "Our shop"}, {"code": "north", "name": "North"}],
    )
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, SendNotice(order_id=order_id(book), notice="ready_to_collect", details={"location": "main"}))
    do(shop, SendNotice(order_id=order_id(book), notice="ready_to_collect", details={"location": "gone"}))
    await keep(pool, shop)
    await pool.execute(
        """
        INSERT INTO collection (parcel_id, order_id, location, status, code, wrong_codes, contents, ready_at, reminders)
        VALUES (gen_random_uuid(), $1, 'main', 'waiting', '', 0, '[]', now(), 0)
        """,
        order_id(book),
    )
    for message in book.rows(Message).values():
        await deliver(job_of(message), "job-1", outside)

    assert ["Where: Our shop" in sent.text for sent in in_the_box(outside)] == [True, False]
    assert "Where: gone" in in_the_box(outside)[1].text


async def test_a_message_is_sent_once_even_when_the_order_has_changed_since(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    book, message = confirmed(shop)
    await keep(pool, shop)
    first = await deliver(job_of(message), "job-1", outside)
    await pool.execute("UPDATE orders SET total_minor = 1 WHERE id = $1", order_id(book))

    again = await deliver(job_of(message), "job-2", outside)
    assert first is not None
    assert "€38.60" in first.text
    assert again == msgspec.structs.replace(first, text="")  # what was sent then, nobody knows any more
    assert len(in_the_box(outside)) == 1


async def test_an_erased_address_gets_nothing(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    _, message = confirmed(shop)
    await keep(pool, shop)
    await pool.execute("UPDATE contact SET erased = true, email = '', name = ''")

    answer = await deliver(job_of(message), "job-1", outside)

    assert isinstance(answer, RecordNotice)
    assert (answer.outcome, answer.reason) == ("failed", "the address was erased")
    assert in_the_box(outside) == []


def written(shop: State, text: str, **changes: Any) -> tuple[Message, PrivateText]:
    """A message in words of our own, for each channel one; the first of them."""
    book = placed(shop, ("MUG", 1), **changes)
    (fact,) = do(shop, WriteToCustomer(order_id=order_id(book), text=text))
    assert isinstance(fact, CustomerWrittenTo)
    do(
        shop,
        SendNotice(order_id=order_id(book), notice="message_from_us", details={"words_text_id": str(fact.text_id)}),
    )
    return next(iter(book.rows(Message).values())), shop.shared[PrivateText][fact.text_id]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "A message about order {}"),
        ("de", "Eine Nachricht zu Bestellung {}"),
        ("es", "Un mensaje sobre el pedido {}"),
        ("pt", "Uma mensagem sobre a encomenda {}"),
    ],
)
async def test_the_customer_reads_what_staff_wrote(pool: Pool, outside: Ports, language: str, subject: str) -> None:
    shop = a_shop()
    message, _ = written(shop, "The fair is over:\nit leaves <today> {number}.\n\nSorry.", language=language)
    await keep(pool, shop)

    answer = await deliver(job_of(message), "job-1", outside)

    assert answer is not None
    (sent,) = in_the_box(outside)
    assert sent.subject == subject.format(shop.book(message.order_id).order.number)
    assert "\n\nThe fair is over:\nit leaves <today> {number}.\n\nSorry.\n\n" in sent.text
    assert "The fair is over:<br>it leaves &lt;today&gt; {number}.<br><br>Sorry." in sent.html
    assert "The fair is over:\nit leaves <today> {number}." in answer.text, "the kept copy says it too"


async def test_words_that_were_erased_meanwhile_are_not_sent(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    message, text = written(shop, "It leaves today.")
    text.text, text.erased = "", True
    gone, _ = written(shop, "It left yesterday.")
    await keep(pool, shop)
    await pool.execute("DELETE FROM private_text WHERE order_id = $1", gone.order_id)

    for each in (message, gone):
        answer = await deliver(job_of(each), "job-1", outside)
        assert isinstance(answer, RecordNotice)
        assert (answer.outcome, answer.reason) == ("failed", "the text was erased")
    assert in_the_box(outside) == []


async def test_a_message_that_is_settled_is_left_alone(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    book, message = confirmed(shop)
    do(shop, RecordNotice(order_id=order_id(book), message_id=message.id, outcome="sent", provider_id="p-1"))
    await keep(pool, shop)

    assert await deliver(job_of(message), "job-1", outside) is None
    assert await deliver(DeliverNotice(order_id=order_id(book), message_id=FIRST), "job-2", outside) is None
    found = await message_of_provider(outside.read, "p-1")
    assert found is not None
    assert found.id == message.id
    assert await message_of_provider(outside.read, "") is None


async def test_what_nobody_has_answered_is_found_after_an_hour(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    _, message = confirmed(shop)
    await keep(pool, shop)

    assert await unanswered_messages(outside.read, later(minutes=59), 10) == []
    (due,) = await unanswered_messages(outside.read, later(hours=1), 10)
    assert due.command == RetryNotice(order_id=message.order_id, message_id=message.id, attempt=1)


async def test_who_was_told_what_and_who_was_not(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    silent = placed(shop, ("MUG", 1))
    book, message = confirmed(shop)
    do(shop, RecordNotice(order_id=order_id(book), message_id=message.id, outcome="failed", reason="no mailbox"))
    await keep(pool, shop)

    (seen,) = await messages_of_order(outside.read, order_id(book))
    assert (seen.notice, seen.status, seen.reason) == ("order_confirmed", "failed", "no mailbox")
    assert await undelivered_messages(outside.read) == [seen]
    assert await undelivered_messages(outside.read, after=(seen.queued_at, seen.id)) == []
    told_nothing = await orders_told_nothing(outside.read, (later(days=1), FIRST), later(days=-1))
    assert [order.id for order in told_nothing] == [order_id(silent)]


@pytest.mark.parametrize(("outcome", "is_found"), [("dropped", True), ("sent", False), ("failed", False), ("", False)])
async def test_whose_only_message_was_over_is_told_that_the_order_came(
    pool: Pool, outside: Ports, outcome: str, *, is_found: bool
) -> None:
    shop = a_shop()
    book = planned(shop, ("MUG", 1))
    do(shop, StartPayments(order_id=order_id(book)))
    (told,) = do(shop, SendNotice(order_id=order_id(book), notice="order_on_hold"))
    assert isinstance(told, NoticeQueued)
    if outcome:
        do(shop, RecordNotice(order_id=order_id(book), message_id=told.message_id, outcome=outcome))  # type: ignore[arg-type]
    await keep(pool, shop)

    assert await orders_at_the_bank(outside.read, later(minutes=1), 10) == []
    due = await orders_at_the_bank(outside.read, later(minutes=2), 10)

    assert bool(due) is is_found
    for each in due:
        (queued,) = do(shop, each.command)
        assert isinstance(queued, NoticeQueued)
        assert queued.notice == "order_received"
    await keep(pool, shop)
    assert await orders_at_the_bank(outside.read, later(minutes=3), 10) == []


async def test_a_promise_that_will_not_be_kept_is_found_once(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    await keep(pool, shop)
    promised_at = later(days=4)

    assert await slipping_promises(outside.read, later(hours=83), 10) == []
    (due,) = await slipping_promises(outside.read, later(hours=84), 10)
    assert due.command == TellOfDelay(order_id=order_id(book), promised_at=promised_at)
    assert [promise.kept for promise in await promises_of_order(outside.read, order_id(book))] == [None]
    assert await slipping_promises(outside.read, later(days=35), 10) == []

    do(shop, due.command, a_call(later(hours=84)))
    await keep(pool, shop)
    assert await slipping_promises(outside.read, later(hours=85), 10) == []
    (promise,) = await promises_of_order(outside.read, order_id(book))
    assert (promise.kept, promise.promised_at, promise.told_at) == (False, promised_at, later(hours=84))


async def test_what_has_left_is_not_late(pool: Pool, outside: Ports) -> None:
    shop = a_shop()
    placed(shop, ("MUG", 1)).order.fulfillment_status = "shipped"
    await keep(pool, shop)

    assert await slipping_promises(outside.read, later(days=4), 10) == []
    assert later(days=4) > NOON


@pytest.mark.parametrize(("zone", "day"), [("", "March 5"), ("Asia/Tokyo", "March 6")])
async def test_a_promise_is_told_as_a_day_of_the_shops_zone(pool: Pool, outside: Ports, zone: str, day: str) -> None:
    shop = a_shop()
    _, message = confirmed(shop, placed_at=datetime(2026, 3, 1, 16, tzinfo=UTC))
    await keep(pool, shop)
    await pool.execute("INSERT INTO policy VALUES ('calendar', 1, $1)", {"zone": zone} if zone else {"country": "DE"})

    await deliver(job_of(message), "job-1", outside)
    (sent,) = in_the_box(outside)
    assert f"{day}, 2026" in sent.text


@pytest.mark.parametrize(("today", "is_promised"), [(4, True), (6, False)])
async def test_a_day_that_is_over_is_promised_to_nobody(
    pool: Pool, outside: Ports, today: int, is_promised: bool
) -> None:
    shop = a_shop()
    _, message = confirmed(shop, placed_at=datetime(2026, 3, 1, 16, tzinfo=UTC))
    await keep(pool, shop)

    late = msgspec.structs.replace(outside, clock=SimulatedClock(datetime(2026, 3, today, tzinfo=UTC)))
    await deliver(job_of(message), "job-1", late)

    (sent,) = in_the_box(outside)
    assert ("March 5" in sent.text) is is_promised
