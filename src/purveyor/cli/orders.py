"""`purveyor orders ...`: lists, and one order with its ledgers and all that happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
from rich.text import Text

from purveyor.cli.startup import CannotDo, house_of, out, print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.times import DAY, SECOND, written
from purveyor.core.money import Money
from purveyor.core.positions import POSITIONS
from purveyor.core.rows import Line, Order
from purveyor.core.service_levels import Stage
from purveyor.db.reader import Reader
from purveyor.db.shop_timezone import shop_zone
from purveyor.settings import Settings
from purveyor.web.reading.order_lists import OrderFilter, find_orders, order_id_of

MOST_FACTS = 10_000

BY_REFERENCE = """
    -- Of a reference that came twice, the newest.
    SELECT id FROM orders WHERE reference = $1 AND reference <> '' ORDER BY placed_at DESC, id DESC LIMIT 1
"""
ORDER = f"SELECT {', '.join(Order.__struct_fields__)} FROM orders WHERE id = $1"
LINES = f"""
    SELECT {", ".join(f'"{name}"' for name in Line.__struct_fields__)} FROM line WHERE order_id = $1 ORDER BY line_no
"""
MONEY = """
    SELECT account, sum(minor)::bigint AS minor FROM posting WHERE order_id = $1 GROUP BY account ORDER BY account
"""
HOLDS = """
    SELECT type, owner, why, opened_at, deadline_at, at_deadline, released_at, released_by
      FROM hold WHERE order_id = $1 ORDER BY opened_at, id
"""
TIMELINE = """
    SELECT at, kind, actor, data FROM journal WHERE order_id = $1 ORDER BY seq LIMIT $2
