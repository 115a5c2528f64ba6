"""One order with everything about it: ledgers, rows of every stage, timeline, and what can be done now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec

from purveyor.core.positions import POSITIONS
from purveyor.core.refusals import NotFound
from purveyor.core.rows import Allocation, Contact, Line, Order, OrderRow, PriceAdjustment
from purveyor.core.state import Book, Needs, State
from purveyor.core.taxes import shipping_parts
from purveyor.db.reader import Reader
from purveyor.engine.change_feed import Change, changes_since
from purveyor.engine.redaction import readable_stages
from purveyor.engine.tables import parts
from purveyor.engine.unit_of_work import UnitOfWork
from purveyor.records.policies.queries import load_policies
from purveyor.records.staff.scopes import allows
from purveyor.web.api.available_actions import Action, actions_of
from purveyor.web.api.command_endpoints import Endpoint
from purveyor.web.api.query_endpoints import NoParameters, QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.auth.api_keys import Caller
from purveyor.web.auth.roles import readable, reading
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import After, Limit, Page, page, place_after
from purveyor.web.reading.attachments import KeptText, kept_text
from purveyor.web.reading.contact_access import contact_shown, orders_for
from purveyor.web.reading.order_history import NEWEST, Event, PostingSeen, postings_of, timeline
from purveyor.web.reading.order_lists import Board, OrderFilter, OrderSeen, board, order_id_of

SCOPE = "orders:read"
EVENTS_SHOWN = 100
# Columns that are for the customer alone, or for the gateway, and what only the engine reads.
HIDDEN = {
    "orders": {"parts"},  # which tables have rows of it
    "collection": {"code"},
    "payment": {"source", "request_key", "action_url"},
    "capture": {"request_key"},
    "refund": {"request_key"},
    "message": {"details"},
}
Row = dict[str, Any]


class OrderMoney(msgspec.Struct, frozen=True):
    """The order's books, in minor units of its currency: the sum of every account, and every posting."""

    currency: str
    total_minor: int
    receivable_minor: int
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    accounts: dict[str, int]
    postings: Sequence[PostingSeen]


class OrderDetails(msgspec.Struct, frozen=True):
    """An order as a whole. `units` sums the lines by position; `parts` are the rows of every stage, by table.

    Whoever asks sees the parts and events of the stages whose scope `<stage>:read` the key has, `money` with
    `payment:read`, and `contact` with `contacts:read`.
    """

    order: Row
    contact: Row | None
    lines: list[Row]
    units: dict[str, int]
    allocations: list[Row]
    money: OrderMoney | None
    parts: dict[str, list[Row]]
    timeline: Sequence[Event]
    actions: Sequence[Action]


class OrderKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: Annotated[str, msgspec.Meta(max_length=40, description="The id of an order, or its number.")]


class OrderPart(OrderKey, frozen=True):
    limit: Limit = 100
    after: After = None


class ActionList(msgspec.Struct, frozen=True):
    items: Sequence[Action]


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    since: Annotated[int, msgspec.Meta(ge=0, le=2**62, description="The `next` of the answer before; 0 at first.")] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 500


class Changes(msgspec.Struct, frozen=True):
    """What happened after `since`. Ask again from `next`: nothing is left out, and nothing comes twice."""

    items: Sequence[Change]
    next: int


Tried = Callable[[], Sequence[tuple[str, Endpoint]]]


def orders_section(tried: Tried) -> Section:
    """The reading of orders; `tried` are the endpoints of all stages, known once all sections are."""

    async def details(house: House, asked: OrderKey, caller: Caller) -> OrderDetails:
        async with house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            read = house.read.on(db)
            unit, book = await load_order(read, db, asked.order)
            contact = await contact_of(unit, book)
            events = await timeline(read, book.order.id, NEWEST, EVENTS_SHOWN, stages=_stages(caller))
            postings = await postings_of(read, book.order.id) if caller.may("payment:read") else None
            return OrderDetails(
                order=order_shown(book.order),
                contact=contact_shown(contact, caller.scopes) if contact is not None else None,
                lines=[shown(line) for line in sorted(book.lines.values(), key=lambda line: line.line_no)],
                units=units_of(book),
                allocations=[shown(row) for row in book.allocations.values()],
                money=_money(book.order, postings) if postings is not None else None,
                parts=parts_of(book, caller.scopes),
                timeline=events,
                actions=await actions_of(unit, book, tried(), "staff:api", house.outside.clock.now()),
            )

    async def actions(house: House, asked: OrderKey) -> ActionList:
        async with house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            unit, book = await load_order(house.read.on(db), db, asked.order)
            return ActionList(await actions_of(unit, book, tried(), "staff:api", house.outside.clock.now()))

    return Section(
        name="orders",
        about="Orders of all stages, read: lists by any filter, one order as a whole, the board, and what changed.",
        reads=(
            QueryEndpoint(
                path="/orders",
                find_for=_list,
                answer=Page[OrderSeen],
                scope=SCOPE,
                summary="Orders, newest first, by any filters",
                parameters=OrderFilter,
            ),
            QueryEndpoint(
                path="/orders/{order:str}",
                find_for=details,
                answer=OrderDetails,
                scope=SCOPE,
                summary="One order with ledgers, timeline and what can be done now",
                parameters=OrderKey,
            ),
            QueryEndpoint(
                path="/orders/{order:str}/actions",
                find=actions,
                answer=ActionList,
                scope=SCOPE,
                summary="What can be done with an order now, and why not the rest",
                parameters=OrderKey,
            ),
            QueryEndpoint(
                path="/orders/{order:str}/timeline",
                find_for=_timeline,
                answer=Page[Event],
                scope=SCOPE,
                summary="All that happened to an order, newest first",
                parameters=OrderPart,
            ),
            QueryEndpoint(
                path="/orders/{order:str}/texts/{text_id:uuid}",
                find_for=_text,
                answer=KeptText,
                scope=SCOPE,
                summary="What came with an order or left for its customer: documents, messages, records, pictures",
                parameters=TextKey,
            ),
            QueryEndpoint(
                path="/board", find=_board, answer=Board, scope=SCOPE, summary="Orders by stage, and what is held"
            ),
            QueryEndpoint(
                path="/changes",
                find_for=_changes,
                tells_reasons=False,
                answer=Changes,
                scope=SCOPE,
                summary="All that happened after a number of the journal",
                parameters=Since,
            ),
        ),
    )


