"""Checkout on one page: who, where to, how, and how it is paid. Sent twice or from two windows, it is one order."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid
from purveyor.core.rows import Contact, Customer
from purveyor.core.vat_ids import normal
from purveyor.stages.confirmation.queries import link_version
from purveyor.stages.receipt.commands import Address, PlaceOrder
from purveyor.stages.receipt.queries import cart_row
from purveyor.web.pages.card_form import CARDS, source_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.order_links import order_path
from purveyor.web.pages.refusal_texts import refusal_text
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.address_form import AddressReader, all_countries, countries, fields_of, usual_country
from purveyor.web.storefront.cart import lines_of
from purveyor.web.storefront.cart_cookie import Basket, basket_of, keep, new_basket, opened_basket, sealed
from purveyor.web.storefront.checkout_options import PAYMENTS, checkout_options, terms_of
from purveyor.web.storefront.customer_sessions import email_of
from purveyor.web.storefront.layout import PageFrame, page_frame, shop_page
from purveyor.web.storefront.queries import NOTE_SIGNED_IN, Card, cards_of, customer_of, usual_address
from purveyor.web.storefront.quotes import order_for

BILLING = ("name", "company", "street", "city", "postal_code", "region")


class Wanted(msgspec.Struct, frozen=True):
    """A cart on its way to an order, with what is known of whose it is."""

    frame: PageFrame
    basket: Basket
    cards: dict[str, Card]
    customer: Customer | None
    form: Form

    @property
    def country(self) -> str:
        return self.form["contact.country"]

    @property
    def has_goods(self) -> bool:
        return any(card.kind == "goods" for card in self.cards.values())

    def needs_street(self, *, collects: bool) -> bool:
        """Somebody comes to the door: with a parcel, or to install something."""
        has_service = any(card.kind == "service" for card in self.cards.values())
        return has_service or (self.has_goods and not collects)


async def show(ctx: RequestContext) -> ASGIResponse:
    """With what was typed, or what is known of who is signed in."""
    basket = await _basket(ctx)
    if basket is None or not basket.items:
        return ctx.see_other("/cart", ctx._("Your cart is empty."), "info")
    wanted = await _wanted(ctx, basket)
    ways = await checkout_options(
        ctx, wanted.frame, wanted.basket, wanted.form, wanted.customer, has_goods=wanted.has_goods
    )
    collects = ways.delivery.startswith("collect:")
    lines = await lines_of(ctx, wanted.frame, basket, ways.quote.placed)
    goods = [line for line in lines if line.card is not None and line.card.kind == "goods"]
    return await shop_page(
        ctx,
        "storefront/checkout.html",
        wanted.frame,
        form=wanted.form,
        sealed_cart=sealed(ctx, basket),
        lines=lines,
        is_short=any(line.short for line in goods),
        all_waits=bool(goods) and all(line.waits for line in goods),
        ways=ways,
        payments=PAYMENTS,
        countries=countries(ctx.locale, wanted.frame.policies),
        needs_street=wanted.needs_street(collects=collects),
        fields=fields_of(wanted.country),
        billing_countries=all_countries(ctx.locale),
        billing_country=_billing_country(wanted.form),
        billing_fields=fields_of(_billing_country(wanted.form)),
        has_billing=_has_billing(wanted.form),
        is_played="gateway" in ctx.house.settings.plays,
        cards=CARDS,
    )


async def place(ctx: RequestContext) -> ASGIResponse:
    """Only look again (`step` is not `place`), or order."""
    basket = await _basket(ctx)
    if basket is None or not basket.items:
        return await show(ctx)
    row = await cart_row(ctx.house.read, basket.id)
    if row is not None and row.order_id is not None:
        return await _done(ctx, row.order_id)
    if (await ctx.form()).text("step") != "place":
        return await show(ctx)
    if await _has_changed(ctx, basket):
        ctx.tell(ctx._("Your cart was changed in another window. Please look at it once more."), "warning")
        return await show(ctx)
    keep(ctx, basket)
    ctx.desk.shop.orders.take(ctx.address)
    command = await _command(ctx, await _wanted(ctx, basket))
    if ctx.errors:
        ctx.status = 422
        ctx.tell(ctx._("Nothing was ordered yet: some fields need another look."), "danger")
        return await show(ctx)
    return await _order(ctx, command)


async def _order(ctx: RequestContext, command: PlaceOrder) -> ASGIResponse:
    key = f"{(await ctx.form()).text('key')[:40]}:{digest(command)}"
    answer = await ctx.ask(command, key=f"checkout:{key}")
    if answer.refusal is None:
        assert answer.order_id is not None
        if email := await email_of(ctx):
            await ctx.house.pool.execute(NOTE_SIGNED_IN, answer.order_id, email)
        return await _done(ctx, answer.order_id)
    if answer.refusal.code == "cart_already_ordered":  # from another window, a moment ago
        return await _done(ctx, answer.refusal.data["order_id"])
    ctx.status = answer.refusal.status
    return await show(ctx)


async def _done(ctx: RequestContext, order_id: object) -> ASGIResponse:
    """To the order, with a new cart. Whoever sends the same form again comes here too.

    An old cart is worth no more than the link that it led to: once that was revoked, it leads nowhere.
    """
    keep(ctx, new_basket())
    known = UUID(str(order_id))
    if await link_version(ctx.house.read, known):
        return ctx.see_other("/", ctx._("This cart was ordered before. The link to the order is in your mail."), "info")
    return ctx.see_other(f"/checkout/done/{order_path(ctx.desk, known).removeprefix('/o/')}")


def digest(command: PlaceOrder) -> str:
    return hashlib.blake2b(msgspec.json.encode(command), digest_size=12).hexdigest()


async def _basket(ctx: RequestContext) -> Basket | None:
    """The cart that the form was made for, as it is by now; without one, that of the browser.

    The form remembers it too, so that an order goes through where a cookie was lost.
    """
    current = basket_of(ctx)
    if ctx.request.method != "POST":
        return current
    seen = opened_basket(ctx, (await ctx.form()).text("cart"))
    return current if seen is None or (current is not None and current.id == seen.id) else seen


async def _has_changed(ctx: RequestContext, basket: Basket) -> bool:
    """Whether the cart is not as it was seen: what is ordered was seen before."""
    seen = opened_basket(ctx, (await ctx.form()).text("cart"))
    return seen is None or seen.items != basket.items


async def _wanted(ctx: RequestContext, basket: Basket) -> Wanted:
    frame = await page_frame(ctx, basket)
    customer = await customer_of(ctx.house.read, frame.email) if frame.email else None
    form = await ctx.form() if ctx.request.method == "POST" else Form({})
    if "contact.country" not in form:
        known = await usual_address(ctx.house.read, frame.email) if frame.email else None
        form = _prefilled(ctx, frame, known)
    cards = await cards_of(ctx.house.read, [item.sku for item in basket.items])
    return Wanted(frame, basket, cards, customer, form)


def _prefilled(ctx: RequestContext, frame: PageFrame, known: Contact | None) -> Form:
    fields = {"contact.country": usual_country(ctx, frame.policies), "contact.email": frame.email}
    if known is not None:
        names = ("name", "company", "phone", "street", "city", "postal_code", "region")
        fields |= {f"contact.{name}": getattr(known, name) for name in names}
        fields["contact.country"] = known.country or fields["contact.country"]
    return Form(fields)


async def _command(ctx: RequestContext, wanted: Wanted) -> PlaceOrder:
    """The order that was typed. What is wrong with it stands in `ctx.errors`."""
    form = wanted.form
    way, _, place_code = form.text("delivery").partition(":")
    collects = way == "collect" and wanted.has_goods
    contact = AddressReader(ctx, form, "contact").read(
        with_street=wanted.needs_street(collects=collects), with_mail=True
    )
    billing: Address | None = None
    if _has_billing(form):
        billing = AddressReader(ctx, form, "billing").read(with_street=True, with_mail=False)
    vat_id = form.text("vat_id")
    if vat_id and normal(vat_id) is None:
        ctx.errors["vat_id"] = ctx._("This is no VAT number. One looks like %(like)s.", like="FR40303265045")
    source = ""
    payment = form.text("payment", "card")
    if payment == "card" and "gateway" in ctx.house.settings.plays:
        source = _card(ctx, form)
    if payment == "card" and not ctx.takes_cards:
        ctx.errors["payment"] = ctx._("Cards cannot be paid with here.")
    if form.flag("signed_in") and not wanted.frame.email:
        ctx.errors["payment"] = ctx._("You were signed out meanwhile.")
        ctx.tell(ctx._("You were signed out meanwhile. Order as a guest, or sign in again."), "warning")
    if payment == "invoice" and wanted.customer is None:
        ctx.errors["payment"] = ctx._("Only customers who are signed in and buy on account can choose this.")
    ctx.remember("country", contact.country)
    return order_for(
        wanted.basket,
        wanted.frame.policies.currency,
        contact,
        billing=billing,
        language=ctx.language,
        customer_id=wanted.customer.id if wanted.customer else None,
        method="collect" if collects else "ship",
        collect_at=place_code if collects else "",
        shipping_option=place_code if way == "ship" else "standard",
        vat_id=vat_id,
        **terms_of(payment, source),
    )


def _card(ctx: RequestContext, form: Form) -> str:
    """The source of the card that was typed; what is wrong with it stands beside its field, as with all the others."""
    try:
        return source_of(form, ctx.now.astimezone(ctx.zone).date())
    except Invalid as wrong:
        ctx.errors[wrong.data["field"]] = refusal_text(wrong.code, wrong.data, ctx.language, str(wrong), zone=ctx.zone)
        return ""


def _has_billing(form: Form) -> bool:
    return any(form[f"billing.{name}"] for name in BILLING if name != "region")


def _billing_country(form: Form) -> str:
    return form["billing.country"] or form["contact.country"]


ROUTES: tuple[PageRoute, ...] = (
    get("/checkout", show),
    post("/checkout", place, again=show),
)
