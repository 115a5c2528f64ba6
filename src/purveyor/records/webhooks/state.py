"""Webhooks as rows, and how facts change them.

What can be erased stands in two tables that the journal only refers to: `webhook_place` and `webhook_secret`. Their
rows are never changed but to be emptied: something new gets a row of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import Row
from purveyor.core.state import State
from purveyor.records.webhooks import facts


class Webhook(Row):
    """Another program that is told what happens here."""

    table: ClassVar[str] = "webhook"

    id: UUID
    place_id: UUID
    secret_id: UUID
    topics: list[str]
    added_at: datetime
    active: bool = True
    paused_why: str = ""
    old_secret_id: UUID | None = None  # counts beside the new one
    old_secret_until: datetime | None = None
    removed_at: datetime | None = None


class WebhookPlace(Row):
    """Where it is told, and what it is. Erasable: addresses may hold passwords of others."""

    table: ClassVar[str] = "webhook_place"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    url: str
    description: str
    erased: bool = False


class WebhookSecret(Row):
    """What its messages are signed by, sealed (or in clear, from before anything was sealed). Erasable."""

    table: ClassVar[str] = "webhook_secret"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    webhook_id: UUID
    value: str
    erased: bool = False


@applies(facts.WebhookAdded)
def add(state: State, fact: facts.WebhookAdded, stamp: Stamp) -> None:
    state.add(Webhook(fact.webhook_id, fact.place_id, fact.secret_id, list(fact.topics), stamp.at))


@applies(facts.WebhookMoved)
def move(state: State, fact: facts.WebhookMoved, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    forget_place(state, webhook.place_id)
    webhook.place_id = fact.place_id


@applies(facts.WebhookTopicsSet)
def set_topics(state: State, fact: facts.WebhookTopicsSet, stamp: Stamp) -> None:
    state.row(Webhook, fact.webhook_id).topics = list(fact.topics)


@applies(facts.WebhookPaused)
def pause(state: State, fact: facts.WebhookPaused, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    webhook.active = False
    webhook.paused_why = fact.why


@applies(facts.WebhookResumed)
def resume(state: State, fact: facts.WebhookResumed, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    webhook.active = True
    webhook.paused_why = ""


@applies(facts.WebhookSecretRotated)
def rotate(state: State, fact: facts.WebhookSecretRotated, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    forget_secret(state, webhook.old_secret_id)
    webhook.old_secret_id = webhook.old_secret_until = None
    if fact.old_until is None:
        forget_secret(state, webhook.secret_id)
    else:
        webhook.old_secret_id = webhook.secret_id
        webhook.old_secret_until = fact.old_until
    webhook.secret_id = fact.secret_id


@applies(facts.OldWebhookSecretForgotten)
def forget_old(state: State, fact: facts.OldWebhookSecretForgotten, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    forget_secret(state, webhook.old_secret_id)
    webhook.old_secret_id = webhook.old_secret_until = None


@applies(facts.WebhookRemoved)
def remove(state: State, fact: facts.WebhookRemoved, stamp: Stamp) -> None:
    webhook = state.row(Webhook, fact.webhook_id)
    forget_place(state, webhook.place_id)
    forget_secret(state, webhook.secret_id)
    forget_secret(state, webhook.old_secret_id)
    webhook.old_secret_id = webhook.old_secret_until = None
    webhook.active = False
    webhook.removed_at = stamp.at


def forget_place(state: State, place_id: UUID) -> None:
    """Empty address and description."""
    place = state.get(WebhookPlace, place_id)
    if place is not None:  # a replay has none, and needs none
        place.url = place.description = ""
        place.erased = True


def forget_secret(state: State, secret_id: UUID | None) -> None:
    secret = state.get(WebhookSecret, secret_id) if secret_id is not None else None
    if secret is not None:
        secret.value = ""
        secret.erased = True
