"""What is asked of the journal is found by an index, however long it has grown: never by looking through all of it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest

from purveyor.cli import demo_board, orders
from purveyor.engine import change_feed
from purveyor.insight import figures, journal_seals, replay
from purveyor.insight.backtest import returns as returning
from purveyor.intake import known_rows, returns
from purveyor.records.policies import queries as policies
from purveyor.records.webhooks import outbox
from purveyor.simulation import customers
from purveyor.web.order_page import queries as order_page
from purveyor.web.pages import live_updates
from purveyor.web.reading import order_history
from tests.plans import steps_of

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

LONG_AGO, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
AN_ORDER = UUID(int=1)
KINDS = ["receipt.order_placed"]

ASKED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "timeline of an order": (order_history.TIMELINE, (AN_ORDER, 10**9, 200, None)),
    "postings of an order": (order_history.POSTINGS, (AN_ORDER,)),
    "balances of an order": (orders.MONEY, (AN_ORDER,)),
    "order in a terminal": (orders.TIMELINE, (AN_ORDER, 50)),
    "customer's page": (order_page.HAPPENED, (AN_ORDER, KINDS, 80)),
    "cycle times": (figures.CYCLE_TIMES, (LONG_AGO, NOW)),
    "board in a terminal": (demo_board.NEWS, (10**6, 500)),
    "changes": (change_feed.CHANGES, (10**6, 2 * 10**6, 500, ["receipt"])),
    "changes by number": (change_feed.LINES_BY_SEQ, ([32, 64],)),
    "open pages": (live_updates.NEWS, (10**6, 2 * 10**6)),
    "webhooks": (outbox.FILL, ([AN_ORDER], 2 * 10**6, 500)),
    "webhooks since a time": (outbox.FIRST_AFTER, (10**6,)),
    "new webhooks": (outbox.OPEN, ([AN_ORDER],)),
    "what simulated customers hear": (customers.HEARD, (10**6, KINDS, 500)),
    "orders that come again in a file": (known_rows.PLACED, ([AN_ORDER], KINDS[0])),
    "returns that come again in a file": (returns.BOOKED, ([AN_ORDER], ["key"], "returns.return_imported")),
    "policies of the past": (policies.VERSIONS, ("tax", 50)),
    "returns under another policy": (returning.STORY, ([AN_ORDER],)),
    "last rows of orders": (replay.LAST_ROWS, ([AN_ORDER],)),
    "youngest row to seal": (journal_seals.YOUNGEST, (10**6, 2 * 10**6, NOW)),
    "end of the next seal": (journal_seals.END_OF_NEXT, (10**6, 2 * 10**6, 1_000)),
}


@pytest.mark.parametrize("what", ASKED)
async def test_no_question_looks_through_the_whole_journal(pool: Pool, what: str) -> None:
    statement, values = ASKED[what]
    async with pool.acquire() as db, db.transaction():
        # The tables are empty here: without this, reading them whole would be the best plan.
        await db.execute("SET LOCAL enable_seqscan = off")
        (plan,) = json.loads(await db.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values))
    looks = [each for each in steps_of(plan["Plan"]) if str(each.get("Relation Name", "")).startswith("journal_")]

    assert looks
    for look in looks:
        of_no_order = re.search(r"security|_seq_idx\d*$", look.get("Index Name", ""))  # an index over these few alone
        assert look["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, look
        assert "Index Cond" in look or "Recheck Cond" in look or of_no_order, look
