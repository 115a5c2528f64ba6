"""Looking around: the first page, categories, search, and one product."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid
from purveyor.stages.feedback.queries import ratings, reviews_of_product
from purveyor.web.http.paging import LAST
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.address_form import countries, usual_country
from purveyor.web.storefront.layout import PageFrame, page_frame, shop_page
from purveyor.web.storefront.queries import (
    LONGEST_SEARCH,
    Card,
    cards_of,
    first_of_each,
    found,
    words_of,
)

PAGE = 24
MOST_AT_FIRST = 24
REVIEWS = 20  # of a product, the newest
FEW = 5  # so many left are told by number


class Supply(msgspec.Struct, frozen=True):
    """What is said of how soon a product is there."""

    text: str
    tone: str  # success | warning | secondary
    can_be_bought: bool


async def show_home(ctx: RequestContext) -> ASGIResponse:
    frame = await page_frame(ctx)
    names = [each.category for each in frame.categories][:MOST_AT_FIRST]
    cards = await first_of_each(ctx.house.read, names, MOST_AT_FIRST // max(1, len(names)))
    return await product_list(ctx, frame, "storefront/home.html", cards)


async def show_search(ctx: RequestContext) -> ASGIResponse:
    """Every word begins a word of name, SKU, category or description."""
    frame = await page_frame(ctx)
    text = ctx.given("q")
    cards: list[Card] = []
    if len(text) > LONGEST_SEARCH:
        ctx.status = 422
        ctx.tell(ctx._("Please search for less: at most %(most)s characters.", most=str(LONGEST_SEARCH)), "warning")
        text = text[:LONGEST_SEARCH]
    else:
        cards = await found(ctx.house.read, text, _after(ctx), PAGE + 1)
    last = cards[PAGE - 1] if len(cards) > PAGE else None
    return await product_list(
        ctx,
        frame,
        "storefront/search.html",
        cards[:PAGE],
        text=text,
        has_words=bool(words_of(text)),
        following=f"{-last.rank}.{last.sku}" if last else "",
    )


async def show_product(ctx: RequestContext) -> ASGIResponse:
    frame = await page_frame(ctx)
    sku = in_path(ctx, "sku")
    card = (await cards_of(ctx.house.read, [sku])).get(sku)
    if card is None:
        raise Problem(404, "not_found", ctx._("This product is not sold here, or not any more."))
    read = ctx.house.read
    country = usual_country(ctx, frame.policies)
    return await shop_page(
        ctx,
        "storefront/product.html",
        frame,
        card=card,
        supply=supply_of(ctx, card, frame.policies),
        promises=promises_of(ctx, frame.policies, country) if card.kind == "goods" and card.available > 0 else [],
        country=country,
        goes_elsewhere=len(countries(ctx.locale, frame.policies)) > 1,
        rating=next(iter(await ratings(read, [sku])), None),
        reviews=await reviews_of_product(read, sku, LAST, REVIEWS),
        in_cart=frame.basket.quantity_of(sku) if frame.basket else 0,
    )


async def product_list(
    ctx: RequestContext, frame: PageFrame, template: str, cards: list[Card], **values: Any
) -> ASGIResponse:
    supplies = {card.sku: supply_of(ctx, card, frame.policies) for card in cards}
    return await shop_page(ctx, template, frame, cards=cards, supplies=supplies, **values)


def supply_of(ctx: RequestContext, card: Card, policies: Policies) -> Supply:
    """In words. Whether it really can be bought is decided when it is."""
    if card.currency != policies.currency:
        return Supply(ctx._("Not sold here at the moment"), "secondary", can_be_bought=False)
    return _goods(ctx, card, policies) if card.kind == "goods" else _others(ctx, card)


def _others(ctx: RequestContext, card: Card) -> Supply:
    if not card.is_ready:
        text = ctx._("Waits for new keys") if card.kind == "license" else ctx._("Not ready to download yet")
        return Supply(text, "warning", can_be_bought=True)
    text = ctx._("By appointment") if card.kind == "service" else ctx._("Available at once")
    return Supply(text, "success", can_be_bought=True)


def _goods(ctx: RequestContext, card: Card, policies: Policies) -> Supply:
    if card.available > FEW:
        return Supply(ctx._("In stock"), "success", can_be_bought=True)
    if card.available > 0:
        text = ctx.translations.ngettext("Only %(count)s left", "Only %(count)s left", card.available)
        return Supply(text % {"count": card.available}, "warning", can_be_bought=True)
    waiting = policies.routing.backorder_cap if card.waiting is None else card.waiting
    if waiting > 0:
        return Supply(ctx._("Ordered for you"), "warning", can_be_bought=True)
    return Supply(ctx._("Out of stock"), "secondary", can_be_bought=False)


_WORD = re.compile(r"\w+")


class Promise(msgspec.Struct, frozen=True):
    """A way of delivery, what it costs, and the day that is promised."""

    name: str
    price_minor: int
    free_from_minor: int | None
    at: datetime
    says_free: bool  # its name says already that it costs nothing


def promises_of(ctx: RequestContext, policies: Policies, country: str) -> list[Promise]:
    """What can be chosen at the checkout for this country, the soonest first."""
    free = {"free", ctx._("free").casefold()}
    promises = []
    for each in policies.shipping_options(policies.currency, country):
        words = _WORD.findall(each.name.casefold())
        says_free = not each.price_minor and not free.isdisjoint(words)
        name = "" if says_free and len(words) == 1 else each.name  # the word is said in the reader's language
        at = ctx.now + timedelta(days=each.days)
        promises.append(Promise(name, each.price_minor, each.free_from_minor, at, says_free and bool(name)))
    return sorted(promises, key=lambda promise: promise.at)


def in_path(ctx: RequestContext, name: str) -> str:
    return str(ctx.in_path(name)).removeprefix("/").replace("\0", "")


def _after(ctx: RequestContext) -> tuple[int, str] | None:
    given = ctx.given("after")
    if not given:
        return None
    rank, _, sku = given.partition(".")
    if not rank.removeprefix("-").isdecimal() or len(rank) > 18:  # noqa: PLR2004 (digits of a bigint)
        raise Invalid(field="after", found=given, expected="the address of a page as it was given")
    return int(rank), sku


ROUTES: tuple[PageRoute, ...] = (
    get("/", show_home),
    get("/search", show_search),
    get("/p/{sku:path}", show_product),
)
