"""What a person waits for the server: board, order list and order page, asked of a running `purveyor serve`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

import httpx

from bench.setup_shop import Figure, Timing
from bench.web import serving
from purveyor.cli.staff import demo_staff
from purveyor.web.pages.order_links import order_url
from purveyor.wiring import House

ASKED = 200  # times each page, one request after the other
ROUNDS = 5
SECRET = "known to all, and only for measuring"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
ORDERS = "SELECT id, number FROM orders ORDER BY id LIMIT $1 OFFSET (SELECT count(*) / 2 FROM orders)"


class Visitor:
    """A browser in which an admin is signed in, and the pages that it asks for."""

    def __init__(self, browser: httpx.AsyncClient, pages: dict[str, list[str]]) -> None:
        self._browser = browser
        self._pages = pages
        self.timings = {name: Timing() for name in pages}

    async def look(self, times: int) -> None:
        """Every page so often, in turn."""
        for turn in range(times):
            for name, paths in self._pages.items():
                started = time.perf_counter()
                answer = await self._browser.get(paths[turn % len(paths)])
                waited_s = time.perf_counter() - started
                assert answer.status_code == httpx.codes.OK, f"{answer.url}: {answer.status_code}"
                self.timings[name].waits_s.append(waited_s)

    def forget(self) -> None:
        """What was measured so far: it was for caches and prepared statements."""
        for timing in self.timings.values():
            timing.waits_s.clear()


async def visitor(shop: House, browser: httpx.AsyncClient) -> Visitor:
    """An admin of this shop, with orders from its middle to look at."""
    login = next(each for each in await demo_staff(shop) if each.role == "admin")
    page = await browser.get("/console/sign-in")
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
    answer = await browser.post("/console/sign-in", data=hidden | {"login": login.login, "password": login.password})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    orders = await shop.pool.fetch(ORDERS, 50)
    pages = {
        "board": ["/console"],
        "order list": [
            "/console/orders",
            "/console/orders?stage=payment",
            "/console/orders?payment=unpaid",
            "/console/orders?sku=SKU7",
            "/console/orders?text=ann@example.com",
        ],
        "order page of staff": [f"/console/orders/{row['number']}" for row in orders],
        "order page of the customer": [urlsplit(order_url(shop.settings, row["id"])).path for row in orders],
    }
    return Visitor(browser, pages)


async def measure(few: House, few_dsn: str, many: House, many_dsn: str, orders: str) -> list[Figure]:
    """Two servers, asked in turn. The floor is the same page where there are few orders. `orders`: how many are many.

    The houses were opened with `SECRET`, so that links they sign are good at the servers.
    """
    async with (
        serving(few_dsn, "granian", PURVEYOR_SECRET_KEY=SECRET) as (few_port, _),
        serving(many_dsn, "granian", PURVEYOR_SECRET_KEY=SECRET) as (many_port, _),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{few_port}") as few_browser,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{many_port}") as many_browser,
    ):
        visitors = [await visitor(few, few_browser), await visitor(many, many_browser)]
        for each in visitors:
            await each.look(ASKED // 10)
            each.forget()
        for _ in range(ROUNDS):
            for each in visitors:
                await each.look(ASKED // ROUNDS)
        bottom, ours = (each.timings for each in visitors)
        return list(_figures(bottom, ours, orders))


def _figures(bottom: dict[str, Timing], ours: dict[str, Timing], orders: str) -> Iterable[Figure]:
    for name, timing in ours.items():
        slow, slow_there = timing.percentile_ms(0.95), bottom[name].percentile_ms(0.95)
        yield Figure(
            f"{name} with {orders} orders, 95 of 100 within",
            slow,
            slow_there,
            slow / slow_there,
            "ms",
            timing.percentile_ms(0.5),
            timing.percentile_ms(0.99),
            "< 30 ms",
        )
