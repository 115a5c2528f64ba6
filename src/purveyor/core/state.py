"""What a batch has loaded: books of orders, stock, shared rows. Rules read it; only `apply` and the ledger change it.

Reading something that is not loaded raises `Missing`, which says what to load. Decisions are pure, so the engine
loads it, for all commands of the batch at once, and decides again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar
from uuid import UUID

from purveyor.core.policies import Policies
from purveyor.core.refusals import NotFound
from purveyor.core.rows import Allocation, Contact, Line, Order, OrderRow, Product, Row, Stock

R = TypeVar("R", bound=Row)
O = TypeVar("O", bound=OrderRow)  # noqa: E741


class Lookup:
    """A question for keys that a rule cannot know: which carts hold a SKU, which orders claim a shelf.

    `sql` asks the database, `among` what this batch has loaded and changed. An answer may be out of date: whoever asks
    reads the rows themselves.
    """

    __slots__ = ("among", "sql")

    def __init__(self, sql: str, among: Callable[..., Iterable[Any]]) -> None:
        self.sql = sql
        self.among = among


class Needs:
    """What a rule wants loaded: orders, SKUs whose stock counts, rows by key, by column, from a pool, or keys."""

    __slots__ = ("found", "lookups", "orders", "pools", "rows", "stock")

    def __init__(
        self,
        *,
        orders: Iterable[UUID] = (),
        stock: Iterable[str] = (),
        rows: dict[type[Row], Iterable[Any]] | None = None,
        found: dict[tuple[type[Row], str], Iterable[Any]] | None = None,
        pools: dict[tuple[type[Row], str], int] | None = None,
        lookups: Iterable[tuple[Lookup, tuple[Any, ...]]] = (),
    ) -> None:
        self.lookups: set[tuple[Lookup, tuple[Any, ...]]] = set(lookups)
        self.orders: set[UUID] = set(orders)
        self.stock: set[str] = set(stock)
        self.rows: defaultdict[type[Row], set[Any]] = defaultdict(set)
        self.found: defaultdict[tuple[type[Row], str], set[Any]] = defaultdict(set)
        self.pools: defaultdict[tuple[type[Row], str], int] = defaultdict(int)
        for kind, keys in (rows or {}).items():
            self.rows[kind].update(keys)
        for place, values in (found or {}).items():
            self.found[place].update(values)
        for pool, count in (pools or {}).items():
            self.pools[pool] += count

    def __bool__(self) -> bool:
        return bool(self.orders or self.stock or self.rows or self.found or self.pools or self.lookups)

    def __ior__(self, other: Needs) -> Needs:
        self.orders |= other.orders
        self.lookups |= other.lookups
        self.stock |= other.stock
        for kind, keys in other.rows.items():
            self.rows[kind] |= keys
        for place, values in other.found.items():
            self.found[place] |= values
        for pool, count in other.pools.items():
            self.pools[pool] += count
        return self


class Missing(Exception):  # noqa: N818 (a request to the engine, not an error)
    """A rule read what is not loaded yet. The engine loads `needs` and asks the rule again."""

    def __init__(self, needs: Needs) -> None:
        super().__init__("read what was not loaded: look it up in `decide` or declare it with @needs")
        self.needs = needs


class Book:
    """Everything about one order: the order, its lines, and the rows of every stage it has been in."""

    __slots__ = ("_rows", "_state", "_untouched", "order")

    def __init__(self, order: Order, state: State | None) -> None:
        self.order = order
        self._state = state  # None between two batches
        self._rows: dict[type[OrderRow], dict[Any, Any]] = {}
        self._untouched: dict[type[OrderRow], dict[Any, Any]] = {}  # as loaded: nobody of this batch has asked for them

    def move_to(self, state: State | None) -> None:
        """Belong to another batch from now on, or to none."""
        self._state = state
        self._untouched |= self._rows
        self._rows = {}

    @property
    def size(self) -> int:
        """How many rows it has, with that of the order."""
        return 1 + sum(map(len, self._rows.values())) + sum(map(len, self._untouched.values()))

    def sort(self, kind: type[OrderRow]) -> None:
        """Rows of one kind by their keys, as they are when they are loaded."""
        rows = self._rows[kind]
        if len(rows) > 1:
            self._rows[kind] = dict(sorted(rows.items()))

    @property
    def lines(self) -> dict[UUID, Line]:
        return self.rows(Line)

    @property
    def allocations(self) -> dict[tuple[UUID, str], Allocation]:
        return self.rows(Allocation)

    def claims(self) -> dict[UUID, dict[str, int]]:
        """By line: how many units it claims at each location, in the order of these."""
        found: dict[UUID, dict[str, int]] = {}
        for (line_id, location), row in self.allocations.items():
            found.setdefault(line_id, {})[location] = row.quantity
        return {line_id: dict(sorted(there.items())) for line_id, there in found.items()}

    def rows(self, kind: type[O]) -> dict[Any, O]:
        """Rows of this order by key, in the order in which they were made."""
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = self._untouched.pop(kind, {})
            if rows:
                assert self._state is not None, "a book that belongs to no batch"
                self._state.on_touch(kind, rows.values())
        return rows

    def row(self, kind: type[O], key: Any) -> O:
        """One row, or the refusal `NotFound`."""
        row: O | None = self.rows(kind).get(key)
        if row is None:
            raise NotFound(what=kind.table.replace("_", " "), id=key)
        return row

    def add(self, row: OrderRow) -> None:
        kind = type(row)
        self.rows(kind)[kind.key_of(row)] = row
        self.order.parts |= 1 << kind.part
        assert self._state is not None, "a book that belongs to no batch"
        self._state.added[kind].append(row)

    def put(self, row: OrderRow) -> None:
        """Take in a row that was loaded, before anybody asks for those of its kind."""
        kind = type(row)
        self._untouched.setdefault(kind, {})[kind.key_of(row)] = row

    def line(self, line_id: UUID) -> Line:
        return self.row(Line, line_id)

    @property
    def currency(self) -> str:
        return self.order.currency

    def units(self, *positions: str) -> int:
        """How many units of all lines are in these positions."""
        return sum(getattr(line, position) for line in self.lines.values() for position in positions)


class State:
    """All that one batch of commands reads and writes."""

    __slots__ = (
        "absent",
        "added",
        "books",
        "complete",
        "drained",
        "found",
        "lookups",
        "on_touch",
        "policies",
        "pools",
        "recorded",
        "shared",
        "stock",
    )

    def __init__(self, policies: Policies | None = None, *, complete: bool = False) -> None:
        self.policies = policies or Policies()
        self.complete = complete  # nothing more can be loaded: what is not here does not exist
        self.books: dict[UUID, Book] = {}
        self.stock: dict[str, dict[str, Stock]] = {}  # sku -> location -> row
        self.shared: defaultdict[type[Row], dict[Any, Any]] = defaultdict(dict)
        self.absent: set[Any] = set()  # (kind, key) looked up and not there; bare ids for orders
        self.found: dict[tuple[type[Row], str, Any], dict[Any, Row]] = {}
        self.pools: dict[tuple[type[Row], str], list[Any]] = {}
        self.drained: set[tuple[type[Row], str]] = set()
        self.added: defaultdict[type[Row], list[Row]] = defaultdict(list)
        self.lookups: dict[tuple[Lookup, tuple[Any, ...]], tuple[Any, ...]] = {}
        self.recorded = 0  # facts that were applied: each knows its place among those of the whole batch
        # Told of the rows of an order that somebody is about to read, and may change: all of a kind, once a batch.
        self.on_touch: Callable[[type[OrderRow], Collection[OrderRow]], None] = lambda _kind, _rows: None

    # reading

    def book(self, order_id: UUID) -> Book:
        """The book of an order, or the refusal `NotFound`."""
        book = self.books.get(order_id)
        if book is None:
            if self.complete or order_id in self.absent:
                raise NotFound(what="order", id=order_id)
            raise Missing(Needs(orders=(order_id,)))
        return book

    def knows_order(self, order_id: UUID) -> bool:
        if order_id in self.books:
            return True
        if self.complete or order_id in self.absent:
            return False
        raise Missing(Needs(orders=(order_id,)))

    def get(self, kind: type[R], key: Any) -> R | None:
        """A shared row by its key, or None if there is none."""
        row: R | None = self.shared[kind].get(key)
        if row is None and not self.complete and (kind, key) not in self.absent:
            raise Missing(Needs(rows={kind: (key,)}))
        return row

    def row(self, kind: type[R], key: Any) -> R:
        """A shared row by its key, or the refusal `NotFound`."""
        row = self.get(kind, key)
        if row is None:
            raise NotFound(what=kind.table.replace("_", " "), id=key)
        return row

    def product(self, sku: str) -> Product:
        return self.row(Product, sku)

    def contact(self, contact_id: UUID) -> Contact:
        return self.row(Contact, contact_id)

    def stock_of(self, sku: str) -> dict[str, Stock]:
        """Stock rows of a SKU by location, the backorder queue among them."""
        rows = self.stock.get(sku)
        if rows is None:
            if not self.complete:
                raise Missing(Needs(stock=(sku,)))
            rows = self.stock[sku] = {}
        return rows

    def find(self, kind: type[R], column: str, value: Any) -> list[R]:
        """Shared rows whose column (indexed, never changed afterwards) has this value."""
        rows = self.found.get((kind, column, value))
        if rows is None:
            if self.complete:
                return [row for row in self.shared[kind].values() if getattr(row, column) == value]
            raise Missing(Needs(found={(kind, column): (value,)}))
        return list(rows.values())  # type: ignore[arg-type]

    def free(self, kind: type[R], pool: str, count: int) -> list[R]:
        """Up to `count` free rows of a pool (license keys of a SKU). Fewer when the pool is dry.

        Rows stop being free when `taken` is told of them.
        """
        rows: list[R] = self.pools.get((kind, pool), [])
        if len(rows) < count and not self.complete and (kind, pool) not in self.drained:
            raise Missing(Needs(pools={(kind, pool): count - len(rows)}))
        return rows[:count]

    def look_up(self, lookup: Lookup, *values: Any) -> list[Any]:
        """The keys that a question finds, in the order of the answer, each once."""
        found = self.lookups.get((lookup, values))
        if found is None and not self.complete:
            raise Missing(Needs(lookups=((lookup, values),)))
        return list(dict.fromkeys((*(found or ()), *lookup.among(self, *values))))

    def taken(self, row: Row) -> None:
        """A row has left its pool."""
        assert row.pool is not None, f"{row.table} has no pool"
        rows = self.pools.get((type(row), getattr(row, row.pool[0])))
        if rows and row in rows:
            rows.remove(row)

    # writing (for `apply` and the ledger)

    def open_book(self, order: Order) -> Book:
        """A new order."""
        book = self.books[order.id] = Book(order, self)
        self.added[Order].append(order)
        return book

    def add(self, row: Row) -> None:
        """A new shared row."""
        kind = type(row)
        key = kind.key_of(row)
        if kind is Stock:
            assert isinstance(row, Stock)
            self.stock.setdefault(row.sku, {})[row.location] = row
        else:
            self.shared[kind][key] = row
        for of, column, value in list(self.found):
            if of is kind and getattr(row, column) == value:
                self.found[of, column, value][key] = row
        self.added[kind].append(row)

    def stock_row(self, sku: str, location: str) -> Stock:
        """The stock row of a SKU at a location; a new one where there was none."""
        rows = self.stock_of(sku)
        row = rows.get(location)
        if row is None:
            row = Stock(sku, location)
            self.add(row)
        return row
