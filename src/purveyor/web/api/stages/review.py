"""Review: holds, approval, changes before shipping."""

from __future__ import annotations

from typing import Any

from purveyor.core.field_types import Word
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book
from purveyor.stages.review.commands import (
    AddLine,
    AddUnits,
    AllocateBackorders,
    AllocateUnits,
    ApplyDefaultChoice,
    ApplyHoldDeadline,
    ApproveOrder,
    CancelUnits,
    CheckFiles,
    ChooseWhenMissing,
    CloseOrder,
    EditOrder,
    HoldOrder,
    RejectOrder,
    ReleaseHold,
    ReleaseHolds,
    ReviewOrder,
    ShortUnits,
    TagOrder,
    WriteNote,
)
from purveyor.stages.review.queries import FIRST, OpenHold, WaitingLine, backorders_of_sku, open_holds
from purveyor.stages.review.state import Hold, MissingChoice
from purveyor.web.api.command_endpoints import Endpoint, ExtraScope, each, once
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import FIRST as FIRST_PLACE, OfSku, Page, Paging, Place, page, place_after

WRITE = "review:write"
PRICE = "receipt:price"
RESOLVE = "support:resolve"
READ = "review:read"
ORDER = "/orders/{order_id:uuid}"


class HoldFilter(Paging, frozen=True, kw_only=True):
    owner: Word = ""
    type: Word = ""


async def _open_holds(house: House, asked: HoldFilter) -> Page[OpenHold]:
    after: Place = place_after(asked.after, Place, FIRST_PLACE)
    rows = await open_holds(house.read, owner=asked.owner, type=asked.type, after=after, limit=asked.limit + 1)
    return page(rows, asked.limit, lambda hold: (hold.opened_at, hold.id))


def _has_own_prices(command: EditOrder) -> bool:
    return any(isinstance(change, AddLine) and change.unit_price is not None for change in command.changes)


def _is_free(command: AddUnits) -> bool:
    return command.free


def _one_unit_more(book: Book) -> Any:
    for line in book.lines.values():
        if line.quantity > line.canceled:
            return (AddUnits(order_id=book.order.id, units=(UnitsOf(line_id=line.id, quantity=1),), free=True),)
    return ()


SECTION = Section(
    name="review",
    about="Orders are looked over: stock, address, risk, credit. What may not proceed is held, by type and owner.",
    endpoints=(
        Endpoint(
            path=f"{ORDER}/approve",
            command=ApproveOrder,
            scope=WRITE,
            summary="Approve an order, with all that holds it",
            tried=once(lambda order_id: ApproveOrder(order_id=order_id)),
        ),
        Endpoint(
            path=f"{ORDER}/reject",
            command=RejectOrder,
            scope=WRITE,
            summary="Turn an order down",
            tried=once(lambda order_id: RejectOrder(order_id=order_id, why="rejected")),
        ),
        Endpoint(
            path=f"{ORDER}/hold",
            command=HoldOrder,
            scope=WRITE,
            summary="Hold an order",
            tried=once(lambda order_id: HoldOrder(order_id=order_id, type="customer", why="asked for")),
            ours=("by_another", "if_needed"),
        ),
        Endpoint(
            path=f"{ORDER}/holds/{{hold_id:uuid}}/release",
            command=ReleaseHold,
            scope=WRITE,
            summary="Release one hold",
            tried=each(
                Hold,
                lambda hold: ReleaseHold(order_id=hold.order_id, hold_id=hold.id) if hold.released_at is None else None,
            ),
            otherwise="The order is not held.",
        ),
        Endpoint(
            path=f"{ORDER}/cancel",
            command=CancelUnits,
            scope=WRITE,
            summary="Cancel units, or the whole order",
            tried=once(lambda order_id: CancelUnits(order_id=order_id, units="all", reason="customer")),
        ),
        Endpoint(
            path=f"{ORDER}/edit",
            command=EditOrder,
            scope=WRITE,
            summary="Change lines, addresses or shipping before it ships",
            tried=once(lambda order_id: EditOrder(order_id=order_id, changes=())),
            tolerates=("invalid",),  # that there is no change
            also=(ExtraScope(PRICE, _has_own_prices),),
        ),
        Endpoint(
            path=f"{ORDER}/units",
            command=AddUnits,
            scope=WRITE,
            summary="Send more: again, or in exchange",
            tried=_one_unit_more,
            otherwise="All of the order was canceled.",
            also=(ExtraScope(RESOLVE, _is_free),),
        ),
        Endpoint(
            path=f"{ORDER}/allocate",
            command=AllocateBackorders,
            scope=WRITE,
            summary="Find stock now for units that wait",
            tried=once(lambda order_id: AllocateBackorders(order_id=order_id)),
        ),
        Endpoint(
            path=f"{ORDER}/choose",
            command=ChooseWhenMissing,
            scope=WRITE,
            summary="Say what the customer wants done about units that wait",
            tried=each(MissingChoice, lambda row: ChooseWhenMissing(order_id=row.order_id, choice="ship_available")),
            otherwise="Nothing of the order waits for a choice.",
        ),
        Endpoint(
            path=f"{ORDER}/notes",
            command=WriteNote,
            scope=WRITE,
            summary="Write a note for staff",
            status=201,
            tried=once(lambda order_id: WriteNote(order_id=order_id, text="tried")),
        ),
        Endpoint(
            path=f"{ORDER}/tags",
            command=TagOrder,
            scope=WRITE,
            summary="Tag an order",
            tried=once(lambda order_id: TagOrder(order_id=order_id, add=("later",))),
        ),
    ),
    reads=(
        QueryEndpoint(
            path="/holds",
            find=_open_holds,
            answer=Page[OpenHold],
            scope=READ,
            summary="What is held, since when, and who must act",
            parameters=HoldFilter,
        ),
        worklist(
            "/backorders",
            "Who waits for a SKU, in the order in which they will be served",
            READ,
            WaitingLine,
            backorders_of_sku,
            lambda line: line.line_id,
            parameters=OfSku,
            first=FIRST,
            kind=type(FIRST),
            arguments=lambda _, asked: (asked.sku,),
        ),
    ),
    internal=(
        ReviewOrder,
        AllocateUnits,
        CheckFiles,
        ShortUnits,
        ReleaseHolds,
        ApplyHoldDeadline,
        ApplyDefaultChoice,
        CloseOrder,
    ),
)
