"""Loads what rules need, one query a table, and writes what they changed, one statement a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from purveyor.core.rows import Order, OrderRow, Row, Stock
from purveyor.core.state import Book, Needs, State
from purveyor.engine.order_cache import OrderCache
from purveyor.engine.tables import Table, parts, table_of

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Before: TypeAlias = "defaultdict[type[Row], list[tuple[Row, Any]]]"

NEW_STOCK = """
    INSERT INTO stock (sku, location, on_hand, allocated, held)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
"""
MOVE_STOCK = """
    -- Differences, not values: other batches may have moved the same rows since they were read. They are locked in the
    -- order of their keys, so that no two batches wait for each other in a circle.
    WITH new AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS new (sku, location, on_hand, allocated, held)
    ), locked AS MATERIALIZED (
        SELECT sku, location FROM stock WHERE (sku, location) IN (SELECT sku, location FROM new)
      ORDER BY sku, location FOR UPDATE
    )
    UPDATE stock AS old
       SET on_hand = old.on_hand + new.on_hand, allocated = old.allocated + new.allocated, held = old.held + new.held
      FROM new JOIN locked USING (sku, location)
     WHERE old.sku = new.sku AND old.location = new.location
 RETURNING old.sku, old.location
"""


class StockTaken(Exception):  # noqa: N818 (the batch is run again)
    """Another batch took the stock that this one had counted on."""


class RowChanged(Exception):  # noqa: N818 (the batch is run again)
    """Another batch changed a row that this one had read without a lock and is about to write."""


class UnitOfWork:
    """One batch's rows: as they were loaded, and as they are now.

    Stock is read without a lock: a batch writes differences, and locks the rows only at its end, when it makes sure
    that what it promised is still there. So batches overlap although they sell the same SKUs. One that came too late is
    run again `careful`: everything is locked when it is read.
    """

    def __init__(
        self,
        connection: Connection,
        state: State,
        *,
        lock: bool = True,
        careful: bool = False,
        kept: OrderCache | None = None,
    ) -> None:
        self._db = connection
        self._lock = lock
        self._careful = careful
        self._kept = OrderCache(0) if kept is None else kept
        self._before: Before = defaultdict(list)
        self._stock_before: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.state = self._watched(state)

    def _watched(self, state: State) -> State:
        """The state, which lets us know of the rows of orders before they may change."""
        state.on_touch = partial(_remember, self._before)
        return state

    # loading, in the one global order: orders, stock, shared rows

    async def load(self, needs: Needs) -> None:
        """Load what is not there yet."""
        orders = needs.orders - self.state.books.keys()
        if orders:
            await self._load_orders(orders)
        for lookup, given in needs.lookups:
            records = await self._db.fetch(lookup.sql, *given)
            self.state.lookups[lookup, given] = tuple(record[0] for record in records)
        skus = needs.stock - self.state.stock.keys()
        if skus:
            await self._load_stock(skus)
        for kind in sorted(needs.rows, key=lambda kind: kind.table):
            await self._load_rows(kind, needs.rows[kind])
        for (kind, column), values in sorted(needs.found.items(), key=lambda item: (item[0][0].table, item[0][1])):
            await self._load_found(kind, column, values)
        for kind in sorted({kind for kind, _ in needs.pools}, key=lambda kind: kind.table):
            await self._load_pools(kind, {pool: n for (of, pool), n in needs.pools.items() if of is kind})

    async def _load_orders(self, ids: Iterable[UUID]) -> None:
        """Orders by id, locked; their other rows from the books that are kept, or one query a table."""
        wanted = sorted(ids)
        table = table_of(Order)
        assert not table.documents, "the record of an order is its picture"
        state = self.state
        mask = 0
        unknown: list[UUID] = []
        for record in await self._db.fetch(table.by_key(lock=self._lock), wanted):
            values = tuple(table.values(record))
            book = self._kept.take(values[0], values, state)
            if book is None:
                book = Book(Order(*values), state)
                unknown.append(book.order.id)
                mask |= book.order.parts
            state.books[book.order.id] = book
            self._before[Order].append((book.order, values))
        state.absent.update(set(wanted).difference(state.books))
        for bit, kind in sorted(parts().items()):
            if mask >> bit & 1:
                await self._load_part(kind, unknown)

    async def _load_part(self, kind: type[OrderRow], order_ids: list[UUID]) -> None:
        part = table_of(kind)
        for record in await self._db.fetch(part.by_order, order_ids):
            row: Any = part.read(record)
            self.state.books[row.order_id].put(row)

    async def _load_stock(self, skus: Iterable[str]) -> None:
        wanted = sorted(skus)
        for sku in wanted:
            self.state.stock[sku] = {}
        query = table_of(Stock).by_column("sku", lock=self._lock and self._careful)
        for record in await self._db.fetch(query, wanted):
            row = Stock(*record)
            self.state.stock[row.sku][row.location] = row
            self._stock_before[row.sku, row.location] = (row.on_hand, row.allocated, row.held)

    async def _load_rows(self, kind: type[Row], keys: Iterable[Any]) -> None:
        there = self.state.shared[kind]
        wanted = sorted(key for key in keys if key not in there and (kind, key) not in self.state.absent)
        if not wanted:
            return
        table = table_of(kind)
        arrays = [wanted] if len(kind.key) == 1 else [list(column) for column in zip(*wanted, strict=True)]
        rows = list(map(table.read, await self._db.fetch(table.by_key(lock=self._locks(kind)), *arrays)))
        there.update((kind.key_of(row), row) for row in rows)
        _remember(self._before, kind, rows)
        self.state.absent.update((kind, key) for key in wanted if key not in there)

    async def _load_found(self, kind: type[Row], column: str, values: Iterable[Any]) -> None:
        wanted = sorted(value for value in values if (kind, column, value) not in self.state.found)
        if not wanted:
            return
        table = table_of(kind)
        for value in wanted:
            self.state.found[kind, column, value] = {
                key: row for key, row in self.state.shared[kind].items() if getattr(row, column) == value
            }
        for record in await self._db.fetch(table.by_column(column, lock=self._locks(kind)), wanted):
            row = self._take_in(table, table.read(record))
            self.state.found[kind, column, getattr(row, column)][kind.key_of(row)] = row

    def _locks(self, kind: type[Row]) -> bool:
        return self._lock and (kind.locked or self._careful)

    async def _load_pools(self, kind: type[Row], wanted: dict[str, int]) -> None:
        table = table_of(kind)
        assert kind.pool is not None
        column = kind.pool[0]
        got: defaultdict[str, int] = defaultdict(int)
        here = list(self.state.shared[kind])
        for record in await self._db.fetch(table.from_pool(lock=self._lock), list(wanted), list(wanted.values()), here):
            row = self._take_in(table, table.read(record))
            pool = getattr(row, column)
            self.state.pools.setdefault((kind, pool), []).append(row)
            got[pool] += 1
        self.state.drained.update((kind, pool) for pool, quantity in wanted.items() if got[pool] < quantity)

    def _take_in(self, table: Table, row: Row) -> Row:
        """The row as this batch knows it: an earlier look-up's, if there was one."""
        key = table.kind.key_of(row)
        known: Row | None = self.state.shared[table.kind].get(key)
        if known is not None:
            return known
        self.state.shared[table.kind][key] = row
        _remember(self._before, table.kind, [row])
        return row

    def forget(self) -> None:
        """Drop every change: nothing of this batch will be written."""
        self.state = self._watched(State(self.state.policies))
        self._before.clear()
        self._stock_before.clear()

    # afterwards

    def keep(self) -> None:
        """Leave the books to the next batch. Only after the commit: what is kept is what stands in the database."""
        for kind, rows in self.state.added.items():
            if issubclass(kind, OrderRow):
                for order_id in {row.order_id for row in rows}:  # type: ignore[attr-defined]
                    self.state.books[order_id].sort(kind)
        for book in self.state.books.values():
            self._kept.put(book, msgspec.structs.astuple(book.order))

    def close(self) -> None:
        """Let go of everything at once: books and state know each other, and the collector of circles comes seldom."""
        self.state.books.clear()

    # writing

    async def write(self, summarize: Callable[[Book], None]) -> None:
        """Write every difference. Stock comes last, so that its rows are locked for the shortest time."""
        changed = set()
        for book in self._changed_books():
            summarize(book)
            changed.add(book.order.id)
        for kind in sorted(self.state.added, key=lambda kind: kind.table):
            rows = self.state.added[kind]
            if kind is not Stock and rows:
                table = table_of(kind)
                _expect_facts(kind, rows, changed)
                await self._db.copy_records_to_table(table.name, records=table.records(rows), columns=table.columns)
        for kind in sorted(self._before, key=lambda kind: (kind is not Order, kind.table)):
            await self._write_changes(kind, changed)

    def _changed_books(self) -> Iterable[Book]:
        before = {row.id: picture for row, picture in self._before[Order]}  # type: ignore[attr-defined]
        index = Order.__struct_fields__.index("version")
        for book in self.state.books.values():
            picture = before.get(book.order.id)
            if picture is None or picture[index] != book.order.version:
                yield book

    async def _write_changes(self, kind: type[Row], changed: set[UUID]) -> None:
        table = table_of(kind)
        before = self._before[kind]
        now = table.pictures([row for row, _ in before])
        changes = [(row, then, new) for (row, then), new in zip(before, now, strict=True) if new != then]
        if not changes:
            return
        rows, olds, news = zip(*changes, strict=True)
        _expect_facts(kind, rows, changed)
        if not kind.locked:
            await self._lock_late(table, {kind.key_of(row): old for row, old, _ in changes})
        by_column = zip(table.columns, zip(*olds, strict=True), zip(*news, strict=True), strict=True)
        names = [name for name, old, new in by_column if old != new]
        values = dict(zip(table.columns, table.arrays(rows), strict=True))
        await self._db.execute(table.update(names), *(values[name] for name in (*kind.key, *names)))

    async def _lock_late(self, table: Table, pictures: dict[Any, Any]) -> None:
        """Lock rows that are read by many and changed by few; raises `RowChanged` when another batch was quicker."""
        keys = sorted(pictures)
        arrays = [keys] if len(table.kind.key) == 1 else [list(column) for column in zip(*keys, strict=True)]
        for record in await self._db.fetch(table.by_key(lock=True), *arrays):
            row = table.read(record)
            if table.picture(row) != pictures[table.kind.key_of(row)]:
                raise RowChanged(table.name)

    async def write_stock(self) -> None:
        """Lock the stock rows and write the differences. The table sees to it that nothing is promised twice.

        Raises `StockTaken` when another batch was quicker.
        """
        moved: list[tuple[str, str, int, int, int]] = []
        for sku, rows in self.state.stock.items():
            for location, row in rows.items():
                on_hand, allocated, held = self._stock_before.get((sku, location), (0, 0, 0))
                difference = (row.on_hand - on_hand, row.allocated - allocated, row.held - held)
                if any(difference) or (sku, location) not in self._stock_before:
                    moved.append((sku, location, *difference))
        if not moved:
            return
        moved.sort()
        try:
            there = {(sku, place) for sku, place in await self._db.fetch(MOVE_STOCK, *zip(*moved, strict=True))}
        except asyncpg.CheckViolationError as error:
            raise StockTaken from error
        new = [row for row in moved if row[:2] not in there]
        if new:
            await self._db.execute(NEW_STOCK, *zip(*new, strict=True))


def _remember(before: Before, kind: type[Row], rows: Collection[Row]) -> None:
    """What rows say now, to be compared with what they say when all is decided."""
    before[kind].extend(zip(rows, table_of(kind).pictures(rows), strict=True))


def _expect_facts(kind: type[Row], rows: Iterable[Row], changed: set[UUID]) -> None:
    """Rows of an order change with a fact about it, which raises its version: whoever keeps its book relies on that."""
    if kind is Order:
        silent = {row.id for row in rows} - changed  # type: ignore[attr-defined]
    elif issubclass(kind, OrderRow):
        silent = {row.order_id for row in rows} - changed  # type: ignore[attr-defined]
    else:
        return
    assert not silent, f"{kind.table} of {sorted(silent)} would change without a fact"
