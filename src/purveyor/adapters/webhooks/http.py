"""Messages by HTTP, over connections that are kept."""

from __future__ import annotations

import asyncio
import ssl
from time import perf_counter

import httpx

from purveyor import __version__
from purveyor.adapters.webhooks.failures import told
from purveyor.adapters.webhooks.reasons import NO_ANSWER, PACKED_ANSWER, PRIVATE_ANSWER
from purveyor.adapters.webhooks.ssrf_protection import BlockedAddress, check_address, transport
from purveyor.core.networks import NetworkPolicy, is_open_to_all
from purveyor.ports.webhooks import Heard, Webhook

TIMEOUT_S = 10.0
LONGEST_ANSWER = 500  # characters that are kept
MOST_READ = 4 * LONGEST_ANSWER  # bytes: of an answer that has no end, nobody reads more
AGENT = f"Purveyor/{__version__}"


class HttpSender:
    """A `Sender`. Its client is made with the first message, and works in one event loop.

    Proxies are those of the environment (HTTPS_PROXY, NO_PROXY): they look names up themselves, so names are checked
    before. Plain http goes to this machine and to private networks only, so it never takes one.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S, reach: NetworkPolicy | None = None) -> None:
        """`reach`: which addresses may be told; by default public ones only."""
        self._timeout_s = timeout_s
        self._reach = reach or NetworkPolicy()
        self._client: httpx.AsyncClient | None = None

    async def send(self, url: str, message: Webhook) -> Heard:
        if self._client is None:
            self._client = _client(self._timeout_s, self._reach)
        started = perf_counter()
        try:
            async with asyncio.timeout(self._timeout_s):
                status, text = await self._post(self._client, url, message)
        except (TimeoutError, httpx.TimeoutException):
            status, text = None, NO_ANSWER(seconds_name=f"{self._timeout_s:g}")
        except BlockedAddress as error:
            status, text = None, str(error)[:LONGEST_ANSWER]
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
            status, text = None, told(error)[:LONGEST_ANSWER]
        return Heard(status, text, round((perf_counter() - started) * 1_000))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _post(self, client: httpx.AsyncClient, url: str, message: Webhook) -> tuple[int, str]:
        # Nobody needs an answer packed, and one that says it is may be none: what counts is the status.
        headers = {**message.headers, "user-agent": AGENT, "accept-encoding": "identity"}
        parts = httpx.URL(url)
        addresses = await check_address(self._reach, parts.host, parts.port or (443 if parts.scheme == "https" else 80))
        is_public = all(is_open_to_all(address) for address in addresses)
        async with client.stream("POST", url, content=message.body, headers=headers) as response:
            read = b""
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) >= MOST_READ:
                    break
            if not is_public:  # what services of our own network say is nobody's who may add a webhook
                return response.status_code, PRIVATE_ANSWER(bytes_count=len(read))
            packed = response.headers.get("content-encoding", "")
            return response.status_code, told_of(read[:MOST_READ], response.charset_encoding, packed)


def told_of(read: bytes, charset: str | None, packed: str) -> str:
    """What was answered; of an answer that is really packed, only that: unpacked, a small one may have no end."""
    text = text_of(read, charset)
    is_packed = packed.strip().lower() not in ("", "identity") and "\N{REPLACEMENT CHARACTER}" in text
    return PACKED_ANSWER(way_name=packed)[:LONGEST_ANSWER] if is_packed else text


def text_of(read: bytes, charset: str | None) -> str:
    """What was answered, in the charset that it names; in UTF-8 where there is no such charset."""
    try:
        text = read.decode(charset or "utf-8", errors="replace")
    except (LookupError, ValueError):
        text = read.decode("utf-8", errors="replace")
    text = text.encode("utf-8", "replace").decode("utf-8")  # some charsets give halves of letters
    return text.replace("\0", "")[:LONGEST_ANSWER]


def _client(timeout_s: float, reach: NetworkPolicy) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    direct = transport(reach, limits)
    # A proxy for https:// is more particular than all://, so it goes before it.
    return httpx.AsyncClient(
        timeout=timeout_s, follow_redirects=False, mounts={"http://": direct, "all://": direct}, limits=limits
    )
