"""The figures of a shop: orders and revenue by day, how long each stage takes, and how many orders were perfect.

Sums by day read the index on the time of placement. What needs a look at every order's course is measured on the
newest orders of the period, at most `SAMPLE` of them, and says how many there were.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from purveyor.db.reader import Reader

SAMPLE = 5_000


class Day(msgspec.Struct, frozen=True):
    """Orders placed on a day of the shop's zone. Revenue with tax, in minor units, without what was canceled."""

    day: date
    currency: str
    orders: int
    revenue_minor: int


BY_DAY = """
    SELECT (placed_at AT TIME ZONE $3)::date AS day, currency, count(*) AS orders,
           coalesce(sum(total_minor), 0)::bigint AS revenue_minor
      FROM orders
     WHERE placed_at >= $1 AND placed_at < $2 AND status <> 'canceled'
  GROUP BY 1, 2
  ORDER BY 1, 2
     LIMIT 5000
"""


async def by_day(read: Reader, since: datetime, until: datetime, zone: str) -> list[Day]:
    return await read.rows(Day, BY_DAY, since, until, zone)


class Share(msgspec.Struct, frozen=True):
    """Orders of one kind: of a channel, a country."""

    label: str
    orders: int
    revenue_minor: int


BY_CHANNEL = """
    SELECT channel AS label, count(*) AS orders, coalesce(sum(total_minor), 0)::bigint AS revenue_minor
      FROM orders
     WHERE placed_at >= $1 AND placed_at < $2 AND status <> 'canceled' AND currency = $3
  GROUP BY channel
  ORDER BY orders DESC, channel
"""


async def by_channel(read: Reader, since: datetime, until: datetime, currency: str) -> list[Share]:
    return await read.rows(Share, BY_CHANNEL, since, until, currency)


class Stretch(msgspec.Struct, frozen=True):
    """How long orders took from one milestone to the next, in hours: the median, and what nine of ten stay below."""

    stage: str
    orders: int
    median_h: float
    ninety_h: float


def _sampled(condition: str = "") -> str:
    return f"""
    sampled AS MATERIALIZED (
        SELECT id, placed_at, promised_at, fulfillment_status, return_status
          FROM orders
         WHERE placed_at >= $1 AND placed_at < $2 AND status <> 'canceled' {condition}
      ORDER BY placed_at DESC, id DESC
         LIMIT {SAMPLE}
    )"""


CYCLE_TIMES = f"""
    -- Each order's milestones from its own facts; a stretch counts where both of its ends were reached.
    WITH {_sampled()},
    reached AS (
        SELECT s.id, s.placed_at,
               min(j.at) FILTER (WHERE said.kind = 'review.order_approved') AS approved_at,
               min(j.at) FILTER (WHERE said.kind = 'payment.secured') AS secured_at,
               max(j.at) FILTER (WHERE said.kind = 'picking.fulfillment_picked') AS picked_at,
               max(j.at) FILTER (WHERE said.kind = 'packing.parcel_packed') AS packed_at,
               max(j.at) FILTER (WHERE said.kind = 'shipping.shipment_dispatched') AS shipped_at,
               max(j.at) FILTER (WHERE said.kind = 'delivery.shipment_delivered') AS delivered_at
          FROM sampled s JOIN journal_row j ON j.order_id = s.id,
               unnest(coalesce(j.kinds, ARRAY[j.kind])) AS said (kind)
      GROUP BY s.id, s.placed_at
    ),
    stretches AS (
        SELECT v.place, v.stage, extract(epoch FROM v.till - v.since) / 3600 AS hours
          FROM reached r,
               LATERAL (VALUES (1, 'review', r.placed_at, r.approved_at),
                               (2, 'payment', r.placed_at, r.secured_at),
                               (3, 'picking', greatest(r.approved_at, r.secured_at), r.picked_at),
                               (4, 'packing', r.picked_at, r.packed_at),
                               (5, 'shipping', r.packed_at, r.shipped_at),
                               (6, 'delivery', r.shipped_at, r.delivered_at),
                               (7, 'all', r.placed_at, r.delivered_at)) AS v (place, stage, since, till)
         WHERE v.till >= v.since
    )
    SELECT stage, count(*) AS orders, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS median_h,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) AS ninety_h
      FROM stretches
  GROUP BY place, stage
  ORDER BY place
"""


async def cycle_times(read: Reader, since: datetime, until: datetime) -> list[Stretch]:
    return await read.rows(Stretch, CYCLE_TIMES, since, until)


class Quality(msgspec.Struct, frozen=True):
    """How well orders went, counted on those whose goods have all been delivered.

    A perfect order was delivered on time, complete, undamaged and without a claim (SCOR model, metric RL.1.1).
    """

    orders: int
    delivered: int
    on_time: int
    with_promise: int
    complete: int
    without_claim: int
    perfect: int
    returned: int


QUALITY = f"""
    WITH {_sampled()},
    judged AS (
        SELECT s.id, s.promised_at, s.fulfillment_status = 'delivered' AS is_delivered,
               s.return_status <> 'none' AS is_returned,
               (SELECT max(d.at) FROM delivered_units d WHERE d.order_id = s.id) AS delivered_at,
               NOT EXISTS (SELECT FROM line l WHERE l.order_id = s.id AND l.canceled + l.lost > 0) AS is_complete,
               NOT EXISTS (SELECT FROM support_case c WHERE c.order_id = s.id AND c.claim <> '') AS has_no_claim
          FROM sampled s
    ),
    told AS (
        SELECT *, promised_at IS NULL OR delivered_at::date <= promised_at::date AS is_on_time FROM judged
    )
    SELECT count(*) AS orders,
           count(*) FILTER (WHERE is_delivered) AS delivered,
           count(*) FILTER (WHERE is_delivered AND promised_at IS NOT NULL AND is_on_time) AS on_time,
           count(*) FILTER (WHERE is_delivered AND promised_at IS NOT NULL) AS with_promise,
           count(*) FILTER (WHERE is_delivered AND is_complete) AS complete,
           count(*) FILTER (WHERE is_delivered AND has_no_claim) AS without_claim,
           count(*) FILTER (WHERE is_delivered AND is_on_time AND is_complete AND has_no_claim) AS perfect,
           count(*) FILTER (WHERE is_returned) AS returned
      FROM told
"""


async def quality(read: Reader, since: datetime, until: datetime) -> Quality:
    row = await read.row(Quality, QUALITY, since, until)
    assert row is not None, "an aggregate has one row"
    return row


class Sold(msgspec.Struct, frozen=True):
    sku: str
    name: str
    units: int
    revenue_minor: int


BEST_SOLD = f"""
    -- In one currency: amounts of several cannot be added up.
    WITH {_sampled("AND currency = $3")}
    SELECT l.sku, min(l.name) AS name, sum(l.quantity - l.canceled)::bigint AS units,
           sum(l.total_minor)::bigint AS revenue_minor
      FROM sampled s JOIN line l ON l.order_id = s.id
  GROUP BY l.sku
  ORDER BY units DESC, l.sku
     LIMIT 10
"""


async def best_sold(read: Reader, since: datetime, until: datetime, currency: str) -> list[Sold]:
    return await read.rows(Sold, BEST_SOLD, since, until, currency)
