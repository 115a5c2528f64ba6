"""The page of one order: units, money, parcels, messages, cases, returns, timeline; live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.positions import POSITIONS
from purveyor.core.rows import Line
from purveyor.engine.redaction import readable_stages
from purveyor.stages.returns.findings import Findings, findings_of
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.queries import notes_of
from purveyor.web.auth.roles import readable
from purveyor.web.console.frame.actor_names import names_of_actors, names_of_technicians
from purveyor.web.console.order.loading import ConsoleOrder, load_order
from purveyor.web.console.order.next_step import next_step_of
from purveyor.web.console.order.primary_actions import primary_actions
from purveyor.web.console.orders.filters import neighbors_of
from purveyor.web.order_page.loading import staff_path
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.labels.hold_reasons import actors_in
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.reading.order_history import NEWEST, Event, PostingSeen, postings_of, timeline

SCOPE = "orders:read"
EVENTS_SHOWN = 40
BAR_WIDTH = 1_000  # of the picture, in its own units


class Stretch(msgspec.Struct, frozen=True):
    """Units of a line in one position, as a piece of its bar."""

    position: str
    quantity: int
    x: float
    width: float


class Entry(msgspec.Struct, frozen=True):
    """What one fact did to the books: the amounts of all accounts, which add up to zero."""

    order_version: int
    at: Any
    amounts: dict[str, int]


def stretches(line: Line) -> list[Stretch]:
    """Where the units of a line are, from left to right as they travel."""
    found: list[Stretch] = []
    x = 0.0
    for position in POSITIONS:
        quantity = getattr(line, position)
        if quantity:
            width = BAR_WIDTH * quantity / line.quantity
            found.append(Stretch(position, quantity, round(x, 2), round(width, 2)))
            x += width
    return found


def entries_of(postings: Iterable[PostingSeen]) -> tuple[list[Entry], dict[str, int]]:
    """Postings by the fact that made them, and the balance of every account."""
    entries: list[Entry] = []
    balances: defaultdict[str, int] = defaultdict(int)
    for posting in postings:
        if not entries or entries[-1].order_version != posting.order_version:
            entries.append(Entry(posting.order_version, posting.at, {}))
        amounts = entries[-1].amounts
        amounts[posting.account] = amounts.get(posting.account, 0) + posting.minor
        balances[posting.account] += posting.minor
    return entries, dict(sorted(balances.items()))


def _actors(opened: ConsoleOrder) -> list[str]:
    """Everybody who is named by rows of the order."""
    rows = opened.rows_shown
    found = [hold.released_by for hold in rows["hold"]]
    found += [refund.requested_by for refund in rows["refund"]]
    found += [case.assignee for case in rows["support_case"]]
    found += [parcel.packer for parcel in rows["parcel"]]
    found += [fulfillment.picker for fulfillment in rows["fulfillment"]]
    return [actor for actor in found if actor]


async def show(ctx: RequestContext) -> ASGIResponse:
    """The whole page, or its moving part when something has happened."""
    async with load_order(ctx) as opened:
        postings = await postings_of(opened.read, opened.order.id) if ctx.may("payment:read") else []
        events = [] if ctx.is_part else await _events(ctx, opened, NEWEST)
        actors = _actors(opened)
        primary = await primary_actions(ctx, opened)
        findings = await findings_of(opened.read, opened.order.id) if opened.book.rows(Rma) else Findings()
        next_step = next_step_of(ctx, opened, findings)
        notes = await notes_of(opened.read, opened.order.id) if ctx.may("review:read") else []
    entries, balances = entries_of(postings)
    technicians = {each.technician for each in opened.rows_shown["appointment"] if each.technician}
    names = await names_of_actors(ctx, [*actors, *_named(events), *(note.written_by for note in notes)])
    sent = (await ctx.form()).text("note") if ctx.request.method == "POST" else ""
    return ctx.page(
        "console/order/live.html" if ctx.is_part else "console/order/page.html",
        opened=opened,
        order=opened.order,
        lines=opened.lines,
        rows=opened.rows_shown,
        contact=opened.contact,
        customer=opened.customer,
        entries=entries,
        balances=balances,
        names=names,
        technicians=await names_of_technicians(ctx.house.read, technicians),
        rules=opened.unit.state.policies.holds,
        stretches=stretches,
        positions=POSITIONS,
        bar_width=BAR_WIDTH,
        by_parcel={shipment.parcel_id: shipment for shipment in opened.rows_shown["shipment"]},
        tracked={tracking.shipment_id: tracking for tracking in opened.rows_shown["tracking"]},
        line_of={line.id: line for line in opened.lines},
        customer_page=staff_path(opened.order.number),
        primary=primary,
        next_step=next_step,
        findings=findings if ctx.may("returns:read") else Findings(),
        notes=notes,
        note=sent,
        beside=None if ctx.is_part else await neighbors_of(ctx, opened.order),
        **_more(events),
    )


async def _events(ctx: RequestContext, opened: ConsoleOrder, before: int) -> list[Event]:
    """One more than is shown, of the stages that the reader's role may read."""
    stages = readable(ctx.staff.scopes, readable_stages())
    return await timeline(opened.read, opened.order.id, before, EVENTS_SHOWN + 1, stages=stages)


def _named(events: Sequence[Event]) -> set[str]:
    """Those who did something, or are named in its reason."""
    return {event.actor for event in events} | actors_in(event.why for event in events)


def _more(events: Sequence[Any]) -> dict[str, Any]:
    """Events for the template, what repeats itself together, and from where to go on; 0 at the end."""
    shown = events[:EVENTS_SHOWN]
    runs = [
        list(run) for _, run in groupby(shown, key=lambda event: (event.kind, event.actor, event.automatic, event.why))
    ]
    return {"runs": runs, "before": shown[-1].seq if len(events) > EVENTS_SHOWN else 0}


async def show_timeline(ctx: RequestContext) -> ASGIResponse:
    """All that happened, newest first: `?before=` goes on where the page before ended."""
    before = ctx.given("before")
    start = int(before) if before.isascii() and before.isdigit() else NEWEST
    async with load_order(ctx) as opened:
        events = await _events(ctx, opened, min(start, NEWEST))
    return ctx.page(
        "console/order/events.html" if ctx.is_part else "console/order/timeline.html",
        order=opened.order,
        names=await names_of_actors(ctx, _named(events)),
        **_more(events),
    )


ROUTES: tuple[PageRoute, ...] = (
    get("/console/orders/{number:int}", show, scope=SCOPE),
    get("/console/orders/{number:int}/timeline", show_timeline, scope=SCOPE),
)
