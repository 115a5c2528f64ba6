"""One installation and one browser for the whole run; without a browser these tests are skipped, and say so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.browser.browsers import Browsers, launch, missing
from tests.browser.installation import Installation, an_installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop() -> AsyncIterator[Installation]:
    if lacking := missing():
        pytest.skip(f"browser tests: {lacking}")
    async with an_installation() as installation:
        yield installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers(shop: Installation) -> AsyncIterator[Browsers]:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield Browsers(shop, browser)
        await browser.close()
