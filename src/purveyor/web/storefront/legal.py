"""Terms, privacy, withdrawal and imprint, where the shop has written them itself."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import Visit
from purveyor.web.pages.legal import TITLES, address_of, legal_text
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.layout import frame_of, shop_page


async def show(visit: Visit) -> ASGIResponse:
    """A text in paragraphs; to the address where it stands elsewhere."""
    frame = await frame_of(visit)
    name: str = visit.in_path("name")
    seller = frame.policies.seller
    text = legal_text(seller, name, visit.locale.territories.get(seller.country, seller.country))
    if not text:
        raise Problem(404, "not_found", visit._("There is nothing at this address."))
    if elsewhere := address_of(seller, name):
        return visit.see_other(elsewhere)
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return await shop_page(visit, "storefront/legal.html", frame, heading=TITLES[name], paragraphs=paragraphs)


ROUTES: tuple[PageRoute, ...] = (get("/legal/{name:str}", show),)
