"""Browsers of people: how big, in which light and language, who is signed in; and what goes wrong in them."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, Response, expect

from tests.browser.installation import LOGINS, PASSWORD, Installation

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DESKTOP, PHONE = (1440, 900), (390, 844)
PATIENCE_MS = 20_000  # on a busy machine
expect.set_options(timeout=PATIENCE_MS)
AXE = Path(__file__).parent / "tools/node_modules/axe-core/axe.min.js"
NOTE_VIOLATIONS = """document.addEventListener('securitypolicyviolation',
    e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));"""


def program() -> str:
    """The browser of this machine, or ""."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), "")


def missing() -> str:
    """What these tests lack on this machine, and how to get it; "" when all is there."""
    if not program():
        return "no Chromium: install it (apt-get install chromium)"
    if not AXE.exists():
        return "no axe-core: run `make test`, or `npm ci` in tests/browser/tools"
    return ""


NO_FAULTS = ("the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest")


class Window:
    """One browser context with one page. `faults`: whatever its pages complained about."""

    def __init__(self, shop: Installation, context: BrowserContext, page: Page) -> None:
        self.shop = shop
        self.context = context
        self.page = page
        self.faults: list[str] = []
        self._listen(page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        # What the server refuses (4xx) is shown on the page, and what was asked when a page was left nobody asks any
        # more: that the console tells it is no fault of the page. A request that fails has other words as well.
        if message.type == "error" and not any(words in message.text for words in NO_FAULTS):
            self.faults.append(f"{self.page.url}: {message.text}")

    async def open(self, path: str) -> Response:
        response = await self.page.goto(f"{self.shop.url}{path}", wait_until="load")
        assert response is not None
        return response

    async def tab(self) -> Page:
        """Another tab of the same browser."""
        page = await self.context.new_page()
        self._listen(page)
        return page

    async def press(self, name: str | re.Pattern[str], role: Any = "button") -> None:
        await self.page.get_by_role(role, name=name).first.click()

    async def put_in_cart(self, *skus: str, words: str = "Add to the cart") -> None:
        for sku in skus:
            response = await self.open(f"/p/{sku}")
            assert response.status == 200, f"/p/{sku} answers {response.status}"
            await self.press(words)
            await self.page.wait_for_url("**/cart")

    async def sign_in(self, role: str) -> None:
        await self.open("/console/sign-in")
        await self.page.get_by_label("Login").fill(LOGINS[role])
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)


class Browsers:
    """Opens windows. Whoever is signed in once stays so for the run."""

    def __init__(self, shop: Installation, browser: Browser) -> None:
        self.shop = shop
        self.browser = browser
        self._states: dict[str, Any] = {}

    @asynccontextmanager
    async def window(
        self,
        *,
        role: str = "",
        size: tuple[int, int] = DESKTOP,
        theme: Literal["light", "dark"] = "light",
        scripts: bool = True,
        language: str = "en-DE",
    ) -> AsyncIterator[Window]:
        """A fresh window, as staff with this role or as anybody. At its end nothing may have gone wrong."""
        if role and role not in self._states:
            async with self.window() as window:
                await window.sign_in(role)
                self._states[role] = await window.context.storage_state()
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            java_script_enabled=scripts,
            locale=language,
            storage_state=self._states.get(role),
            reduced_motion="reduce",
            has_touch=size == PHONE,
        )
        try:
            context.set_default_timeout(PATIENCE_MS)
            if scripts:
                await context.add_init_script(NOTE_VIOLATIONS)
            window = Window(self.shop, context, await context.new_page())
            try:
                yield window
            except Exception as error:
                error.add_note(await _on_show(window.page))
                raise
            assert not window.faults, window.faults
        finally:
            await context.close()


async def _on_show(page: Page) -> str:
    """What somebody saw when it went wrong."""
    try:
        told = await page.locator("h1, #told, .invalid-feedback").all_inner_texts()
    except Error as error:
        return f"{page.url} could not be read: {error.message}"
    return f"{page.url} says: {' | '.join(text for text in told if text.strip())}"


async def launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))


class Violation(msgspec.Struct):
    """A rule of axe that a page breaks, how often, and the first places."""

    id: str
    times: int
    nodes: list[str]

    def __str__(self) -> str:
        return f"{self.id}, {self.times} times: {'; '.join(self.nodes)}"


async def axe(page: Page, *rules: str) -> list[Violation]:
    """What axe-core finds against WCAG 2.2 A and AA; of these rules alone, where some are named."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = await page.evaluate(
        """async (only) => (await axe.run(document, {runOnly: only, resultTypes: ['violations'],
              rules: only.type === 'tag' ? {'target-size': {enabled: true}} : {}}))
           .violations.map(v => ({id: v.id, times: v.nodes.length, nodes: v.nodes.slice(0, 3).map(
              n => n.html.slice(0, 120) + ' ' + (n.any[0] ?? n.all[0] ?? n.none[0])?.message.slice(0, 120))}))""",
        only,
    )
    return msgspec.convert(found, list[Violation])


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
