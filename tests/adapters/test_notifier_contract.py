"""What every notifier must do. Add an adapter to `notifier` to hold it to the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.adapters.notifiers.smtp import SmtpNotifier
from purveyor.ports.errors import KeyReused
from purveyor.ports.notifier import Message, Notifier
from tests.adapters.inbox import open_inbox

HELLO = Message("email", "ada@example.com", "Your order", "Thank you", "<p>Thank you</p>", "en", "order-1")


@pytest.fixture(params=["memory", "file", "smtp"])
async def notifier(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Notifier]:
    if request.param == "smtp":
        async with open_inbox() as inbox:
            inbox.replies["rejected@example.com"] = "550 No such user here"
            smtp = SmtpNotifier("127.0.0.1", inbox.port, "Shop <shop@example.com>")
            yield smtp
            await smtp.close()
        return
    fake = FakeNotifier(":memory:" if request.param == "memory" else tmp_path / "notifier.sqlite")
    yield fake
    fake.close()


async def test_a_message_is_taken_on_under_an_id(notifier: Notifier) -> None:
    delivery = await notifier.send("k", HELLO)

    assert (delivery.key, delivery.outcome, delivery.reason) == ("k", "sent", "")
    assert delivery.provider_id


async def test_the_same_key_gets_the_first_answer_again(notifier: Notifier) -> None:
    first = await notifier.send("k", HELLO)

    assert await notifier.send("k", HELLO) == first
    assert (await notifier.send("other", HELLO)).provider_id != first.provider_id


async def test_the_same_key_with_another_message_is_an_error(notifier: Notifier) -> None:
    first = await notifier.send("k", HELLO)

    with pytest.raises(KeyReused):
        await notifier.send("k", Message("email", "bob@example.com", "Your order", "Thank you"))
    assert await notifier.sent("k") == first


async def test_what_was_sent_is_known(notifier: Notifier) -> None:
    assert await notifier.sent("k") is None

    delivery = await notifier.send("k", HELLO)

    assert await notifier.sent("k") == delivery


async def test_a_recipient_that_does_not_exist_is_rejected_for_good(notifier: Notifier) -> None:
    message = Message("email", "rejected@example.com", "Your order", "Thank you")

    delivery = await notifier.send("k", message)

    assert delivery.outcome == "rejected"
    assert delivery.reason
    assert await notifier.send("k", message) == await notifier.sent("k") == delivery
