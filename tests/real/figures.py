"""Holds what Purveyor's tables say against what the file says."""

from __future__ import annotations

from purveyor.engine.unit_of_work import Connection
from tests.real.truth import COUNTRIES, Truth
from tests.real.year import Outcome

BY_MONTH = """
    SELECT o.country, to_char(o.placed_at, 'YYYY-MM'), count(*), sum(l.lines)::bigint, sum(l.units)::bigint,
           sum(o.goods_minor)::bigint
      FROM orders o,
           LATERAL (SELECT count(*) AS lines, sum(quantity) AS units FROM line WHERE order_id = o.id) l
     WHERE o.channel = 'file' AND o.currency = 'GBP'
  GROUP BY 1, 2
"""
RETURNED = "SELECT sku, sum(returned)::bigint FROM line WHERE returned > 0 GROUP BY sku"
REFUNDED = "SELECT coalesce(-sum(refunded_minor), 0)::bigint FROM orders"
ODD_UNITS = "SELECT count(*) FROM line WHERE delivered + returned <> quantity"
ODD_MONEY = """
    SELECT count(*) FROM orders
     WHERE receivable_minor <> 0 OR captured_minor <> total_minor OR total_minor <> goods_minor
"""
ODD_STOCK = "SELECT count(*) FROM stock WHERE allocated <> 0 OR held <> 0"
ON_THE_SHELF = "SELECT sku, on_hand FROM stock WHERE on_hand > 0"


async def check(db: Connection, outcome: Outcome, truth: Truth) -> None:
    """Raises `AssertionError` for the first thing that is not as it should be."""
    check_reports(outcome, truth)
    found = {(country, month): figures for country, month, *figures in await db.fetch(BY_MONTH)}
    expected = {
        (COUNTRIES[country], month): [sold.orders, sold.lines, sold.units, sold.pence]
        for (country, month), sold in truth.sales.items()
    }
    assert found == expected, "by country and month"
    returned = await numbers(db, RETURNED)
    assert returned == truth.returned_units, "units that came back"
    assert await db.fetchval(REFUNDED) == truth.refunded_pence
    assert await db.fetchval(ODD_UNITS) == 0, "every unit is with the customer, or back"
    assert await db.fetchval(ODD_MONEY) == 0, "every order is paid, and nothing is owed"
    assert await db.fetchval(ODD_STOCK) == 0, "nobody waits for anything"
    on_the_shelf = await numbers(db, ON_THE_SHELF)
    assert on_the_shelf == returned, "what came back lies on the shelf"
    assert not outcome.unended, "every order has ended"
    assert outcome.verified.is_clean, outcome.verified.differences[:5]


async def numbers(db: Connection, query: str) -> dict[str, int]:
    return {str(name): number for name, number in await db.fetch(query)}


def check_reports(outcome: Outcome, truth: Truth) -> None:
    """What the imports said of themselves."""
    orders, again, returns = outcome.orders, outcome.orders_again, outcome.returns
    rejected = truth.rejected.total()
    assert not outcome.catalog.refused
    assert orders.rows == returns.rows == truth.rows
    assert (orders.accepted, orders.accepted_rows) == (truth.orders, truth.lines)
    assert (orders.refused_rows, orders.set_aside) == (rejected, truth.matched + truth.unmatched)
    assert (again.accepted, again.repeated, again.repeated_rows) == (0, truth.orders, truth.lines)
    assert not outcome.undelivered
    assert (returns.accepted, returns.refused_rows) == (truth.matched, rejected + truth.unmatched)
    assert (outcome.returns_again.accepted, outcome.returns_again.repeated) == (0, truth.matched)
    assert not outcome.unpaid_refunds
