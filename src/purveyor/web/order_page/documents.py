"""Invoices and credit notes as pages to print: who sold what to whom, with the tax of every rate."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.money import BASIS_POINTS, ratio
from purveyor.core.refusals import NotFound
from purveyor.core.taxes import shipping_parts
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.payment.rows import CreditNote, Invoice
from purveyor.stages.shipping.state import Shipment
from purveyor.web.order_page.opened import Opened, opened, staff_path
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.visit import Visit

Buyer = dict[str, str]
SAID = ("name", "company", "street", "postal_code", "city", "region", "country")


class BilledRow(msgspec.Struct, frozen=True):
    """A line of an invoice; amounts with tax, in minor units."""

    name: str
    sku: str
    quantity: int
    unit_minor: int
    basis_points: int
    discount_minor: int
    amount_minor: int


class RateSum(msgspec.Struct, frozen=True):
    """What was billed under one rate of tax. `basis_points` is None where several rates are mixed."""

    basis_points: int | None
    net_minor: int
    tax_minor: int


class Bill(msgspec.Struct, frozen=True):
    """An invoice, ready to be shown."""

    invoice: Invoice
    rows: list[BilledRow]
    rates: list[RateSum]
    supplied_at: datetime


async def show(visit: Visit) -> ASGIResponse:
    kind, _, number = str(visit.in_path("document")).rpartition("-")
    async with opened(visit) as order:
        common: dict[str, Any] = {
            "opened": order,
            "seller": order.state.policies.seller,
            "buyer": _buyer(order),
        }
        if kind == "invoice":
            for invoice in order.book.rows(Invoice).values():
                if str(invoice.number) == number:
                    return visit.page("order/invoice.html", bill=bill_of(order, invoice), **common)
        if kind == "credit-note":
            for note in order.book.rows(CreditNote).values():
                if str(note.number) == number:
                    invoices = sorted(row.number for row in order.book.rows(Invoice).values())
                    return visit.page("order/credit_note.html", note=note, invoices=invoices, **common)
        raise NotFound(what="document", id=f"{kind} {number}")


def _buyer(order: Opened) -> Buyer:
    """The address that is billed: another one than that of delivery, where one was given."""
    contact = order.contact
    if contact.erased:
        return {}
    found = {name: str(getattr(contact, name)) for name in SAID}
    return {**dict.fromkeys(SAID, ""), **contact.billing} if contact.billing else found


def bill_of(order: Opened, invoice: Invoice) -> Bill:
    """The lines and the tax by rate; the parts add up to what the invoice says, to the cent."""
    rows: list[BilledRow] = []
    gross: defaultdict[int, int] = defaultdict(int)
    tax: defaultdict[int, int] = defaultdict(int)
    for each in invoice.lines:
        line = order.book.line(each.line_id)
        share = ratio(line.discount_minor, each.quantity, line.quantity)
        rows.append(
            BilledRow(
                name=line.name,
                sku=line.sku,
                quantity=each.quantity,
                unit_minor=line.unit_price_minor,
                basis_points=line.tax_basis_points,
                discount_minor=share,
                amount_minor=each.amount_minor,
            )
        )
        gross[line.tax_basis_points] += each.amount_minor
        tax[line.tax_basis_points] += (
            ratio(line.tax_minor, each.amount_minor, line.total_minor) if line.total_minor else 0
        )
    return Bill(invoice, rows, _rates(order, invoice, gross, tax), _supplied_at(order, invoice))


def _rates(order: Opened, invoice: Invoice, gross: dict[int, int], tax: dict[int, int]) -> list[RateSum]:
    """Shipping comes under the rates of what was sent, what else was billed under the highest of them.

    Cents of rounding go to the largest sum.
    """
    for part in shipping_parts(order.order) if invoice.shipping_minor else ():
        gross[part.basis_points] = gross.get(part.basis_points, 0) + part.amount_minor
        tax[part.basis_points] = tax.get(part.basis_points, 0) + part.tax_minor
    if invoice.other_minor or not gross:
        rate = max((line.tax_basis_points for line in order.book.lines.values()), default=0)
        gross[rate] = gross.get(rate, 0) + invoice.other_minor
        tax[rate] = tax.get(rate, 0) + ratio(invoice.other_minor, rate, BASIS_POINTS + rate)
    largest = max(gross, key=lambda rate: (bool(rate), gross[rate]))
    tax[largest] = tax.get(largest, 0) + invoice.tax_minor - sum(tax.values())
    return [RateSum(rate, gross[rate] - tax.get(rate, 0), tax.get(rate, 0)) for rate in sorted(gross, reverse=True)]


def _supplied_at(order: Opened, invoice: Invoice) -> datetime:
    """When it was handed over: an invoice has to say so, where that is another day."""
    shipment = order.book.rows(Shipment).get(invoice.shipment_id)
    tracking = order.book.rows(Tracking).get(invoice.shipment_id)
    if tracking is not None and tracking.delivered_at is not None:
        return tracking.delivered_at
    if shipment is not None and shipment.dispatched_at is not None:
        return shipment.dispatched_at
    return invoice.issued_at


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/documents/{document:str}", show),
    get(staff_path("{number:int}") + "/documents/{document:str}", show, scope="payment:read"),
)
