"""Messages over HTTP, signed as Standard Webhooks (https://www.standardwebhooks.com, version 1).

Providers tell us what they know, and we tell others what happens here. The signature is HMAC-SHA-256 over
`id.timestamp.body`. While a secret is changed, several may stand in one header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

PREFIX = "whsec_"
KEPT_AS = "webhook secret"  # the purpose under which a secret is sealed in its row
SHORTEST_KEY = 24  # bytes, and at most 64, by the standard
LONGEST_KEY = 64
TOLERANCE_S = 300
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class Webhook(msgspec.Struct, frozen=True):
    """A message as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


class Payload(msgspec.Struct, frozen=True):
    """The body: what kind of event, when, and the event itself."""

    type: str
    timestamp: datetime
    data: msgspec.Raw


class Heard(msgspec.Struct, frozen=True):
    """What came of sending a message: the status, and the beginning of the answer. No status: there was no answer."""

    status: int | None
    text: str
    milliseconds: int


class Sender(Protocol):
    """Sends messages to the addresses of others. What goes wrong is an outcome, and nothing is raised."""

    async def send(self, url: str, message: Webhook) -> Heard:
        """One POST. Redirections are not followed: whoever moves says so to us, not to our messages."""
        ...

    async def close(self) -> None: ...


class BadWebhook(Exception):  # noqa: N818 (an answer to whoever sent it)
    """A message that is not what it says, or too old. The message says what is wrong."""


def key_of(secret: str) -> bytes:
    """The key in a secret `whsec_<base64>`. Raises `ValueError` for anything else."""
    if not secret.startswith(PREFIX):
        message = f"a secret begins with {PREFIX}"
        raise ValueError(message)
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        message = f"after {PREFIX} comes base64"
        raise ValueError(message) from error
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        message = f"a secret has {SHORTEST_KEY} to {LONGEST_KEY} bytes"
        raise ValueError(message)
    return key


def secret_of(key: bytes) -> str:
    """The secret `whsec_<base64>` of a key that was chosen by chance, of 24 to 64 bytes."""
    assert SHORTEST_KEY <= len(key) <= LONGEST_KEY, "by the standard"
    return PREFIX + base64.b64encode(key).decode()


def payload(kind: str, data: Any, at: datetime) -> bytes:
    """The body of a message about something that happened at that time."""
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})


def signed(secret: str, message_id: str, kind: str, data: Any, at: datetime) -> Webhook:
    """A message as a provider sends it at that time."""
    return sign((secret,), message_id, payload(kind, data, at), at)


def sign(secrets: Sequence[str], message_id: str, body: bytes, sent_at: datetime) -> Webhook:
    """A body with its headers, as it is sent at that time (on the wall). Each secret gives a signature of its own.

    The id has no full stop in it, so that nobody can move the border between id and time.
    """
    assert "." not in message_id, message_id
    timestamp = str(int(sent_at.timestamp()))
    headers = {
        "content-type": "application/json",
        ID: message_id,
        TIMESTAMP: timestamp,
        SIGNATURE: " ".join(_signature(key_of(secret), message_id, timestamp, body) for secret in secrets),
    }
    return Webhook(headers, body)


def check(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a message that is really from whoever has the secret, and from these minutes.

    Raises `BadWebhook`. The signature is looked at first, so that nobody learns anything from a forged time.
    """
    message_id, timestamp, signatures = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and timestamp and signatures):
        raise BadWebhook(f"It needs the headers {ID}, {TIMESTAMP} and {SIGNATURE}.")
    expected = _signature(key_of(secret), message_id, timestamp, body).encode()
    if not any(hmac.compare_digest(found.encode(), expected) for found in signatures.split()):
        raise BadWebhook("The signature is not that of this message under our secret.")
    sent_at = int(timestamp) if timestamp.isascii() and timestamp.isdigit() else 0
    away_s = int(now.timestamp()) - sent_at
    if abs(away_s) > TOLERANCE_S:
        raise BadWebhook(f"It was signed {abs(away_s)} seconds {'ago' if away_s > 0 else 'ahead'}, not {TOLERANCE_S}.")
    return message_id


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return f"v1,{base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()}"
