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
# A name is neither beyond its column's edge nor under the count: beside it, or on a line of its own above it.
CUT_NAMES = """() => [...document.querySelectorAll('.board-title')].filter(title => {
    const text = document.createRange()
    text.selectNodeContents(title)
    const name = text.getBoundingClientRect()
    const count = title.parentElement.querySelector('.board-count').getBoundingClientRect()
    const edge = title.closest('.board-column').getBoundingClientRect().right
    return name.right > edge || (name.right > count.left && name.bottom > count.top && name.top < count.bottom)
}).map(each => each.textContent)"""
# What is an amount, by its currency's sign, and stands on more than one line.
BROKEN_AMOUNTS = r"""() => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const text = texts.currentNode
        if (!text.parentElement.closest('.table')) continue
        for (const each of text.data.matchAll(/[€$£]\d[\d.,]*|-?\d[\d.,\u00a0]*\u00a0[€$£]/g)) {
            const range = document.createRange()
            range.setStart(text, each.index)
            range.setEnd(text, each.index + each[0].length)
            if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1) found.push(each[0])
        }
    }
    return found
}"""
CUT_PLACEHOLDERS = """() => [...document.querySelectorAll('main input[placeholder]')].filter(field => {
    const style = getComputedStyle(field), pen = document.createElement('canvas').getContext('2d')
    pen.font = style.font
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    return field.offsetParent && pen.measureText(field.placeholder).width > room + 1
}).map(field => field.placeholder)"""
BEYOND = """() => [...document.querySelectorAll('main :is(input, select, textarea, button)')].filter(each =>
    each.offsetParent && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.name)"""
UNFOLD = "() => document.querySelectorAll('main details').forEach(each => { each.open = true })"
NOTEBOOK = (1_440, 900)
SMALL_NOTEBOOK = (1_280, 800)
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


@pytest.mark.parametrize("size", [NOTEBOOK, SMALL_NOTEBOOK, (800, 900), PHONE], ids=lambda size: str(size[0]))
async def test_no_amount_is_broken_and_no_field_of_a_form_is_cut(
    size: tuple[int, int], shop: Installation, browsers: Browsers
) -> None:
    """Open invoices, where the units are, and the tags beside them: the narrowest tables and fields of the console."""
    number = await shop.value("SELECT number FROM orders WHERE id = $1", shop.known["mixed"])
    async with browsers.window(size=size, role="admin", language="de-DE") as window:
        for path in ("/console/payments", f"/console/orders/{number}"):
            await window.open(path)
            assert "\N{NO-BREAK SPACE}€" in await window.page.locator(".table").first.inner_text()
            assert await window.page.evaluate(BROKEN_AMOUNTS) == []
            await window.page.evaluate(UNFOLD)
            assert await window.page.evaluate(BROKEN_AMOUNTS) == []
            assert await window.page.evaluate(CUT_PLACEHOLDERS) == []
            assert await window.page.evaluate(BEYOND) == []
