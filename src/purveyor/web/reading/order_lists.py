"""What is read of orders across all stages: lists by filters, and the board."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from purveyor.core.field_types import Moment, Sku
from purveyor.core.service_levels import Stage
from purveyor.core.vocabulary import Channel
from purveyor.db.reader import Reader
from purveyor.db.search import begins_with, plain
from purveyor.records.customers.search import MOST_FOUND, contacts_meant, meant
from purveyor.web.http.paging import LAST, Page, Paging, Place, cursor, page, place_after

Status = Literal["placed", "canceled", "closed"]
PaymentStatus = Literal[
    "unpaid",
    "part_authorized",
    "authorized",
    "part_paid",
    "paid",
    "overpaid",
    "disputed",
    "part_refunded",
    "refunded",
    "written_off",
    "none",
]
FulfillmentStatus = Literal[
    "open",
    "backordered",
    "part_shipped",
    "shipped",
    "part_delivered",
    "delivered",
    "lost",
    "returned_to_sender",
    "canceled",
]
ReturnStatus = Literal["none", "returning", "part_returned", "returned"]
LAST_ID = UUID(int=2**128 - 1)
# As people write it who copy it from a letter ("Bestellung Nr. 100128"), or paste a whole subject.
_WORD = r"(?:order|bestell(?:ung|nummer)|auftrag|pedido|orden|encomenda)"
_SIGN = r"(?:#|no\.?|nr\.?|n\.?[º°o]\.?)"
_NUMBER = re.compile(rf"{_WORD}?[\s:]*{_SIGN}?\s*([0-9]{{1,30}})", re.IGNORECASE)
_NUMBER_WITHIN = re.compile(rf"\b{_WORD}[\s:]*{_SIGN}?\s*([0-9]{{4,30}})\b", re.IGNORECASE)


Sort = Literal["-received", "received", "-placed", "placed", "-promised", "promised", "-total", "total"]
# What each way of sorting goes by, before the id. Orders without a promise are promised for the end of time.
SORTED_BY = {
    "received": "",
    "placed": "o.placed_at",
    "promised": "coalesce(o.promised_at, timestamptz '9999-12-30 00:00:00+00')",
    "total": "o.total_minor",
}


class OrderFilter(Paging, frozen=True, kw_only=True):
    """All of these may be combined; each is looked up by an index of its own."""

    stage: (
        Annotated[
            Stage,
            msgspec.Meta(
                description="The earliest stage in which something can be done now; units that wait for stock put an "
                "order in `review` only when nothing else can be done. Empty where nothing is left to do and nothing "
                "was delivered, as in a canceled order."
            ),
        ]
        | None
    ) = None
    status: Status | None = None
    payment_status: PaymentStatus | None = None
    fulfillment_status: FulfillmentStatus | None = None
    return_status: ReturnStatus | None = None
    hold: (
        Annotated[
            str, msgspec.Meta(pattern="^[a-z_]{1,40}$", max_length=40, description="Held with this type, or `any`.")
        ]
        | None
    ) = None
    customer_id: UUID | None = None
    channel: Channel | None = None
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", max_length=2)] | None = None
    sku: Sku | None = None
    number: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    placed_from: Moment | None = None
    placed_to: Annotated[datetime, msgspec.Meta(tz=True, description="Placed before this.")] | None = None
    promised_to: Annotated[
        datetime | None, msgspec.Meta(description="Promised before this, and not delivered yet.")
    ] = None
    tag: Annotated[str, msgspec.Meta(max_length=40, description="Tagged with this.")] | None = None
    sort: (
        Annotated[
            Sort,
            msgspec.Meta(
                description="`-` sorts down. Without it newest first: by time of placement where that is filtered, "
                "else by time of receipt. Totals are compared in minor units, whatever their currency."
            ),
        ]
        | None
    ) = None
    text: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=200,
                description="Any words of a name or company, a part of an e-mail, a phone number as it is written, an "
                "order number with or without `#`, or the beginning of a reference (also of a payment, such as the "
                "bank's id of a transfer) or tracking number.",
            ),
        ]
        | None
    ) = None


class ChosenOrders(OrderFilter, frozen=True, kw_only=True):
    """These and no others."""

    ids: tuple[UUID, ...]


class OrderSeen(msgspec.Struct, frozen=True):
    """An order in a list."""

    id: UUID
    number: int
    channel: str
    reference: str
    customer_id: UUID | None
    name: str
    country: str
    currency: str
    total_minor: int
    receivable_minor: int
    status: str
    stage: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    holds: list[str]
    stage_since: datetime | None
    promised_at: datetime | None
    placed_at: datetime
    units: int  # of all lines, without what was canceled
    tags: list[str]


class _Statement:
    """Tables and conditions with their values, as the filters give them."""

    def __init__(self, asked: OrderFilter) -> None:
        self.asked = asked
        self.values: list[Any] = []
        self.tables = ["orders o"]
        self.conditions: list[str] = []

    def put(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def where(self, condition: str) -> None:
        self.conditions.append(condition)


_FIXED = ("stage", "status", "payment_status", "fulfillment_status", "return_status", "channel")


def orders_statement(asked: OrderFilter, *, by_contact: bool = True) -> tuple[str, list[Any]]:
    """The statement for these filters, with one row more than was asked for. Raises `Problem` for a bad cursor.

    Newest first: by time of placement where that is filtered, else by id, which is the time of receipt.
    """
    statement = _Statement(asked)
    _by_words(statement)
    if asked.customer_id is not None:
        statement.where(f"o.customer_id = {statement.put(asked.customer_id)}")
    if isinstance(asked, ChosenOrders):
        statement.where(f"o.id = ANY({statement.put(list(asked.ids))}::uuid[])")
    if asked.number is not None:
        statement.where(f"o.number = {statement.put(asked.number)}")
    if asked.promised_to is not None:
        statement.where(f"o.promised_at < {statement.put(asked.promised_to)} AND o.closed_at IS NULL")
        statement.where("o.fulfillment_status NOT IN ('delivered', 'canceled')")
    if asked.text is not None:
        statement.tables = [
            _found_by_text(asked.text.strip(), statement, by_contact=by_contact),
            "LATERAL (SELECT * FROM orders WHERE id = found.id LIMIT 1) AS o",
        ]
    if asked.tag is not None:
        statement.tables.append("order_tags t")
        tags = statement.put(msgspec.json.encode([asked.tag.lower()]).decode())
        statement.where(f"t.order_id = o.id AND t.tags @> {tags}::text::jsonb")
    order = _in_order(statement)
    query = f"""
        WITH chosen AS (SELECT o.* FROM {", ".join(statement.tables)}
                         WHERE {" AND ".join(statement.conditions or ["true"])}
                      ORDER BY {order} LIMIT {statement.put(asked.limit + 1)})
        SELECT o.id, o.number, o.channel, o.reference, o.customer_id, coalesce(c.name, '') AS name, o.country,
               o.currency, o.total_minor, o.receivable_minor, o.status, o.stage, o.payment_status,
               o.fulfillment_status, o.return_status,
               CASE o.holds WHEN '' THEN '{{}}'::text[] ELSE string_to_array(o.holds, ' ') END AS holds,
               o.stage_since, o.promised_at, o.placed_at,
               (SELECT coalesce(sum(l.quantity - l.canceled), 0)::bigint FROM line l WHERE l.order_id = o.id) AS units,
               ARRAY(SELECT jsonb_array_elements_text(g.tags) FROM order_tags g WHERE g.order_id = o.id) AS tags
          FROM chosen o LEFT JOIN contact c ON c.id = o.contact_id
      ORDER BY {order.replace("sold.order_id", "o.id")}
    """
    return query, statement.values


def sort_of(asked: OrderFilter) -> Sort:
    """How a list is sorted, where nothing was said by what its filters can be looked up by."""
    by_date = asked.placed_from is not None or asked.placed_to is not None
    return asked.sort or ("-placed" if by_date else "-received")


def reversed_sort(sort: Sort) -> Sort:
    """The same from its end."""
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"  # type: ignore[return-value]


def place_of(order: OrderSeen, sort: Sort) -> Any:
    """Where an order stands in a list that is sorted so: what its cursor holds."""
    match sort.removeprefix("-"):
        case "placed":
            return order.placed_at, order.id
        case "promised":
            return order.promised_at or LAST[0], order.id
        case "total":
            return order.total_minor, order.id
        case _:
            return order.id


def _in_order(statement: _Statement) -> str:
    """Where the page begins, and the order of the list."""
    asked = statement.asked
    _by_time(statement)
    sort = sort_of(asked)
    if sort == "-received":
        return _by_receipt(statement)
    if asked.sku is not None:
        sold = f"SELECT FROM line l WHERE l.order_id = o.id AND l.sku = {statement.put(asked.sku)}"
        statement.where(f"EXISTS ({sold})")
    name, down = sort.removeprefix("-"), sort.startswith("-")
    direction, beyond = ("DESC", "<") if down else ("ASC", ">")
    if name == "received":
        if asked.after is not None:
            statement.where(f"o.id > {statement.put(place_after(asked.after, UUID, LAST_ID))}")
        return "o.id"
    value = SORTED_BY[name]
    if asked.after is not None:
        kind: Any = tuple[int, UUID] if name == "total" else Place
        found, order_id = place_after(asked.after, kind, LAST)
        statement.where(f"({value}, o.id) {beyond} ({statement.put(found)}, {statement.put(order_id)})")
    return f"{value} {direction}, o.id {direction}"


def _by_words(statement: _Statement) -> None:
    """Filters by a word of a fixed set: they stand in the statement, so that the planner knows how many there are.

    They come from closed lists, checked when they were read. What only has a pattern is a parameter.
    """
    asked = statement.asked
    if asked.country is not None:
        statement.where(f"o.country = {statement.put(asked.country)}")
    for name in _FIXED:
        word = getattr(asked, name)
        if word is not None:
            statement.where(f"o.{name} = '{word}'")
    if asked.stage is not None:
        statement.where("o.closed_at IS NULL")
    if asked.hold is not None:
        statement.where("o.holds <> ''")
        if asked.hold != "any":
            statement.where(f"{statement.put(asked.hold)} = ANY (string_to_array(o.holds, ' '))")


def _by_time(statement: _Statement) -> None:
    """Orders placed in a stretch of time."""
    asked = statement.asked
    if asked.placed_from is not None:
        statement.where(f"o.placed_at >= {statement.put(asked.placed_from)}")
    if asked.placed_to is not None:
        statement.where(f"o.placed_at < {statement.put(asked.placed_to)}")


def _by_receipt(statement: _Statement) -> str:
    """Orders as they came in; answers the order of the list."""
    asked = statement.asked
    before = statement.put(place_after(asked.after, UUID, LAST_ID))
    statement.where(f"o.id < {before}")
    if asked.sku is None:
        return "o.id DESC"
    # The index on lines has orders in this very order, so nothing is sorted however often a SKU was sold.
    statement.tables.append(
        f"(SELECT DISTINCT order_id FROM line WHERE sku = {statement.put(asked.sku)} AND order_id < {before}"
        " ORDER BY order_id DESC) AS sold"
    )
    statement.where("o.id = sold.order_id")
    return "sold.order_id DESC"


def _found_by_text(text: str, statement: _Statement, *, by_contact: bool) -> str:
    """Orders that a text can mean, each way by its index."""
    put = statement.put
    code = text.lstrip("#").strip()
    ways = []
    for each in dict.fromkeys((code, plain(code))):  # as it is written, and as keyboards write it
        if not each:
            continue
        ways.append(
            f"(SELECT id FROM orders WHERE {begins_with('lower(reference)', each, put)} AND reference <> ''"
            f" LIMIT {MOST_FOUND})"
        )
        ways.append(
            f"(SELECT order_id FROM shipment WHERE {begins_with('lower(tracking_number)', each, put)}"
            f" AND tracking_number <> '' LIMIT {MOST_FOUND})"
        )
        ways += [
            f"(SELECT order_id FROM {table} WHERE {begins_with('lower(reference)', each, put)}"
            f" AND reference <> '' LIMIT {MOST_FOUND})"
            for table in ("capture", "refund")
        ]
    if number := _NUMBER.fullmatch(text) or _NUMBER_WITHIN.search(text):
        ways.append(f"SELECT id FROM orders WHERE number = {put(min(int(number[1]), 2**63 - 1))}")
    if by_contact and (who := meant(code)):
        ways.append(_by_contact(contacts_meant(who, put)))
    ids = " UNION ".join(ways) or "SELECT id FROM orders WHERE false"
    return f"(SELECT id FROM ({ids}) AS ways LIMIT {MOST_FOUND}) AS found"


def _by_contact(contacts: str) -> str:
    """LIMIT keeps the planner from turning this into a join over all orders, however it guesses."""
    return f"""
        (SELECT f.id FROM {contacts} AS who,
                LATERAL (SELECT id FROM orders WHERE contact_id = who.id LIMIT {MOST_FOUND}) AS f)
    """


async def find_orders(read: Reader, asked: OrderFilter, *, by_contact: bool = True) -> Page[OrderSeen]:
    """`by_contact`: whether the text may be the name, e-mail or phone of somebody."""
    query, values = orders_statement(asked, by_contact=by_contact)
    rows = await read.rows(OrderSeen, query, *values)
    sort = sort_of(asked)
    return page(rows, asked.limit, lambda order: place_of(order, sort))


async def neighbors(
    read: Reader, asked: OrderFilter, order: OrderSeen, *, by_contact: bool = True
) -> tuple[OrderSeen | None, OrderSeen | None]:
    """What stands before and after an order in a list, each None at its end."""
    sort = sort_of(asked)
    found: list[OrderSeen | None] = []
    for way in (reversed_sort(sort), sort):
        there = msgspec.structs.replace(asked, sort=way, after=cursor(place_of(order, way)), limit=1)
        items = (await find_orders(read, there, by_contact=by_contact)).items
        found.append(items[0] if items else None)
    return found[0], found[1]


class _Id(msgspec.Struct):
    id: UUID


async def order_id_of(read: Reader, order: str) -> UUID | None:
    """The id of an order by its id or its number."""
    if order.isascii() and order.isdigit():
        found = await read.row(_Id, "SELECT id FROM orders WHERE number = $1", min(int(order), 2**63 - 1))
        return found.id if found else None
    try:
        return UUID(order)
    except ValueError:
        return None


# the board


MOST_COUNTED = 10_000  # of each stage: who has more looks at a list, and the board stays as fast as it is


class Column(msgspec.Struct, frozen=True):
    """One stage: orders that are in it (10,000 at most are counted), and since when the oldest is."""

    stage: str
    orders: int
    held: int
    oldest_since: datetime | None


BOARD = """
    -- Each stage by its own stretch of the index of live orders (ORDER BY keeps the planner on it), the held by theirs.
    SELECT s.stage, counted.orders, coalesce(held.orders, 0) AS held,
           (SELECT stage_since FROM orders WHERE stage = s.stage AND closed_at IS NULL
          ORDER BY stage_since LIMIT 1) AS oldest_since
      FROM unnest($1::text[]) WITH ORDINALITY AS s (stage, place)
      JOIN LATERAL (SELECT count(*) AS orders
                      FROM (SELECT FROM orders WHERE stage = s.stage AND closed_at IS NULL
                          ORDER BY stage_since LIMIT $2) AS few) AS counted ON true
 LEFT JOIN (SELECT stage, count(*) AS orders
              FROM (SELECT stage FROM orders WHERE holds <> '' AND closed_at IS NULL
                  ORDER BY holds, id LIMIT $2) AS few GROUP BY stage) AS held ON held.stage = s.stage
  ORDER BY s.place
"""


class HoldCount(msgspec.Struct, frozen=True):
    type: str
    orders: int


HOLDS = f"""
    SELECT type, count(*) AS orders
      FROM (SELECT holds FROM orders WHERE holds <> '' ORDER BY holds, id LIMIT {MOST_COUNTED}) AS few,
           string_to_table(holds, ' ') AS type
  GROUP BY type
  ORDER BY type
"""


class Board(msgspec.Struct, frozen=True):
    """All stages in their order, and what is held by type."""

    stages: list[Column]
    holds: list[HoldCount]


async def board(read: Reader) -> Board:
    stages: tuple[str, ...] = Stage.__args__  # type: ignore[attr-defined]
    return Board(await read.rows(Column, BOARD, list(stages), MOST_COUNTED), await read.rows(HoldCount, HOLDS))
