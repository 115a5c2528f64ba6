"""The ways in which a cart can be delivered and paid, as the rules price them: nothing is offered that they refuse."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final

import msgspec

from purveyor.core.rows import Customer
from purveyor.core.vat_ids import normal
from purveyor.stages.receipt.commands import Address, PlaceOrder, Tender
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.translations import mark
from purveyor.web.storefront.cart_cookie import Basket
from purveyor.web.storefront.layout import PageFrame
from purveyor.web.storefront.quotes import Quote, order_for, quote_of

PAYMENTS: Final = {
    "card": (mark("Card"), "credit-card"),
    "invoice": (mark("On account, by invoice"), "file-invoice"),
    "on_delivery": (mark("Cash on delivery"), "cash"),
    "on_collection": (mark("Pay when you collect"), "building-store"),
}


class DeliveryOption(msgspec.Struct, frozen=True):
    """A way of delivery as it is chosen: `ship:express` or `collect:shop`."""

    value: str
    name: str
    place: str
    shipping_minor: int
    promised_at: datetime | None


class CheckoutOptions(msgspec.Struct, frozen=True):
    """What there is to choose, what is chosen, and what that costs."""

    deliveries: list[DeliveryOption]
    delivery: str
    payments: list[str]
    payment: str
    quote: Quote
    why_not: str = ""  # why nothing can be delivered, in words


async def checkout_options(
    ctx: RequestContext, frame: PageFrame, basket: Basket, form: Form, customer: Customer | None, *, has_goods: bool
) -> CheckoutOptions:
    """For the country that is chosen; the choice of the form where it is still there, else the first."""
    policies = frame.policies
    contact = Address(country=form["contact.country"] or "DE", postal_code=form["contact.postal_code"])
    vat_id = normal(form["vat_id"]) or ""
    commands: dict[str, tuple[str, str, PlaceOrder]] = {}
    for option in policies.shipping_options(policies.currency, contact.country)[: None if has_goods else 1]:
        asked = order_for(basket, policies.currency, contact, shipping_option=option.code, vat_id=vat_id)
        commands[f"ship:{option.code}"] = (option.name, "", asked)
    for place in policies.locations:
        if place.collects and has_goods:
            collected = {"method": "collect", "collect_at": place.code, "vat_id": vat_id}
            asked = order_for(basket, policies.currency, contact, **collected)
            where = ", ".join(part for part in (place.street, f"{place.postal_code} {place.city}".strip()) if part)
            commands[f"collect:{place.code}"] = (place.name, where, asked)
    quotes = dict(
        zip(commands, await asyncio.gather(*(quote_of(ctx, asked) for *_, asked in commands.values())), strict=True)
    )
    possible = [value for value, found in quotes.items() if found.placed is not None]
    delivery = next((value for value in (form.text("delivery"), *possible) if value in possible), "")
    chosen = quotes[delivery] if delivery else next(iter(quotes.values()), Quote(None))
    ways = [_way(value, *commands[value][:2], quotes[value]) for value in possible]
    payments = await _payments(ctx, commands[delivery][2], customer) if delivery else cards_taken(ctx)
    payment = form.text("payment")
    return CheckoutOptions(
        ways, delivery, payments, payment if payment in payments else next(iter(payments), ""), chosen
    )


def _way(value: str, name: str, place: str, found: Quote) -> DeliveryOption:
    assert found.placed is not None
    promised = found.placed.promised_at if value.startswith("ship:") else None
    return DeliveryOption(value, name, place, found.placed.shipping_minor, promised)


async def _payments(ctx: RequestContext, command: PlaceOrder, customer: Customer | None) -> list[str]:
    """Card for everybody, where there is a provider; the others where the rules take them."""
    found = cards_taken(ctx)
    if customer is not None and customer.credit_limit_minor > 0 and not customer.blocked:
        found.append("invoice")
    at_the_end = msgspec.structs.replace(command, **terms_of("on_delivery", ""))
    if (await quote_of(ctx, at_the_end)).placed is not None:
        found.append("on_collection" if command.method == "collect" else "on_delivery")
    return found


def cards_taken(ctx: RequestContext) -> list[str]:
    return ["card"] if ctx.takes_cards else []


def terms_of(payment: str, source: str) -> dict[str, Any]:
    """What a choice means for the order."""
    match payment:
        case "invoice":
            return {"terms": "invoice", "tenders": (Tender(method="invoice"),)}
        case "on_delivery" | "on_collection":
            return {"terms": "on_delivery", "tenders": (Tender(method="cash_on_delivery"),)}
        case _:
            return {"terms": "prepaid", "tenders": (Tender(method="card", source=source),)}
