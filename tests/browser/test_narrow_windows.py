"""On a phone nothing is cut off without a sign, lists are short, and an error at a field goes when it is mended."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.browsers import DESKTOP, PHONE, Browsers
from tests.browser.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

TABLES = (
    "/console/orders",
    "/console/packing",
    "/console/shipping",
    "/console/payments",
    "/console/picking",
    "/console/stock",
    "/console/customers",
    "/console/jobs",
)
CUT = """() => [...document.querySelectorAll('.table-cards')].filter(table =>
    table.parentElement.scrollWidth > table.parentElement.clientWidth + 1
    || [...table.querySelectorAll('td')].some(each => each.getBoundingClientRect().right > innerWidth + 1)).length"""
UNSIGNED = """() => [...document.querySelectorAll('main *, header *')].filter(each =>
    ['auto', 'scroll'].includes(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth + 1
    && !each.matches('.sideways, textarea, pre')).map(each => each.className)"""
# A name may take two lines: it is neither beyond its column's edge nor under the count beside it.
CUT_NAMES = """() => [...document.querySelectorAll('.board-title')].filter(title => {
    const name = document.createRange()
    const count = title.parentElement.querySelector('.board-count')
    name.selectNodeContents(title)
    return name.getBoundingClientRect().right > count.getBoundingClientRect().left
}).map(each => each.textContent)"""
NOTEBOOK = (1_440, 900)
HEIGHT = "() => document.documentElement.scrollHeight"
FIRST_LOOK = 1_800  # pixels: two windows of a phone
OF_AN_ORDER = 90  # pixels, in a list


@pytest.mark.parametrize("path", TABLES)
async def test_no_fact_of_a_table_is_beyond_the_edge_of_a_phone(path: str, browsers: Browsers) -> None:
    async with browsers.window(size=PHONE, role="admin") as window:
        await window.open(path)

        assert await window.page.evaluate(CUT) == 0


@pytest.mark.parametrize("path", ["/", "/console", "/console/figures", "/console/staff", "/console/orders"])
async def test_what_scrolls_sideways_shows_it(path: str, browsers: Browsers) -> None:
    async with browsers.window(size=PHONE, role="admin") as window:
        await window.open(path)

        assert await window.page.evaluate(UNSIGNED) == []


async def test_board_and_orders_are_short_on_a_phone(browsers: Browsers) -> None:
    async with browsers.window(size=PHONE, role="admin") as window:
        await window.open("/console")
        assert await window.page.evaluate(HEIGHT) < FIRST_LOOK
        await window.open("/console/orders")
        rows = window.page.locator(".orders tbody tr")
        heights = await rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")

        assert heights
        assert sum(heights) / len(heights) < OF_AN_ORDER
        await expect(window.page.locator(".orders .fold").first).to_be_hidden()
        await window.page.get_by_text("All columns").click()
        await expect(window.page.locator(".orders .fold").first).to_be_visible()


async def test_all_eleven_stages_are_within_a_desktop_window(browsers: Browsers) -> None:
    async with browsers.window(size=DESKTOP, role="admin") as window:
        await window.open("/console")
        rights = await window.page.locator(".board-column").evaluate_all(
            "columns => columns.map(column => column.getBoundingClientRect().right)"
        )

        assert len(rights) == 11
        assert max(rights) <= DESKTOP[0]


async def test_what_is_wrong_with_a_field_goes_as_soon_as_it_is_mended(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window() as window:
        page = window.page
        await window.put_in_cart("MUG-ENA-350")
        await window.press("To the checkout")
        await page.locator("form.checkout, form:has(#payment-ways)").first.evaluate("form => form.noValidate = true")
        await page.get_by_label("Postal code").first.fill("x")
        await window.press("Order and pay")
        code = page.get_by_label("Postal code").first
        wrong = page.locator(".invalid-feedback:visible")
        await expect(code).to_have_attribute("aria-invalid", "true")
        before = await wrong.count()

        await code.fill("10178")
        await expect(code).not_to_have_attribute("aria-invalid", "true")
        await expect(wrong).to_have_count(before - 1)
        await code.fill("x")
        await expect(code).to_have_attribute("aria-invalid", "true")
        await expect(wrong).to_have_count(before)
        assert window.faults == []


@pytest.mark.parametrize("language", ["de-DE", "es-ES", "pt-PT"])
async def test_the_names_of_stages_are_whole_on_the_board(language: str, browsers: Browsers) -> None:
    async with browsers.window(size=NOTEBOOK, role="admin", language=language) as window:
        await window.open("/console")

        assert await window.page.locator(".board-title").count() > 1
        assert await window.page.evaluate(CUT_NAMES) == []


async def test_icons_of_what_is_found_keep_their_size_beside_a_long_line(browsers: Browsers) -> None:
    async with browsers.window(size=PHONE, role="admin") as window:
        await window.open("/console/find?q=ann")
        widths = await window.page.locator(".palette-found .icon").evaluate_all(
            "icons => icons.map(icon => icon.getBoundingClientRect().width)"
        )

        assert len(widths) > 1
        assert min(widths) >= 16
        assert max(widths) == min(widths)
