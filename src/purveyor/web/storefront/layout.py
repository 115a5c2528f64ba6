"""What every page of the shop shows around itself, and how often a browser may ask for what costs something."""

from __future__ import annotations

from time import monotonic
from typing import Any

import msgspec
import structlog
from litestar.response.base import ASGIResponse

from purveyor.core.policies import Policies
from purveyor.records.policies.queries import load_policies
from purveyor.web.http.app_context import House
from purveyor.web.http.rate_limits import RateLimit
from purveyor.web.pages.context import RequestContext
from purveyor.web.storefront.cart_cookie import Basket, basket_of
from purveyor.web.storefront.customer_sessions import CustomerSessions, email_of
from purveyor.web.storefront.queries import Category, categories_of, ends_of_parts

log = structlog.get_logger()

CATEGORIES_KEPT_S = 3.0
MOST_OF_SITEMAP = 20_000  # addresses of one file; sitemaps.org allows 50,000
PARTS_KEPT_S = 600.0


class StorefrontContext:
    """The shop of one process: its limits, and the list of categories, which every page needs."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.orders = RateLimit("orders from your connection", most=20, every_s=15)
        self.carts = RateLimit("changes of the cart", most=80, every_s=1)
        self.links_asked = RateLimit("sign-in mails from your connection", most=10, every_s=60)
        # A stranger who asks for mails to my address does not stop mine, and nobody gets more than so many.
        self.links_sent = RateLimit("sign-in mails", most=3, every_s=300)
        self.links_received = RateLimit("sign-in mails to this address", most=30, every_s=120)
        self.sessions = CustomerSessions()
        self.sitemap = Parts(house)
        self._posts_of_link = RateLimit("requests for this order", most=30, every_s=10)
        self._posts_from = RateLimit("requests from your connection", most=90, every_s=3)
        self._categories: list[Category] = []
        self._known_until = 0.0
        self._frame: PageFrame | None = None  # of the last page, without what was somebody's own

    def take_order_post(self, token: str, address: str) -> None:
        """Count something asked on an order's page: each writes for ever, photos of megabytes among them."""
        self._posts_from.take(address)
        self._posts_of_link.take(token)

    async def categories(self) -> list[Category]:
        if monotonic() >= self._known_until:
            self._categories = await categories_of(self._house.read)
            self._known_until = monotonic() + CATEGORIES_KEPT_S
        return self._categories

    def keep_frame(self, frame: PageFrame) -> None:
        self._frame = msgspec.structs.replace(frame, basket=None, email="")

    async def frame_of_error(self, ctx: RequestContext) -> PageFrame | None:
        """Around a page that says what went wrong. Where the database is what went wrong: what a page had last."""
        try:
            return await page_frame(ctx)
        except Exception as error:  # noqa: BLE001 (whatever it is, the person is told the first error)
            log.warning("page.without_frame", error=repr(error))
            return msgspec.structs.replace(self._frame, basket=basket_of(ctx)) if self._frame else None


class Parts:
    """Where the list of products is cut into files: the last SKU of each full one. Looked up now and then."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ends: list[str] = []
        self._known_until = 0.0

    async def ends(self) -> list[str]:
        if monotonic() >= self._known_until:
            self._ends = await ends_of_parts(self._house.read, MOST_OF_SITEMAP)
            self._known_until = monotonic() + PARTS_KEPT_S
        return self._ends


class PageFrame(msgspec.Struct, frozen=True):
    """What the header and the footer of a page need."""

    policies: Policies
    categories: list[Category]
    basket: Basket | None
    email: str  # of who is signed in
    has_inbox: bool

    @property
    def units(self) -> int:
        return self.basket.units if self.basket else 0


async def page_frame(ctx: RequestContext, basket: Basket | None = None) -> PageFrame:
    """`basket`: the cart as this very request has changed it."""
    frame = PageFrame(
        policies=await load_policies(ctx.house.read),
        categories=await ctx.desk.shop.categories(),
        basket=basket or basket_of(ctx),
        email=await email_of(ctx),
        has_inbox="notifier" in ctx.house.settings.plays,
    )
    ctx.desk.shop.keep_frame(frame)
    return frame


async def shop_page(ctx: RequestContext, template: str, frame: PageFrame | None = None, **values: Any) -> ASGIResponse:
    """A page with the shop around it."""
    return ctx.page(template, shop=frame or await page_frame(ctx), **values)
