"""What was typed outlives the session: nothing is lost, nothing is sent by itself, and nobody else sees it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsers import Browsers, Window
from tests.browser.installation import LOGINS, PASSWORD, Installation
from tests.browser.people import says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

NAME = 'Ann "O\'Neill" <b>& Sons</b>'
BACK = "What you had typed is back"


async def sign_in_here(page: Page, role: str) -> None:
    await page.get_by_label("Login").fill(LOGINS[role])
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def typed_and_sent_too_late(window: Window) -> None:
    """A new customer, saved when the session is over."""
    await window.open("/console/customers/new?from=a-list")
    await window.page.get_by_label("Customer number").fill("K-TOO-LATE")
    await window.page.get_by_label("Name", exact=True).fill(NAME)
    await window.page.get_by_label("City").fill("Porto")
    await window.context.clear_cookies()
    await window.page.locator("main form[method=post] button[type=submit]").first.click()
    await window.page.wait_for_url("**/console/sign-in**")


async def test_a_form_sent_after_the_session_is_over_is_back_as_it_was_typed(
    shop: Installation, browsers: Browsers
) -> None:
    customers = await shop.value("SELECT count(*) FROM customer")
    async with browsers.window(role="sales") as window:
        await typed_and_sent_too_late(window)
        await sign_in_here(window.page, "sales")

        assert window.page.url.endswith("/console/customers/new?from=a-list")
        await says(window.page, BACK)
        await expect(window.page.get_by_label("Name", exact=True)).to_have_value(NAME)
        await expect(window.page.get_by_label("City")).to_have_value("Porto")
        assert await shop.value("SELECT count(*) FROM customer") == customers, "nothing is sent by itself"
        await window.page.locator("main form[method=post] button[type=submit]").first.click()
        await says(window.page, NAME)
    assert await shop.value("SELECT count(*) FROM customer") == customers + 1


async def test_what_somebody_typed_is_not_shown_to_the_next_who_signs_in_there(browsers: Browsers) -> None:
    async with browsers.window(role="sales") as window:
        await typed_and_sent_too_late(window)
        async with window.page.expect_navigation():
            await sign_in_here(window.page, "admin")

        await expect(window.page.get_by_label("Name", exact=True)).to_have_value("")
        assert await window.page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('purveyor'))") == []


async def test_no_token_and_no_password_is_kept_while_somebody_signs_in(browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        await window.open("/console/account")
        await window.page.get_by_label("Present password").fill("a secret of mine")
        await window.page.get_by_label("New password", exact=True).fill("another secret")
        await window.page.get_by_label("New password once more").fill("another secret")
        await window.context.clear_cookies()
        await window.press("Change password")
        await window.page.wait_for_url("**/console/sign-in**")

        kept = await window.page.evaluate("JSON.stringify(sessionStorage)")
        assert "secret" not in kept
        assert "csrf" not in kept


async def test_a_form_that_was_taken_is_not_kept(browsers: Browsers) -> None:
    async with browsers.window(role="admin") as window:
        await window.open("/console/orders")
        await window.page.locator('input[name="order"]').first.check()
        async with window.page.expect_navigation():
            await window.page.locator("#bulk button[type=submit]").last.click()

        assert await window.page.evaluate("sessionStorage.getItem('purveyor-typed')") is None


async def test_what_nobody_had_sent_is_back_when_a_part_of_the_page_led_to_the_door(browsers: Browsers) -> None:
    async with browsers.window(role="sales") as window:
        page = window.page
        await window.open("/console/new-order")
        lines = await page.locator("#new-order-lines [data-line]").count()
        for _ in range(2):
            await page.get_by_role("button", name="Add lines").click()
        await page.get_by_label("City").fill("Porto")
        await page.locator(f'[name="sku.{lines + 1}"]').fill("WSK-STL")
        await page.locator(f'[name="quantity.{lines + 1}"]').fill("3")
        # From here on any part of the page may lead to the door, also a total that was asked for a moment before:
        # so the whole is typed by now, and the key goes to whatever page there is.
        await window.context.clear_cookies()
        await page.keyboard.press("Enter")  # and the total is reckoned
        await page.wait_for_url("**/console/sign-in**")
        await sign_in_here(page, "sales")

        await says(page, BACK)
        await expect(page.locator(f'[name="sku.{lines + 1}"]')).to_have_value("WSK-STL")
        await expect(page.locator(f'[name="quantity.{lines + 1}"]')).to_have_value("3")
        await expect(page.get_by_label("City")).to_have_value("Porto")


async def test_what_has_no_place_any_more_is_shown_to_be_copied(browsers: Browsers) -> None:
    async with browsers.window(role="sales") as window:
        await typed_and_sent_too_late(window)
        await window.open("/console/sign-in?next=/console/orders")
        await sign_in_here(window.page, "sales")

        await says(window.page, "copy what you need")
        await says(window.page, NAME)
