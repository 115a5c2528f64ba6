"""What is next for an order, in one sentence, and where it is done: read from its stage and the rows of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from purveyor.core.rows import Line
from purveyor.stages.delivery.state import AccessGrant, Appointment, Collection, LicenseWait, Tracking
from purveyor.stages.payment.amounts import disputed
from purveyor.stages.payment.rows import Payment
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem
from purveyor.stages.returns.findings import Findings
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.state import open_holds
from purveyor.stages.shipping.state import Shipment
from purveyor.stages.support.state import Case, CaseMessage
from purveyor.web.console.frame.case_texts import to_do_of
from purveyor.web.console.order.loading import ConsoleOrder
from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext


class NextStep(msgspec.Struct, frozen=True):
    """What is to be done, or who is waited for. `href`: where, or "" where it is nothing for whoever looks."""

    text: str
    href: str = ""


class _Asked:
    """Whose page it is, and about which order."""

    def __init__(self, ctx: RequestContext, opened: ConsoleOrder, findings: Findings) -> None:
        self.ctx = ctx
        self.findings = findings
        self.opened = opened
        self.order = opened.order

    def rows(self, kind: Any) -> list[Any]:
        return list(self.opened.book.rows(kind).values())

    def units(self, position: str) -> int:
        return sum(getattr(line, position) for line in self.opened.lines)

    def _(self, text: str, **values: Any) -> str:
        return self.ctx._(text, **values)

    def ngettext(self, one: str, many: str, count: int, **values: str) -> str:
        said = str(self.ctx.translations.ngettext(one, many, count))
        return said % {"num": formats.number(count, self.ctx.locale), **values}

    def place(self, code: str) -> str:
        return str(self.ctx.desk.zone.locations.get(code, code))

    def at(self, scope: str, href: str) -> str:
        """The address of a place of the console, for those who may go there."""
        return href if self.ctx.may(scope) else ""


Rule = Callable[[_Asked], NextStep | None]


def next_step_of(ctx: RequestContext, opened: ConsoleOrder, findings: Findings) -> NextStep | None:
    """None for an order that is over."""
    order = opened.order
    if order.status != "placed" or not order.stage:
        return None
    asked = _Asked(ctx, opened, findings)
    rule = _RULES.get(order.stage)
    return (rule(asked) if rule is not None else None) or NextStep(asked._("Nothing to do: it goes on by itself."))


def _review(asked: _Asked) -> NextStep | None:
    holds = sorted(open_holds(asked.opened.book), key=lambda hold: hold.opened_at)
    if holds:
        rule = asked.opened.state.policies.holds.rule(holds[0].type)
        return NextStep(asked._(rule.next_action), "#held")
    short: list[Line] = [line for line in asked.opened.lines if line.backordered]
    if not short:
        return None
    text = asked.ngettext(
        "Wait for stock: %(num)s unit is on backorder.",
        "Wait for stock: %(num)s units are on backorder.",
        asked.units("backordered"),
    )
    return NextStep(text, asked.at("stock:read", f"/console/stock/item?sku={short[0].sku}"))


def _confirmation(asked: _Asked) -> NextStep:
    """The message goes out by itself; meanwhile the goods need not wait."""
    for rule in (_provider, _picking, _packing, _shipping, _delivery):
        found = rule(asked)
        if found is not None:
            return found
    return NextStep(asked._("Nothing to do: the customer is being told."), "#messages")


def _payment(asked: _Asked) -> NextStep | None:
    found = _provider(asked)
    if found is not None:
        return found
    where = asked.at("payment:read", "/console/payments")
    open_minor = asked.order.receivable_minor - disputed(asked.opened.book)
    if open_minor < 0:
        amount = formats.money(-open_minor, asked.order.currency, asked.ctx.locale)
        return NextStep(asked._("Send %(amount)s back to the customer.", amount=amount), where)
    asked_minor = open_minor - asked.order.authorized_minor
    if asked_minor <= 0:
        return None
    amount = formats.money(asked_minor, asked.order.currency, asked.ctx.locale)
    return NextStep(asked._("The customer pays %(amount)s.", amount=amount), where)


def _provider(asked: _Asked) -> NextStep | None:
    """What a payment waits for that was asked for."""
    where = asked.at("payment:read", "/console/payments")
    statuses = {payment.status for payment in asked.rows(Payment)}
    if "action_required" in statuses:
        return NextStep(asked._("The customer confirms the payment at the bank."), where)
    if statuses & {"declined", "failed"}:
        return NextStep(asked._("The customer pays again: the payment did not work."), where)
    if statuses & {"authorizing", "in_doubt"}:
        return NextStep(asked._("The payment provider answers."), where)
    return None


def _picking(asked: _Asked) -> NextStep | None:
    for work in asked.rows(Fulfillment):
        items = [each for each in asked.rows(FulfillmentItem) if each.fulfillment_id == work.id]
        count = sum(each.waiting for each in items)
        if count and work.location and work.status in ("released", "in_wave", "picking"):
            text = asked.ngettext(
                "Pick %(num)s unit at %(place)s.",
                "Pick %(num)s units at %(place)s.",
                count,
                place=asked.place(work.location),
            )
            walk = f"/{work.wave_id}" if work.wave_id is not None else f"?location={work.location}"
            return NextStep(text, asked.at("picking:read", f"/console/picking{walk}"))
    return None


def _packing(asked: _Asked) -> NextStep | None:
    count = asked.units("picked")
    for work in asked.rows(Fulfillment) if count else []:
        items = [each for each in asked.rows(FulfillmentItem) if each.fulfillment_id == work.id]
        if work.status == "picked" and any(each.picked > each.gone for each in items):
            text = asked.ngettext(
                "Pack %(num)s unit at %(place)s.",
                "Pack %(num)s units at %(place)s.",
                count,
                place=asked.place(work.location),
            )
            return NextStep(text, asked.at("packing:read", f"/console/packing/{asked.order.id}/{work.id}"))
    return None


def _shipping(asked: _Asked) -> NextStep | None:
    shipments = asked.rows(Shipment)
    refused = [each for each in shipments if each.status == "failed"]
    labeled = [each for each in shipments if each.status == "labeled"]
    if refused:
        text = asked._("Get a label: no carrier sold one.")
        return NextStep(text, asked.at("shipping:read", f"/console/shipping?location={refused[0].location}"))
    if labeled:
        text = asked.ngettext(
            "Hand %(num)s parcel to the courier at %(place)s.",
            "Hand %(num)s parcels to the courier at %(place)s.",
            len(labeled),
            place=asked.place(labeled[0].location),
        )
        return NextStep(text, asked.at("shipping:read", f"/console/shipping?location={labeled[0].location}"))
    if any(each.status == "label_requested" for each in shipments):
        return NextStep(asked._("Nothing to do: the label is being bought."))
    return None


def _delivery(asked: _Asked) -> NextStep | None:
    where = asked.at("delivery:read", "/console/delivery")
    for each in asked.rows(Collection):
        if each.status == "waiting":
            return NextStep(asked._("The customer collects it at %(place)s.", place=asked.place(each.location)), where)
    under_way = [each for each in asked.rows(Tracking) if each.status not in ("delivered", "lost", "returning")]
    if asked.units("shipped") and under_way:
        text = asked.ngettext(
            "The carrier delivers %(num)s parcel.", "The carrier delivers %(num)s parcels.", len(under_way)
        )
        return NextStep(text, where)
    keys = sum(each.quantity for each in asked.rows(LicenseWait))
    if keys:
        return NextStep(asked.ngettext("Add %(num)s license key.", "Add %(num)s license keys.", keys), where)
    if any(each.status == "failed" for each in asked.rows(AccessGrant)):
        return NextStep(asked._("Switch the access on: the other system did not."), where)
    return _installation(asked)


def _installation(asked: _Asked) -> NextStep | None:
    where = asked.at("delivery:read", "/console/installations")
    visits = asked.rows(Appointment)
    booked = [each for each in visits if each.status == "booked" and each.starts_at is not None]
    if booked:
        at = formats.date_and_time(booked[0].starts_at, asked.ctx.zone, asked.ctx.locale)
        return NextStep(asked._("The technician comes: %(at)s.", at=at), where)
    if any(each.status == "planned" for each in visits):
        return NextStep(asked._("The customer chooses a time for the technician."), where)
    return None


def _support(asked: _Asked) -> NextStep | None:
    for each in sorted(asked.rows(Case), key=lambda case: case.status != "open"):
        if each.status != "closed":
            text = _of_case(asked, each) if each.status == "open" else asked._("The customer answers.")
            return NextStep(text, asked.at("support:read", f"/console/support/{asked.order.id}/{each.id}"))
    return None


def _of_case(asked: _Asked, case: Case) -> str:
    said = sorted((each.at, each.id, each.author) for each in asked.rows(CaseMessage) if each.case_id == case.id)
    has_found = bool(asked.findings.found_at(case.opened_at))
    return asked._(to_do_of(case, (author for *_, author in said), has_found=has_found))


def _returns(asked: _Asked) -> NextStep | None:
    for each in asked.rows(Rma):
        if each.status in ("announced", "partly_received", "received"):
            is_here = each.status == "received"
            text = asked._("Inspect and credit the return.") if is_here else asked._("The return arrives: receive it.")
            return NextStep(text, asked.at("returns:read", f"/console/returns/{asked.order.id}/{each.id}"))
    return None


def _feedback(asked: _Asked) -> NextStep:
    return NextStep(asked._("Nothing to do: everything is done."))


_RULES: dict[str, Rule] = {
    "review": _review,
    "confirmation": _confirmation,
    "payment": _payment,
    "picking": _picking,
    "packing": _packing,
    "shipping": _shipping,
    "delivery": _delivery,
    "support": _support,
    "returns": _returns,
    "feedback": _feedback,
}
