"""Handing goods over at the counter right after the sale: picked, packed and given, each by its command."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Command
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, Needs, State
from purveyor.engine.unit_of_work import UnitOfWork
from purveyor.records.policies.queries import load_policies
from purveyor.stages.delivery.commands import HandOver
from purveyor.stages.delivery.decide.counter import code_in
from purveyor.stages.delivery.state import Collection
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.packing.state import Bench
from purveyor.stages.picking.commands import ConfirmPickList
from purveyor.stages.picking.state import Fulfillment
from purveyor.web.pages.context import RequestContext


async def hand_over(ctx: RequestContext, order_id: UUID, key: str) -> str:
    """Do all of it, once for each `key`. What stands in the way, in words; "" when the customer has the goods."""
    for step in (_picks, _parcels, _collections):
        commands = step(*await _loaded(ctx, order_id))
        if not commands:
            return ctx._("It cannot be handed over yet: see the order.")
        for number, command in enumerate(commands):
            answer = await ctx.ask(command, key=f"{key}:{step.__name__}:{number}")
            if answer.refusal is not None:
                return ctx._("It is not handed over: %(why)s", why=ctx.told[-1].text)
    return ""


async def _loaded(ctx: RequestContext, order_id: UUID) -> tuple[State, Book]:
    """The order, and the codes of what waits at the counter: whoever has just bought it stands there."""
    async with ctx.house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
        unit = UnitOfWork(db, State(await load_policies(ctx.house.read.on(db))), lock=False)
        await unit.load(Needs(orders=(order_id,)))
        book = unit.state.books[order_id]
        codes = [row.code_id for row in book.rows(Collection).values() if row.code_id is not None]
        await unit.load(Needs(rows={PrivateText: codes}))
        return unit.state, book


def _picks(_state: State, book: Book) -> list[Command]:
    rows = book.rows(Fulfillment).values()
    return [ConfirmPickList(order_id=row.order_id, fulfillment_id=row.id) for row in rows if row.method == "collect"]


def _parcels(_state: State, book: Book) -> list[Command]:
    rows = book.rows(Bench).values()
    return [PackParcel(order_id=row.order_id, fulfillment_id=row.fulfillment_id, carton="as_is") for row in rows]


def _collections(state: State, book: Book) -> list[Command]:
    rows = book.rows(Collection).values()
    return [HandOver(order_id=row.order_id, parcel_id=row.parcel_id, code=code_in(state, row)) for row in rows]
