"""E-mail by SMTP (RFC 5321), over any mail server."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate
from hashlib import blake2b
from zlib import crc32

import aiosmtplib

from purveyor.core.emails import for_sending, is_email, needs_smtputf8
from purveyor.ports.errors import KeyReused, NotifierUnavailable
from purveyor.ports.notifier import Delivery, Message

PERMANENT = 500  # replies from here on will not pass (RFC 5321, 4.2.1)


class SmtpNotifier:
    """A `Notifier` for e-mail over a few kept connections.

    SMTP remembers no keys. This object remembers its last `memory` ones; after a crash a mail may go out again, with
    the same Message-ID, which is made from the key, so that mail systems recognize the copy. Messages with the same
    key share a connection and so never overlap. Use it in one event loop.
    """

    def __init__(
        self,
        hostname: str,
        port: int,
        sender: str,
        *,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool = False,
        start_tls: bool | None = None,
        timeout_s: float = 30.0,
        connections: int = 4,
        memory: int = 10_000,
    ) -> None:
        """Take the server and the sender ("Shop <shop@example.com>").

        `use_tls` speaks TLS from the start (port 465); `start_tls` None upgrades when the server offers it (587).
        """
        self._sender = sender
        self._domain = sender.rpartition("@")[2].rstrip("> ")
        self._memory = memory
        self._done: OrderedDict[str, tuple[Message, Delivery]] = OrderedDict()
        self._lanes = [
            _Lane(
                aiosmtplib.SMTP(
                    hostname=hostname,
                    port=port,
                    username=username,
                    password=password,
                    use_tls=use_tls,
                    start_tls=start_tls,
                    timeout=timeout_s,
                )
            )
            for _ in range(connections)
        ]

    async def send(self, key: str, message: Message) -> Delivery:
        lane = self._lanes[crc32(key.encode()) % len(self._lanes)]
        async with lane.lock:
            before = self._done.get(key)
            if before is None:
                return self._remember(message, await self._hand_over(lane, key, message))
        if before[0] != message:
            raise KeyReused(f"{key} was sent with another message")
        return before[1]

    async def sent(self, key: str) -> Delivery | None:
        before = self._done.get(key)
        return before[1] if before else None

    async def close(self) -> None:
        for lane in self._lanes:
            await lane.close()

    def message_id(self, key: str) -> str:
        """Give the Message-ID (RFC 5322, 3.6.4) under which the message with that key goes out."""
        return f"<{blake2b(key.encode(), digest_size=16).hexdigest()}@{self._domain}>"

    async def _hand_over(self, lane: _Lane, key: str, message: Message) -> Delivery:
        if message.channel != "email":
            return self._rejected(key, f"channel_not_supported: {message.channel}")
        try:
            mail = self._compose(key, message)
        except ValueError as error:
            return self._rejected(key, f"malformed: {error}")
        return await self._transmit(lane, key, mail, message.to)

    async def _transmit(self, lane: _Lane, key: str, mail: EmailMessage, to: str) -> Delivery:
        try:
            await lane.send(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            (refused, *_) = error.recipients
            return self._rejected_or_trouble(key, refused)
        except aiosmtplib.SMTPDataError as error:
            return self._rejected_or_trouble(key, error)
        except aiosmtplib.SMTPNotSupported as error:
            reason = "the part before the @ is not ASCII, which this mail server does not take (SMTPUTF8, RFC 6531)"
            return self._rejected(key, f"not_supported: {reason if needs_smtputf8(to) else error}")
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotifierUnavailable(f"the mail server did not take the message: {error}") from error
        return Delivery(key, "sent", self.message_id(key))

    def _rejected_or_trouble(self, key: str, error: aiosmtplib.SMTPResponseException) -> Delivery:
        if error.code < PERMANENT:
            raise NotifierUnavailable(f"the mail server put the message off: {error.code} {error.message}") from error
        return self._rejected(key, f"{error.code} {error.message}")

    def _rejected(self, key: str, reason: str) -> Delivery:
        return Delivery(key, "rejected", self.message_id(key), reason)

    def _remember(self, message: Message, delivery: Delivery) -> Delivery:
        self._done[delivery.key] = (message, delivery)
        if len(self._done) > self._memory:
            self._done.popitem(last=False)
        return delivery

    def _compose(self, key: str, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = self._sender
        if not is_email(message.to):
            raise ValueError(f"{message.to!r} is not one address")
        mail["To"] = for_sending(message.to)
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = self.message_id(key)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps vacation notices from answering
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        mail["Content-Language"] = message.language  # last: setting content clears every Content- header
        return mail


class _Lane:
    """One connection, kept open, that carries one message at a time."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.lock = asyncio.Lock()
        self._client = client

    async def send(self, mail: EmailMessage) -> None:
        if not self._client.is_connected:
            await self._client.connect()
        await self._client.send_message(mail)

    async def close(self) -> None:
        async with self.lock:
            if not self._client.is_connected:
                return
            try:
                await self._client.quit()
            except aiosmtplib.SMTPException:
                self._client.close()
