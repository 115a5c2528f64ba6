"""What may be asked of webhooks. Addresses and secrets come in here and go no further than rows that can be erased."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.field_types import Line, LongText, Reason, Url, Words
from purveyor.core.messages import Command

EVERYTHING = "*"


class AddWebhook(Command, frozen=True, kw_only=True, tag="webhooks.add"):
    """Tell another program what happens from now on.

    `url` is https://, or http:// on this machine or in a private network. `topics` are kinds of changes such as
    payment.captured, whole stages such as payment.*, or * for everything.
    """

    url: Url
    secret: Line  # whsec_<base64>, of Standard Webhooks, sealed
    topics: Words = (EVERYTHING,)
    description: LongText = ""


class ChangeWebhook(Command, frozen=True, kw_only=True, tag="webhooks.change"):
    """Another address, other topics, or a pause. What is not given stays as it is.

    While it is paused nothing is told and nothing is lost: once it is active again, everything is told in its order.
    """

    webhook_id: UUID
    url: Url | None = None
    topics: Words | None = None
    description: LongText | None = None
    active: bool | None = None
    reason: Reason = ""  # why it is paused


class RotateWebhookSecret(Command, frozen=True, kw_only=True, tag="webhooks.rotate_secret"):
    """Sign by a new secret. For a day by the old one as well, unless it is to count no more `at_once`."""

    webhook_id: UUID
    secret: Line
    at_once: bool = False


class ForgetOldSecret(Command, frozen=True, kw_only=True, tag="webhooks.forget_old_secret"):
    """The day is over: nothing is signed by the secret before this one any more."""

    webhook_id: UUID


class RemoveWebhook(Command, frozen=True, kw_only=True, tag="webhooks.remove"):
    """Tell this program nothing any more. Its address and its secrets are emptied; what waits for it is dropped."""

    webhook_id: UUID
    reason: Reason = ""
