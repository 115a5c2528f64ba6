"""Returns: goods come back, are received, inspected and credited."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import mark
from purveyor.core.state import Book
from purveyor.stages.returns.commands import (
    AddToReturn,
    CancelReturn,
    CreditReturn,
    DropReturnToSender,
    ExpectReturnToSender,
    ExpireReturn,
    FinishRefurbishing,
    ImportReturn,
    InspectReturn,
    NoteCredit,
    NoteDelivery,
    NotePriceCut,
    ReceiveReturn,
    RequestReturn,
    ReturnItem,
)
from purveyor.stages.returns.queries import (
    FIRST_ID,
    Inspection,
    ReasonCount,
    ReturnView,
    expected_returns,
    in_refurbishing,
    to_inspect,
    unfinished_returns,
    why_returned,
)
from purveyor.stages.returns.state import Rma, RmaItem
from purveyor.web.api.command_endpoints import Endpoint, each
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import AtLocation, Limit, Page, Period

WRITE = "returns:write"
READ = "returns:read"
ORDER = "/orders/{order_id:uuid}"
RMA = f"{ORDER}/returns/{{rma_id:uuid}}"
NO_RETURN = mark("Nothing of the order is coming back.")


class ReasonPeriod(Period, frozen=True, kw_only=True):
    limit: Limit = 100


async def _why(house: House, asked: ReasonPeriod) -> Page[ReasonCount]:
    return Page(await why_returned(house.read, asked.since, asked.until, asked.limit), None)


def _request(book: Book) -> Iterable[Command]:
    """The first unit that the customer has; of the first line, where they have none, for the reason why not."""
    lines = sorted(book.lines.values(), key=lambda line: (line.delivered == 0, line.line_no))
    for line in lines[:1]:
        item = ReturnItem(line_id=line.id, quantity=1, reason="changed_mind")
        yield RequestReturn(order_id=book.order.id, items=(item,))


def _receive(book: Book) -> Iterable[Command]:
    for rma in book.rows(Rma).values():
        items = [item for item in book.rows(RmaItem).values() if item.rma_id == rma.id]
        units = tuple(UnitsOf(line_id=item.line_id, quantity=1) for item in items[:1])
        yield ReceiveReturn(order_id=book.order.id, rma_id=rma.id, counted=units)


def _inspect(book: Book) -> Iterable[Command]:
    for item in book.rows(RmaItem).values():
        yield InspectReturn(
            order_id=book.order.id,
            rma_id=item.rma_id,
            line_id=item.line_id,
            quantity=1,
            condition="new",
            disposition="scrap",
        )


def _finish(book: Book) -> Iterable[Command]:
    for item in book.rows(RmaItem).values():
        yield FinishRefurbishing(
            order_id=book.order.id, rma_id=item.rma_id, line_id=item.line_id, quantity=1, disposition="scrap"
        )


SECTION = Section(
    name="returns",
    about="Goods come back under the rules of their purchase; what is received is inspected, and credited.",
    endpoints=(
        Endpoint(
            path=f"{ORDER}/returns",
            command=RequestReturn,
            scope=WRITE,
            summary="Send goods back",
            status=201,
            tried=_request,
        ),
        Endpoint(
            path=f"{RMA}/items",
            command=AddToReturn,
            scope=WRITE,
            summary="Take units into a return that were not announced",
        ),
        Endpoint(
            path=f"{RMA}/receive",
            command=ReceiveReturn,
            scope=WRITE,
            summary="A box came: what was counted in it",
            tried=_receive,
            otherwise=NO_RETURN,
        ),
        Endpoint(
            path=f"{RMA}/inspect",
            command=InspectReturn,
            scope=WRITE,
            summary="What state units are in, and what becomes of them",
            tried=_inspect,
            otherwise=NO_RETURN,
        ),
        Endpoint(
            path=f"{RMA}/refurbished",
            command=FinishRefurbishing,
            scope=WRITE,
            summary="Refurbished units go back to the shelf, or to the bin",
            tried=_finish,
            otherwise=NO_RETURN,
        ),
        Endpoint(
            path=f"{RMA}/credit",
            command=CreditReturn,
            scope=WRITE,
            summary="Credit what is due",
            tried=each(Rma, lambda row: CreditReturn(order_id=row.order_id, rma_id=row.id)),
            otherwise=NO_RETURN,
        ),
        Endpoint(
            path=f"{RMA}/cancel",
            command=CancelReturn,
            scope=WRITE,
            summary="The customer keeps what has not come back",
            tried=each(Rma, lambda row: CancelReturn(order_id=row.order_id, rma_id=row.id)),
            otherwise=NO_RETURN,
        ),
        Endpoint(
            path=f"{ORDER}/returns/import",
            command=ImportReturn,
            scope=WRITE,
            summary="Record a return of the past",
            status=201,
        ),
    ),
    reads=(
        worklist(
            "/returns/expected",
            "Announced to a location and not all here",
            READ,
            ReturnView,
            expected_returns,
            lambda row: (row.announced_at, row.id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/returns/unfinished",
            "All here, and something still to be inspected or credited",
            READ,
            ReturnView,
            unfinished_returns,
            lambda row: (row.received_at, row.id),
        ),
        worklist(
            "/returns/to-inspect",
            "Units that wait to be inspected",
            READ,
            Inspection,
            to_inspect,
            lambda row: row.id,
            first=FIRST_ID,
            kind=UUID,
        ),
        worklist(
            "/returns/in-refurbishing",
            "Units that are being refurbished",
            READ,
            Inspection,
            in_refurbishing,
            lambda row: row.id,
            first=FIRST_ID,
            kind=UUID,
        ),
        QueryEndpoint(
            path="/returns/reasons",
            find=_why,
            answer=Page[ReasonCount],
            scope=READ,
            summary="Why products come back",
            parameters=ReasonPeriod,
        ),
    ),
    internal=(ExpireReturn, ExpectReturnToSender, DropReturnToSender, NoteDelivery, NoteCredit, NotePriceCut),
)
