"""What is printed: every sheet says on top what it is of, and a total stands at the end alone."""

from __future__ import annotations

import pytest

from tests.browser.browsers import Browsers
from tests.browser.installation import Installation

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
