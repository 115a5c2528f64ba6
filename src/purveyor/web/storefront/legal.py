"""Terms, privacy, withdrawal and imprint, where the shop has written them itself."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.legal import TITLES, address_of, legal_text
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.layout import page_frame, shop_page


async def show(ctx: RequestContext) -> ASGIResponse:
    """A text in paragraphs; to the address where it stands elsewhere."""
    frame = await page_frame(ctx)
    name: str = ctx.in_path("name")
    seller = frame.policies.seller
    text = legal_text(seller, name, ctx.locale.territories.get(seller.country, seller.country))
    if not text:
        raise Problem(404, "not_found", ctx._("There is nothing at this address."))
    if elsewhere := address_of(seller, name):
        return ctx.see_other(elsewhere)
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return await shop_page(ctx, "storefront/legal.html", frame, heading=TITLES[name], paragraphs=paragraphs)


ROUTES: tuple[PageRoute, ...] = (get("/legal/{name:str}", show),)
