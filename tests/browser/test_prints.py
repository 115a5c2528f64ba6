"""What is printed: every sheet says on top what it is of, a total stands at the end alone, and nothing is cut."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.browsers import Browsers, Window
from tests.browser.installation import Installation
from tests.browser.page_addresses import is_console, routes

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

REPEATED = """() => [...document.querySelectorAll('.sheet-running')].filter(head =>
    getComputedStyle(head).display === 'table-header-group'
    && getComputedStyle(head.parentElement).display === 'table').map(head => head.innerText.trim())"""
TOTALS = "() => [...document.querySelectorAll('tfoot')].map(foot => getComputedStyle(foot).display)"
SLIP = "SELECT '/console/packing/slips/' || order_id || '/' || id FROM parcel WHERE status = 'gone' ORDER BY id LIMIT 1"
WALK = "SELECT '/console/picking/' || id FROM wave WHERE status = 'walking' LIMIT 1"
INVOICE = """
    SELECT '/console/orders/' || o.number || '/as-customer/documents/invoice-' || i.number
      FROM orders o JOIN invoice i ON i.order_id = o.id ORDER BY i.number LIMIT 1
"""
LABEL = "SELECT '/console/shipping/labels/' || order_id || '/' || id FROM shipment WHERE status = 'labeled' LIMIT 1"


@pytest.mark.parametrize("path", ["/console/orders", "/console/stock", SLIP, WALK, INVOICE])
async def test_every_sheet_says_what_it_is_of(path: str, shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        await window.open(path if path.startswith("/") else await shop.value(path))
        await window.page.emulate_media(media="print")

        heads = await window.page.evaluate(REPEATED)
        assert len(heads) == 1
        assert len(heads[0].split("\n")) == 2  # what, and when
        assert "table-footer-group" not in await window.page.evaluate(TOTALS)


async def test_a_label_has_no_head(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        await window.open(await shop.value(LABEL))
        await window.page.emulate_media(media="print")

        assert await window.page.evaluate(REPEATED) == []


# What is printable of A4 between its margins, upright and across, in pixels of CSS.
UPRIGHT, ACROSS = 687, 1_016
LISTS = [path for path in routes() if is_console(path) and "{" not in path and path != "/console/sign-in"]
LANGUAGES = ("en-DE", "de-DE", "es-ES", "pt-PT")
LIES_ACROSS = "() => getComputedStyle(document.body).page === 'wide'"
CUT = """() => [...document.querySelectorAll('main :is(td, th, .list-group-item, .list-group-item *, td *)')]
    .filter(each => each.checkVisibility() && !each.closest('.visually-hidden, svg'))
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1
        || getComputedStyle(each).overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1)
    .slice(0, 5).map(each => `${each.tagName} ${each.className}: ${each.innerText}`)"""
ALL_COLUMNS = "() => document.querySelectorAll('[name=column]').forEach(each => { each.checked = true })"
BOOKED = """
    SELECT a.starts_at::date::text AS day, o.number
      FROM appointment a JOIN orders o ON o.id = a.order_id
     WHERE a.status = 'booked' ORDER BY a.starts_at LIMIT 1
"""


async def _on_paper(window: Window) -> None:
    """As wide as the sheet that the page asks for."""
    await window.page.emulate_media(media="print")
    width = ACROSS if await window.page.evaluate(LIES_ACROSS) else UPRIGHT
    await window.page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_a_list_is_cut_on_paper(language: str, browsers: Browsers) -> None:
    found: list[str] = []
    async with browsers.window(role="admin", language=language) as window:
        for path in LISTS:
            await window.page.emulate_media(media="screen")
            await window.open(path)
            await _on_paper(window)
            found += [f"{path}: {each}" for each in await window.page.evaluate(CUT)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_list_of_orders_is_whole_on_paper_with_every_column(language: str, browsers: Browsers) -> None:
    async with browsers.window(role="admin", language=language) as window:
        await window.open("/console/orders")
        await window.page.evaluate(ALL_COLUMNS)
        async with window.page.expect_navigation():
            await window.page.locator(".columns-choice form").evaluate("form => form.submit()")
        await _on_paper(window)

        assert await window.page.locator(".orders thead th").count() > 10
        assert await window.page.evaluate(CUT) == []
        await expect(window.page.locator(".orders .order-total").first).to_be_visible()


async def test_the_calendar_has_booked_visits_and_all_days_on_paper(shop: Installation, browsers: Browsers) -> None:
    booked = await shop.house.pool.fetchrow(BOOKED)
    assert booked is not None
    async with browsers.window(role="admin") as window:
        await window.open(f"/console/installations?week={booked['day']}")
        await _on_paper(window)

        visit = window.page.locator(".visit-booked", has_text=str(booked["number"])).first
        await expect(visit).to_be_visible()
        assert re.search(r"\d:\d\d.*\s\d{6}\s+\S", await visit.inner_text())  # when, which order, in which city
        assert await window.page.locator(".calendar thead th").count() == 8
        assert await window.page.evaluate(CUT) == []
        sheet = await window.page.pdf(prefer_css_page_size=True)
        (box,) = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet))
        assert float(box[0]) > float(box[1])


async def test_the_rest_of_a_long_list_is_on_paper(browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        await window.open("/console/orders")
        await window.page.locator("main").evaluate(
            """main => main.insertAdjacentHTML('beforeend',
                '<details class="more"><summary>Show all 11</summary><p id="eleventh">Eleventh</p></details>')"""
        )
        await expect(window.page.locator("#eleventh")).to_be_hidden()
        await window.page.emulate_media(media="print")

        assert await window.page.locator("#eleventh").evaluate(
            "each => each.checkVisibility({contentVisibilityAuto: true})"
        )
        await expect(window.page.get_by_text("Show all 11")).to_be_hidden()