"""


class Balance(msgspec.Struct):
    account: str
    minor: int


class ShownHold(msgspec.Struct):
    type: str
    owner: str
    why: str
    opened_at: datetime
    deadline_at: datetime | None
    at_deadline: str
    released_at: datetime | None
    released_by: str


class Happened(msgspec.Struct):
    """One fact of the journal."""

    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]

    @property
    def why(self) -> str:
        return str(self.data.get("why", ""))

    def moves(self) -> list[str]:
        """What it moved: `2 MUG placed -> allocated at main`."""
        told = []
        for _, sku, source, target, quantity, *location in self.data.get("moves", ()):
            where = f" at {location[0]}" if location and location[0] else ""
            told.append(f"{quantity} {sku} {source or 'new'} -> {target}{where}")
        return told

    def postings(self, currency: str) -> list[str]:
        """What it posted: `receivable 28.70 EUR`."""
        return [f"{account} {Money(minor, currency)}" for account, minor in self.data.get("postings", ())]


class Shown(msgspec.Struct):
    """All that the command line tells about one order."""

    order: Order
    lines: list[Line]
    money: list[Balance]
    holds: list[ShownHold]
    timeline: list[Happened]


async def list_orders(settings: Settings, *, stage: str, hold: str, text: str, limit: int, json: bool) -> int:
    asked = {"stage": stage or None, "hold": hold or None, "text": text or None, "limit": limit}
    try:
        wanted = msgspec.convert(asked, OrderFilter)
    except msgspec.ValidationError as error:
        stages = ", ".join(get_args(Stage))
        raise CannotDo(f"{error}. Stages are {stages}; --limit is 1 to 200.") from error
    async with house_of(settings, providers=False) as house:
        found = (await find_orders(house.read, wanted)).items
        zone = await shop_zone(house.read)
    if json:
        print_json(found)
        return 0
    if not found:
        out.print("No such order.")
        return 0
    table = PlainTable(box=None, pad_edge=False)
    for name in ("number", "placed", "customer", "stage", "holds", "payment", "goods", "total"):
        table.add_column(name, overflow="fold", justify="right" if name == "total" else "left")
    for each in found:
        table.add_row(
            str(each.number),
            written(each.placed_at, zone, DAY),
            each.name,
            each.stage if each.status == "placed" else each.status,
            ", ".join(each.holds),
            each.payment_status,
            each.fulfillment_status,
            str(Money(each.total_minor, each.currency)),
        )
    out.print(table)
    return 0


async def show_order(settings: Settings, number: str, *, json: bool) -> int:
    async with house_of(settings, providers=False) as house:
        shown = await look_up(house.read, number)
        zone = await shop_zone(house.read)
    if shown is None:
        raise CannotDo(f"There is no order {number}. `purveyor orders list --text ...` finds one by name or e-mail.")
    if json:
        print_json(shown)
        return 0
    _show_head(shown.order, zone)
    _show_units(shown)
    _show_money(shown)
    _show_holds(shown.holds, zone)
    _show_timeline(shown, zone)
    return 0


async def look_up(read: Reader, number: str) -> Shown | None:
    """An order by number, id or reference."""
    order_id = await order_id_of(read, number)
    order = await read.row(Order, ORDER, order_id) if order_id else None
    if order is None:
        for order_id in await read.values(BY_REFERENCE, number):
            order = await read.row(Order, ORDER, order_id)
    if order is None:
        return None
    return Shown(
        order=order,
        lines=await read.rows(Line, LINES, order.id),
        money=await read.rows(Balance, MONEY, order.id),
        holds=await read.rows(ShownHold, HOLDS, order.id),
        timeline=await read.rows(Happened, TIMELINE, order.id, MOST_FACTS),
    )


def _show_head(order: Order, zone: ZoneInfo) -> None:
    reference = f", there called {order.reference}" if order.reference else ""
    placed = f"placed {written(order.placed_at, zone)} by {order.channel}{reference}"
    out.print(Text.assemble((f"Order {order.number}", "bold"), f": {order.status}, {placed}"))
    out.print(
        f"stage {order.stage} | payment {order.payment_status} | goods {order.fulfillment_status}"
        f" | return {order.return_status} | id {order.id}",
        soft_wrap=True,
    )


def _show_units(shown: Shown) -> None:
    """Only positions that hold units get a column."""
    used = [position for position in POSITIONS if any(getattr(line, position) for line in shown.lines)]
    table = PlainTable("line", "sku", "name", "ordered", *used, "costs", title="Units", title_justify="left")
    for line in shown.lines:
        where = [str(getattr(line, position) or "") for position in used]
        costs = str(Money(line.total_minor, shown.order.currency))
        table.add_row(str(line.line_no), line.sku, line.name, str(line.quantity), *where, costs)
    out.print(table)


def _show_money(shown: Shown) -> None:
    order = shown.order
    table = PlainTable("account", "balance", title="Money", title_justify="left")
    for balance in shown.money:
        table.add_row(balance.account, str(Money(balance.minor, order.currency)))
    out.print(table)
    shipping = Money(order.shipping_minor, order.currency)
    out.print(f"Total {Money(order.total_minor, order.currency)}, of it shipping {shipping}.")


def _show_holds(holds: list[ShownHold], zone: ZoneInfo) -> None:
    if not holds:
        return
    table = PlainTable("hold", "owner", "why", "since", "until", "released", title="Holds", title_justify="left")
    for hold in holds:
        until = f"{written(hold.deadline_at, zone)}, then {hold.at_deadline}" if hold.deadline_at else ""
        released = f"{written(hold.released_at, zone)} {hold.released_by}" if hold.released_at else ""
        table.add_row(hold.type, hold.owner, hold.why, written(hold.opened_at, zone), until, released)
    out.print(table)


def _show_timeline(shown: Shown, zone: ZoneInfo) -> None:
    """One line a fact, so that nothing is cut off on a narrow terminal; what it moved stands below it."""
    out.print("Timeline", style="italic")
    for fact in shown.timeline:
        at = written(fact.at, zone, SECOND)
        out.print(Text.assemble(f"{at}  ", (fact.kind, "bold"), f"  by {fact.actor}"), soft_wrap=True)
        told = [*fact.moves(), " | ".join(fact.postings(shown.order.currency))]
        if fact.why:
            told.append(f"because: {fact.why}")
        for text in filter(None, told):
            out.print(f"    {text}", soft_wrap=True)
