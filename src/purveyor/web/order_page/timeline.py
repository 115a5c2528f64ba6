"""What happened, in the customer's words. Facts that are none of the customer's business have no words here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.holds import UNTOLD
from purveyor.web.order_page.loading import CustomerOrder
from purveyor.web.order_page.queries import Happened
from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark

Say = Callable[["TimelineTexts", dict[str, Any]], str]


class TimelineEvent(msgspec.Struct, frozen=True):
    """One line of the timeline."""

    at: datetime
    icon: str
    text: str


class TimelineTexts:
    """Says what facts mean in the reader's language."""

    def __init__(self, opened: CustomerOrder, happened: Sequence[Happened]) -> None:
        """`happened`: the newest first."""
        self.ctx: RequestContext = opened.ctx
        self.currency = opened.order.currency
        self.lines = opened.lines
        canceled = (fact.data for fact in happened if fact.kind == "review.units_canceled")
        is_canceled = all(line.canceled == line.quantity for line in self.lines)
        sent = (fact.data for fact in reversed(happened) if fact.kind == "confirmation.notice_sent")
        self.confirmation = next((data for data in sent if data["notice"] == "order_confirmed"), None)  # not sent again
        self.end = next(canceled, None) if is_canceled else None  # the cancellation that left nothing

    def _(self, text: str, **values: Any) -> str:
        return self.ctx._(text, **values)

    def is_all(self, units: Counter[UUID], *, goods_only: bool = False) -> bool:
        """Whether these are all units of the order, or all of its goods."""
        lines = [line for line in self.lines if line.kind == "goods" or not goods_only]
        return bool(lines) and all(units[line.id] >= line.quantity for line in lines)

    def money(self, minor: int) -> str:
        return formats.money(minor, self.currency, self.ctx.locale)

    def moment(self, text: str) -> str:
        return formats.date_and_time(datetime.fromisoformat(text), self.ctx.zone, self.ctx.locale)


def _plain(text: str) -> Say:
    return lambda tell, _: tell._(text)


def _with_amount(text: str) -> Say:
    return lambda tell, data: tell._(text, amount=tell.money(data["amount_minor"]))


def _with_number(text: str) -> Say:
    return lambda tell, data: tell._(text, number=data["number"])


def _by(field: str, words: dict[Any, str]) -> Say:
    """One sentence for each value of a field; none for the others."""
    return lambda tell, data: tell._(words[data.get(field)]) if data.get(field) in words else ""


