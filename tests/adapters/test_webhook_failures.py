"""What kept a message from arriving is said in a sentence of ours, with what the library said behind it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from gettext import NullTranslations

import httpx
import pytest
from babel import Locale

from purveyor.adapters.webhooks.failures import told
from purveyor.adapters.webhooks.http import HttpSender
from purveyor.core.networks import NetworkPolicy, networks_of
from purveyor.core.reason_templates import taken_apart
from purveyor.web.pages.labels.hold_reasons import Reader, reason_of
from purveyor.web.pages.translations import translations
from tests.adapters.test_ssrf_protection import MESSAGE

GERMAN = Reader(translations("de"), Locale("de"))
ENGLISH = Reader(NullTranslations(), Locale("en"))


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[int]:
    """Somebody who answers every connection with these bytes and hangs up, or hangs up at once."""

    async def answer_one(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        await read.read(1)
        if answer is not None:
            write.write(answer)
            await write.drain()
        write.close()

    server = await asyncio.start_server(answer_one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def heard_of(url: str) -> str:
    sender = HttpSender(reach=NetworkPolicy(networks_of("127.0.0.0/8")))
    heard = await sender.send(url, MESSAGE)
    await sender.close()
    assert heard.status is None
    return heard.text


async def test_a_name_that_nobody_has() -> None:
    text = await heard_of("https://nobody.invalid/hook")

    assert reason_of(text, ENGLISH).startswith("The name of the address was not found (gaierror: ")
    assert reason_of(text, GERMAN).startswith("Der Name der Adresse wurde nicht gefunden (gaierror: ")


async def test_nobody_listens_there() -> None:
    async with answering(None) as port:
        pass

    text = await heard_of(f"http://127.0.0.1:{port}/")

    assert reason_of(text, ENGLISH).startswith("The connection was refused (Connect")
    assert reason_of(text, GERMAN).startswith("Die Verbindung wurde abgelehnt (Connect")


async def test_a_program_that_hangs_up() -> None:
    async with answering(None) as port:
        text = await heard_of(f"http://127.0.0.1:{port}/")

    assert reason_of(text, ENGLISH).startswith(
        ("The connection was broken off (", "What came back is no answer in HTTP (")
    )


async def test_a_program_that_speaks_something_else() -> None:
    async with answering(b"220 mail.example.com ESMTP\r\n") as port:
        plain = await heard_of(f"http://127.0.0.1:{port}/")
        secure = await heard_of(f"https://127.0.0.1:{port}/")

    assert reason_of(plain, ENGLISH).startswith("What came back is no answer in HTTP (")
    assert reason_of(secure, ENGLISH).startswith("No secure connection (TLS) could be made (")


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("expired")), "No secure connection (TLS)"),
        (caused(httpx.ConnectError("x"), ExceptionGroup("all", [ConnectionRefusedError()])), "The connection was ref"),
        (httpx.ReadError("x"), "The connection was broken off"),
        (httpx.ProxyError("407"), "The proxy did not let it through"),
        (OSError(101, "Network is unreachable"), "The address could not be reached"),
        (httpx.InvalidURL("what?"), "It could not be sent"),
    ],
)
def test_every_failure_is_a_sentence_in_every_language(error: Exception, said: str) -> None:
    text = told(error)

    assert taken_apart(text) is not None
    assert reason_of(text, ENGLISH).startswith(said)
    for language in ("de", "es", "pt"):
        assert not reason_of(text, Reader(translations(language), Locale(language))).startswith(said)
