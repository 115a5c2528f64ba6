"""Server-sent events: a page learns that something has happened, and asks for its moving part again.

One look at the journal serves every page that is open in this process, and nobody looks while no page is.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog
from litestar.response.streaming import ASGIStreamingResponse

from purveyor.db.outages import Outage
from purveyor.db.reader import Reader
from purveyor.engine.change_feed import settled_seq
from purveyor.engine.journal import FACTS_OF_A_ROW
from purveyor.web.http.rate_limits import too_many

log = structlog.get_logger()

LOOK_EVERY_S = 0.5
STILL_THERE_S = 15.0  # a comment, so that nobody in between takes the line for dead
LONGEST_S = 300.0  # then the browser asks again by itself
MOST_LISTENERS = 2_000
MOST_OF_ONE = 6  # pages that one session or one link has open
MOST_OF_AN_ADDRESS = 50
NEWS = f"""
    -- Rows of the journal that have facts after a number.
    SELECT seq + coalesce(cardinality(kinds), 1) - 1 AS seq, order_id FROM journal_row
     WHERE seq > $1 - {FACTS_OF_A_ROW} AND seq <= $2 AND seq + coalesce(cardinality(kinds), 1) > $1 + 1
  ORDER BY journal_row.seq LIMIT 5000
"""
VERSION = "SELECT version FROM orders WHERE id = $1"
LAST_EVENT = "last-event-id"  # sent by a browser that was here before
LAST = "SELECT coalesce(max(seq), 0) FROM journal_row"


class Listens(Protocol):
    """What of a request is looked at."""

    headers: Any
    query_params: Any


class LiveEvent(msgspec.Struct, frozen=True):
    seq: int
    order_id: UUID | None


class Listener:
    """One open page. It is woken; what it missed meanwhile is one event."""

    def __init__(self, order_id: UUID | None, of: tuple[str, ...] = ()) -> None:
        self.order_id = order_id
        self.of = of
        self.woken = asyncio.Event()


class Live:
    """The one who looks, and all who listen."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._listeners: set[Listener] = set()
        self._open: Counter[str] = Counter()  # pages of each session or link, and of each address
        self._looking: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Ends every stream, so that a server can stop."""
        self._closing.set()
        for listener in self._listeners:
            listener.woken.set()
        if self._looking is not None:
            self._looking.cancel()

    def stream(
        self, request: Listens, order_id: UUID | None = None, *, whose: str = "", address: str = ""
    ) -> ASGIStreamingResponse:
        """The event `changed`, whenever something happened to this order, or to any.

        What happened between the making of the page and this request is an event as well: the page of an order says by
        `?seen=` which version of the order it shows, and a browser that comes again says so by `Last-Event-ID`.

        `whose` is the session or link that the page belongs to. Neither it nor an address takes the places of others:
        raises `Problem` (429) past its own.
        """
        self._check(whose, address)
        again = LAST_EVENT in request.headers
        seen = request.query_params.get("seen")
        return ASGIStreamingResponse(
            iterator=self._events(order_id, seen, (f"of {whose}", f"from {address}"), again=again),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def _check(self, whose: str, address: str) -> None:
        too_many_of_one = whose and self._open[f"of {whose}"] >= MOST_OF_ONE
        if too_many_of_one or (address and self._open[f"from {address}"] >= MOST_OF_AN_ADDRESS):
            raise too_many("open pages", STILL_THERE_S)

    async def _events(
        self, order_id: UUID | None, seen: str | None, of: tuple[str, ...], *, again: bool
    ) -> AsyncIterator[bytes]:
        yield b"retry: 2000\nid: here\n\n"
        if len(self._listeners) >= MOST_LISTENERS:
            return
        listener = Listener(order_id, of)
        self._listeners.add(listener)
        self._open.update(of)
        try:
            await self._start_looking()
            if again or await self._is_older(seen, order_id):
                listener.woken.set()
            async for event in self._told(listener):
                yield event
        finally:
            self._listeners.discard(listener)
            self._open.subtract(of)
            self._open += Counter()  # drops those that have none left

    async def _start_looking(self) -> None:
        """From here on every change is told; what happened before, the page has seen or says that it has not."""
        if self._looking is not None and not self._looking.done():
            return
        (last,) = await self._read.values(LAST)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(last), name="live")

    async def _is_older(self, seen: str | None, order_id: UUID | None) -> bool:
        if seen is None or order_id is None:
            return False
        return [seen] != [str(version) for version in await self._read.values(VERSION, order_id)]

    async def _told(self, listener: Listener) -> AsyncIterator[bytes]:
        ends = asyncio.get_running_loop().time() + LONGEST_S
        while not self._closing.is_set() and asyncio.get_running_loop().time() < ends:
            try:
                async with asyncio.timeout(STILL_THERE_S):
                    await listener.woken.wait()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            listener.woken.clear()
            if not self._closing.is_set():
                yield b"event: changed\ndata: now\n\n"

    async def _look(self, last: int) -> None:
        """Look at the journal while anybody listens."""
        outage = Outage("live.blind")
        wait_s = LOOK_EVERY_S
        while self._listeners:
            await asyncio.sleep(wait_s)
            try:
                last = await self._tell(last)
            except Exception as error:  # noqa: BLE001 (whatever it is, those who listen are told when it is over)
                wait_s = max(outage.begin(error), LOOK_EVERY_S)
            else:
                outage.end()
                wait_s = LOOK_EVERY_S

    async def _tell(self, last: int) -> int:
        settled = await settled_seq(self._read)
        if settled is None or settled <= last:
            return last
        news = await self._read.rows(LiveEvent, NEWS, last, settled)
        orders = {each.order_id for each in news}
        for listener in self._listeners:
            if listener.order_id is None or listener.order_id in orders:
                listener.woken.set()
        return news[-1].seq if news else settled
