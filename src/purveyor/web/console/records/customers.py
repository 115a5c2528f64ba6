"""Customers: who they are, what they ordered and owe, on which terms; and forgetting them when they ask for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.addresses import COUNTRIES, REGION_DECIDES, region_of
from purveyor.core.currency_format import typed_amount
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.shipping_charges import account_currency
from purveyor.records.customers.commands import (
    BlockCustomer,
    ChangeCustomer,
    CustomerAddress,
    EraseCustomer,
    RegisterCustomer,
    SetTerms,
    WriteCustomerNote,
)
from purveyor.records.customers.queries import LAST, Person, customers_like, notes_on, person, same_person
from purveyor.records.policies.queries import load_policies
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.http.request_bodies import read_parameters
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import LANGUAGES, mark as _
from purveyor.web.reading.order_lists import OrderFilter, find_orders
from purveyor.web.storefront.address_form import fields_of

READ = "customers:read"
WRITE = "customers:write"
TERMS = "customers:terms"
ERASE = "customers:erase"
PLACE = "/console/customers"
ORDERS_SHOWN = 20
FIELDS: tuple[str, ...] = CustomerAddress.__struct_fields__
NOTICES = {
    "email": _("By e-mail"),
    "sms": _("By SMS"),
    "email sms": _("By e-mail and SMS"),
    "none": _("Not at all"),
}
BLOCKED = {
    "fraud": _("Suspicion of fraud"),
    "unpaid": _("Does not pay"),
    "abuse": _("Abuse of returns"),
    "wish": _("Wish of the customer"),
}
ERASED = {
    "asked": _("The customer asked for it (GDPR Art. 17)"),
    "kept_long_enough": _("The time for keeping it is over"),
}


# Two that there always are, and those of the customers who came last.
GROUPS = """
      WITH few AS (SELECT "group" AS name FROM customer ORDER BY id DESC LIMIT 500)
    SELECT name FROM (SELECT unnest(ARRAY['retail', 'business']) AS name UNION SELECT name FROM few) AS known
     WHERE name <> '' ORDER BY name
"""


class Ordered(msgspec.Struct, frozen=True):
    """What a customer has ordered in one currency, without what was canceled."""

    currency: str
    orders: int
    total_minor: int


ORDERED = """
    SELECT currency, count(*) AS orders, sum(total_minor)::bigint AS total_minor
      FROM orders WHERE customer_id = $1 AND status <> 'canceled' GROUP BY currency ORDER BY count(*) DESC, currency
"""


async def show(ctx: RequestContext) -> ASGIResponse:
    """Everybody we know, newest first, or those that a text finds."""
    text = ctx.given("text")
    found = await paged_list(ctx, customers_like, lambda row: row.id, text, first=LAST, kind=UUID)
    return ctx.page(
        "console/records/customers_rows.html" if ctx.is_part else "console/records/customers.html",
        customers=found.items,
        next=found.next,
        text=text,
    )


async def _sent(ctx: RequestContext) -> Form:
    return await ctx.form() if ctx.request.method == "POST" else Form({})


async def new(ctx: RequestContext) -> ASGIResponse:
    """An empty form, or the one that was refused."""
    sent = await _sent(ctx)
    values = _typed(sent) if "number" in sent else _nobody(ctx)
    return ctx.page(
        "console/records/customer_new.html",
        number=sent.text("number"),
        values=values,
        regions=_regions(values),
        languages=list(LANGUAGES.items()),
        notices=_texts(ctx, NOTICES),
        countries=_countries(ctx),
        groups=await ctx.house.read.values(GROUPS),
    )


def _countries(ctx: RequestContext) -> list[tuple[str, str]]:
    """All countries by their names in the reader's language, none first."""
    names = ((code, str(ctx.locale.territories.get(code, code))) for code in COUNTRIES)
    return [("", ctx._("not known")), *sorted(names, key=lambda each: each[1])]


def _regions(values: dict[str, Any]) -> list[tuple[str, str]]:
    """To choose from, where the country has a complete list; nothing elsewhere. What stands there now is kept."""
    country, region = values["country"], values["region"]
    if country not in REGION_DECIDES:
        return []
    choices = next((field.choices for field in fields_of(country) if field.name == "region"), ())
    values["region"] = region_of(country, region) or region
    known = {code for code, _name in choices}
    kept = [(values["region"], region)] if region and values["region"] not in known else []
    return [("", "-"), *kept, *choices]


def _nobody(ctx: RequestContext) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | {"group": "retail", "language": ctx.language, "notices": "email"}


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in (*FIELDS, "group", "language", "notices")}


def _texts(ctx: RequestContext, words: dict[str, str]) -> list[tuple[str, str]]:
    return [(word, ctx._(text)) for word, text in words.items()]


async def register(ctx: RequestContext) -> ASGIResponse:
    """Get to know somebody."""
    form = await ctx.form()
    command = RegisterCustomer(number=form.required("number"), address=_address(form), **_wishes(form))
    answer = await _do(ctx, command)
    return ctx.see_other(f"{PLACE}/{answer.reply['customer_id']}", ctx._("The customer is registered."))


def _address(form: Form) -> CustomerAddress:
    values = {name: form.text(name) for name in FIELDS}
    return CustomerAddress(**values | {"country": values["country"].upper()})


def _wishes(form: Form) -> dict[str, Any]:
    return {
        "group": form.text("group") or "retail",
        "language": form.text("language") or "en",
        "notices": form.text("notices") or "email",
    }


