"""An order as staff open it: found by its number, read in one snapshot with the rows of every stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from purveyor.core.refusals import NotFound
from purveyor.core.rows import Contact, Customer, Line, Order
from purveyor.core.state import Book, Needs, State
from purveyor.db.reader import Reader
from purveyor.engine.tables import parts
from purveyor.engine.unit_of_work import UnitOfWork
from purveyor.records.policies.queries import load_policies
from purveyor.stages.confirmation.state import OrderLink
from purveyor.web.api.orders import may_read
from purveyor.web.pages.context import RequestContext
from purveyor.web.reading.contact_access import masked
from purveyor.web.reading.order_lists import order_id_of


class ConsoleOrder:
    """The order with the rows of all its parts, in the state in which rules can be asked about it."""

    def __init__(self, unit: UnitOfWork, read: Reader, book: Book, scopes: frozenset[str]) -> None:
        """`scopes` of whoever looks."""
        self._scopes = scopes
        self.unit = unit
        self.read = read
        self.book = book

    @property
    def order(self) -> Order:
        return self.book.order

    @property
    def state(self) -> State:
        return self.unit.state

    @property
    def lines(self) -> list[Line]:
        return sorted(self.book.lines.values(), key=lambda line: line.line_no)

    @property
    def rows(self) -> dict[str, list[Any]]:
        """The rows of every stage by the name of their table; an empty list where there are none."""
        return {kind.table: list(self.book.rows(kind).values()) for kind in parts().values()}

    @property
    def rows_shown(self) -> dict[str, list[Any]]:
        """The same, without those of stages that the reader's role may not read."""
        return {
            kind.table: list(self.book.rows(kind).values()) if may_read(kind, self._scopes) else []
            for kind in parts().values()
        }

    @property
    def contact(self) -> Contact:
        """As far as it is for whoever looks."""
        return masked(self.unit.state.contact(self.order.contact_id), self._scopes)

    @property
    def customer(self) -> Customer | None:
        customer_id = self.order.customer_id
        return None if customer_id is None else self.unit.state.get(Customer, customer_id)

    @property
    def link_version(self) -> int:
        """Of the links to the customer's page."""
        link = self.book.rows(OrderLink).get(self.order.id)
        return link.version if link else 0


@asynccontextmanager
async def load_order(ctx: RequestContext) -> AsyncIterator[ConsoleOrder]:
    """The order whose number stands in the path. Raises `NotFound`, which is answered by a page that says so."""
    number = str(ctx.in_path("number"))
    async with ctx.house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
        read = ctx.house.read.on(db)
        order_id = await order_id_of(read, number)
        if order_id is None:
            raise NotFound(what="order", id=number)
        unit = UnitOfWork(db, State(await load_policies(read)), lock=False)
        await unit.load(Needs(orders=(order_id,)))
        book = unit.state.books.get(order_id)
        if book is None:
            raise NotFound(what="order", id=number)
        customers = () if book.order.customer_id is None else (book.order.customer_id,)
        await unit.load(Needs(rows={Contact: (book.order.contact_id,), Customer: customers}))
        yield ConsoleOrder(unit, read, book, ctx.staff.scopes)
