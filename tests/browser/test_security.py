"""What an attacker tries in a browser: texts that want to be code, guessed addresses, passwords tried out."""

from __future__ import annotations

import re

import httpx
import pyotp
import pytest
from playwright.async_api import expect

from purveyor.records.staff.scopes import allows
from purveyor.web.auth.roles import SCOPES
from purveyor.web.console.orders.board import SCOPE as BOARD_SCOPE
from purveyor.web.server.page_routes import PAGES
from tests.browser.browsers import PHONE, Browsers
from tests.browser.installation import LOGINS, PASSWORD, Installation
from tests.browser.people import number_on, order, says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

NAMES = {
    "markup": '<script>alert(1)</script><img src=x onerror="alert(2)">',
    "sql": "'; DROP TABLE orders; --",
    "right to left": "\u200f\u05d3\u05d5\u05d3 \u05db\u05d4\u05df",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_strange_name_is_a_name_everywhere(name: str, shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(size=PHONE) as customer, browsers.window(role="admin") as staff:
        for window in (customer, staff):
            window.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        path = await order(customer, "WSK-STL", name=name)
        await customer.open(path)
        number = await number_on(customer.page)
        for address in (f"/console/orders/{number}", f"/console/orders?text={number}", "/console", "/inbox"):
            response = await staff.open(address)
            assert response.status == 200, address
            assert not await staff.page.locator("img[src=x], h1 script").count()
        await staff.open(f"/console/orders/{number}")
        await expect(staff.page.get_by_text(name).first).to_be_visible()
    assert await shop.value("SELECT count(*) FROM orders"), "the table is still there"


async def test_a_name_of_10000_characters_is_refused_in_words(shop: Installation, browsers: Browsers) -> None:
    before = await shop.value("SELECT count(*) FROM orders")
    async with browsers.window() as window:
        await window.put_in_cart("WSK-STL")
        await window.open("/checkout")
        await window.page.get_by_label("Name").first.evaluate("e => { e.removeAttribute('maxlength') }")
        await window.page.get_by_label("Name").first.fill("A" * 10_000)
        await window.press("Order and pay")
        await says(window.page, re.compile("Nothing was ordered yet"))
        assert await window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await shop.value("SELECT count(*) FROM orders") == before


@pytest.mark.parametrize("path", ["/", "/cart", "/console/sign-in", "/nothing-here"])
async def test_pages_forbid_foreign_and_inline_scripts_and_hide_their_cookies(path: str, shop: Installation) -> None:
    async with httpx.AsyncClient(base_url=shop.url, headers={"Accept": "text/html"}) as client:
        response = await client.get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    for cookie in response.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie
    assert "style=" not in re.sub(r"<svg.*?</svg>", "", response.text, flags=re.DOTALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)", response.text)
    assert not re.search(r"\son\w+=", response.text)


async def test_nobody_opens_an_order_by_its_id_or_by_a_link_that_was_changed(
    shop: Installation, browsers: Browsers
) -> None:
    good = await shop.order_page("paid")
    other = await shop.order_page("held")
    token, _, tag = good.removeprefix("/o/").partition(".")
    swapped = f"/o/{other.removeprefix('/o/').partition('.')[0]}.{tag}"
    number = await shop.value("SELECT number FROM orders WHERE id = $1", shop.known["paid"])
    async with browsers.window() as window:
        assert (await window.open(good)).status == 200
        for path in (f"/o/{shop.known['paid']}", f"/o/{number}", f"/o/{token}", f"/o/{token}.", swapped, f"{good}x"):
            assert (await window.open(path)).status == 404, path
        payment = await shop.value("SELECT id FROM payment WHERE order_id = $1", shop.known["held"])
        assert (await window.open(f"{good}/pay/{payment}")).status == 404, "a part of another order"


async def test_a_picker_sees_the_work_of_a_picker_and_the_server_refuses_all_else(
    shop: Installation, browsers: Browsers
) -> None:
    async with browsers.window(role="picker") as window:
        await window.open("/console/picking")
        links = await window.page.locator("nav a[href^='/console']").evaluate_all("e => e.map(a => a.pathname)")
        assert "/console/picking" in links
        assert "/console/payments" not in links
        scopes = frozenset(SCOPES["picker"])
        assert allows(scopes, BOARD_SCOPE)
        for route in PAGES:
            is_list = route.method == "GET" and route.door == "console" and "{" not in route.path
            if is_list and route.scope and not allows(scopes, route.scope):
                assert (await window.context.request.get(f"{shop.url}{route.path}")).status == 403, route.path
        refused = await window.context.request.post(f"{shop.url}/console/payments/refunds", form={"order": "1"})
        assert refused.status == 403


async def test_a_form_of_another_site_does_nothing(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        for path in ("/console/review/approve", "/console/account/sessions/end-others", "/cart/add"):
            answer = await window.context.request.post(
                f"{shop.url}{path}", form={"order": str(shop.known["held"]), "sku": "TWL-3", "csrf_token": "guessed"}
            )
            assert answer.status == 403, path
    assert await shop.value("SELECT holds <> '' FROM orders WHERE id = $1", shop.known["held"])


async def test_signing_in_with_a_second_factor_needs_its_code(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window() as window:
        await window.sign_in("finance")
        await window.open("/console/account")
        await window.page.locator("form[action$='/second-factor'] input[name=password]").fill(PASSWORD)
        await window.press("Set up")
        secret = await window.page.locator("code").first.inner_text()
        clock = pyotp.TOTP(secret)
        await window.page.get_by_label("Code").fill(clock.now())
        await window.press("Switch on")
        recovery = await window.page.locator("section[aria-labelledby=codes] code").first.inner_text()
    async with browsers.window() as window:
        await window.open("/console/sign-in")
        await window.page.get_by_label("Login").fill(LOGINS["finance"])
        await window.page.get_by_label("Password").fill(PASSWORD)
        await window.page.keyboard.press("Enter")
        code = window.page.get_by_label("Code from your authenticator app")
        await code.fill("000000")
        await window.page.keyboard.press("Enter")
        await says(window.page, re.compile("This code is not right"))
        assert (await window.context.request.get(f"{shop.url}/console", max_redirects=0)).status == 303
        await code.fill(recovery)
        await window.page.keyboard.press("Enter")
        await window.page.wait_for_url(lambda url: "/sign-in" not in url)


async def test_who_tries_passwords_out_is_locked_out_and_slowed_down(shop: Installation, browsers: Browsers) -> None:
    """Last of this file: it uses up the tries of this address for a while."""
    async with browsers.window() as window:
        await window.open("/console/sign-in")
        for _ in range(5):
            await window.page.get_by_label("Login").fill(LOGINS["analyst"])
            await window.page.get_by_label("Password").fill("a guess")
            await window.page.keyboard.press("Enter")
            await says(window.page, re.compile("do not go together"))
        await window.page.get_by_label("Login").fill(LOGINS["analyst"])
        await window.page.get_by_label("Password").fill(PASSWORD)
        await window.page.keyboard.press("Enter")
        await says(window.page, re.compile("locked this login"))
        for _ in range(12):
            await window.page.get_by_label("Login").fill("nobody@demo")
            await window.page.get_by_label("Password").fill("a guess")
            async with window.page.expect_response("**/console/sign-in") as answered:
                await window.page.keyboard.press("Enter")
            if (await answered.value).status == 429:
                break
        await says(window.page, re.compile("Too many tries"))
