"""What customers and staff do in their browsers, in their words."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from playwright.async_api import Page, expect

from tests.browser.browsers import Window
from tests.browser.installation import Installation

GOOD, ASKS_THE_BANK, DECLINED = "4242 4242 4242 4242", "4000 0025 0000 3155", "4000 0000 0000 0002"
STREET = "Karl-Marx-Allee 34"


async def fill_checkout(
    page: Page,
    *,
    name: str = "Ann Example",
    card: str = GOOD,
    email: str = "ann@example.com",
    say: Callable[[str], str] = str,
) -> None:
    """Everything that the page asks for, for a delivery in Berlin: it takes the country from the browser's language.

    `say` gives the words of the page in its language.
    """
    await page.get_by_label(say("E-mail")).first.fill(email)
    await page.get_by_label(say("Name")).first.fill(name)
    await page.get_by_label(say("Street and number")).first.fill(STREET)
    await page.get_by_label(say("City")).first.fill("Berlin")
    await page.get_by_label(say("Postal code")).first.fill("10178")
    await fill_card(page, card, say)


async def fill_card(page: Page, card: str = GOOD, say: Callable[[str], str] = str) -> None:
    await page.get_by_label(say("Card number")).fill(card)
    await page.get_by_label(say("Valid until")).fill("12 / 30")
    await page.get_by_label(say("Security code")).fill("123")


async def order(window: Window, *skus: str, card: str = GOOD, name: str = "Ann Example") -> str:
    """Buy as a guest. Answers the path of the order's page."""
    await window.put_in_cart(*skus)
    await window.press("To the checkout")
    await fill_checkout(window.page, card=card, name=name)
    await window.press("Order and pay")
    await window.page.wait_for_url(re.compile(r"/(checkout/done|o)/"))
    return order_path(window.page.url)


def order_path(url: str) -> str:
    """Of the order that an address of its pages is about."""
    found = re.search(r"/(?:checkout/done|o)/([\w.-]+)", url)
    assert found, f"{url} is no page of an order"
    return f"/o/{found[1]}"


async def number_on(page: Page) -> int:
    """The number of the order whose page is open."""
    text = await page.get_by_text(re.compile(r"Order \d{6}")).first.inner_text()
    found = re.search(r"\d{6}", text)
    assert found
    return int(found[0])


async def order_id(shop: Installation, number: int) -> UUID:
    found: UUID = await shop.value("SELECT id FROM orders WHERE number = $1", number)
    return found


async def says(page: Page, text: str | re.Pattern[str], within_s: float = 20) -> None:
    """It can be read there, now or soon."""
    await expect(page.get_by_text(text).locator("visible=true").first).to_be_visible(timeout=1000 * within_s)
