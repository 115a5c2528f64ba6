"""What came of a simulated time: orders, mishaps, money and scores, as the journal and the ledgers tell it."""

from __future__ import annotations

from typing import Any

import msgspec

from purveyor.db.reader import Reader

ORDERS = """
    SELECT status || CASE WHEN closed_at IS NULL AND status NOT IN ('canceled', 'closed') THEN ', open' ELSE '' END
             AS label, count(*) AS count
      FROM orders
  GROUP BY 1
  ORDER BY 1
"""
CHANNELS = "SELECT channel AS label, count(*) AS count FROM orders GROUP BY 1 ORDER BY 1"
HOLDS = "SELECT type AS label, count(*) AS count FROM hold GROUP BY 1 ORDER BY 1"
FACTS = "SELECT kind AS label, count(*) AS count FROM journal WHERE kind = ANY($1::text[]) GROUP BY 1 ORDER BY 1"
STAGES = "SELECT split_part(kind, '.', 1) AS label, count(*) AS count FROM journal GROUP BY 1 ORDER BY 1"
MONEY = """
    SELECT account AS label, sum(minor)::bigint AS count
      FROM posting
     WHERE account NOT IN ('authorized', 'authorization')
  GROUP BY 1
  ORDER BY 1
"""
SCORES = "SELECT csat::text AS label, count(*) AS count FROM survey WHERE csat IS NOT NULL GROUP BY 1 ORDER BY 1"
CYCLE = """
    -- Hours from the order to the first parcel on its way, and to the first one at the door.
    SELECT coalesce(round(avg(extract(epoch FROM s.sent - o.placed_at) / 3600))::bigint, 0) AS shipped_h,
           coalesce(round(avg(extract(epoch FROM t.there - o.placed_at) / 3600))::bigint, 0) AS delivered_h
      FROM orders o
 LEFT JOIN (SELECT order_id, min(dispatched_at) AS sent FROM shipment GROUP BY 1) s ON s.order_id = o.id
 LEFT JOIN (SELECT order_id, min(delivered_at) AS there FROM tracking GROUP BY 1) t ON t.order_id = o.id
"""
# What people ask about first, by the fact that says it.
EVENTS = {
    "payment.declined": "payments declined",
    "payment.in_doubt": "payments in doubt",
    "payment.action_required": "confirmed at the bank",
    "payment.capture_failed": "captures failed",
    "review.units_backordered": "backorders",
    "review.order_rejected": "orders rejected",
    "picking.pick_shorted": "short picks",
    "shipping.label_refused": "labels refused",
    "shipping.shipment_dispatched": "parcels sent",
    "delivery.shipment_delivered": "parcels delivered",
    "delivery.delivery_failed": "nobody at home",
    "delivery.shipment_returned_to_sender": "returned to sender",
    "delivery.shipment_lost": "parcels lost",
    "delivery.collected": "collected at the counter",
    "delivery.installation_completed": "installations done",
    "support.case_opened": "cases",
    "support.claim_opened": "claims",
    "returns.return_authorized": "returns announced",
    "returns.return_credited": "returns credited",
    "payment.refund_done": "refunds",
    "feedback.survey_answered": "surveys answered",
    "feedback.product_review_written": "product reviews",
}


class _Count(msgspec.Struct, frozen=True):
    label: str
    count: int


class _Cycle(msgspec.Struct, frozen=True):
    shipped_h: int
    delivered_h: int


class Figures(msgspec.Struct, frozen=True):
    """Counts by name; money in minor units of the shop's currency."""

    orders: dict[str, int]
    channels: dict[str, int]
    holds: dict[str, int]
    events: dict[str, int]
    stages: dict[str, int]  # facts recorded by each
    money: dict[str, int]
    scores: dict[str, int]  # answers by CSAT
    shipped_after_h: int
    delivered_after_h: int
    simulated_days: int = 0
    refusals: dict[str, int] = {}

    @property
    def total(self) -> int:
        return sum(self.orders.values())

    @property
    def open(self) -> int:
        """Orders that have not ended."""
        return sum(count for label, count in self.orders.items() if label not in {"closed", "canceled"})


async def read_figures(read: Reader, *, simulated_days: int = 0, refusals: dict[str, int] | None = None) -> Figures:
    async def counts(query: str, *args: Any) -> dict[str, int]:
        return {each.label: each.count for each in await read.rows(_Count, query, *args)}

    cycle = await read.row(_Cycle, CYCLE)
    assert cycle is not None
    events = await counts(FACTS, list(EVENTS))
    return Figures(
        orders=await counts(ORDERS),
        channels=await counts(CHANNELS),
        holds=await counts(HOLDS),
        events={name: events.get(kind, 0) for kind, name in EVENTS.items()},
        stages=await counts(STAGES),
        money=await counts(MONEY),
        scores=await counts(SCORES),
        shipped_after_h=cycle.shipped_h,
        delivered_after_h=cycle.delivered_h,
        simulated_days=simulated_days,
        refusals=refusals or {},
    )
