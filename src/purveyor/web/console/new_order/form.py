"""What was typed into the form of a new order, as the command that places it."""

from __future__ import annotations

from typing import Final, NamedTuple

from purveyor.core import phones
from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender, TenderMethod, Terms
from purveyor.web.pages.context import id_of
from purveyor.web.pages.forms import Form
from purveyor.web.pages.translations import mark

FIRST_LINES: Final = 3
MOST_LINES: Final = 200  # typed by hand
ADDRESS: Final = Address.__struct_fields__


class OrderType(NamedTuple):
    """A way to pay: its name, the order's terms, and the tender."""

    name: str
    terms: Terms
    tender: TenderMethod


ORDER_TYPES: Final = {
    "link": OrderType(mark("Card, by a link that we send"), "prepaid", "card"),
    "invoice": OrderType(mark("On account, by invoice"), "invoice", "invoice"),
    "cash_on_delivery": OrderType(mark("Cash on delivery"), "on_delivery", "cash_on_delivery"),
    "cash": OrderType(mark("Cash, now at the counter"), "at_counter", "cash"),
    "card_present": OrderType(mark("Card, now at the counter"), "at_counter", "card_present"),
}


def country_of(policies: Policies) -> str:
    """Where the shop is: for phone numbers and addresses that say nothing else."""
    return policies.seller.country or next((each.country for each in policies.locations), "DE")


def phone_of(text: str, country: str) -> str:
    """A number as people say it, in E.164. Raises `Invalid`."""
    if not text:
        return ""
    number = phones.e164(text, country)
    if number is None:
        raise Invalid(field="phone", found=text, expected=phones.EXPECTED)
    return number


def rows_of(form: Form) -> int:
    """How many lines the form has."""
    named = [name.partition(".")[2] for name in form.names() if name.startswith("sku.")]
    numbers = [int(each) for each in named if each.isascii() and each.isdigit()]
    return min(max([FIRST_LINES, *(number + 1 for number in numbers)]), MOST_LINES)


def order_of(form: Form, policies: Policies, language: str) -> PlaceOrder:
    """The order that was typed. Raises `Invalid` with the field."""
    currency = policies.currency
    country = form.text("country").upper() or country_of(policies)
    contact = {name: form.text(name) for name in ADDRESS} | {"country": country}
    contact["phone"] = phone_of(contact["phone"], country)
    at_counter = form.text("channel") == "in_person"
    method, collect_at = form.text("method", "ship"), form.text("collect_at")
    way = ORDER_TYPES.get(form.text("pay"))
    if way is None:
        raise Invalid(field="pay", found=form.text("pay") or "nothing", expected=f"one of {', '.join(ORDER_TYPES)}")
    return PlaceOrder(
        channel="in_person" if at_counter else "phone",
        lines=tuple(_lines(form, currency)),
        contact=Address(**contact),
        currency=currency,
        terms=way.terms,
        tenders=(Tender(method=way.tender),),
        method="collect" if method == "collect" else "ship",
        collect_at=collect_at if method == "collect" else "",
        shipping_option=form.text("shipping_option", "standard"),
        customer_id=id_of(form.text("customer_id")),
        reference=form.text("reference"),
        language=language,
        discount=form.money("discount", currency) if form.text("discount") else None,
        vat_id=form.text("vat_id"),
    )


def _lines(form: Form, currency: str) -> list[LineItem]:
    lines = []
    for row in range(rows_of(form)):
        sku = form.text(f"sku.{row}").upper()
        if not sku:
            continue
        price = form.money(f"price.{row}", currency) if form.text(f"price.{row}") else None
        lines.append(LineItem(sku=sku, quantity=form.integer(f"quantity.{row}", 1), unit_price=price))
    return lines
