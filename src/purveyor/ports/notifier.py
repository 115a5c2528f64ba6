"""Notifiers: bring a rendered message to a person by e-mail or SMS."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec


class Message(msgspec.Struct, frozen=True):
    """A rendered message to one recipient: `to` is an e-mail address or a phone number in E.164.

    `html` may be "", and is unused for SMS, as is `subject`. `language` is a BCP 47 tag. `about` is what it is for
    in our words, such as an order number; the recipient does not see it.
    """

    channel: Literal["email", "sms"]
    to: str
    subject: str
    text: str
    html: str = ""
    language: str = "en"
    about: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """The provider's answer: taken on for sending, or rejected for good with its reason (no such mailbox)."""

    key: str
    outcome: Literal["sent", "rejected"]
    provider_id: str
    reason: str = ""


class Notifier(Protocol):
    """Sends messages, each once per key. Every method may raise `NotifierUnavailable`."""

    async def send(self, key: str, message: Message) -> Delivery:
        """Send, or answer as the first time when that key was sent before.

        Raises `KeyReused` when the same key is known with another message. Where a provider remembers no keys
        (SMTP), a copy after a crash carries the same id, by which mail systems recognize it.
        """
        ...

    async def sent(self, key: str) -> Delivery | None:
        """Say what became of the message with that key; None: not known to have been sent."""
        ...
