"""A payment provider that is simulated: it keeps its own books, and misbehaves as it is told."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from purveyor.adapters.clocks import SystemClock
from purveyor.adapters.fake_state import Batch, Feed, InjectedFault, Store, digest, sendings
from purveyor.adapters.gateways import fake_ledger as books
from purveyor.adapters.gateways.fake_ledger import Charge, Effect, GatewayScript, Request
from purveyor.core.money import Money
from purveyor.ports.clock import Clock
from purveyor.ports.errors import GatewayTimeout, GatewayUnavailable
from purveyor.ports.gateway import GatewayEvent, GatewayResult


class FakeGateway:
    """A `Gateway` whose state stands in an SQLite file, shared by all processes that name it.

    Some sources have habits (`fake_books.SOURCES`: "card-declined", "card-3ds", "card-timeout-after" ...); every
    other one is good. Every answer is also sent as an event.
    """

    def __init__(self, path: str | Path = ":memory:", clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._feed = Feed("gateway", GatewayEvent)
        self._store = Store(
            "gateway",
            path,
            f"{books.TABLES};{self._feed.tables}",
            GatewayScript(),
            unavailable=GatewayUnavailable,
            timeout=GatewayTimeout,
        )

    async def authorize(self, key: str, amount: Money, source: str, *, about: str = "") -> GatewayResult:
        request = Request(key, "authorize", source, amount.minor, amount.currency)
        return await self._once(request, about, books.SOURCES.get(source, books.ACCEPTS).first)

    async def capture(self, key: str, reference: str, amount: Money) -> GatewayResult:
        return await self._once(Request(key, "capture", reference, amount.minor, amount.currency))

    async def void(self, key: str, reference: str) -> GatewayResult:
        return await self._once(Request(key, "void", reference, 0, ""))

    async def refund(self, key: str, reference: str, amount: Money) -> GatewayResult:
        return await self._once(Request(key, "refund", reference, amount.minor, amount.currency))

    async def look_up(self, key: str) -> GatewayResult | None:
        def read(db: sqlite3.Connection) -> GatewayResult | None:
            known = books.known(db, key)
            return known[1].result(key) if known else None

        return await self._store.ask(read)

    async def due_events(self, since: int = 0, limit: int = 1000) -> Batch[GatewayEvent]:
        """Give the events sent after the cursor `since`, in the order of sending, and the new cursor."""
        with self._store.transaction() as db:
            return self._feed.read(db, since, limit, self._clock.now())

    def answer_challenge(self, reference: str, *, passed: bool) -> GatewayResult:
        """Let the customer pass or fail a challenge (3-D Secure). Raises `LookupError` when none is open."""
        with self._store.transaction() as db:
            key, answer = books.answer_challenge(db, reference, passed=passed)
            result = answer.result(key)
            self._tell_of(db, self._store.script_now(), result, f"{key}:answered")
            return result

    def tell(self, script: GatewayScript) -> None:
        """Replace the script of misbehavior, for all processes; `GatewayScript()` is good again."""
        self._store.tell(script)

    def script(self) -> GatewayScript:
        """Read the script as it stands, counted down so far."""
        return self._store.script()

    def charges(self, about: str | None = None) -> list[Charge]:
        """Give every payment in the books (declined authorizations make none), or those of one purpose."""
        with self._store.transaction() as db:
            return books.charges(db, about)

    def effects(self, about: str | None = None) -> list[Effect]:
        """Give every request that was done, once however often it was sent, or those of one purpose."""
        with self._store.transaction() as db:
            return books.effects(db, about)

    def close(self) -> None:
        self._store.close()

    async def _once(self, request: Request, about: str = "", first: InjectedFault | None = None) -> GatewayResult:
        def work(db: sqlite3.Connection, script: GatewayScript) -> GatewayResult:
            answer = books.first_answer(db, request)
            if answer is not None:
                return answer.result(request.key)
            result = books.carry_out(db, script, request, about).result(request.key)
            self._tell_of(db, script, result, request.key)
            return result

        return await self._store.perform(request.key, work, first)

    def _tell_of(self, db: sqlite3.Connection, script: GatewayScript, result: GatewayResult, occasion: str) -> None:
        now = self._clock.now()
        event_id = f"evt_{digest(occasion)}"
        event = GatewayEvent(event_id, result.key, result.outcome, result.reference, result.reason, now)
        for due_at in sendings(script, event_id, now):
            self._feed.put(db, event, due_at, now)