def _held(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data["type"] in UNTOLD or not data["before_approval"]:
        return ""
    return tell._("We are having a closer look at your order.")


def _scanned(tell: TimelineTexts, data: dict[str, Any]) -> str:
    place = data["place"]
    if data["status"] == "in_transit" and place:
        return tell._("Your parcel was seen in %(place)s.", place=place)
    if data["status"] == "out_for_delivery":
        return tell._("Your parcel is out for delivery.")
    return ""


def _choice(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data["by_default"]:
        return tell._("We did not hear from you, so we decided how to go on with what is missing.")
    return _by("choice", CHOICES)(tell, data)


def _case(tell: TimelineTexts, data: dict[str, Any]) -> str:
    return "" if data["channel"] == "system" else tell._("You asked us a question.")


def _claim(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data["channel"] == "system":
        return tell._("We noticed that something went wrong, and look into it.")
    return tell._("You told us that something was wrong.")


def _backordered(tell: TimelineTexts, data: dict[str, Any]) -> str:
    units: Counter[UUID] = Counter()
    for line_id, _sku, _source, _target, quantity, *_rest in data["moves"]:
        units[UUID(line_id)] += quantity
    if tell.is_all(units, goods_only=True):
        return tell._("Your order has to wait for new stock.")
    return tell._("Something of your order has to wait for new stock.")


def _canceled(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data is not tell.end:
        return tell._("Something of your order was canceled.")
    units = Counter({UUID(each["line_id"]): int(each["quantity"]) for each in data["units"]})
    return tell._("Your order was canceled.") if tell.is_all(units) else tell._("The rest of your order was canceled.")


def _confirmed(tell: TimelineTexts, data: dict[str, Any]) -> str:
    return tell._("We confirmed your order.") if data is tell.confirmation else ""


def _received(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data["missing"]:
        return tell._("A part of your return has arrived.")
    return tell._("Your return has arrived.")


def _refund_promised(tell: TimelineTexts, data: dict[str, Any]) -> str:
    if data["way"] == "store_credit":
        return ""
    return tell._("We are paying %(amount)s back.", amount=tell.money(data["amount_minor"]))


def _refunded(tell: TimelineTexts, data: dict[str, Any]) -> str:
    amount = tell.money(data["amount_minor"])
    if data["way"] == "store_credit":
        return tell._("You got %(amount)s as store credit.", amount=amount)
    return tell._("%(amount)s was paid back.", amount=amount)


def _appointment(tell: TimelineTexts, data: dict[str, Any]) -> str:
    return tell._("The installation is booked: %(at)s.", at=tell.moment(data["starts_at"]))


def _remedied(tell: TimelineTexts, data: dict[str, Any]) -> str:
    words = REMEDIES.get(data["remedy"])
    return tell._(words, amount=tell.money(data["amount_minor"])) if words else ""


def _added(tell: TimelineTexts, data: dict[str, Any]) -> str:
    return tell._("We send you something more.") if data["free"] else tell._("Something was added to your order.")


CHOICES = {
    "wait": mark("You want to wait until everything can go together."),
    "ship_available": mark("You want to have what is there now, and the rest later."),
    "substitute": mark("You chose something else in place of what is missing."),
    "cancel_line": mark("You do not want to wait for what is missing."),
}
REMEDIES = {
    "resend": mark("We send you a replacement."),
    "refund": mark("We credited you %(amount)s for what was wrong."),
    "goodwill": mark("We credited you %(amount)s."),
    "none": mark("We looked into what you told us and answered you."),
}
AUTHORS = {"staff": mark("We answered you."), "customer": mark("You wrote to us.")}
DISPATCHED = mark("A parcel left our house.")

EVENT_TEXTS: dict[str, tuple[str, Say]] = {
    "receipt.order_placed": ("shopping-cart", _plain(mark("We received your order."))),
    "review.order_held": ("eye", _held),
    "review.order_rejected": ("x", _plain(mark("We could not accept your order."))),
    "review.units_backordered": ("clock", _backordered),
    "review.units_canceled": ("x", _canceled),
    "review.order_edited": ("edit", _plain(mark("Your order was changed."))),
    "review.units_added": ("plus", _added),
    "review.choice_offered": ("help", _plain(mark("We asked you how to go on with what is missing."))),
    "review.choice_made": ("check", _choice),
    "payment.link_offered": ("credit-card", _with_amount(mark("We are waiting for %(amount)s."))),
    "payment.authorized": ("credit-card", _with_amount(mark("Your bank agreed to the payment of %(amount)s."))),
    "payment.action_required": ("shield-check", _plain(mark("Your bank wants you to confirm the payment."))),
    "payment.declined": ("credit-card-off", _plain(mark("The payment was declined."))),
    "payment.captured": ("credit-card", _with_amount(mark("We received %(amount)s."))),
    "payment.refund_requested": ("cash", _refund_promised),
    "payment.refund_done": ("cash", _refunded),
    "payment.invoice_issued": ("file-invoice", _with_number(mark("We wrote invoice no. %(number)s."))),
    "payment.credit_note_issued": ("file-invoice", _with_number(mark("We wrote credit note no. %(number)s."))),
    "payment.reminder_due": ("bell", _with_number(mark("We reminded you of invoice no. %(number)s."))),
    "picking.picking_started": ("shopping-cart", _plain(mark("We are collecting your things from the shelves."))),
    "packing.parcel_packed": ("package", _plain(mark("A parcel was packed."))),
    "shipping.shipment_dispatched": ("truck", _plain(DISPATCHED)),
    "delivery.tracking_recorded": ("truck", _scanned),
    "delivery.shipment_waiting": ("building-store", _plain(mark("Your parcel can be picked up."))),
    "delivery.shipment_delivered": ("home", _plain(mark("Your parcel was delivered."))),
    "delivery.delivery_failed": ("alert-circle", _plain(mark("Nobody was there to take the parcel."))),
    "delivery.shipment_returned_to_sender": ("arrow-back-up", _plain(mark("Your parcel is coming back to us."))),
    "delivery.shipment_lost": ("alert-triangle", _plain(mark("A parcel was lost."))),
    "delivery.collect_ready": ("building-store", _plain(mark("Your order is ready to be collected."))),
    "delivery.collect_code_renewed": ("key", _plain(mark("You got a new code."))),
    "delivery.collect_overdue": ("bell", _plain(mark("We reminded you that your order waits for you."))),
    "delivery.collected": ("home", _plain(mark("You collected your order."))),
    "delivery.downloads_granted": ("download", _plain(mark("Your downloads are ready."))),
    "delivery.download_taken": ("download", _plain(mark("You downloaded a file."))),
    "delivery.downloads_renewed": ("download", _plain(mark("Your download was renewed."))),
    "delivery.license_keys_issued": ("key", _plain(mark("You got your license keys."))),
    "delivery.license_pool_empty": ("clock", _plain(mark("We are waiting for new license keys."))),
    "delivery.access_switched_on": ("key", _plain(mark("Your access was switched on."))),
    "delivery.access_switched_off": ("key", _plain(mark("Your access was switched off."))),
    "delivery.installation_planned": ("calendar-event", _plain(mark("You can choose a time for the installation."))),
    "delivery.appointment_booked": ("calendar-event", _appointment),
    "delivery.appointment_released": ("calendar-event", _plain(mark("The time of the installation was given up."))),
    "delivery.installation_completed": ("tools", _plain(mark("The installation is done."))),
    "support.case_opened": ("message-circle", _case),
    "support.claim_opened": ("alert-circle", _claim),
    "support.message_added": ("message-circle", _by("author", AUTHORS)),
    "support.claim_resolved": ("heart-handshake", _remedied),
    "returns.return_authorized": ("arrow-back-up", _plain(mark("You announced a return."))),
    "returns.return_received": ("arrow-back-up", _received),
    "returns.return_credited": ("cash", _plain(mark("We credited your return."))),
    "returns.return_canceled": ("x", _plain(mark("The return was canceled."))),
    "returns.return_expired": ("clock", _plain(mark("The return ended, because nothing came."))),
    "feedback.survey_invited": ("star", _plain(mark("We asked you how it was."))),
    "feedback.survey_answered": ("star", _plain(mark("You told us how it was. Thank you."))),
    "feedback.product_review_written": ("star", _plain(mark("You wrote a review. Thank you."))),
    "confirmation.notice_sent": ("circle-check", _confirmed),
    "confirmation.customer_written_to": ("mail", _plain(mark("We wrote to you."))),
    "confirmation.promise_slipped": ("clock", _plain(mark("It takes longer than we promised. We are sorry."))),
}


def timeline_of(opened: CustomerOrder, happened: Sequence[Happened]) -> list[TimelineEvent]:
    """The timeline; what was said of two facts of the same moment is said once."""
    teller = TimelineTexts(opened, happened)
    lines: list[TimelineEvent] = []
    for fact in happened:
        icon, say = EVENT_TEXTS[fact.kind]
        text = say(teller, fact.data)
        if text and not any(line.text == text and line.at == fact.at for line in lines[-5:]):
            lines.append(TimelineEvent(fact.at, icon, text))
    return lines
