"""The rules of confirmation: who is told what, by which channel, and once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from purveyor.core.calendars import local_day
from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Contact, Customer, PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.confirmation.commands import (
    AcknowledgeOrder,
    NotePageSeen,
    RecordNotice,
    RecordNoticeEvent,
    ResendNotice,
    RetryNotice,
    RevokeLinks,
    SendNotice,
    TellOfDelay,
    WriteToCustomer,
)
from purveyor.stages.confirmation.facts import (
    CustomerWrittenTo,
    LinksRevoked,
    NoticeBounced,
    NoticeDropped,
    NoticeFailed,
    NoticeOpened,
    NoticeQueued,
    NoticeRetried,
    NoticeSent,
    PageSeen,
    PromiseSettled,
    PromiseSlipped,
)
from purveyor.stages.confirmation.state import Message, OrderLink, Promise

NEAR: Final = timedelta(hours=12)  # what has not left the house so shortly before will not be there in time
MOST_ATTEMPTS: Final = 5
HAVE_IT: Final = frozenset({"delivered", "ready_to_collect", "collected"})
STILL_HERE: Final = ("placed", "backordered", "allocated", "picked", "packed")
WORDS: Final = "message_words"  # the kind of private text
_NOTICE: Final = re.compile(r"[a-z][a-z_]{0,47}")
_BOTH: Final[tuple[Literal["email"], Literal["sms"]]] = ("email", "sms")

Channel = Literal["email", "sms"]


class CannotBeReached(Refusal):
    """The order has no address for this channel (any more)."""

    channel: str
    sentence = "There is no {channel} address to send it to."
    code_fields = ("channel",)


class NobodyToWriteTo(Refusal):
    """The order has neither an e-mail address nor a phone number (any more)."""

    sentence = "There is neither an e-mail address nor a phone number to write to."


class WantsNoMessages(Refusal):
    """The customer asked for no messages."""

    sentence = "The customer wants no messages."


class MessageUnderWay(Refusal):
    """It is not known yet whether the first one arrived at the provider."""

    message_id: UUID
    sentence = "This message is still being sent."


class NotLate(Refusal):
    """The promise was kept, moved, or is not due; or the customer knows already."""

    sentence = "There is no delay to tell of."


@decides(SendNotice)
def decide_send(state: State, command: SendNotice, call: Call) -> Decision:
    """One message for every channel that is wanted and possible. Refuses with `Invalid` (the notice's name)."""
    if not _NOTICE.fullmatch(command.notice):
        raise Invalid(field="notice", found=command.notice, expected="a name such as order_confirmed")
    book = state.book(command.order_id)
    yield from _queued(state, book, command.notice, command.details, call)
    if command.notice in HAVE_IT:
        yield from _promise_settled(state, book, call)


def _queued(state: State, book: Book, notice: str, details: dict[str, str], call: Call) -> Iterator[NoticeQueued]:
    contact = state.contact(book.order.contact_id)
    for channel in channels_of(state, book, contact):
        yield NoticeQueued(
            order_id=book.order.id,
            message_id=call.ids.new(),
            notice=notice,
            channel=channel,
            language=book.order.language,
            contact_id=contact.id,
            details=details,
        )


def channels_of(state: State, book: Book, contact: Contact) -> list[Channel]:
    """What the customer wants; a guest is written to, or called where there is only a phone."""
    if contact.erased:
        return []
    possible = {"email": bool(contact.email), "sms": bool(contact.phone)}
    customer_id = book.order.customer_id
    customer = state.get(Customer, customer_id) if customer_id is not None else None
    if customer is not None:
        wanted = customer.notices.split()
        if "none" in wanted:
            return []
        chosen = [channel for channel in _BOTH if channel in wanted and possible[channel]]
        if chosen:
            return chosen
    if possible["email"]:
        return ["email"]
    return ["sms"] if possible["sms"] else []


def _promise_settled(state: State, book: Book, call: Call) -> Iterator[PromiseSettled]:
    """With the last goods it is known whether the date was kept."""
    order = book.order
    goods = [line for line in book.lines.values() if line.kind == "goods"]
    is_all_there = all(getattr(line, position) == 0 for line in goods for position in (*STILL_HERE[:4], "shipped"))
    if order.promised_at is None or not is_all_there or (order.id, order.promised_at) in book.rows(Promise):
        return
    zone = state.policies.zone  # a promise is a day
    kept = local_day(call.at, zone) <= local_day(order.promised_at, zone)
    yield PromiseSettled(
        order_id=order.id, promised_at=order.promised_at, kept=kept, why="" if kept else "arrived late"
    )


@decides(WriteToCustomer)
def decide_write_to_customer(state: State, command: WriteToCustomer, call: Call) -> Decision:
    """Keep the words until the person is erased; the message itself follows.

    Refuses with `Invalid` (text), `NobodyToWriteTo` and `WantsNoMessages`.
    """
    book = state.book(command.order_id)
    text = command.text.strip()
    if not text:
        raise Invalid(field="text", found="nothing", expected="some words")
    if "\0" in text:
        raise Invalid(field="text", found="a zero character", expected="text")
    contact = state.contact(book.order.contact_id)
    if not channels_of(state, book, contact):
        raise WantsNoMessages if contact.email or contact.phone else NobodyToWriteTo
    kept = PrivateText(call.ids.new(), book.order.customer_id, book.order.id, WORDS, text)
    yield kept
    yield CustomerWrittenTo(order_id=book.order.id, text_id=kept.id)


@decides(ResendNotice)
def decide_resend(state: State, command: ResendNotice, call: Call) -> Decision:
    """The same message as a new one. Refuses with `NotFound`, `MessageUnderWay` and `CannotBeReached`."""
    book = state.book(command.order_id)
    message = book.row(Message, command.message_id)
    if message.status == "queued":
        raise MessageUnderWay(message_id=message.id)
    contact = state.contact(book.order.contact_id)
    if contact.erased or not (contact.email if message.channel == "email" else contact.phone):
        raise CannotBeReached(channel=message.channel)
    yield NoticeQueued(
        order_id=book.order.id,
        message_id=call.ids.new(),
        notice=message.notice,
        channel="email" if message.channel == "email" else "sms",
        language=message.language,
        contact_id=contact.id,
        details=message.details,
        resend_of=message.id,
    )


@decides(RecordNotice)
def decide_record(state: State, command: RecordNotice, call: Call) -> Decision:
    """Nothing to do when it is known already. What was sent is kept until the person is erased."""
    book = state.book(command.order_id)
    message = book.row(Message, command.message_id)
    if message.status != "queued":
        return
    if command.outcome == "sent":
        text_id = call.ids.new() if command.text and not state.contact(message.contact_id).erased else None
        if text_id is not None:
            yield PrivateText(text_id, book.order.customer_id, book.order.id, "message", command.text)
        yield NoticeSent(
            order_id=command.order_id,
            message_id=message.id,
            notice=message.notice,
            provider_id=command.provider_id,
            text_id=text_id,
        )
    else:
        kind = NoticeFailed if command.outcome == "failed" else NoticeDropped
        yield kind(order_id=command.order_id, message_id=message.id, notice=message.notice, why=command.reason)


@decides(RecordNoticeEvent)
def decide_event(state: State, command: RecordNoticeEvent, _call: Call) -> Decision:
    """Nothing to do for what is known. What was opened did not bounce."""
    message = state.book(command.order_id).row(Message, command.message_id)
    if message.status in {"opened", command.event}:
        return
    if command.event == "bounced":
        yield NoticeBounced(order_id=command.order_id, message_id=message.id, notice=message.notice, why=command.reason)
    else:
        yield NoticeOpened(order_id=command.order_id, message_id=message.id, notice=message.notice)


@decides(RetryNotice)
def decide_retry(state: State, command: RetryNotice, _call: Call) -> Decision:
    """Hand it over again, or give up after some attempts. Nothing to do when it was answered meanwhile."""
    message = state.book(command.order_id).row(Message, command.message_id)
    if message.status != "queued" or message.attempt != command.attempt:
        return
    if message.attempt >= MOST_ATTEMPTS:
        yield NoticeFailed(
            order_id=command.order_id, message_id=message.id, notice=message.notice, why="the provider never answered"
        )
    else:
        yield NoticeRetried(order_id=command.order_id, message_id=message.id, attempt=message.attempt + 1)


@decides(AcknowledgeOrder)
def decide_acknowledge(state: State, command: AcknowledgeOrder, call: Call) -> Decision:
    """Nothing to do for whoever was told anything meanwhile: that it is confirmed, or how to pay."""
    book = state.book(command.order_id)
    if all(message.status == "dropped" for message in book.rows(Message).values()):
        yield from _queued(state, book, "order_received", {}, call)


@decides(TellOfDelay)
def decide_tell_of_delay(state: State, command: TellOfDelay, call: Call) -> Decision:
    """The promise slips: write it down, and say so honestly before the customer asks. Refuses with `NotLate`."""
    book = state.book(command.order_id)
    order = book.order
    told = book.rows(Promise).get((order.id, command.promised_at))
    is_due = order.promised_at == command.promised_at and call.at >= command.promised_at - NEAR
    goods = [line for line in book.lines.values() if line.kind == "goods"]
    late = sum(getattr(line, position) for line in goods for position in STILL_HERE)
    if not is_due or not late or (told is not None and not told.kept):
        raise NotLate
    waiting = sum(line.backordered for line in goods)
    why = "waiting for stock" if waiting else "not shipped in time"
    yield PromiseSlipped(order_id=order.id, promised_at=command.promised_at, why=why)
    yield from _queued(state, book, "delayed", {"promised_at": command.promised_at.isoformat()}, call)


@decides(RevokeLinks)
def decide_revoke_links(state: State, command: RevokeLinks, _call: Call) -> Decision:
    """Links of the version before are good no more. Refuses with `NotFound` (order)."""
    book = state.book(command.order_id)
    link = book.rows(OrderLink).get(book.order.id)
    yield LinksRevoked(order_id=book.order.id, link_version=(link.version if link else 0) + 1)


@decides(NotePageSeen)
def decide_note_page_seen(state: State, command: NotePageSeen, _call: Call) -> Decision:
    """Refuses with `NotFound` (order)."""
    yield PageSeen(order_id=state.book(command.order_id).order.id)
