"""What browsers and search engines ask for by a name of their own: icons, robots.txt and sitemap.xml."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from litestar.response.base import ASGIResponse

from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.assets import asset_content, media_type_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.order_links import shop_url
from purveyor.web.pages.routes import PageRoute, Work, get
from purveyor.web.storefront.layout import MOST_OF_SITEMAP as MOST
from purveyor.web.storefront.queries import skus_after

DAY = "public, max-age=86400"
HOUR = "public, max-age=3600"
# Nothing to be found here: pages of one person, and endless lists.
NOT_FOR_ROBOTS = ("/account", "/api/", "/cart", "/checkout", "/console", "/inbox", "/o/", "/search")
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _asset(name: str) -> Work:
    async def show(_: RequestContext) -> ASGIResponse:
        body = await asset_content(name)
        return ASGIResponse(body=body, media_type=media_type_of(name), headers={"Cache-Control": DAY}, encoding="utf-8")

    return show


async def robots(ctx: RequestContext) -> ASGIResponse:
    """Which pages are for everybody (RFC 9309), and where they are listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {shop_url(ctx.house.settings)}/sitemap.xml", ""]
    return ASGIResponse(
        body="\n".join(lines).encode(), media_type="text/plain", headers={"Cache-Control": HOUR}, encoding="utf-8"
    )


async def sitemap(ctx: RequestContext) -> ASGIResponse:
    """Categories and products; where there are many, the list of the files that have them."""
    ends = await ctx.desk.shop.sitemap.ends()
    if not ends:
        return _addresses(ctx, [*await _pages(ctx), *await _products(ctx, "")])
    places = [f"{shop_url(ctx.house.settings)}/sitemap/{number}.xml" for number in range(len(ends) + 2)]
    each = "".join(f"<sitemap><loc>{escape(place)}</loc></sitemap>\n" for place in places)
    return _xml(f"<sitemapindex {_NAMESPACE}>\n{each}</sitemapindex>\n")


async def part(ctx: RequestContext) -> ASGIResponse:
    """Number 0 has the categories, the others products in order of SKU."""
    name, _, suffix = str(ctx.in_path("name")).partition(".")
    ends = await ctx.desk.shop.sitemap.ends()
    number = int(name) if name.isdecimal() and len(name) <= 6 else -1  # noqa: PLR2004 (digits)
    if suffix != "xml" or not ends or not 0 <= number <= len(ends) + 1:
        raise Problem(404, "not_found", ctx._("There is nothing at this address."))
    if number == 0:
        return _addresses(ctx, await _pages(ctx))
    return _addresses(ctx, await _products(ctx, ["", *ends][number - 1]))


async def _pages(ctx: RequestContext) -> list[str]:
    categories = await ctx.desk.shop.categories()
    return ["/", *(f"/c/{quote(each.category)}" for each in categories if each.category)][:MOST]


async def _products(ctx: RequestContext, after: str) -> list[str]:
    return [f"/p/{quote(sku)}" for sku in await skus_after(ctx.house.read, after, MOST)]


def _addresses(ctx: RequestContext, paths: Iterable[str]) -> ASGIResponse:
    base = shop_url(ctx.house.settings)
    each = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    return _xml(f"<urlset {_NAMESPACE}>\n{each}</urlset>\n")


def _xml(text: str) -> ASGIResponse:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return ASGIResponse(body=body, media_type="application/xml", headers={"Cache-Control": HOUR}, encoding="utf-8")


ROUTES: tuple[PageRoute, ...] = (
    get("/favicon.ico", _asset("favicon.ico")),
    get("/apple-touch-icon.png", _asset("apple-touch-icon.png")),
    get("/apple-touch-icon-precomposed.png", _asset("apple-touch-icon.png")),
    get("/robots.txt", robots),
    get("/sitemap.xml", sitemap),
    get("/sitemap/{name:str}", part),
)
