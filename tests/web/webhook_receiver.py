"""Another program that is told: a real HTTP server on this machine, which answers as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec

from purveyor.ports.webhooks import check

Reply = Callable[["Message"], int]


class Message(msgspec.Struct):
    """A message as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found

    @property
    def seq(self) -> int:
        return int(self.said["data"]["seq"])

    @property
    def order_id(self) -> str | None:
        found: str | None = self.said["data"]["order_id"]
        return found

    def check(self, secret: str) -> str:
        """By the code that checks what providers tell us."""
        return check(secret, self.headers, self.body, datetime.now(UTC))


class Receiver:
    """Keeps what it heard, in order. `reply` gives the status; `delay_s` is how long it thinks."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.reply: Reply = lambda _: 200
        self.delay_s = 0.0
        self.url = ""
        self.text = b"heard you\0"
        self.packed = ""  # what it says that its answers are packed as
        self.at_once = 0  # the most messages that were under way together

    def seqs(self) -> list[int]:
        return [message.seq for message in self.heard]


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    writers: set[asyncio.StreamWriter] = set()
    busy = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal busy
        writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                pairs = (line.partition(": ") for line in head[1:] if line)
                headers = {name.lower(): value for name, _, value in pairs}
                message = Message(headers, await reader.readexactly(int(headers["content-length"])))
                busy += 1
                receiver.at_once = max(receiver.at_once, busy)
                receiver.heard.append(message)
                await asyncio.sleep(receiver.delay_s)
                busy -= 1
                status, text = receiver.reply(message), receiver.text
                where = b"Location: /elsewhere\r\n" if 300 <= status < 400 else b""
                if receiver.packed:
                    where += f"Content-Encoding: {receiver.packed}\r\n".encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n".encode() + where + b"\r\n" + text
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield receiver
    server.close()
    for writer in writers:
        writer.close()
    await asyncio.sleep(0)
