"""Where everything is now, as its customer sees it: parts of the order that travel together, each with its stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.holds import UNTIL_PAID
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Line
from purveyor.flow.questions import is_held, is_paid_for
from purveyor.stages.delivery.state import (
    AccessGrant,
    Appointment,
    Collection,
    DownloadGrant,
    LicenseWait,
    Tracking,
    TrackingEvent,
)
from purveyor.stages.payment.amounts import is_given_up
from purveyor.stages.payment.rows import Payment
from purveyor.stages.shipping.state import Shipment
from purveyor.web.order_page.loading import CustomerOrder
from purveyor.web.pages.translations import mark

BEFORE_LEAVING = ("placed", "allocated", "picked", "packed")
DIGITAL = ("download", "license", "access")
PROBLEMS: Mapping[str, str] = {
    "failed_attempt": mark("Nobody was there"),
    "returning": mark("It comes back to us"),
    "lost": mark("It was lost"),
}


class ProgressStep(msgspec.Struct, frozen=True):
    """A stage in a picture. `state`: done | now | todo | problem."""

    state: str
    icon: str
    name: str
    note: str = ""


class Item(msgspec.Struct, frozen=True):
    name: str
    quantity: int


class Scan(msgspec.Struct, frozen=True):
    at: datetime
    status: str
    place: str


class OrderPart(msgspec.Struct, kw_only=True):
    """Units that go the same way at the same time. `kind` tells what else is shown of it."""

    kind: str  # parcel | preparing | waiting | collect | digital | installation
    title: str
    icon: str
    contents: list[Item]
    steps: list[ProgressStep]
    carrier: str = ""
    tracking_number: str = ""
    scans: list[Scan] = []
    code: str = ""
    place: Any = None  # a location, where something is collected
    until: datetime | None = None
    appointment: Appointment | None = None


def progress_of(opened: CustomerOrder) -> list[OrderPart]:
    """All parts: what has left first, then what is still with us, then what needs no parcel."""
    return [
        *_parcels(opened),
        *_at_the_counter(opened),
        *_in_the_house(opened),
        *_digital(opened),
        *_installations(opened),
    ]


def _first_steps(opened: CustomerOrder) -> list[ProgressStep]:
    """Ordered, and paid: the same for every part."""
    _ = opened.ctx._
    book = opened.book
    ordered = ProgressStep("done", "shopping-cart", _("Ordered"))
    name = _("Paid") if book.order.captured_minor and not is_given_up(book) else _("Payment agreed")
    if is_paid_for(book):
        return [ordered, ProgressStep("done", "credit-card", name)]
    if is_held(book, but=UNTIL_PAID):
        return [ordered, ProgressStep("todo", "credit-card", name)]
    wrong = any(payment.status in {"declined", "failed"} for payment in book.rows(Payment).values())
    return [ordered, ProgressStep("problem" if wrong else "now", "credit-card", _("Payment"))]


def _rest(steps: list[ProgressStep], following: Iterable[tuple[str, str, str]], reached: int) -> list[ProgressStep]:
    """Add the stages after the first two: `reached` of them are done, the next one is going on.

    Nothing is going on behind a stage that is still to come.
    """
    blocked = steps[-1].state != "done" and not reached
    for place, (icon, name, note) in enumerate(following):
        is_now = place == reached and not blocked
        steps.append(ProgressStep("done" if place < reached else "now" if is_now else "todo", icon, name, note))
    if reached:  # what has been packed was paid for, whatever is owed since
        steps[1] = msgspec.structs.replace(steps[1], state="done")
    return steps


def _items(opened: CustomerOrder, units: Iterable[UnitsOf]) -> list[Item]:
    counted: Counter[UUID] = Counter()
    for each in units:
        counted[each.line_id] += each.quantity
    lines = opened.book.lines
    return [Item(lines[line_id].name, quantity) for line_id, quantity in counted.items() if quantity]


def _held_items(lines: Iterable[Line], *positions: str) -> list[Item]:
    counted = [(line.name, sum(getattr(line, position) for position in positions)) for line in lines]
    return [Item(name, quantity) for name, quantity in counted if quantity]


# parcels on their way


def _parcels(opened: CustomerOrder) -> Iterator[OrderPart]:
    _ = opened.ctx._
    shipments = opened.book.rows(Shipment)
    scans = opened.book.rows(TrackingEvent).values()
    rows = sorted(opened.book.rows(Tracking).values(), key=lambda row: (row.expected_at, str(row.shipment_id)))
    for number, row in enumerate(rows, 1):
        shipment = shipments.get(row.shipment_id)
        yield OrderPart(
            kind="parcel",
            title=_("Parcel %(number)s", number=number) if len(rows) > 1 else _("Your parcel"),
            icon="package",
            contents=_items(opened, row.contents),
            steps=_parcel_steps(opened, row),
            carrier=shipment.carrier if shipment else "",
            tracking_number=row.tracking_number,
            scans=sorted(
                (Scan(scan.at, scan.status, scan.place) for scan in scans if scan.shipment_id == row.shipment_id),
                key=lambda scan: scan.at,
                reverse=True,
            ),
            until=row.promised_at if row.delivered_at is None else None,
        )


def _parcel_steps(opened: CustomerOrder, row: Tracking) -> list[ProgressStep]:
    _ = opened.ctx._
    steps = _first_steps(opened)
    packed = ("package", _("Packed"), "")
    way = ("truck", _("On its way"), _("Out for delivery") if row.status == "out_for_delivery" else "")
    there = ("home", _("Delivered"), "")
    if row.status == "delivered":
        return _rest(steps, (packed, way, there), 3)
    steps = _rest(steps, (packed, way), 1)
    if row.status in PROBLEMS:
        steps[-1] = ProgressStep("problem", "alert-triangle", _("On its way"), _(PROBLEMS[row.status]))
    return [*steps, ProgressStep("todo", "home", _("Delivered"))]


# what waits at a counter


def _at_the_counter(opened: CustomerOrder) -> Iterator[OrderPart]:
    _ = opened.ctx._
    for row in opened.book.rows(Collection).values():
        if row.status == "withdrawn":
            continue
        is_here = row.status == "waiting"
        stages = (
            ("package", _("Packed"), ""),
            ("building-store", _("Ready"), ""),
            ("home", _("Collected"), ""),
        )
        yield OrderPart(
            kind="collect",
            title=_("Ready to be collected") if is_here else _("Collected"),
            icon="building-store",
            contents=_items(opened, row.contents),
            steps=_rest(_first_steps(opened), stages, 2 if is_here else 3),
            code=opened.code_of(row) if is_here else "",
            place=opened.state.policies.location(row.location),
            until=row.collect_by if is_here else None,
        )


# goods that are still with us


def _in_the_house(opened: CustomerOrder) -> Iterator[OrderPart]:
    _ = opened.ctx._
    goods = [line for line in opened.lines if line.kind == "goods"]
    at_counter = Counter(
        {
            each.line_id: each.quantity
            for row in opened.book.rows(Collection).values()
            if row.status == "waiting"
            for each in row.contents
        }
    )
    here = [
        Item(line.name, quantity)
        for line in goods
        if (quantity := sum(getattr(line, position) for position in BEFORE_LEAVING) - at_counter[line.id]) > 0
    ]
    collects = opened.order.method == "collect"
    last = ("building-store", _("Ready to be collected"), "") if collects else ("truck", _("On its way"), "")
    end = ("home", _("Collected") if collects else _("Delivered"), "")
    if here:
        stage, name = _work_done(opened, goods)
        if stage and not collects:
            last = ("truck", _("Waiting for the courier"), "")
        yield OrderPart(
            kind="preparing",
            title=_("Not sent yet"),
            icon="package",
            contents=here,
            steps=_rest(_first_steps(opened), (("package", name, ""), last, end), stage),
        )
    waiting = _held_items(goods, "backordered")
    if waiting:
        steps = _first_steps(opened)
        steps.append(ProgressStep("problem", "clock", _("In stock"), _("Waiting for new stock")))
        steps.extend(ProgressStep("todo", icon, name, note) for icon, name, note in (last, end))
        yield OrderPart(kind="waiting", title=_("Waiting for stock"), icon="clock", contents=waiting, steps=steps)


def _work_done(opened: CustomerOrder, goods: Iterable[Line]) -> tuple[int, str]:
    """How many stages are done by all that is here, and what packing is called meanwhile."""
    _ = opened.ctx._
    there: Counter[str] = Counter()
    for line in goods:
        for position in BEFORE_LEAVING:
            there[position] += getattr(line, position)
    if not there["placed"] and not there["allocated"] and not there["picked"]:
        return 1, _("Packed")
    return 0, _("Being packed") if there["picked"] or there["packed"] else _("To be packed")


# what needs no parcel


def _digital(opened: CustomerOrder) -> Iterator[OrderPart]:
    _ = opened.ctx._
    lines = [line for line in opened.lines if line.kind in DIGITAL and line.quantity > line.canceled + line.returned]
    if not lines:
        return
    book = opened.book
    waits = any(wait.quantity for wait in book.rows(LicenseWait).values())
    failed = any(grant.status == "failed" for grant in book.rows(AccessGrant).values())
    is_ready = all(line.delivered + line.returning + line.lost >= line.quantity - line.canceled for line in lines)
    note = ""
    if waits:
        note = _("We are waiting for new keys")
    elif failed:
        note = _("We are looking into it")
    elif any(grant.quantity and grant.downloads_left for grant in book.rows(DownloadGrant).values()):
        note = _("Ready to be downloaded")
    ready = ("download", _("Ready for you"), note)
    yield OrderPart(
        kind="digital",
        title=_("Digital"),
        icon="download",
        contents=_held_items(lines, "placed", "allocated", "backordered", "delivered", "returning"),
        steps=_rest(_first_steps(opened), (ready,), 1 if is_ready else 0),
    )


def _installations(opened: CustomerOrder) -> Iterator[OrderPart]:
    _ = opened.ctx._
    planned = [row for row in opened.book.rows(Appointment).values() if row.status != "canceled"]
    for row in planned:
        line = opened.book.line(row.line_id)
        stages = (("calendar-event", _("Time agreed"), ""), ("tools", _("Installed"), ""))
        done = {"planned": 0, "booked": 1, "done": 2}[row.status]
        yield OrderPart(
            kind="installation",
            title=_("Installation"),
            icon="tools",
            contents=[Item(line.name, row.quantity)],
            steps=_rest(_first_steps(opened), stages, done),
            appointment=row,
        )
    soon = [line for line in opened.lines if line.kind == "service" and line.placed + line.allocated + line.backordered]
    spoken_for = {row.line_id for row in planned}
    items = _held_items((line for line in soon if line.id not in spoken_for), "placed", "allocated", "backordered")
    if items:
        stages = (("calendar-event", _("Time agreed"), ""), ("tools", _("Installed"), ""))
        steps = [msgspec.structs.replace(step) for step in _rest(_first_steps(opened), stages, 0)]
        yield OrderPart(kind="installation", title=_("Installation"), icon="tools", contents=items, steps=steps)
