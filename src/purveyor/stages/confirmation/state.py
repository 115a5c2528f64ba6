"""Confirmation's own rows, and how its facts change them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book, State
from purveyor.stages.confirmation.facts import (
    LinksRevoked,
    NoticeBounced,
    NoticeDropped,
    NoticeFailed,
    NoticeOpened,
    NoticeQueued,
    NoticeRetried,
    NoticeSent,
    PromiseSettled,
    PromiseSlipped,
)

RETRY_AFTER: Final = timedelta(hours=1)


class Message(OrderRow):
    """One message to the customer, from the moment it was decided."""

    table: ClassVar[str] = "message"
    part: ClassVar[int] = 6

    id: UUID
    order_id: UUID
    notice: str
    channel: str  # email | sms
    language: str
    contact_id: UUID
    status: str  # queued | sent | failed | bounced | opened | dropped
    queued_at: datetime
    sent_at: datetime | None
    provider_id: str
    reason: str
    details: dict[str, str]
    attempt: int
    retry_at: datetime | None  # None once it is known what became of it
    text_id: UUID | None = None  # what was sent, erased with the person


class Promise(OrderRow):
    """A date that the customer was told, once it is known whether it is kept.

    The date of an order whose promise is still open stands in the order.
    """

    table: ClassVar[str] = "promise"
    key: ClassVar[tuple[str, ...]] = ("order_id", "promised_at")
    part: ClassVar[int] = 7

    order_id: UUID
    promised_at: datetime
    reason: str
    told_at: datetime
    kept: bool


class OrderLink(OrderRow):
    """Which links to the order's page are good, where some were revoked: those of this version."""

    table: ClassVar[str] = "order_link"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 42

    order_id: UUID
    version: int


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.book(fact.order_id)


@applies(NoticeQueued)
def queue(state: State, fact: NoticeQueued, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(
        Message(
            id=fact.message_id,
            order_id=book.order.id,
            notice=fact.notice,
            channel=fact.channel,
            language=fact.language,
            contact_id=fact.contact_id,
            status="queued",
            queued_at=stamp.at,
            sent_at=None,
            provider_id="",
            reason="",
            details=fact.details,
            attempt=1,
            retry_at=stamp.at + RETRY_AFTER,
        )
    )


@applies(NoticeRetried)
def retry(state: State, fact: NoticeRetried, stamp: Stamp) -> None:
    message = _book(state, fact).row(Message, fact.message_id)
    message.attempt = fact.attempt
    message.retry_at = stamp.at + RETRY_AFTER * 2 ** (fact.attempt - 1)


@applies(NoticeSent)
def sent(state: State, fact: NoticeSent, stamp: Stamp) -> None:
    message = _book(state, fact).row(Message, fact.message_id)
    message.status = "sent"
    message.sent_at = stamp.at
    message.provider_id = fact.provider_id
    message.text_id = fact.text_id
    message.retry_at = None


@applies(NoticeFailed)
def failed(state: State, fact: NoticeFailed, _stamp: Stamp) -> None:
    message = _book(state, fact).row(Message, fact.message_id)
    message.status = "failed"
    message.reason = fact.why
    message.retry_at = None


@applies(NoticeDropped)
def dropped(state: State, fact: NoticeDropped, _stamp: Stamp) -> None:
    message = _book(state, fact).row(Message, fact.message_id)
    message.status = "dropped"
    message.reason = fact.why
    message.retry_at = None


@applies(NoticeBounced)
def bounced(state: State, fact: NoticeBounced, _stamp: Stamp) -> None:
    message = _book(state, fact).row(Message, fact.message_id)
    message.status = "bounced"
    message.reason = fact.why


@applies(NoticeOpened)
def opened(state: State, fact: NoticeOpened, _stamp: Stamp) -> None:
    _book(state, fact).row(Message, fact.message_id).status = "opened"


@applies(PromiseSlipped)
def slip(state: State, fact: PromiseSlipped, stamp: Stamp) -> None:
    _settle(state, fact, stamp, kept=False)


@applies(PromiseSettled)
def settle(state: State, fact: PromiseSettled, stamp: Stamp) -> None:
    _settle(state, fact, stamp, kept=fact.kept)


def _settle(state: State, fact: PromiseSlipped | PromiseSettled, stamp: Stamp, *, kept: bool) -> None:
    book = _book(state, fact)
    promise = book.rows(Promise).get((book.order.id, fact.promised_at))
    if promise is None:
        book.add(Promise(book.order.id, fact.promised_at, fact.why, stamp.at, kept))
    else:
        promise.kept = promise.kept and kept
        promise.reason = promise.reason or fact.why


@applies(LinksRevoked)
def revoke_links(state: State, fact: LinksRevoked, _stamp: Stamp) -> None:
    book = _book(state, fact)
    link = book.rows(OrderLink).get(book.order.id)
    if link is None:
        book.add(OrderLink(book.order.id, fact.link_version))
    else:
        link.version = fact.link_version
