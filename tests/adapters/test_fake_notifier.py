"""How the simulated mail and SMS provider misbehaves, and that it shows what it sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.notifiers.fake import FakeNotifier, NotifierScript, SentMessage
from purveyor.ports.errors import NotifierUnavailable
from purveyor.ports.notifier import Message

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HELLO = Message("email", "ada@example.com", "Your order", "Thank you", about="order-1")
SMS = Message("sms", "+4940123456", "", "On its way", about="order-2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notifier.sqlite"


@pytest.fixture
def notifier(path: Path) -> Iterator[FakeNotifier]:
    fake = FakeNotifier(path, SimulatedClock(START))
    yield fake
    fake.close()


async def test_it_shows_what_it_sent_oldest_first(notifier: FakeNotifier) -> None:
    first = await notifier.send("z", HELLO)
    second = await notifier.send("a", SMS)
    await notifier.send("z", HELLO)

    assert notifier.messages() == [
        SentMessage("z", first.provider_id, START, HELLO),
        SentMessage("a", second.provider_id, START, SMS),
    ]
    assert [sent.message for sent in notifier.messages("order-2")] == [SMS]


async def test_a_message_whose_answer_is_lost_was_sent_once(notifier: FakeNotifier) -> None:
    notifier.tell(NotifierScript(timeout_after_calls=1))

    with pytest.raises(NotifierUnavailable):
        await notifier.send("k", HELLO)
    await notifier.send("k", HELLO)

    assert len(notifier.messages("order-1")) == 1


async def test_a_message_that_never_arrived_was_not_sent(notifier: FakeNotifier) -> None:
    notifier.tell(NotifierScript(timeout_before_calls=1))

    with pytest.raises(NotifierUnavailable):
        await notifier.send("k", HELLO)

    assert await notifier.sent("k") is None
    assert notifier.messages() == []


async def test_a_share_is_rejected_and_not_sent(notifier: FakeNotifier) -> None:
    notifier.tell(NotifierScript(rejects=0.5))

    outcomes = [(await notifier.send(f"k{n}", HELLO)).outcome for n in range(100)]

    assert 30 <= outcomes.count("rejected") <= 70
    assert len(notifier.messages()) == outcomes.count("sent")


async def test_an_outage_told_by_another_process_stops_everything(notifier: FakeNotifier, path: Path) -> None:
    control = FakeNotifier(path)
    control.tell(NotifierScript(unavailable=True))

    with pytest.raises(NotifierUnavailable):
        await notifier.send("k", HELLO)
    with pytest.raises(NotifierUnavailable):
        await notifier.sent("k")

    control.tell(NotifierScript())
    assert control.messages() == []
    assert (await notifier.send("k", HELLO)).outcome == "sent"
    control.close()
