"""The board: eleven columns with live counts and ages, late ones first, exceptions on top."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.db.reader import Reader
from purveyor.records.policies.queries import load_policies
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.reading.order_lists import MOST_COUNTED, Board, board

SCOPE = "orders:read"
ICONS = {
    "receipt": "inbox",
    "review": "eye-check",
    "confirmation": "mail",
    "payment": "credit-card",
    "picking": "shopping-cart",
    "packing": "package",
    "shipping": "truck",
    "delivery": "map-pin",
    "support": "message-circle",
    "returns": "arrow-back-up",
    "feedback": "star",
}


class Card(msgspec.Struct, frozen=True):
    """An order as a card: the oldest of its stage."""

    id: str
    number: int
    stage: str
    name: str
    total_minor: int
    currency: str
    stage_since: datetime | None
    promised_at: datetime | None
    holds: str


CARDS = """
    -- The oldest few of every stage, each stage by its own stretch of the index.
    SELECT o.id::text, o.number, o.stage, coalesce(c.name, '') AS name, o.total_minor, o.currency, o.stage_since,
           o.promised_at, o.holds
      FROM unnest($1::text[]) WITH ORDINALITY AS s (stage, place),
           LATERAL (SELECT * FROM orders WHERE stage = s.stage AND closed_at IS NULL
                     ORDER BY stage_since LIMIT $2) AS o
 LEFT JOIN contact c ON c.id = o.contact_id
  ORDER BY s.place, o.stage_since
"""
LATE = """
    SELECT s.stage, counted.orders
      FROM unnest($1::text[], $2::timestamptz[]) AS s (stage, late_before),
           LATERAL (SELECT count(*) AS orders
                      FROM (SELECT FROM orders
                             WHERE stage = s.stage AND closed_at IS NULL AND stage_since < s.late_before
                          ORDER BY stage_since LIMIT $3) AS few) AS counted
"""
CARDS_SHOWN = 3  # so that all eleven stages are seen at once


class Count(msgspec.Struct, frozen=True):
    stage: str
    orders: int


class Column(msgspec.Struct, frozen=True):
    """One stage on the board."""

    stage: str
    icon: str
    orders: int
    held: int
    late: int
    late_after: timedelta
    oldest_since: datetime | None
    cards: list[Card]


async def columns(read: Reader, seen: Board, now: datetime, *, names: bool = True) -> list[Column]:
    """The stages with their oldest orders, and how many of each are late; without `names`, of nobody."""
    stages = [column.stage for column in seen.stages]
    cards = await read.rows(Card, CARDS, stages, CARDS_SHOWN)
    if not names:
        cards = [msgspec.structs.replace(card, name="") for card in cards]
    policies = await load_policies(read)
    clocks = {stage: policies.stages.clock(stage) for stage in stages}
    since = [clocks[stage].late_before(now, policies.business_hours) for stage in stages]
    late = {each.stage: each.orders for each in await read.rows(Count, LATE, stages, since, MOST_COUNTED)}
    return [
        Column(
            stage=column.stage,
            icon=ICONS[column.stage],
            orders=column.orders,
            held=column.held,
            late=late.get(column.stage, 0),
            late_after=clocks[column.stage].late_after,
            oldest_since=column.oldest_since,
            cards=[card for card in cards if card.stage == column.stage],
        )
        for column in seen.stages
    ]


async def show(ctx: RequestContext) -> ASGIResponse:
    """The whole page, or its moving part when something has happened."""
    read = ctx.house.read
    seen = await board(read)
    return ctx.page(
        "console/orders/board_columns.html" if ctx.is_part else "console/orders/board.html",
        columns=await columns(read, seen, ctx.now, names=ctx.knows_addresses),
        most=MOST_COUNTED,
        holds=seen.holds,
    )


ROUTES: tuple[PageRoute, ...] = (get("/console", show, scope=SCOPE),)
