"""`make screenshots`: every page as people see it, large and small, light and dark; and some pictures for the docs.

python -m tests.browser.screenshots [PART OF A PATH]
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window, launch, missing
from tests.browser.installation import Installation, an_installation
from tests.browser.page_addresses import addresses, is_console, routes
from tests.browser.prepared_orders import MIXED

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "screenshots"  # not in git
PICTURES = ROOT / "docs/pictures"  # in git
LARGEST_PICTURE = 150_000  # bytes
LOOKS = (
    ("desktop-light", DESKTOP, "light"),
    ("desktop-dark", DESKTOP, "dark"),
    ("phone-light", PHONE, "light"),
    ("phone-dark", PHONE, "dark"),
)
NEED_A_CART = ("/cart", "/checkout")
# Pictures of the docs: page, which order where it is one of an order, size, role.
FOR_THE_DOCS = (
    ("board", "/console", "", DESKTOP),
    ("order", "/console/orders/{number:int}", "claimed", DESKTOP),
    ("storefront", "/", "", DESKTOP),
    ("checkout", "/checkout", "", DESKTOP),
    ("order-page", "/o/{token:str}", "mixed", PHONE),
    ("pick-list", "/console/picking/{wave_id:uuid}", "", PHONE),
)


async def main(part: str) -> None:
    if lacking := missing():
        sys.exit(lacking)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    async with an_installation() as shop, async_playwright() as playwright:
        browser = await launch(playwright)
        browsers = Browsers(shop, browser)
        for path in routes():
            if part in path:
                await _of_page(browsers, path)
        if not part:
            await _for_the_docs(browsers)
        await browser.close()


async def _of_page(browsers: Browsers, path: str) -> None:
    """One picture an address and look. What cannot be seen is told, and the others are made."""
    try:
        async with browsers.window(role=_role(path)) as window:
            await _prepare(window, path)
            for number, address in enumerate(await addresses(browsers.shop, path)):
                await window.open(address)
                for look, size, theme in LOOKS:
                    await _look(window, size, theme)
                    name = re.sub(r"\W+", "-", path).strip("-") or "home"
                    await window.page.screenshot(path=FOLDER / f"{name}.{number}.{look}.png", full_page=True)
    except (AssertionError, LookupError) as error:
        sys.stdout.write(f"{path}: {error}\n")


async def _for_the_docs(browsers: Browsers) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path, order, size in FOR_THE_DOCS:
        async with browsers.window(role=_role(path), size=size) as window:
            await _prepare(window, path)
            await window.open(await _address(browsers.shop, path, order))
            await _look(window, size, "light")
            for quality in (80, 65, 50, 35):
                picture = await window.page.screenshot(type="jpeg", quality=quality)
                if len(picture) <= LARGEST_PICTURE:
                    break
            (PICTURES / f"{name}.jpg").write_bytes(picture)


async def _address(shop: Installation, path: str, order: str) -> str:
    if "{number:int}" in path:
        number = await shop.value("SELECT number FROM orders WHERE id = $1", shop.known[order])
        return path.replace("{number:int}", str(number))
    return await shop.order_page(order) if order else (await addresses(shop, path))[0]


async def _prepare(window: Window, path: str) -> None:
    if path in NEED_A_CART:
        await window.put_in_cart(*MIXED)


async def _look(window: Window, size: tuple[int, int], theme: str) -> None:
    width, height = size
    await window.page.set_viewport_size({"width": width, "height": height})
    await window.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await window.page.wait_for_timeout(150)  # charts follow the size of the window


def _role(path: str) -> str:
    return "admin" if is_console(path) and path != "/console/sign-in" else ""


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
