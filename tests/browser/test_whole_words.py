"""No word is cut or broken, in selects, names of stages, badges and axes of charts; and charts on paper are whole."""

from __future__ import annotations

import pytest

from tests.browser.browsers import DESKTOP, PHONE, Browsers

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

LANGUAGES = ("en-DE", "de-DE", "es-ES", "pt-PT")
LISTS = ("/console/products", "/console/stock", "/console/orders")
# Where a page has names of stages, and badges.
NAMED = {
    "/console": ".board-head",
    "/console/jobs": ".table .badge:not(:has(*))",
    "/console/orders": ".table .badge:not(:has(*))",
}
# Selects that are narrower than what they say.
CUT = """() => [...document.querySelectorAll('.filters select')].filter(each => each.offsetParent).filter(each => {
    const style = getComputedStyle(each), pen = document.createElement('canvas').getContext('2d')
    pen.font = style.font
    const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    return pen.measureText(each.selectedOptions[0].text).width > room + 1
}).map(each => each.selectedOptions[0].text)"""
# Words that stand on more than one line.
BROKEN = """(places) => [...document.querySelectorAll(places)].filter(each => each.checkVisibility()).flatMap(each => {
    const found = [], texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
            const range = document.createRange()
            range.setStart(texts.currentNode, word.index)
            range.setEnd(texts.currentNode, word.index + word[0].length)
            const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)))
            if (lines.size > 1) found.push(word[0])
        }
    }
    return found
})"""
# Whether a chart is on the sheet, drawn, and not cut below.
ON_PAPER = """() => [...document.querySelectorAll('.chart')].map(each => {
    const svg = each.querySelector('svg').getBoundingClientRect()
    const box = each.firstElementChild.getBoundingClientRect()
    return [svg.right <= innerWidth, svg.height > 50, svg.bottom <= box.bottom + 1]
})"""
AXES = """() => [...document.querySelectorAll('.chart svg text')].filter(text =>
    text.getBoundingClientRect().left < text.closest('svg').getBoundingClientRect().left
    || text.getBoundingClientRect().right > text.closest('svg').getBoundingClientRect().right
).map(text => text.textContent)"""
# Of the first chart: the bars that stand on its axis, and the values that want one. Lines and the legend are no bars.
BARS = """() => {
    const place = document.querySelector('[data-chart]')
    const [first] = JSON.parse(place.dataset.chart).series
    const boxes = [...place.querySelectorAll('svg path[fill="#066fd1"]')].map(each => each.getBBox())
    const axis = Math.max(...boxes.map(each => each.y + each.height))
    return [
        boxes.filter(each => each.height > 1 && each.y + each.height > axis - 1).length,
        first.data.filter(each => each.value > 0).length,
    ]
}"""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_selects_of_lists_show_their_words(language: str, browsers: Browsers) -> None:
    for size in (DESKTOP, PHONE):
        async with browsers.window(size=size, role="admin", language=language) as window:
            for path in LISTS:
                await window.open(path)
                if size == PHONE and path == "/console/orders":  # the others show theirs at once
                    await window.page.locator('label[for="more-filters"]').click()
                assert await window.page.locator(".filters select:visible").count() > 0, (path, size)
                assert await window.page.evaluate(CUT) == [], (path, size)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_of_stages_and_badges_are_never_broken_in_a_word(language: str, browsers: Browsers) -> None:
    async with browsers.window(size=DESKTOP, role="admin", language=language) as window:
        for path, places in NAMED.items():
            await window.open(path)
            assert await window.page.locator(places).locator("visible=true").count() > 0, path
            assert await window.page.evaluate(BROKEN, places) == [], path


@pytest.mark.parametrize("language", ["en-DE", "de-DE"])
async def test_the_names_of_axes_are_whole(language: str, browsers: Browsers) -> None:
    for size in (DESKTOP, PHONE):
        async with browsers.window(size=size, role="admin", language=language) as window:
            await window.open("/console/figures")
            await window.page.locator(".chart svg text").first.wait_for()
            assert await window.page.evaluate(AXES) == []


async def test_charts_are_whole_on_paper_at_once(browsers: Browsers) -> None:
    async with browsers.window(size=DESKTOP, role="admin") as window:
        await window.page.emulate_media(reduced_motion="no-preference")
        await window.open("/console/figures")
        await window.page.locator(".chart svg").last.wait_for()
        await window.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        drawn, wanted = await window.page.evaluate(BARS)
        await window.page.emulate_media(media="print")
        await window.page.set_viewport_size({"width": 687, "height": 900})

        assert drawn == wanted > 0
        assert await window.page.evaluate(ON_PAPER) == [[True, True, True]] * 3
        assert "viewBox" in await window.page.locator(".chart").first.inner_html()
