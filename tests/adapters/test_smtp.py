"""E-mail over a real SMTP server on localhost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from purveyor.adapters.notifiers.smtp import SmtpNotifier
from purveyor.ports.errors import NotifierUnavailable
from purveyor.ports.notifier import Message
from tests.adapters.inbox import Inbox, open_inbox

HELLO = Message("email", "ada@example.com", "Deine Bestellung ✓", "Schönen Dank", "<p>Schönen Dank</p>", "de")


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with open_inbox() as opened:
        yield opened


@pytest.fixture
async def notifier(inbox: Inbox) -> AsyncIterator[SmtpNotifier]:
    smtp = SmtpNotifier("127.0.0.1", inbox.port, "Shop <shop@shop.example>", connections=2)
    yield smtp
    await smtp.close()


async def test_the_mail_arrives_as_it_was_written(notifier: SmtpNotifier, inbox: Inbox) -> None:
    delivery = await notifier.send("k", HELLO)

    (mail,) = inbox.mails
    assert inbox.recipients == [["ada@example.com"]]
    assert mail["From"] == "Shop <shop@shop.example>"
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "Deine Bestellung ✓"
    assert mail["Content-Language"] == "de"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == delivery.provider_id == notifier.message_id("k")
    assert delivery.provider_id.endswith("@shop.example>")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Schönen Dank"
    assert html.get_content().strip() == "<p>Schönen Dank</p>"


async def test_a_message_without_html_is_plain_text(notifier: SmtpNotifier, inbox: Inbox) -> None:
    await notifier.send("k", Message("email", "ada@example.com", "Hi", "Only text"))

    assert inbox.mails[0].get_content_type() == "text/plain"


async def test_one_key_is_one_mail_even_at_the_same_time(notifier: SmtpNotifier, inbox: Inbox) -> None:
    deliveries = await asyncio.gather(*(notifier.send("k", HELLO) for _ in range(5)))

    assert len(inbox.mails) == 1
    assert len(set(map(str, deliveries))) == 1


async def test_many_mails_go_over_the_kept_connections(notifier: SmtpNotifier, inbox: Inbox) -> None:
    await asyncio.gather(*(notifier.send(f"k{n}", HELLO) for n in range(20)))

    assert len({mail["Message-ID"] for mail in inbox.mails}) == 20


async def test_another_process_sends_a_copy_with_the_same_id(notifier: SmtpNotifier, inbox: Inbox) -> None:
    await notifier.send("k", HELLO)
    after_a_crash = SmtpNotifier("127.0.0.1", inbox.port, "Shop <shop@shop.example>")
    await after_a_crash.send("k", HELLO)
    await after_a_crash.close()

    assert [mail["Message-ID"] for mail in inbox.mails] == [notifier.message_id("k")] * 2


async def test_it_forgets_the_oldest_keys(inbox: Inbox) -> None:
    notifier = SmtpNotifier("127.0.0.1", inbox.port, "shop@shop.example", memory=2)
    for key in ("a", "b", "c"):
        await notifier.send(key, HELLO)
    await notifier.close()

    assert await notifier.sent("a") is None
    assert await notifier.sent("b") is not None
    assert await notifier.sent("c") is not None


@pytest.mark.parametrize(("reply", "is_rejected"), [("550 No such user", True), ("450 Mailbox busy", False)])
async def test_a_refused_recipient_is_rejected_for_good_or_tried_again(
    notifier: SmtpNotifier, inbox: Inbox, reply: str, is_rejected: bool
) -> None:
    inbox.replies["ada@example.com"] = reply
    if is_rejected:
        delivery = await notifier.send("k", HELLO)
        assert (delivery.outcome, delivery.reason) == ("rejected", reply)
    else:
        with pytest.raises(NotifierUnavailable, match="Mailbox busy"):
            await notifier.send("k", HELLO)
        inbox.replies.clear()
        assert (await notifier.send("k", HELLO)).outcome == "sent"


@pytest.mark.parametrize(("reply", "is_rejected"), [("554 Looks like spam", True), ("451 Try again", False)])
async def test_a_refused_message_is_rejected_for_good_or_tried_again(
    notifier: SmtpNotifier, inbox: Inbox, reply: str, is_rejected: bool
) -> None:
    inbox.data_replies = [reply]
    if is_rejected:
        assert (await notifier.send("k", HELLO)).outcome == "rejected"
    else:
        with pytest.raises(NotifierUnavailable, match="Try again"):
            await notifier.send("k", HELLO)
        assert (await notifier.send("k", HELLO)).outcome == "sent"
        assert len(inbox.mails) == 1


async def test_a_lost_answer_is_trouble_and_the_copy_has_the_same_id(notifier: SmtpNotifier, inbox: Inbox) -> None:
    inbox.data_replies = [""]

    with pytest.raises(NotifierUnavailable):
        await notifier.send("k", HELLO)
    assert await notifier.sent("k") is None
    assert (await notifier.send("k", HELLO)).outcome == "sent"

    assert [mail["Message-ID"] for mail in inbox.mails] == [notifier.message_id("k")] * 2


async def test_no_server_is_trouble_until_there_is_one() -> None:
    async with open_inbox() as gone:
        port = gone.port
    notifier = SmtpNotifier("127.0.0.1", port, "shop@shop.example", connections=1)

    with pytest.raises(NotifierUnavailable):
        await notifier.send("k", HELLO)

    async with open_inbox(port) as inbox:
        assert (await notifier.send("k", HELLO)).outcome == "sent"
        assert len(inbox.mails) == 1
        await notifier.close()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, bob@example.com",
        "@",
        "a b@c.de",
        "ann@example.com;",
        "<ann@example.com>",
        "ann..b@example.com",
    ],
)
async def test_what_is_not_one_address_is_rejected_and_not_sent(notifier: SmtpNotifier, inbox: Inbox, to: str) -> None:
    assert (await notifier.send("k", Message("email", to, "Hi", "Text"))).outcome == "rejected"
    assert inbox.mails == []


async def test_a_subject_cannot_add_headers(notifier: SmtpNotifier, inbox: Inbox) -> None:
    await notifier.send("k", Message("email", "ada@example.com", "Hi\r\nBcc: eve@example.com", "Text"))

    assert inbox.mails[0]["Subject"] == "Hi Bcc: eve@example.com"
    assert inbox.mails[0]["Bcc"] is None
    assert inbox.recipients == [["ada@example.com"]]


async def test_a_text_with_lone_dots_arrives_whole(notifier: SmtpNotifier, inbox: Inbox) -> None:
    await notifier.send("k", Message("email", "ada@example.com", "Hi", "one\n.\ntwo\n"))

    assert inbox.mails[0].get_content().splitlines() == ["one", ".", "two"]


async def test_an_sms_is_not_for_a_mail_server(notifier: SmtpNotifier, inbox: Inbox) -> None:
    assert (await notifier.send("k", Message("sms", "+4940123456", "", "Text"))).outcome == "rejected"
    assert inbox.mails == []


async def test_a_domain_in_any_script_needs_nothing_of_the_mail_server() -> None:
    async with open_inbox(smtputf8=False) as inbox:
        notifier = SmtpNotifier("127.0.0.1", inbox.port, "shop@shop.example", connections=1)

        assert (await notifier.send("k", Message("email", "ann@exämple.de", "Hi", "Text"))).outcome == "sent"
        assert inbox.recipients == [["ann@xn--exmple-cua.de"]]
        await notifier.close()


async def test_a_name_before_the_at_that_is_not_ascii_is_said_to_need_more_of_the_mail_server() -> None:
    async with open_inbox(smtputf8=False) as inbox:
        notifier = SmtpNotifier("127.0.0.1", inbox.port, "shop@shop.example", connections=1)

        delivery = await notifier.send("k", Message("email", "änn@example.com", "Hi", "Text"))
        assert delivery.outcome == "rejected"
        assert "SMTPUTF8" in delivery.reason
        assert "before the @" in delivery.reason
        await notifier.close()


async def test_a_mail_server_with_smtputf8_takes_any_name(notifier: SmtpNotifier, inbox: Inbox) -> None:
    assert (await notifier.send("k", Message("email", "änn@exämple.de", "Hi", "Text"))).outcome == "sent"
    assert inbox.recipients == [["änn@xn--exmple-cua.de"]]
