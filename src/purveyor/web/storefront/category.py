"""A category: sorted and narrowed down as its address says, so that it can be kept, sent and gone back to."""

from __future__ import annotations

from typing import Final, get_args, get_type_hints
from urllib.parse import quote, urlencode

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.currency_format import typed_amount
from purveyor.core.refusals import Invalid
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.translations import mark
from purveyor.web.storefront.catalog import PAGE, in_path, product_list
from purveyor.web.storefront.layout import page_frame
from purveyor.web.storefront.queries import Card, Category, Choice, in_category

SORTS: Final[dict[str, str]] = {
    "name": mark("By name"),
    "price": mark("Cheapest first"),
    "price_down": mark("Dearest first"),
}
assert set(SORTS) == set(get_args(get_type_hints(Choice)["sort"]))


async def show(ctx: RequestContext) -> ASGIResponse:
    frame = await page_frame(ctx)
    name = in_path(ctx, "category")
    category = next((each for each in frame.categories if each.category == name), None)
    if category is None:
        raise Problem(404, "not_found", ctx._("There is no such category here."))
    choice = _choice(ctx, category, frame.policies.currency)
    cards = await in_category(ctx.house.read, name, _after(ctx, choice), PAGE + 1, choice)
    return await product_list(
        ctx,
        frame,
        "storefront/category.html",
        cards[:PAGE],
        category=name,
        count=category.products,
        kinds=category.kinds if len(category.kinds) > 1 else [],
        sorts=SORTS,
        choice=choice,
        path=f"/c/{quote(name)}",
        chosen=_address(ctx, name),
        following=_cursor(cards[PAGE - 1], choice) if len(cards) > PAGE else "",
    )


def _choice(ctx: RequestContext, category: Category, currency: str) -> Choice:
    """As the address says. What is none of our words is the default; a price that is none is told beside its field."""
    low, high = _price(ctx, "from", currency), _price(ctx, "to", currency)
    if low is not None and high is not None and low > high:
        low, high = high, low
    sort, kind = ctx.given("sort"), ctx.given("kind")
    return msgspec.convert(
        {
            "sort": sort if sort in SORTS else "name",
            "kind": kind if kind in category.kinds else "",
            "from_minor": low or 0,
            "to_minor": Choice().to_minor if high is None else high,
            "in_stock": ctx.given("stock") == "1",
        },
        Choice,
    )


def _price(ctx: RequestContext, name: str, currency: str) -> int | None:
    text = ctx.given(name)
    if not text:
        return None
    try:
        minor = Form({name: text}, ctx.locale).money(name, currency).minor
    except Invalid:
        minor = -1
    if minor >= 0:
        return minor
    like = typed_amount(1_234, currency, ctx.locale)
    ctx.errors[name] = ctx._("This is no price. One looks like %(like)s.", like=like)
    ctx.status = 422
    return None


def _address(ctx: RequestContext, name: str) -> str:
    """This list from its beginning."""
    given = [(key, ctx.given(key)) for key in ("sort", "kind", "from", "to", "stock")]
    query = urlencode([(key, value) for key, value in given if value])
    return f"/c/{quote(name)}" + (f"?{query}" if query else "")


def _cursor(card: Card, choice: Choice) -> str:
    return f"{card.name if choice.sort == 'name' else card.price_minor}\n{card.sku}"


def _after(ctx: RequestContext, choice: Choice) -> tuple[str | int, str] | None:
    given = ctx.given("after")
    if not given:
        return None
    seen, _, sku = given.rpartition("\n")
    if choice.sort == "name":
        return seen, sku
    if not seen.isdecimal() or len(seen) > 18:  # noqa: PLR2004 (digits of a bigint)
        raise Invalid(field="after", found=given, expected="the address of a page as it was given")
    return int(seen), sku


ROUTES: tuple[PageRoute, ...] = (get("/c/{category:path}", show),)
