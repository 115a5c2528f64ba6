"""At a desk, in every language: nothing of the console stands over something else, or beyond the edge of its panel."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.browser.browsers import DESKTOP, Browsers
from tests.browser.installation import Installation
from tests.browser.page_addresses import addresses, is_console, routes

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

LANGUAGES = ("en-DE", "de-DE", "es-ES", "pt-PT")
WIDTHS = range(1_024, 1_601, 64)
# Those that have lists: pages without a part of an order in their address, and the page of an order itself.
ORDER = "/console/orders/{number:int}"
LISTS = [path for path in routes() if is_console(path) and "{" not in path and path != "/console/sign-in"]
BEYOND = """() => [...document.querySelectorAll('main :is(.table-responsive, .card, .card-body, .list-group-item)')]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => `${each.className} ${each.ariaLabel ?? ''}: ${each.scrollWidth} px in ${each.clientWidth}`)"""
OVER_THE_TITLE = """() => {
    const text = document.createRange()
    text.selectNodeContents(document.querySelector('.page-title'))
    const title = text.getBoundingClientRect()
    return [...document.querySelectorAll('.page-header .btn')].filter(button => {
        const box = button.getBoundingClientRect()
        return box.left < title.right && box.right > title.left && box.top < title.bottom && box.bottom > title.top
    }).map(button => `${innerWidth} px: ${button.innerText}`)
}"""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_column_of_a_list_is_within_its_panel(
    language: str, shop: Installation, browsers: Browsers
) -> None:
    found: list[str] = []
    async with browsers.window(size=DESKTOP, role="admin", language=language) as window:
        for path in (*LISTS, ORDER):
            for address in await addresses(shop, path):
                await window.open(address)
                found += [f"{address} {each}" for each in await window.page.evaluate(BEYOND)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_button_stands_over_the_title_of_an_order(
    language: str, shop: Installation, browsers: Browsers
) -> None:
    found: list[str] = []
    async with browsers.window(size=DESKTOP, role="admin", language=language) as window:
        for address in await addresses(shop, ORDER):
            await window.open(address)
            assert await window.page.locator("#order-primary .btn").count() > 0
            found += await _over_the_title(window.page)
        await window.open("/console/orders")
        found += await _over_the_title(window.page)
    assert found == []


async def _over_the_title(page: Page) -> list[str]:
    found: list[str] = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": DESKTOP[1]})
        found += await page.evaluate(OVER_THE_TITLE)
    return found
