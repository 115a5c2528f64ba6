"""The one sentence that a customer came for: where it is, and when it will be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from purveyor.core.holds import DISPUTE, UNTIL_PAID, UNTOLD
from purveyor.flow.questions import is_held, is_paid_for
from purveyor.stages.delivery.state import Appointment, Collection, Tracking, TrackingEvent
from purveyor.stages.payment.rows import Payment
from purveyor.stages.returns.state import OPEN, Rma
from purveyor.stages.support.state import Case, ClaimRemedy
from purveyor.web.order_page.loading import CustomerOrder
from purveyor.web.pages import formats

OPEN_GOODS = ("placed", "allocated", "picked", "packed", "backordered")


class Headline(msgspec.Struct, frozen=True):
    text: str
    more: str = ""
    icon: str = "package"
    tone: str = "primary"


def headline_of(opened: CustomerOrder) -> Headline:
    """The first of these that is so."""
    rules: tuple[Callable[[CustomerOrder], Headline | None], ...] = (
        _canceled,
        _disputed,
        _unpaid,
        _looked_at,
        _trouble,
        _on_its_way,
        _at_the_counter,
        _going_back,
        _in_the_house,
        _installation,
        _there,
    )
    for rule in rules:
        found = rule(opened)
        if found is not None:
            return found
    return Headline(opened.ctx._("Thank you. We have your order."))


def day(opened: CustomerOrder, at: datetime) -> str:
    """A day as it is said in a sentence."""
    return formats.date(at, opened.ctx.zone, opened.ctx.locale, "full")


def _canceled(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    if opened.order.status != "canceled":
        return None
    more = _("What you paid goes back the way it came.") if opened.order.captured_minor else ""
    return Headline(_("This order was canceled."), more, "x", "secondary")


def _disputed(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    if DISPUTE not in opened.order.holds.split():
        return None
    more = _("What has not left yet stays here for now. You need not pay again.")
    return Headline(_("Your bank has taken the payment back."), more, "credit-card-off", "warning")


def _unpaid(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    book = opened.book
    if is_paid_for(book) or is_held(book, but=UNTIL_PAID):
        return None
    statuses = {payment.status for payment in book.rows(Payment).values()}
    if "action_required" in statuses:
        more = _("Until then we keep everything ready for you.")
        return Headline(_("Your bank wants you to confirm the payment."), more, "shield-check", "warning")
    if "declined" in statuses or "failed" in statuses:
        return Headline(
            _("The payment did not work."), _("Please try again, or use another card."), "credit-card-off", "danger"
        )
    if statuses & {"authorizing", "in_doubt"}:
        return Headline(_("Your payment is being checked."), _("This takes a moment."), "credit-card")
    if statuses & {"offered", "planned"}:
        more = _("As soon as it is paid, we get everything ready.")
        return Headline(_("We are waiting for your payment."), more, "credit-card", "warning")
    return None


def _looked_at(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    if not is_held(opened.book, but=UNTOLD):
        return None
    return Headline(
        _("We are having a closer look at your order."),
        _("We will tell you as soon as it goes on. You need not do anything."),
        "eye",
    )


def _parcels(opened: CustomerOrder, *statuses: str) -> Iterator[Tracking]:
    return (row for row in opened.book.rows(Tracking).values() if row.status in statuses)


def _scans(opened: CustomerOrder, parcel: Tracking, status: str) -> list[TrackingEvent]:
    """Scans of a parcel that say this, the newest first."""
    scans = [each for each in opened.book.rows(TrackingEvent).values() if each.shipment_id == parcel.shipment_id]
    return sorted((each for each in scans if each.status == status), key=lambda each: each.at, reverse=True)


def _trouble(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    if opened.book.units("lost") and any(_parcels(opened, "lost")) and (more := _about_lost(opened)):
        return Headline(_("A parcel was lost on its way to you."), more, "alert-triangle", "danger")
    if any(_parcels(opened, "returning")):
        more = _("It could not be delivered. We will be in touch.")
        return Headline(_("Your parcel is coming back to us."), more, "arrow-back-up", "warning")
    if any(_parcels(opened, "failed_attempt")):
        more = _("The carrier will try again.")
        return Headline(_("Nobody was there to take your parcel."), more, "alert-circle", "warning")
    return None


def _about_lost(opened: CustomerOrder) -> str:
    """What we do about it, as the message says; "" once goods that are sent again have their own news."""
    _ = opened.ctx._
    if any(case.claim and case.status != "closed" for case in opened.book.rows(Case).values()):
        return _("We are sorry. We send it again or give you your money back; you need not do anything.")
    if opened.book.units(*OPEN_GOODS, "shipped", "delivered"):
        return ""
    if any(each.claim == "lost" and each.amount_minor for each in opened.book.rows(ClaimRemedy).values()):
        return _("We are sorry. We have credited you what it cost.")
    return _("We are sorry.")


def _on_its_way(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    if any(_parcels(opened, "out_for_delivery")):
        return Headline(_("Your parcel is out for delivery."), _("It should be with you today."), "truck")
    if waiting := next(_parcels(opened, "at_pickup_point"), None):
        place = next((each.place for each in _scans(opened, waiting, "available_for_pickup") if each.place), "")
        return Headline(_("Your parcel can be picked up."), place, "building-store", "success")
    on_its_way = list(_parcels(opened, "expected", "in_transit"))
    if not on_its_way:
        return None
    more = _("The rest follows.") if opened.book.units(*OPEN_GOODS) else ""
    promised = on_its_way[0].promised_at or opened.order.promised_at
    if len(on_its_way) > 1:
        text = _("%(count)s parcels are on their way to you.", count=len(on_its_way))
    elif promised is not None and promised > opened.ctx.now:
        text = _("Your parcel is on its way; it should be with you on %(day)s.", day=day(opened, promised))
    elif promised is not None:
        text = _("Your parcel is on its way, later than we promised.")
        more = _("We are sorry. It should have been with you on %(day)s.", day=day(opened, promised))
    else:
        text = _("Your parcel is on its way.")
    return Headline(text, more, "truck")


def _at_the_counter(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    for row in opened.book.rows(Collection).values():
        if row.status == "waiting":
            place = opened.state.policies.location(row.location)
            text = _("Your order is ready to be collected: %(place)s.", place=place.name if place else row.location)
            return Headline(text, _("Please bring the code below."), "building-store", "success")
    return None


def _going_back(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    book = opened.book
    if book.units("returning") and not book.units(*OPEN_GOODS):
        announced = [rma for rma in book.rows(Rma).values() if rma.status in OPEN and rma.kind == "return"]
        if announced:
            has_come = all(rma.status == "partly_received" for rma in announced)
            text = _("A part of your return has arrived.") if has_come else _("Your return is announced.")
            return Headline(text, _how_back(opened, announced), "arrow-back-up")
        return Headline(
            _("Your return is on its way back to us."), _("We tell you when it has arrived."), "arrow-back-up"
        )
    return None


def _how_back(opened: CustomerOrder, announced: list[Rma]) -> str:
    _ = opened.ctx._
    until = min((rma.expires_at for rma in announced if rma.expires_at is not None), default=None)
    if all(rma.way == "counter" for rma in announced):
        return _("Please bring it to us by %(day)s.", day=day(opened, until)) if until else _("Please bring it to us.")
    return _("Please send it to us by %(day)s.", day=day(opened, until)) if until else _("Please send it to us.")


def _in_the_house(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    goods = [line for line in opened.book.lines.values() if line.kind == "goods"]
    if not any(getattr(line, position) for line in goods for position in OPEN_GOODS):
        return None
    promised = opened.order.promised_at
    when = ""
    if promised is not None:
        is_late = promised <= opened.ctx.now
        when = (
            _("It is later than we promised. We are sorry, and do what we can.")
            if is_late
            else _("What is in stock should be with you on %(day)s.", day=day(opened, promised))
            if any(line.backordered for line in goods)
            else _("It should be with you on %(day)s.", day=day(opened, promised))
        )
    if sum(line.backordered for line in goods) and not any(
        getattr(line, position) for line in goods for position in OPEN_GOODS[:-1]
    ):
        return Headline(_("Your order is waiting for new stock."), "", "clock", "warning")
    if any(line.picked or line.packed for line in goods):
        return Headline(_("Your order is being packed."), when, "package")
    if any(line.placed for line in goods):
        return Headline(_("Thank you. We have your order."), when, "circle-check", "success")
    return Headline(_("Your order is being prepared."), when, "circle-check", "success")


def _installation(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    rows = list(opened.book.rows(Appointment).values())
    if any(row.status == "planned" for row in rows):
        return Headline(_("Please choose a time for the installation."), "", "calendar-event", "warning")
    for row in rows:
        if row.status == "booked" and row.starts_at is not None:
            at = formats.date_and_time(row.starts_at, opened.ctx.zone, opened.ctx.locale)
            return Headline(_("A technician comes to you: %(at)s.", at=at), "", "tools")
    return None


def _there(opened: CustomerOrder) -> Headline | None:
    _ = opened.ctx._
    lines = opened.book.lines.values()
    if any(line.returned for line in lines) and not any(line.delivered for line in lines):
        return Headline(_("Your return has arrived."), _("Thank you for sending it back."), "circle-check", "success")
    if not any(line.delivered for line in lines):
        return None
    if all(line.kind in {"download", "license", "access"} for line in lines):
        return Headline(_("Everything is ready for you."), _("You find it below."), "circle-check", "success")
    days = [row.delivered_at for row in opened.book.rows(Tracking).values() if row.delivered_at is not None]
    if days:
        text = _("Your order was delivered on %(day)s.", day=day(opened, max(days)))
        return Headline(text, _("We hope you like it."), "circle-check", "success")
    return Headline(_("Your order is with you."), _("We hope you like it."), "circle-check", "success")
