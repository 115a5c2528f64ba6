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
from purveyor.web.pages.context import Visit
from purveyor.web.pages.forms import Form
from purveyor.web.pages.order_links import order_path
from purveyor.web.pages.refusal_texts import sentence_of
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.address_form import AddressReader, all_countries, countries, fields_of, usual_country
from purveyor.web.storefront.cart import lines_of
from purveyor.web.storefront.cart_cookie import Basket, basket_of, keep, new_basket, opened_basket, sealed
from purveyor.web.storefront.checkout_options import PAYMENTS, terms_of, ways_of
from purveyor.web.storefront.customer_sessions import email_of
from purveyor.web.storefront.layout import Frame, frame_of, shop_page
from purveyor.web.storefront.queries import NOTE_SIGNED_IN, Card, cards_of, customer_of, usual_address
from purveyor.web.storefront.quotes import order_for

BILLING = ("name", "company", "street", "city", "postal_code", "region")


class Wanted(msgspec.Struct, frozen=True):
    """A cart on its way to an order, with what is known of whose it is."""

    frame: Frame
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


async def show(visit: Visit) -> ASGIResponse:
    """With what was typed, or what is known of who is signed in."""
    basket = await _basket(visit)
    if basket is None or not basket.items:
        return visit.see_other("/cart", visit._("Your cart is empty."), "info")
    wanted = await _wanted(visit, basket)
    ways = await ways_of(visit, wanted.frame, wanted.basket, wanted.form, wanted.customer, has_goods=wanted.has_goods)
    collects = ways.delivery.startswith("collect:")
    lines = await lines_of(visit, wanted.frame, basket, ways.quote.placed)
    goods = [line for line in lines if line.card is not None and line.card.kind == "goods"]
    return await shop_page(
        visit,
        "storefront/checkout.html",
        wanted.frame,
        form=wanted.form,
        sealed_cart=sealed(visit, basket),
        lines=lines,
        is_short=any(line.short for line in goods),
        all_waits=bool(goods) and all(line.waits for line in goods),
        ways=ways,
        payments=PAYMENTS,
        countries=countries(visit.locale, wanted.frame.policies),
        needs_street=wanted.needs_street(collects=collects),
        fields=fields_of(wanted.country),
        billing_countries=all_countries(visit.locale),
        billing_country=_billing_country(wanted.form),
        billing_fields=fields_of(_billing_country(wanted.form)),
        has_billing=_has_billing(wanted.form),
        is_played="gateway" in visit.house.settings.plays,
        cards=CARDS,
    )


async def place(visit: Visit) -> ASGIResponse:
    """Only look again (`step` is not `place`), or order."""
    basket = await _basket(visit)
    if basket is None or not basket.items:
        return await show(visit)
    row = await cart_row(visit.house.read, basket.id)
    if row is not None and row.order_id is not None:
        return await _done(visit, row.order_id)
    if (await visit.form()).text("step") != "place":
        return await show(visit)
    if await _has_changed(visit, basket):
        visit.tell(visit._("Your cart was changed in another window. Please look at it once more."), "warning")
        return await show(visit)
    keep(visit, basket)
    visit.desk.shop.orders.take(visit.address)
    command = await _command(visit, await _wanted(visit, basket))
    if visit.errors:
        visit.status = 422
        visit.tell(visit._("Nothing was ordered yet: some fields need another look."), "danger")
        return await show(visit)
    return await _order(visit, command)


async def _order(visit: Visit, command: PlaceOrder) -> ASGIResponse:
    key = f"{(await visit.form()).text('key')[:40]}:{digest(command)}"
    answer = await visit.ask(command, key=f"checkout:{key}")
    if answer.refusal is None:
        assert answer.order_id is not None
        if email := await email_of(visit):
            await visit.house.pool.execute(NOTE_SIGNED_IN, answer.order_id, email)
        return await _done(visit, answer.order_id)
    if answer.refusal.code == "cart_already_ordered":  # from another window, a moment ago
        return await _done(visit, answer.refusal.data["order_id"])
    visit.status = answer.refusal.status
    return await show(visit)


async def _done(visit: Visit, order_id: object) -> ASGIResponse:
    """To the order, with a new cart. Whoever sends the same form again comes here too.

    An old cart is worth no more than the link that it led to: once that was revoked, it leads nowhere.
    """
    keep(visit, new_basket())
    known = UUID(str(order_id))
    if await link_version(visit.house.read, known):
        return visit.see_other(
            "/", visit._("This cart was ordered before. The link to the order is in your mail."), "info"
        )
    return visit.see_other(f"/checkout/done/{order_path(visit.desk, known).removeprefix('/o/')}")


