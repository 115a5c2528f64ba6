"""An order as its customer opens it: found by a signed link, read in one snapshot, and what may be asked of it.

Staff open the same pages under the console, to read only: without forms, and without what is the customer's alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Final
from uuid import UUID

from purveyor.core.messages import Command
from purveyor.core.refusals import NotFound, Refusal
from purveyor.core.rows import Contact, Customer, Line, Order, PrivateText, Product
from purveyor.core.state import Book, Needs, State
from purveyor.db.reader import Reader
from purveyor.engine.unit_of_work import UnitOfWork
from purveyor.records.policies.queries import load_policies
from purveyor.stages.confirmation.state import OrderLink
from purveyor.stages.delivery.decide.counter import code_in
from purveyor.stages.delivery.state import Collection
from purveyor.web.api.available_actions import refusal_of, trial
from purveyor.web.http import security_log
from purveyor.web.pages.context import CUSTOMER, AccessDenied, RequestContext
from purveyor.web.pages.order_links import order_of, read_token
from purveyor.web.reading.contact_access import masked
from purveyor.web.reading.order_lists import order_id_of as order_id_by

MOST_TRIALS: Final = 40  # an order of a thousand lines says enough with these


class CustomerOrder:
    """The order with the rows of all its parts, and whose it is."""

    def __init__(
        self, ctx: RequestContext, path: str, unit: UnitOfWork, read: Reader, book: Book, contact: Contact
    ) -> None:
        self.ctx = ctx
        self.path = path
        self.read = read
        self.book = book
        self.contact = contact
        self._unit = unit

    @property
    def order(self) -> Order:
        return self.book.order

    @property
    def state(self) -> State:
        return self._unit.state

    @property
    def lines(self) -> list[Line]:
        return sorted(self.book.lines.values(), key=lambda line: line.line_no)

    @property
    def is_read_only(self) -> bool:
        """Whether staff look at it."""
        return self.ctx.staff is not None

    def code_of(self, collection: Collection) -> str:
        """What the customer says at the counter; nothing for anybody else."""
        return "" if self.is_read_only else code_in(self.state, collection)

    async def refusal_of(self, command: Command) -> Refusal | None:
        """Why the customer may not, by the very rule that decides it; None: they may."""
        return await refusal_of(self._unit, command, trial(self.book, CUSTOMER, self.ctx.now))

    async def may(self, command: Command) -> bool:
        return await self.refusal_of(command) is None

    async def may_any(self, commands: Iterable[Command]) -> bool:
        """Whether at least one of them would be done."""
        for command in islice(commands, MOST_TRIALS):
            if await self.may(command):
                return True
        return False


@asynccontextmanager
async def load_order(ctx: RequestContext) -> AsyncIterator[CustomerOrder]:
    """The order of the link in the path, in a snapshot. Raises `AccessDenied`, for a bad link as for a revoked one.

    What is looked for in it and is not there (`NotFound`) is answered by a page that says so.
    """
    path, order_id, version = await _asked(ctx)
    async with ctx.house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
        read = ctx.house.read.on(db)
        unit = UnitOfWork(db, State(await load_policies(read)), lock=False)
        await unit.load(Needs(orders=(order_id,)))
        book = unit.state.books.get(order_id)
        if book is None or (version is not None and version_of(book) != version):
            raise await no_such_link(ctx)
        skus = {line.sku for line in book.lines.values()}
        customers = () if book.order.customer_id is None else (book.order.customer_id,)
        await unit.load(Needs(rows={Contact: (book.order.contact_id,), Customer: customers, Product: skus}))
        contact = unit.state.contact(book.order.contact_id)
        if ctx.staff is not None:
            contact = masked(contact, ctx.staff.scopes)
        elif codes := [row.code_id for row in book.rows(Collection).values() if row.code_id is not None]:
            await unit.load(Needs(rows={PrivateText: codes}))
        try:
            yield CustomerOrder(ctx, path, unit, read, book, contact)
        except NotFound:
            seller = unit.state.policies.seller
            raise AccessDenied(
                ctx.page("order_page/page_not_found.html", status=404, path=path, seller=seller)
            ) from None


async def _asked(ctx: RequestContext) -> tuple[str, UUID, int | None]:
    """Path, order and version of its links: of the customer's link, or of the number under the console."""
    if ctx.staff is not None:
        number = ctx.in_path("number")
        order_id = await order_id_by(ctx.house.read, str(number))
        if order_id is None:
            raise NotFound(what="order", id=number)
        return staff_path(number), order_id, None
    token = str(ctx.in_path("token"))
    found = read_token(ctx.desk, token)
    if found is None:
        raise await no_such_link(ctx)
    return f"/o/{token}", *found


def staff_path(number: int | str) -> str:
    """Where staff see the customer's page of an order."""
    return f"/console/orders/{number}/as-customer"


async def order_id_of(ctx: RequestContext) -> UUID:
    """The order of the link in the path, for what is asked of it. Raises `AccessDenied`."""
    order_id = await order_of(ctx.desk, str(ctx.in_path("token")))
    if order_id is None:
        raise await no_such_link(ctx)
    return order_id


def version_of(book: Book) -> int:
    link = book.rows(OrderLink).get(book.order.id)
    return link.version if link else 0


async def no_such_link(ctx: RequestContext) -> AccessDenied:
    """The one answer to every link that leads nowhere."""
    security_log.note("auth.refused", why="order_link")
    seller = (await load_policies(ctx.house.read)).seller
    return AccessDenied(ctx.page("order_page/not_found.html", status=404, seller=seller))
