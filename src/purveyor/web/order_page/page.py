"""The order's page: where everything is, what is wanted, what may be done, and what happened. Live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.policies import Location
from purveyor.core.positions import POSITIONS
from purveyor.core.rows import Line
from purveyor.stages.confirmation.commands import NotePageSeen
from purveyor.stages.delivery.queries import LicenseView, licenses_of
from purveyor.stages.delivery.state import AccessGrant, DownloadGrant, LicenseWait
from purveyor.stages.payment.amounts import charged_back, disputed
from purveyor.stages.payment.rows import CreditNote, Invoice, Refund
from purveyor.stages.returns.commands import CancelReturn
from purveyor.stages.returns.state import Rma, RmaItem, items_of
from purveyor.web.order_page.actions import may_change_address, possible_actions, todos_of
from purveyor.web.order_page.loading import CustomerOrder, load_order, staff_path
from purveyor.web.order_page.progress import progress_of
from purveyor.web.order_page.queries import what_happened
from purveyor.web.order_page.returns import counters_of
from purveyor.web.order_page.status_line import headline_of
from purveyor.web.order_page.support_and_feedback import written_to
from purveyor.web.order_page.timeline import EVENT_TEXTS, timeline_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.translations import mark

FIRST_ID = UUID(int=0)
WHERE = {  # of a unit, as its customer says it
    "placed": mark("being looked over"),
    "allocated": mark("reserved for you"),
    "backordered": mark("waiting for stock"),
    "picked": mark("being packed"),
    "packed": mark("packed"),
    "shipped": mark("on its way"),
    "delivered": mark("with you"),
    "returning": mark("on its way back"),
    "returned": mark("returned"),
    "canceled": mark("canceled"),
    "lost": mark("lost on the way"),
}
TONES = {
    "backordered": "yellow",
    "delivered": "green",
    "shipped": "blue",
    "lost": "red",
    "canceled": "secondary",
    "returned": "secondary",
}
NO_GOODS = {"allocated": mark("being prepared"), "delivered": mark("ready for you")}
SERVICE = {"allocated": mark("to be installed"), "delivered": mark("installed")}


class Place(msgspec.Struct, frozen=True):
    """So many units of a line are somewhere."""

    quantity: int
    where: str
    tone: str


class Row(msgspec.Struct, frozen=True):
    """A line of the order, and where its units are."""

    line: Line
    places: list[Place]


class DocumentLink(msgspec.Struct, frozen=True):
    """An invoice or a credit note."""

    kind: str  # invoice | credit-note
    number: int
    minor: int
    row: Any


class Return(msgspec.Struct, frozen=True):
    """A return with what is in it, and whether it can still be called off."""

    rma: Rma
    contents: list[tuple[str, int]]
    is_to_send: bool
    may_cancel: bool
    place: Any
    counters: list[Location]  # where it may be handed in instead


async def show(ctx: RequestContext) -> ASGIResponse:
    """The whole page, or its moving part when something has happened."""
    async with load_order(ctx) as order:
        values = await _values(order)
        return ctx.page("order_page/live.html" if ctx.is_part else "order_page/page.html", **values)


async def live(ctx: RequestContext) -> Any:
    """Events, whenever something happened to this order."""
    async with load_order(ctx) as order:
        order_id = order.order.id
    return ctx.desk.live.stream(ctx.request, order_id, whose=f"link {order_id}", address=ctx.address)


async def _values(order: CustomerOrder) -> dict[str, Any]:
    book = order.book
    happened = await what_happened(order.read, order.order.id, EVENT_TEXTS)
    is_licensed = any(line.kind == "license" and line.delivered for line in order.lines)
    shows_keys = is_licensed and not order.is_read_only  # they are worth money to whoever reads them
    licenses = await licenses_of(order.read, order.order.id, FIRST_ID) if shows_keys else []
    return {
        "opened": order,
        "order": order.order,
        "contact": order.contact,
        "headline": headline_of(order),
        "parts": progress_of(order),
        "todos": await todos_of(order),
        "written": await written_to(order),
        "ways": await possible_actions(order),
        "rows": [_row(order, line) for line in order.lines],
        "papers": documents_of(order),
        "returns": [await _return(order, rma) for rma in book.rows(Rma).values() if rma.kind == "return"],
        "downloads": [grant for grant in book.rows(DownloadGrant).values() if grant.quantity],
        "licenses": _by_line(licenses),
        "waits": [wait for wait in book.rows(LicenseWait).values() if wait.quantity],
        "accesses": [grant for grant in book.rows(AccessGrant).values() if grant.quantity or grant.status != "off"],
        "disputed_minor": disputed(book),
        "charged_back_minor": charged_back(book),
        "refunds": [row for row in book.rows(Refund).values() if row.status not in {"done", "failed", "taken_back"}],
        "may_change_address": await may_change_address(order),
        "timeline": timeline_of(order, happened),
        "seller": order.state.policies.seller,
    }


def _row(order: CustomerOrder, line: Line) -> Row:
    _ = order.ctx._
    words = SERVICE if line.kind == "service" else NO_GOODS if line.kind != "goods" else {}
    places: list[Place] = []
    for position in POSITIONS:
        quantity = getattr(line, position)
        announced = min(quantity, _announced(order, line)) if position == "returning" else 0
        if announced:
            places.append(Place(announced, _("return announced"), "azure"))
        if quantity > announced:
            word = _(words.get(position, WHERE[position]))
            places.append(Place(quantity - announced, word, TONES.get(position, "azure")))
    return Row(line, places)


def _announced(order: CustomerOrder, line: Line) -> int:
    """Units that the customer has said to send back. Nobody scans them on the way, so no more is known of them."""
    book = order.book
    returns = {rma.id for rma in book.rows(Rma).values() if rma.kind == "return"}
    items = book.rows(RmaItem).values()
    return sum(item.to_come for item in items if item.line_id == line.id and item.rma_id in returns)


def documents_of(order: CustomerOrder) -> list[DocumentLink]:
    """Invoices and credit notes, the newest first."""
    papers: list[DocumentLink] = [
        *(DocumentLink("invoice", row.number, row.total_minor, row) for row in order.book.rows(Invoice).values()),
        *(
            DocumentLink("credit-note", row.number, row.amount_minor, row)
            for row in order.book.rows(CreditNote).values()
        ),
    ]
    return sorted(papers, key=lambda paper: (paper.row.issued_at, paper.number), reverse=True)


async def _return(order: CustomerOrder, rma: Rma) -> Return:
    items = items_of(order.book, rma.id)
    return Return(
        rma=rma,
        contents=[(order.book.line(item.line_id).name, item.quantity) for item in items],
        is_to_send=any(item.to_come for item in items),
        may_cancel=await order.may(CancelReturn(order_id=order.order.id, rma_id=rma.id)),
        place=order.state.policies.location(rma.location),
        counters=counters_of(order) if rma.received_at is None else [],
    )


def _by_line(licenses: Iterable[LicenseView]) -> dict[UUID, list[LicenseView]]:
    found: dict[UUID, list[LicenseView]] = {}
    for each in licenses:
        found.setdefault(each.line_id, []).append(each)
    return found


async def show_to_staff(ctx: RequestContext) -> ASGIResponse:
    """The page as the customer sees it, to read only. It is written down who looked, once an hour."""
    async with load_order(ctx) as order:
        values = await _values(order)
    hour = ctx.now.strftime("%Y-%m-%dT%H")
    await ctx.do(NotePageSeen(order_id=order.order.id), key=f"page-seen:{order.order.id}:{hour}")
    return ctx.page("order_page/page.html", **values)


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}", show),
    get("/o/{token:str}/live", live),
    get(staff_path("{number:int}"), show_to_staff, scope="confirmation:read"),
)