def digest(command: PlaceOrder) -> str:
    return hashlib.blake2b(msgspec.json.encode(command), digest_size=12).hexdigest()


async def _basket(visit: Visit) -> Basket | None:
    """The cart that the form was made for, as it is by now; without one, that of the browser.

    The form remembers it too, so that an order goes through where a cookie was lost.
    """
    current = basket_of(visit)
    if visit.request.method != "POST":
        return current
    seen = opened_basket(visit, (await visit.form()).text("cart"))
    return current if seen is None or (current is not None and current.id == seen.id) else seen


async def _has_changed(visit: Visit, basket: Basket) -> bool:
    """Whether the cart is not as it was seen: what is ordered was seen before."""
    seen = opened_basket(visit, (await visit.form()).text("cart"))
    return seen is None or seen.items != basket.items


async def _wanted(visit: Visit, basket: Basket) -> Wanted:
    frame = await frame_of(visit, basket)
    customer = await customer_of(visit.house.read, frame.email) if frame.email else None
    form = await visit.form() if visit.request.method == "POST" else Form({})
    if "contact.country" not in form:
        known = await usual_address(visit.house.read, frame.email) if frame.email else None
        form = _prefilled(visit, frame, known)
    cards = await cards_of(visit.house.read, [item.sku for item in basket.items])
    return Wanted(frame, basket, cards, customer, form)


def _prefilled(visit: Visit, frame: Frame, known: Contact | None) -> Form:
    fields = {"contact.country": usual_country(visit, frame.policies), "contact.email": frame.email}
    if known is not None:
        names = ("name", "company", "phone", "street", "city", "postal_code", "region")
        fields |= {f"contact.{name}": getattr(known, name) for name in names}
        fields["contact.country"] = known.country or fields["contact.country"]
    return Form(fields)


async def _command(visit: Visit, wanted: Wanted) -> PlaceOrder:
    """The order that was typed. What is wrong with it stands in `visit.errors`."""
    form = wanted.form
    way, _, place_code = form.text("delivery").partition(":")
    collects = way == "collect" and wanted.has_goods
    contact = AddressReader(visit, form, "contact").read(
        with_street=wanted.needs_street(collects=collects), with_mail=True
    )
    billing: Address | None = None
    if _has_billing(form):
        billing = AddressReader(visit, form, "billing").read(with_street=True, with_mail=False)
    vat_id = form.text("vat_id")
    if vat_id and normal(vat_id) is None:
        visit.errors["vat_id"] = visit._("This is no VAT number. One looks like %(like)s.", like="FR40303265045")
    source = ""
    payment = form.text("payment", "card")
    if payment == "card" and "gateway" in visit.house.settings.plays:
        source = _card(visit, form)
    if payment == "card" and not visit.takes_cards:
        visit.errors["payment"] = visit._("Cards cannot be paid with here.")
    if form.flag("signed_in") and not wanted.frame.email:
        visit.errors["payment"] = visit._("You were signed out meanwhile.")
        visit.tell(visit._("You were signed out meanwhile. Order as a guest, or sign in again."), "warning")
    if payment == "invoice" and wanted.customer is None:
        visit.errors["payment"] = visit._("Only customers who are signed in and buy on account can choose this.")
    visit.remember("country", contact.country)
    return order_for(
        wanted.basket,
        wanted.frame.policies.currency,
        contact,
        billing=billing,
        language=visit.language,
        customer_id=wanted.customer.id if wanted.customer else None,
        method="collect" if collects else "ship",
        collect_at=place_code if collects else "",
        shipping_option=place_code if way == "ship" else "standard",
        vat_id=vat_id,
        **terms_of(payment, source),
    )


def _card(visit: Visit, form: Form) -> str:
    """The source of the card that was typed; what is wrong with it stands beside its field, as with all the others."""
    try:
        return source_of(form, visit.now.astimezone(visit.zone).date())
    except Invalid as wrong:
        visit.errors[wrong.data["field"]] = sentence_of(
            wrong.code, wrong.data, visit.language, str(wrong), zone=visit.zone
        )
        return ""


def _has_billing(form: Form) -> bool:
    return any(form[f"billing.{name}"] for name in BILLING if name != "region")


def _billing_country(form: Form) -> str:
    return form["billing.country"] or form["contact.country"]


ROUTES: tuple[PageRoute, ...] = (
    get("/checkout", show),
    post("/checkout", place, again=show),
)
