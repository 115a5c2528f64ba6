"""Every address that stands in a browser can be loaded again."""

from purveyor.web.pages.routes import with_reload_routes
from purveyor.web.server.page_routes import PAGES
from tests.web.conftest import Api
from tests.web.console.staff import somebody


def test_every_address_of_a_form_can_be_loaded() -> None:
    routes = with_reload_routes(PAGES)

    assert {route.path for route in routes if route.method == "GET"} >= {route.path for route in routes}
    assert len({(route.method, route.path) for route in routes}) == len(routes)


async def test_after_a_refused_form_the_page_is_loaded_again(api: Api) -> None:
    admin = await somebody(api, "admin")
    refused = await admin.send(
        "/console/stock/receive", seen_at="/console/stock/item?sku=MUG", sku="MUG", quantity="many"
    )
    again = await admin.see("/console/stock/receive")

    assert refused.status_code == 422
    assert again.status_code == 303
    page = await admin.see(again.headers["location"])
    assert page.headers.get("location", "") == "/console/stock"


async def test_a_way_back_is_not_for_those_whom_the_form_is_not_for(api: Api) -> None:
    analyst = await somebody(api, "analyst")

    assert (await analyst.see("/console/stock/receive")).status_code == 403
