"""What may have happened to webhooks. No address and no secret: those stand in rows of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class WebhookAdded(Fact, frozen=True, kw_only=True, tag="webhooks.added"):
    """Another program is told what happens after this fact."""

    webhook_id: UUID
    place_id: UUID  # address and description
    secret_id: UUID
    topics: tuple[str, ...]

    def reply(self) -> dict[str, Any]:
        return {"webhook_id": self.webhook_id, "topics": self.topics}


class WebhookMoved(Fact, frozen=True, kw_only=True, tag="webhooks.moved"):
    """Address or description changed; what they were before is emptied."""

    webhook_id: UUID
    place_id: UUID


class WebhookTopicsSet(Fact, frozen=True, kw_only=True, tag="webhooks.topics_set"):
    """It is told of other things from now on."""

    webhook_id: UUID
    topics: tuple[str, ...]


class WebhookPaused(Fact, frozen=True, kw_only=True, tag="webhooks.paused"):
    """It is told nothing for a while; `why` says the reason."""

    webhook_id: UUID


class WebhookResumed(Fact, frozen=True, kw_only=True, tag="webhooks.resumed"):
    """It is told again, from where it was paused."""

    webhook_id: UUID


class WebhookSecretRotated(Fact, frozen=True, kw_only=True, tag="webhooks.secret_rotated"):
    """There is a new secret; the one before counts beside it for a while, or not at all."""

    webhook_id: UUID
    secret_id: UUID
    old_until: datetime | None = None


class OldWebhookSecretForgotten(Fact, frozen=True, kw_only=True, tag="webhooks.old_secret_forgotten"):
    """The secret before the present one is emptied."""

    webhook_id: UUID


class WebhookRemoved(Fact, frozen=True, kw_only=True, tag="webhooks.removed"):
    """It is told nothing any more. Address and secrets are emptied."""

    webhook_id: UUID
