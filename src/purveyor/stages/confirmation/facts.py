"""What may have happened at confirmation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from purveyor.core.messages import Fact


class NoticeQueued(Fact, frozen=True, kw_only=True, tag="confirmation.notice_queued"):
    """The customer will be told. A detail `<name>_text_id` is a private text that only the message itself says."""

    hidden = frozenset({"details.code"})

    message_id: UUID
    notice: str
    channel: Literal["email", "sms"]
    language: str
    contact_id: UUID
    details: dict[str, str]
    resend_of: UUID | None = None

    def reply(self) -> dict[str, Any]:
        return {"message_id": self.message_id}


class CustomerWrittenTo(Fact, frozen=True, kw_only=True, tag="confirmation.customer_written_to"):
    """Staff wrote to the customer. What they wrote stands outside the journal."""

    text_id: UUID

    def reply(self) -> dict[str, Any]:
        return {"text_id": self.text_id}


class NoticeRetried(Fact, frozen=True, kw_only=True, tag="confirmation.notice_retried"):
    message_id: UUID
    attempt: int


class NoticeSent(Fact, frozen=True, kw_only=True, tag="confirmation.notice_sent"):
    """A provider took the message on."""

    message_id: UUID
    notice: str
    provider_id: str
    text_id: UUID | None = None  # what was sent stands outside the journal


class NoticeFailed(Fact, frozen=True, kw_only=True, tag="confirmation.notice_failed"):
    """The message will not be sent (`why`): no such mailbox, or the address was erased."""

    message_id: UUID
    notice: str


class NoticeDropped(Fact, frozen=True, kw_only=True, tag="confirmation.notice_dropped"):
    """What the message was to say was over before it was sent (`why`)."""

    message_id: UUID
    notice: str


class NoticeBounced(Fact, frozen=True, kw_only=True, tag="confirmation.notice_bounced"):
    """The message came back."""

    message_id: UUID
    notice: str


class NoticeOpened(Fact, frozen=True, kw_only=True, tag="confirmation.notice_opened"):
    message_id: UUID
    notice: str


class LinksRevoked(Fact, frozen=True, kw_only=True, tag="confirmation.links_revoked"):
    """Links to the order's page count from this version on."""

    link_version: int

    def reply(self) -> dict[str, Any]:
        return {"link_version": self.link_version}


class PageSeen(Fact, frozen=True, kw_only=True, tag="confirmation.page_seen"):
    """Staff looked at the order's page as the customer sees it."""


class PromiseSlipped(Fact, frozen=True, kw_only=True, tag="confirmation.promise_slipped"):
    """A date that the customer was told will not be met."""

    promised_at: datetime


class PromiseSettled(Fact, frozen=True, kw_only=True, tag="confirmation.promise_settled"):
    """The goods are there: in time or not."""

    promised_at: datetime
    kept: bool
