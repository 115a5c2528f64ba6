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
from purveyor.web.pages.context import Visit
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.address_form import countries, usual_country
from purveyor.web.storefront.layout import Frame, frame_of, shop_page
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


async def show_home(visit: Visit) -> ASGIResponse:
    frame = await frame_of(visit)
    names = [each.category for each in frame.categories][:MOST_AT_FIRST]
    cards = await first_of_each(visit.house.read, names, MOST_AT_FIRST // max(1, len(names)))
    return await product_list(visit, frame, "storefront/home.html", cards)


async def show_search(visit: Visit) -> ASGIResponse:
    """Every word begins a word of name, SKU, category or description."""
    frame = await frame_of(visit)
    text = visit.given("q")
    cards: list[Card] = []
    if len(text) > LONGEST_SEARCH:
        visit.status = 422
        visit.tell(visit._("Please search for less: at most %(most)s characters.", most=str(LONGEST_SEARCH)), "warning")
        text = text[:LONGEST_SEARCH]
    else:
        cards = await found(visit.house.read, text, _after(visit), PAGE + 1)
    last = cards[PAGE - 1] if len(cards) > PAGE else None
    return await product_list(
        visit,
        frame,
        "storefront/search.html",
        cards[:PAGE],
        text=text,
        has_words=bool(words_of(text)),
        following=f"{-last.rank}.{last.sku}" if last else "",
    )


async def show_product(visit: Visit) -> ASGIResponse:
    frame = await frame_of(visit)
    sku = in_path(visit, "sku")
    card = (await cards_of(visit.house.read, [sku])).get(sku)
    if card is None:
        raise Problem(404, "not_found", visit._("This product is not sold here, or not any more."))
    read = visit.house.read
    country = usual_country(visit, frame.policies)
    return await shop_page(
        visit,
        "storefront/product.html",
        frame,
        card=card,
        supply=supply_of(visit, card, frame.policies),
        promises=promises_of(visit, frame.policies, country) if card.kind == "goods" and card.available > 0 else [],
        country=country,
        goes_elsewhere=len(countries(visit.locale, frame.policies)) > 1,
        rating=next(iter(await ratings(read, [sku])), None),
        reviews=await reviews_of_product(read, sku, LAST, REVIEWS),
        in_cart=frame.basket.quantity_of(sku) if frame.basket else 0,
    )


async def product_list(visit: Visit, frame: Frame, template: str, cards: list[Card], **values: Any) -> ASGIResponse:
    supplies = {card.sku: supply_of(visit, card, frame.policies) for card in cards}
    return await shop_page(visit, template, frame, cards=cards, supplies=supplies, **values)


def supply_of(visit: Visit, card: Card, policies: Policies) -> Supply:
    """In words. Whether it really can be bought is decided when it is."""
    if card.currency != policies.currency:
        return Supply(visit._("Not sold here at the moment"), "secondary", can_be_bought=False)
    return _goods(visit, card, policies) if card.kind == "goods" else _others(visit, card)


def _others(visit: Visit, card: Card) -> Supply:
    if not card.is_ready:
        text = visit._("Waits for new keys") if card.kind == "license" else visit._("Not ready to download yet")
        return Supply(text, "warning", can_be_bought=True)
    text = visit._("By appointment") if card.kind == "service" else visit._("Available at once")
    return Supply(text, "success", can_be_bought=True)


def _goods(visit: Visit, card: Card, policies: Policies) -> Supply:
    if card.available > FEW:
        return Supply(visit._("In stock"), "success", can_be_bought=True)
    if card.available > 0:
        text = visit.translations.ngettext("Only %(count)s left", "Only %(count)s left", card.available)
        return Supply(text % {"count": card.available}, "warning", can_be_bought=True)
    waiting = policies.routing.backorder_cap if card.waiting is None else card.waiting
    if waiting > 0:
        return Supply(visit._("Ordered for you"), "warning", can_be_bought=True)
    return Supply(visit._("Out of stock"), "secondary", can_be_bought=False)


_WORD = re.compile(r"\w+")


class Promise(msgspec.Struct, frozen=True):
    """A way of delivery, what it costs, and the day that is promised."""

    name: str
    price_minor: int
    free_from_minor: int | None
    at: datetime
    says_free: bool  # its name says already that it costs nothing


def promises_of(visit: Visit, policies: Policies, country: str) -> list[Promise]:
    """What can be chosen at the checkout for this country, the soonest first."""
    free = {"free", visit._("free").casefold()}
    promises = []
    for each in policies.shipping_options(policies.currency, country):
        words = _WORD.findall(each.name.casefold())
        says_free = not each.price_minor and not free.isdisjoint(words)
        name = "" if says_free and len(words) == 1 else each.name  # the word is said in the reader's language
        at = visit.now + timedelta(days=each.days)
        promises.append(Promise(name, each.price_minor, each.free_from_minor, at, says_free and bool(name)))
    return sorted(promises, key=lambda promise: promise.at)


def in_path(visit: Visit, name: str) -> str:
    return str(visit.in_path(name)).removeprefix("/").replace("\0", "")


def _after(visit: Visit) -> tuple[int, str] | None:
    given = visit.given("after")
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