async def _list(house: House, asked: OrderFilter, caller: Caller) -> Page[OrderSeen]:
    return await orders_for(house.read, asked, caller.scopes)


async def _board(house: House, _: NoParameters) -> Board:
    return await board(house.read)


class TextKey(OrderKey, frozen=True):
    """A text of an order."""

    text_id: UUID


async def _text(house: House, asked: TextKey, caller: Caller) -> KeptText:
    order_id = await _order_id(house.read, asked.order)
    return await kept_text(house.read, order_id, asked.text_id, lambda scope: allows(caller.scopes, scope))


def _stages(caller: Caller) -> tuple[str, ...]:
    """Whose facts this caller may read."""
    return readable(caller.scopes, readable_stages())


async def _changes(house: House, asked: Since, caller: Caller) -> Changes:
    return Changes(*await changes_since(house.read, asked.since, asked.limit, stages=_stages(caller)))


async def _timeline(house: House, asked: OrderPart, caller: Caller) -> Page[Event]:
    order_id = await _order_id(house.read, asked.order)
    before = place_after(asked.after, int, NEWEST)
    events = await timeline(house.read, order_id, before, asked.limit + 1, stages=_stages(caller))
    return page(events, asked.limit, lambda event: event.seq)


async def _order_id(read: Reader, order: str) -> UUID:
    order_id = await order_id_of(read, order)
    if order_id is None:
        raise NotFound(what="order", id=order)
    return order_id


async def load_order(read: Reader, db: Any, order: str) -> tuple[UnitOfWork, Book]:
    """The order with the rows of all its parts, one query a table. Raises `NotFound`."""
    order_id = await _order_id(read, order)
    unit = UnitOfWork(db, State(await load_policies(read)), lock=False)
    await unit.load(Needs(orders=(order_id,)))
    if order_id not in unit.state.books:
        raise NotFound(what="order", id=order)
    return unit, unit.state.books[order_id]


async def contact_of(unit: UnitOfWork, book: Book) -> Contact | None:
    await unit.load(Needs(rows={Contact: (book.order.contact_id,)}))
    return unit.state.shared[Contact].get(book.order.contact_id)


def shown(row: Any) -> Row:
    hidden = HIDDEN.get(row.table, ())
    return {name: getattr(row, name) for name in row.__struct_fields__ if name not in hidden}


def order_shown(order: Order) -> Row:
    """The order's row, with its shipping charge rate by rate."""
    return shown(order) | {"shipping_taxes": [_fields(part) for part in shipping_parts(order)]}


def _fields(value: msgspec.Struct) -> Row:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def may_read(kind: type[OrderRow], scopes: frozenset[str]) -> bool:
    """Whether these scopes read the rows of this kind. They are the stage's whose module has them.

    Of those that all stages know, what was given back is for those who read payments.
    """
    if kind is PriceAdjustment:
        return allows(scopes, reading("payment"))
    return kind.__module__.startswith("purveyor.core.") or allows(scopes, reading(kind.__module__.split(".")[2]))


def units_of(book: Book) -> dict[str, int]:
    units: dict[str, int] = dict.fromkeys(POSITIONS, 0)
    for line in book.lines.values():
        for position in POSITIONS:
            units[position] += getattr(line, position)
    return units


def _money(order: Order, postings: Sequence[PostingSeen]) -> OrderMoney:
    accounts: defaultdict[str, int] = defaultdict(int)
    for posting in postings:
        accounts[posting.account] += posting.minor
    return OrderMoney(
        currency=order.currency,
        total_minor=order.total_minor,
        receivable_minor=order.receivable_minor,
        authorized_minor=order.authorized_minor,
        captured_minor=order.captured_minor,
        refunded_minor=order.refunded_minor,
        accounts=dict(sorted(accounts.items())),
        postings=postings,
    )


def parts_of(book: Book, scopes: frozenset[str]) -> dict[str, list[Row]]:
    """The rows of every stage that may be read. Lines and allocations stand above."""
    kinds = [kind for kind in parts().values() if kind not in (Line, Allocation) and may_read(kind, scopes)]
    return {kind.table: [shown(row) for row in book.rows(kind).values()] for kind in kinds if book.rows(kind)}
