"""Invoices and credit notes as pages to print: who sold what to whom, with the tax of every rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.money import ratio
from purveyor.core.order_value import WithTax
from purveyor.core.refusals import NotFound
from purveyor.core.state import Book
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.payment.billing_documents import invoice_parts
from purveyor.stages.payment.rows import CreditNote, Invoice
from purveyor.stages.shipping.state import Shipment
from purveyor.web.order_page.loading import CustomerOrder, load_order, staff_path
from purveyor.web.order_page.tax_texts import reasons_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get

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
    """What a paper says under one rate of tax. `basis_points` is None where nobody wrote down what it is about."""

    basis_points: int | None
    net_minor: int
    tax_minor: int


class Bill(msgspec.Struct, frozen=True):
    """An invoice, ready to be shown."""

    invoice: Invoice
    rows: list[BilledRow]
    rates: list[RateSum]
    supplied_at: datetime


class CreditedRow(msgspec.Struct, frozen=True):
    """A line of a credit note: goods by their name, or `what` else was credited or kept back of the line above.

    `quantity` 0: only the price sank.
    """

    name: str
    sku: str
    what: str
    quantity: int
    basis_points: int | None
    amount_minor: int


class Credit(msgspec.Struct, frozen=True):
    """A credit note, ready to be shown, with the numbers of the invoices that it corrects."""

    note: CreditNote
    rows: list[CreditedRow]
    rates: list[RateSum]
    invoices: list[int]


async def show(ctx: RequestContext) -> ASGIResponse:
    kind, _, number = str(ctx.in_path("document")).rpartition("-")
    async with load_order(ctx) as order:
        common: dict[str, Any] = {
            "opened": order,
            "seller": order.state.policies.seller,
            "buyer": _buyer(order),
            "vat_id": order.contact.vat_id,
            "tax_reasons": reasons_of(order.order, order.book),
        }
        if order.state.policies.seller.missing:
            ctx.status = 409
            return ctx.page("order_page/document_pending.html", **common)
        if kind == "invoice":
            for invoice in order.book.rows(Invoice).values():
                if str(invoice.number) == number:
                    return ctx.page("order_page/invoice.html", bill=bill_of(order, invoice), **common)
        if kind == "credit-note":
            for note in order.book.rows(CreditNote).values():
                if str(note.number) == number:
                    return ctx.page("order_page/credit_note.html", credit=credit_of(order.book, note), **common)
        raise NotFound(what="document", id=f"{kind} {number}")


def _buyer(order: CustomerOrder) -> Buyer:
    """The address that is billed: another one than that of delivery, where one was given."""
    contact = order.contact
    if contact.erased:
        return {}
    found = {name: str(getattr(contact, name)) for name in SAID}
    return {**dict.fromkeys(SAID, ""), **contact.billing} if contact.billing else found


def bill_of(order: CustomerOrder, invoice: Invoice) -> Bill:
    """The lines and the tax by rate; the parts add up to what the invoice says, to the cent."""
    rows: list[BilledRow] = []
    for each in invoice.lines:
        line = order.book.line(each.line_id)
        rows.append(
            BilledRow(
                name=line.name,
                sku=line.sku,
                quantity=each.quantity,
                unit_minor=line.unit_price_minor,
                basis_points=line.tax_basis_points if each.basis_points is None else each.basis_points,
                discount_minor=ratio(line.discount_minor, each.quantity, line.quantity),
                amount_minor=each.amount_minor,
            )
        )
    rates = _rates((points, amount) for (_, points), amount in invoice_parts(order.book, invoice))
    return Bill(invoice, rows, rates, _supplied_at(order, invoice))


def credit_of(book: Book, note: CreditNote) -> Credit:
    """What was credited, by name, with the tax by rate; the parts add up to what the note says, to the cent."""
    lines = {str(line.id): line for line in book.lines.values()}
    rows: list[CreditedRow] = []
    for part in note.parts:
        line = lines.get(part.of)
        name, sku, what = (line.name, line.sku, "") if line else ("", "", part.of)
        kept = {"less_fee": part.fee_minor, "less_lost_value": part.deducted_minor, "less_label": part.label_minor}
        full = part.amount_minor + sum(kept.values())
        rows.append(CreditedRow(name, sku, what, part.quantity, part.basis_points, full))
        rows += [CreditedRow("", "", why, 0, part.basis_points, -minor) for why, minor in kept.items() if minor]
    rates = _rates((part.basis_points, WithTax(part.amount_minor, part.tax_minor)) for part in note.parts)
    if not note.parts:  # from before notes said what they are about
        rows = [CreditedRow("", "", "other", 0, None, note.amount_minor)]
        rates = [RateSum(None, note.amount_minor - note.tax_minor, note.tax_minor)]
    return Credit(note, rows, rates, _corrected(book, note))


def _corrected(book: Book, note: CreditNote) -> list[int]:
    """Invoices that asked for what the note takes back; all that there were by then where that cannot be said."""
    before = [each for each in book.rows(Invoice).values() if each.issued_at <= note.issued_at]
    wanted = {(part.of, part.basis_points) for part in note.parts}
    found = [each.number for each in before if any(thing in wanted for thing, _ in invoice_parts(book, each))]
    return sorted(found or [each.number for each in before])


def _rates(parts: Iterable[tuple[int, WithTax]]) -> list[RateSum]:
    total: defaultdict[int, WithTax] = defaultdict(WithTax)
    for points, amount in parts:
        total[points] += amount
    return [
        RateSum(points, total[points].minor - total[points].tax_minor, total[points].tax_minor)
        for points in sorted(total, reverse=True)
    ]


def _supplied_at(order: CustomerOrder, invoice: Invoice) -> datetime:
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
