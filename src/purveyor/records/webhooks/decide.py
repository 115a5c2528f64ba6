"""The rules of webhooks: which addresses may be told, of what, and how long an old secret counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from purveyor.core.encrypted_values import is_encrypted
from purveyor.core.messages import Call
from purveyor.core.networks import is_private
from purveyor.core.refusals import Invalid, Refusal, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.ports.webhooks import key_of
from purveyor.records.webhooks.commands import (
    EVERYTHING,
    AddWebhook,
    ChangeWebhook,
    ForgetOldSecret,
    RemoveWebhook,
    RotateWebhookSecret,
)
from purveyor.records.webhooks.facts import (
    OldWebhookSecretForgotten,
    WebhookAdded,
    WebhookMoved,
    WebhookPaused,
    WebhookRemoved,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookTopicsSet,
)
from purveyor.records.webhooks.state import Webhook, WebhookPlace, WebhookSecret
from purveyor.records.webhooks.topics import unknown

LONGEST_URL = 2_000
LONGEST_DESCRIPTION = 200
MOST_TOPICS = 200
OVERLAP = timedelta(hours=24)  # for which the old secret counts beside the new one


class RemovedBefore(Refusal):
    """Nothing is left of it but an id and its log."""

    webhook_id: UUID
    sentence = "This webhook was removed."
    instead = ("add it again",)


class OldSecretInForce(Refusal):
    """Its time is not over."""

    webhook_id: UUID
    sentence = "The old secret of this webhook still counts, or there is none."


@decides(AddWebhook)
def decide_add(state: State, command: AddWebhook, call: Call) -> Decision:
    """Refuses with `Invalid`."""
    url, description, topics = _url(command.url), _description(command.description), _topics(command.topics)
    webhook_id, place_id, secret_id = call.ids.new(), call.ids.new(), call.ids.new()
    yield WebhookPlace(id=place_id, url=url, description=description)
    yield _secret(secret_id, webhook_id, command.secret)
    yield WebhookAdded(webhook_id=webhook_id, place_id=place_id, secret_id=secret_id, topics=topics)


@decides(ChangeWebhook)
def decide_change(state: State, command: ChangeWebhook, call: Call) -> Decision:
    """Refuses with `NotFound`, `RemovedBefore` and `Invalid`; what is so already stays so."""
    webhook = _one(state, command.webhook_id)
    place = state.row(WebhookPlace, webhook.place_id)
    url = place.url if command.url is None else _url(command.url)
    description = place.description if command.description is None else _description(command.description)
    topics = tuple(webhook.topics) if command.topics is None else _topics(command.topics)
    if (url, description) != (place.url, place.description):
        place_id = call.ids.new()
        yield WebhookPlace(id=place_id, url=url, description=description)
        yield WebhookMoved(webhook_id=webhook.id, place_id=place_id)
    if list(topics) != webhook.topics:
        yield WebhookTopicsSet(webhook_id=webhook.id, topics=topics)
    if command.active is True and not webhook.active:
        yield WebhookResumed(webhook_id=webhook.id)
    if command.active is False and webhook.active:
        yield WebhookPaused(webhook_id=webhook.id, why=command.reason)


@decides(RotateWebhookSecret)
def decide_rotate(state: State, command: RotateWebhookSecret, call: Call) -> Decision:
    """Refuses with `NotFound`, `RemovedBefore` and `Invalid`."""
    webhook = _one(state, command.webhook_id)
    _load_secrets(state, webhook)
    secret_id = call.ids.new()
    yield _secret(secret_id, webhook.id, command.secret)
    yield WebhookSecretRotated(
        webhook_id=webhook.id, secret_id=secret_id, old_until=None if command.at_once else call.at + OVERLAP
    )


@decides(ForgetOldSecret)
def decide_forget(state: State, command: ForgetOldSecret, call: Call) -> Decision:
    """Refuses with `NotFound` and `OldSecretInForce`."""
    webhook = state.row(Webhook, command.webhook_id)
    if webhook.old_secret_until is None or call.at < webhook.old_secret_until:
        raise OldSecretInForce(webhook_id=webhook.id)
    _load_secrets(state, webhook)
    yield OldWebhookSecretForgotten(webhook_id=webhook.id)


@decides(RemoveWebhook)
def decide_remove(state: State, command: RemoveWebhook, call: Call) -> Decision:
    """Refuses with `NotFound` and `RemovedBefore`."""
    webhook = _one(state, command.webhook_id)
    state.get(WebhookPlace, webhook.place_id)
    _load_secrets(state, webhook)
    yield WebhookRemoved(webhook_id=webhook.id, why=command.reason)


def _one(state: State, webhook_id: UUID) -> Webhook:
    webhook = state.row(Webhook, webhook_id)
    if webhook.removed_at is not None:
        raise RemovedBefore(webhook_id=webhook_id)
    return webhook


def _load_secrets(state: State, webhook: Webhook) -> None:
    """What may be emptied next."""
    for secret_id in (webhook.secret_id, webhook.old_secret_id):
        if secret_id is not None:
            state.get(WebhookSecret, secret_id)


def _secret(secret_id: UUID, webhook_id: UUID, value: str) -> WebhookSecret:
    """What is sealed was looked at by whoever sealed it."""
    try:
        _ = is_encrypted(value) or key_of(value)
    except ValueError as error:
        # What was found is not repeated: refusals are kept.
        raise Invalid(field="secret", found="something else", expected=str(error)) from None
    return WebhookSecret(id=secret_id, webhook_id=webhook_id, value=value)


def _topics(given: Iterable[str]) -> tuple[str, ...]:
    topics = tuple(sorted({topic.strip() for topic in given}))
    if not topics:
        raise Invalid(field="topics", found="none", expected="at least one, such as payment.captured, payment.* or *")
    if len(topics) > MOST_TOPICS:
        raise Invalid(field="topics", found=f"{len(topics)} topics", expected=f"at most {MOST_TOPICS}, or *")
    if wrong := unknown(topics):
        raise Invalid(field="topics", found=wrong[0], expected="a topic such as payment.captured, payment.* or *")
    return (EVERYTHING,) if EVERYTHING in topics else topics


def _description(given: str) -> str:
    description = " ".join(given.split())
    if len(description) > LONGEST_DESCRIPTION or "\0" in description:
        found = f"{len(description)} characters"
        raise Invalid(field="description", found=found, expected=f"at most {LONGEST_DESCRIPTION} characters")
    return description


def _url(given: str) -> str:
    """The address as it was given. What was found is not repeated whole: it may hold a password, and refusals are kept.

    Without TLS anybody on the way could read and change what is told, so plain http is for this machine and for
    private networks (RFC 1918, RFC 4193). Link-local addresses (RFC 3927) are where clouds keep their keys.
    """
    url = given.strip()
    parts = _parts(url)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        found = wanted("a name or a password before the host")
        raise _wrong(found, wanted("an address without; the signature says who it is"))
    if parts.fragment:
        raise _wrong(wanted("a part after #"), wanted("an address without: it would never be sent"))
    if _is_out_of_bounds(host):
        raise _wrong(host, wanted("a host that can be reached by an address of its own"))
    if parts.scheme == "http" and not _is_private(host):
        raise _wrong(f"http://{host}", wanted("https://; http:// is for localhost and private addresses"))
    return url


def _parts(url: str) -> SplitResult:
    right = wanted("an address such as https://erp.example.com/purveyor")
    if not 0 < len(url) <= LONGEST_URL:
        raise _wrong(
            wanted(f"{len(url)} characters"),
            wanted(f"an address such as https://erp.example.com/purveyor, of at most {LONGEST_URL} characters"),
        )
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _wrong(wanted("blanks or characters that no address has"), right)
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is none
    except ValueError:
        raise _wrong(wanted("something that is no address"), right) from None
    if parts.scheme not in ("https", "http"):
        raise _wrong(f"{parts.scheme}:" if parts.scheme else wanted("no https:// at the beginning"), right)
    if not parts.hostname:
        raise _wrong(wanted("no host"), right)
    return parts


def _wrong(found: str, expected: str) -> Invalid:
    return Invalid(field="url", found=found, expected=expected)


def _is_private(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and is_private(address))


def _is_out_of_bounds(host: str) -> bool:
    address = _address(host)
    return address is not None and (address.is_link_local or address.is_multicast or address.is_unspecified)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
