"""Every page there is: readable by everybody, on a desk and on a phone, by day and by night, and without complaints."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.browser.browsers import DESKTOP, PHONE, Browsers, axe
from tests.browser.installation import Installation
from tests.browser.page_addresses import addresses, is_console, routes
from tests.browser.prepared_orders import MIXED

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

NEED_A_CART = ("/cart", "/checkout")
LETTER = "/inbox/{seq:int}/html"  # as a mail program draws it: no script chooses a theme
LOOKS = ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark"))
SHAPE = """() => ({
  titles: document.title.trim(),
  h1: document.querySelectorAll('h1').length,
  ids: [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
  wider: document.documentElement.scrollWidth - window.innerWidth,
  widest: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 3).map(e => e.tagName + '.' + e.className),
  images: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
  language: document.documentElement.lang,
})"""


@pytest.mark.parametrize("path", routes())
async def test_a_page_is_accessible_and_fits_in_every_look(path: str, shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(role="" if path == "/console/sign-in" or not is_console(path) else "admin") as window:
        found: list[str] = []
        if path in NEED_A_CART:
            await window.put_in_cart(*MIXED)
        for address in await addresses(shop, path):
            response = await window.open(address)
            assert response.status == 200, f"{address} answers {response.status}"
            if path == LETTER:  # its policy lets no script run, axe neither
                letter = await response.text()
                await window.page.goto("about:blank")
                await window.page.set_content(letter)
            found += [f"{address} {fault}" for fault in await _faults(window.page, themed=path != LETTER)]
    assert not found, "\n".join(found)


async def _faults(page: Page, *, themed: bool) -> list[str]:
    """In all looks, without loading the page again: it follows the window and the system."""
    found: list[str] = []
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if themed:
            await page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
        shape = await page.evaluate(SHAPE)
        look = f"[{width} {theme}]"
        found += [f"{look} no title"] * (not shape["titles"])
        found += [f"{look} {shape['h1']} h1"] * (shape["h1"] != 1)
        found += [f"{look} ids twice: {shape['ids']}"] * bool(shape["ids"])
        found += [f"{look} {shape['wider']} px too wide: {shape['widest']}"] * (shape["wider"] > 0)
        found += [f"{look} pictures missing: {shape['images']}"] * bool(shape["images"])
        rules = () if theme == "light" else ("color-contrast",)
        found += [f"{look} {each}" for each in await axe(page, *rules)]
    return found
