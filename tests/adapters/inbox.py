"""A real mail server on localhost that keeps what it gets, and refuses what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Inbox:
    """Handler of an aiosmtpd server: replies are given per recipient, or for the next messages."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.replies: dict[str, str] = {}  # by recipient
        self.data_replies: list[str] = []  # to the next messages; "" takes the message, then hangs up
        self.server: SMTP | None = None

    async def handle_RCPT(  # noqa: N802 (aiosmtpd names it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self.data_replies.pop(0) if self.data_replies else "250 OK"
        if reply and not reply.startswith("250"):
            return reply
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        if not reply:
            assert server.transport is not None
            server.transport.close()
        return "250 OK"


@asynccontextmanager
async def open_inbox(port: int = 0, *, smtputf8: bool = True) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    protocols: list[SMTP] = []

    def talk() -> SMTP:
        protocols.append(SMTP(inbox, loop=loop, hostname="localhost", enable_SMTPUTF8=smtputf8))
        return protocols[-1]

    server = await loop.create_server(talk, "127.0.0.1", port)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()
        for protocol in protocols:
            if protocol.transport is not None:
                protocol.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0)
