"""Returns that do not come, and parcels that come back unasked."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.core.field_types import seen
from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import CancelReturn, DropReturnToSender, ExpectReturnToSender, ExpireReturn
from purveyor.stages.returns.decide.request import EXPIRES_AFTER
from purveyor.stages.returns.decide.returnable_units import home_of, policy_of
from purveyor.stages.returns.facts import (
    AnnouncedItem,
    CountedItem,
    ReturnCanceled,
    ReturnExpired,
    ReturnToSenderExpected,
)
from purveyor.stages.returns.refusals import NothingToCancel, ReturnNotOpen
from purveyor.stages.returns.state import OPEN, Rma, RmaItem, items_of


@decides(CancelReturn)
def decide_cancel(state: State, command: CancelReturn, _call: Call) -> Decision:
    """The customer keeps what has not come; refuses with `ReturnNotOpen` and `NothingToCancel`."""
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    if rma.status not in OPEN or rma.kind != "return":
        raise ReturnNotOpen(rma_id=rma.id, return_status=rma.status)
    items = items_of(book, rma.id)
    dropped = [CountedItem(item.id, item.line_id, _unpaid(item)) for item in items if _unpaid(item) > 0]
    if not dropped:
        raise NothingToCancel(rma_id=rma.id)
    yield ReturnCanceled(
        order_id=book.order.id,
        rma_id=rma.id,
        dropped=tuple(dropped),
        moves=tuple(
            UnitMove(each.line_id, _sku(book, each), "returning", "delivered", each.quantity) for each in dropped
        ),
        why=command.why,
    )


@decides(ExpireReturn)
def decide_expire(state: State, command: ExpireReturn, call: Call) -> Decision:
    """Nothing came. Units that were not paid back are the customer's again; the others are lost to us.

    A parcel on its way back to us that never arrives is lost. Nothing happens if something came in between.
    """
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    if rma.expires_at is None or rma.expires_at > seen(command.expires_at, call.at):
        return
    items = [item for item in items_of(book, rma.id) if item.to_come > 0]
    moves: list[UnitMove] = []
    lost: list[UnitsOf] = []
    for item in items:
        back = _unpaid(item) if rma.kind == "return" else 0
        gone = item.to_come - back
        if back:
            moves.append(UnitMove(item.line_id, item.sku, "returning", "delivered", back))
        if gone:
            moves.append(UnitMove(item.line_id, item.sku, "returning", "lost", gone))
            lost.append(UnitsOf(item.line_id, gone))
    yield ReturnExpired(
        order_id=book.order.id,
        rma_id=rma.id,
        kind_of_return=rma.kind,
        dropped=tuple(CountedItem(item.id, item.line_id, item.to_come) for item in items),
        lost=tuple(lost),
        moves=tuple(moves),
        why="never received",
    )


def _unpaid(item: RmaItem) -> int:
    """Units still to come that were not credited beforehand: what came is credited first."""
    return item.to_come - max(0, item.credited - item.received)


def _sku(book: Book, item: CountedItem) -> str:
    return book.line(item.line_id).sku


@decides(DropReturnToSender)
def decide_drop_return_to_sender(state: State, command: DropReturnToSender, _call: Call) -> Decision:
    """Nothing comes any more; the units were moved by the delivery itself."""
    book = state.book(command.order_id)
    for rma in book.rows(Rma).values():
        if rma.shipment_id == command.shipment_id and rma.kind == "return_to_sender" and rma.status in OPEN:
            items = [item for item in items_of(book, rma.id) if item.to_come > 0]
            yield ReturnCanceled(
                order_id=book.order.id,
                rma_id=rma.id,
                dropped=tuple(CountedItem(item.id, item.line_id, item.to_come) for item in items),
                why="delivered after all",
            )


@decides(ExpectReturnToSender)
def decide_expect_return_to_sender(state: State, command: ExpectReturnToSender, call: Call) -> Decision:
    """Open a return for a parcel that comes back; nothing to do where it is expected already."""
    book = state.book(command.order_id)
    known = [rma for rma in book.rows(Rma).values() if rma.shipment_id == command.shipment_id]
    if any(rma.status != "canceled" for rma in known):
        return
    items = _on_their_way(book, command.contents, call)
    if not items:
        return
    policy = policy_of(state, book)
    yield ReturnToSenderExpected(
        order_id=book.order.id,
        rma_id=call.ids.new(),
        shipment_id=command.shipment_id,
        items=tuple(items),
        policy=policy.name,
        policy_version=policy.version,
        location=home_of(state, book, [item.line_id for item in items]),
        expires_at=call.at + EXPIRES_AFTER,
    )


def _on_their_way(book: Book, contents: Sequence[UnitsOf], call: Call) -> list[AnnouncedItem]:
    """Units on their way back that no return speaks of."""
    free = {line.id: line.returning for line in book.lines.values()}
    for item in book.rows(RmaItem).values():
        free[item.line_id] -= item.to_come
    items: list[AnnouncedItem] = []
    for each in contents:
        line = book.line(each.line_id)
        quantity = min(each.quantity, free[line.id])
        if quantity > 0:
            free[line.id] -= quantity
            items.append(
                AnnouncedItem(call.ids.new(), line.id, line.sku, quantity, "return_to_sender", "refund", "", "send", 0)
            )
    return items