async def _do(ctx: RequestContext, command: Any) -> Any:
    """What is wrong with the address stands beside its field."""
    try:
        return await ctx.do(command)
    finally:
        for field in [name for name in ctx.errors if name.startswith("address.")]:
            ctx.errors[field.removeprefix("address.")] = ctx.errors.pop(field)


async def customer(ctx: RequestContext) -> ASGIResponse:
    """One customer with everything that belongs to them."""
    known = await _person(ctx)
    customer_id = known.customer.id
    wanted: dict[str, Any] = {"customer_id": customer_id, "limit": ORDERS_SHOWN}
    if after := ctx.given("after"):
        wanted["after"] = after
    orders = await find_orders(ctx.house.read, read_parameters(OrderFilter, wanted))
    sent = await _sent(ctx)
    values: dict[str, Any] = {name: getattr(known.contact, name) for name in FIELDS}
    values |= {name: getattr(known.customer, name) for name in ("group", "language", "notices")}
    typed = _typed(sent) if "street" in sent else values
    notes = await notes_on(ctx.house.read, customer_id)
    currency = await _currency(ctx, known)
    return ctx.page(
        "console/records/customer.html",
        notes=notes,
        names=await names_of_actors(ctx, [each.written_by for each in notes]),
        note=sent.text("note"),
        regions=_regions(typed),
        known=known,
        customer=known.customer,
        contact=known.contact,
        orders=orders.items,
        next=orders.next,
        alike=await same_person(ctx.house.read, customer_id, known.contact.email, known.contact.phone),
        place=f"{PLACE}/{customer_id}",
        values=typed,
        limit=sent.text("limit") or typed_amount(known.customer.credit_limit_minor, currency, ctx.locale),
        currency=currency,
        days=sent.text("days") or known.customer.terms_days,
        languages=list(LANGUAGES.items()),
        notices=_texts(ctx, NOTICES),
        countries=_countries(ctx),
        groups=await ctx.house.read.values(GROUPS),
        sums=await ctx.house.read.rows(Ordered, ORDERED, customer_id),
        blocked=_texts(ctx, BLOCKED),
        erased=_texts(ctx, ERASED),
    )


async def _person(ctx: RequestContext) -> Person:
    customer_id: UUID = ctx.in_path("customer_id")
    known = await person(ctx.house.read, customer_id)
    if known is None:
        raise NotFound(what="customer", id=customer_id)
    return known


def _here(ctx: RequestContext) -> str:
    return f"{PLACE}/{ctx.in_path('customer_id')}"


async def change(ctx: RequestContext) -> ASGIResponse:
    """Name, address and wishes. Orders that were placed keep theirs."""
    form = await ctx.form()
    await _do(ctx, ChangeCustomer(customer_id=ctx.in_path("customer_id"), address=_address(form), **_wishes(form)))
    return ctx.see_other(_here(ctx), ctx._("The customer is changed."))


async def _currency(ctx: RequestContext, known: Person) -> str:
    return account_currency(await load_policies(ctx.house.read), known.customer, known.account)


async def set_terms(ctx: RequestContext) -> ASGIResponse:
    """Buying on account: up to how much, and for how long."""
    form = await ctx.form()
    known = await _person(ctx)
    currency = await _currency(ctx, known)
    await ctx.do(
        SetTerms(
            customer_id=known.customer.id,
            credit_limit_minor=form.money("limit", currency).minor,
            currency=currency,
            terms_days=form.integer("days", 14),
        )
    )
    return ctx.see_other(_here(ctx), ctx._("The terms are set."))


async def block(ctx: RequestContext) -> ASGIResponse:
    """Have a person look at every order, or not any more."""
    form = await ctx.form()
    is_blocked = form.flag("blocked")
    reason = form.text("reason") or "settled"
    await ctx.do(BlockCustomer(customer_id=ctx.in_path("customer_id"), blocked=is_blocked, reason=reason))
    if is_blocked:
        return ctx.see_other(_here(ctx), ctx._("A person looks at every order of this customer now."), "warning")
    return ctx.see_other(_here(ctx), ctx._("Orders of this customer go their usual way again."))


async def write_note(ctx: RequestContext) -> ASGIResponse:
    """Keep a note; it is there for whoever opens the customer next."""
    form = await ctx.form()
    await ctx.do(WriteCustomerNote(customer_id=ctx.in_path("customer_id"), text=form.required("note")))
    return ctx.see_other(_here(ctx), ctx._("The note is kept."))


async def erase(ctx: RequestContext) -> ASGIResponse:
    """For ever, so the customer's number must be typed."""
    form = await ctx.form()
    known = await _person(ctx)
    if form.text("confirm") != known.customer.number:
        expected = ctx._("the number %(number)s, because this cannot be undone", number=known.customer.number)
        raise Invalid(field="confirm", found=form.text("confirm") or ctx._("nothing"), expected=expected)
    await ctx.do(EraseCustomer(customer_id=known.customer.id, reason=form.text("reason") or "asked"))
    return ctx.see_other(_here(ctx), ctx._("The personal data of this customer is erased."))


_ONE = PLACE + "/{customer_id:uuid}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(f"{PLACE}/new", new, scope=WRITE),
    post(PLACE, register, scope=WRITE, again=new),
    get(_ONE, customer, scope=READ),
    post(f"{_ONE}/change", change, scope=WRITE, again=customer),
    post(f"{_ONE}/terms", set_terms, scope=TERMS, again=customer),
    post(f"{_ONE}/block", block, scope=WRITE, again=customer),
    post(f"{_ONE}/notes", write_note, scope=WRITE, again=customer),
    post(f"{_ONE}/erase", erase, scope=ERASE, again=customer),
)
