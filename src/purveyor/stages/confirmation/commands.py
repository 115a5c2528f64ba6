"""What may be asked of confirmation, and the message that it sends."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Document, Moment, Number, Reason, Reference, Text, Word
from purveyor.core.messages import Command, Job


class SendNotice(Command, frozen=True, kw_only=True, tag="confirmation.send_notice"):
    """Tell the customer something, by every channel that is wanted; there may be none.

    `details` fill the text (a tracking number, an amount). They are kept for ever: nothing personal stands in them.
    """

    order_id: UUID
    notice: Word
    details: Annotated[dict[Word, Text], Meta(max_length=100)] = msgspec.field(default_factory=dict)


class ResendNotice(Command, frozen=True, kw_only=True, tag="confirmation.resend_notice"):
    """Send a message once more, to today's address and by the same channel."""

    order_id: UUID
    message_id: UUID


class WriteToCustomer(Command, frozen=True, kw_only=True, tag="confirmation.write_to_customer"):
    """Say something about an order in words of our own, by every channel that the customer wants."""

    order_id: UUID
    text: Text


class RecordNotice(Command, frozen=True, kw_only=True, tag="confirmation.record_notice"):
    """What became of a message when it was handed over."""

    order_id: UUID
    message_id: UUID
    outcome: Literal["sent", "failed", "dropped"]
    provider_id: Reference = ""
    reason: Reason = ""
    text: Document = ""  # what was sent, without what only the customer may read


class RecordNoticeEvent(Command, frozen=True, kw_only=True, tag="confirmation.record_notice_event"):
    """What the provider told later: it came back, or was opened. May come twice and in any order."""

    order_id: UUID
    message_id: UUID
    event: Literal["bounced", "opened"]
    reason: Reason = ""


class RetryNotice(Command, frozen=True, kw_only=True, tag="confirmation.retry_notice"):
    """Nobody said what became of a message: hand it over again. The notifier sends it once all the same."""

    order_id: UUID
    message_id: UUID
    attempt: Number


class AcknowledgeOrder(Command, frozen=True, kw_only=True, tag="confirmation.acknowledge_order"):
    """The bank takes its time: say that the order came, where nothing was said about it yet."""

    order_id: UUID


class TellOfDelay(Command, frozen=True, kw_only=True, tag="confirmation.tell_of_delay"):
    """A promised date will not be met: write it down and say so, once."""

    order_id: UUID
    promised_at: Moment


class RevokeLinks(Command, frozen=True, kw_only=True, tag="confirmation.revoke_links"):
    """Every link to the order's page that was given out leads nowhere from now on. New ones do again."""

    order_id: UUID


class DeliverNotice(Job, frozen=True, kw_only=True, tag="confirmation.deliver_notice"):
    """Render a message from what is known of contact and order, and hand it to the notifier."""

    order_id: UUID
    message_id: UUID


class NotePageSeen(Command, frozen=True, kw_only=True, tag="confirmation.note_page_seen"):
    """Write down that staff looked at the order's page as the customer sees it."""

    order_id: UUID
