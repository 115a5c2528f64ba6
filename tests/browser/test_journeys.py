"""Whole stories, as customers and staff live them in their browsers at the same time."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from purveyor.stages.delivery.commands import RecordTrackingEvents, Scan
from purveyor.web.pages.translations import translations
from tests.browser.browsers import PHONE, Browsers, Window
from tests.browser.installation import Installation
from tests.browser.people import (
    ASKS_THE_BANK,
    DECLINED,
    fill_card,
    fill_checkout,
    number_on,
    order,
    order_id,
    order_path,
    says,
)
from tests.browser.prepared_orders import MIXED

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]


async def test_a_mixed_order_is_watched_on_its_way_comes_home_goes_back_in_part_and_is_rated(
    shop: Installation, browsers: Browsers
) -> None:
    async with browsers.window(size=PHONE) as customer, browsers.window(role="admin") as staff:
        path = await order(customer, *MIXED)
        await customer.open(path)
        number = await number_on(customer.page)
        await _book_the_first_time(customer)
        await _pick(staff, number)
        await says(
            customer.page, re.compile("picked|being packed|packing", re.IGNORECASE)
        )  # nobody has loaded it again
        await _pack(staff, number)
        await _ship(staff, shop, number)
        await says(customer.page, re.compile("on its way", re.IGNORECASE))
        await _deliver(shop, number)
        await says(customer.page, re.compile("delivered|arrived", re.IGNORECASE))
        await customer.open(path)
        await _return_one(customer)
        await customer.open(path)
        await _complain(customer)
        await _rate(customer, path)
        assert await shop.value("SELECT count(*) FROM rma WHERE order_id = $1", await order_id(shop, number)) == 1


async def _book_the_first_time(customer: Window) -> None:
    page = customer.page
    await page.get_by_role("link", name="See free times").click()
    await page.get_by_role("radio").first.check(force=True)
    await customer.press("Book this time")
    await says(page, "The time is booked.")


async def _pick(staff: Window, number: int) -> None:
    """By hand, one stop after the other, typing what the scanner would read."""
    page = staff.page
    await staff.open("/console/picking?location=main")
    box = page.get_by_label(f"Choose order {number}")
    for _ in range(40):  # it comes to the queue when its payment is secured
        if await box.count():
            break
        await page.wait_for_timeout(250)
        await page.reload()
    await box.check()
    await staff.press("Plan a wave")
    await staff.press("Start to walk")
    for _ in range(20):
        field = page.get_by_label("Scan the item")
        if not await field.count():
            break
        await field.fill(await field.get_attribute("placeholder") or "")
        await staff.press(re.compile("^Picked( all|$)"))
        await says(page, re.compile("^Picked: "))


async def _pack(staff: Window, number: int) -> None:
    page = staff.page
    await staff.open(f"/console/packing?location=main&scan={number}")
    if not await page.get_by_role("button", name="Close the parcel").count():
        await page.get_by_role("link", name=f"Pack {number}").click()
    await staff.press("Close the parcel")
    await says(page, re.compile("^Packed"))


async def _ship(staff: Window, shop: Installation, number: int) -> None:
    label = "SELECT tracking_number FROM shipment WHERE order_id = $1 AND status = 'labeled'"
    tracking = await shop.eventually(label, await order_id(shop, number))
    await staff.open("/console/shipping?location=main")
    await staff.page.get_by_label(f"Choose parcel {tracking}").check()
    await staff.press("The courier took the chosen parcels")
    await says(staff.page, re.compile("handed over|took", re.IGNORECASE))


async def _deliver(shop: Installation, number: int) -> None:
    """The carrier scans it at the customer's door."""
    id_ = await order_id(shop, number)
    shipment = await shop.value("SELECT id FROM shipment WHERE order_id = $1 AND status = 'dispatched'", id_)
    at = shop.house.outside.clock.now() + timedelta(seconds=1)
    scan = Scan(event_id=f"delivered-{number}", status="delivered", at=at, place="Berlin", sequence=99)
    await shop.ask(RecordTrackingEvents(order_id=id_, shipment_id=shipment, events=(scan,)), "job:carrier")


async def _return_one(customer: Window) -> None:
    page = customer.page
    await page.get_by_role("link", name=re.compile("Return something")).click()
    await page.get_by_label("How many?").first.fill("1")
    await customer.press("See what it comes to")
    await says(page, "This is what it comes to")
    await customer.press("Announce the return")
    await says(page, re.compile("return", re.IGNORECASE))


async def _complain(customer: Window) -> None:
    page = customer.page
    await page.get_by_role("link", name=re.compile("Something is damaged")).click()
    await page.get_by_role("radio").first.check()
    await page.get_by_role("spinbutton").first.fill("1")
    await page.get_by_label("Tell us more").fill("Es hat einen Sprung. <b>Leider</b>")
    await customer.press("Send")
    await says(page, re.compile("thank|sorry", re.IGNORECASE))


async def _rate(customer: Window, path: str) -> None:
    await customer.open(f"{path}/feedback")
    review = customer.page.get_by_role("region").filter(has=customer.page.get_by_role("button", name="Send the review"))
    await review.first.get_by_role("radio").last.check(force=True)
    await review.first.get_by_label("Your review").fill("Does what it should.")
    await review.first.get_by_role("button", name="Send the review").click()
    await says(customer.page, re.compile("thank", re.IGNORECASE))


async def test_a_declined_card_costs_nothing_and_a_second_try_pays(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window() as window:
        path = await order(window, "TIN-500", card=DECLINED)
        await window.page.wait_for_url(f"**{path}")
        await says(window.page, "Nothing was charged.")
        number = await number_on(window.page)
        await window.page.get_by_role("link", name=re.compile("^Pay ")).first.click()
        await fill_card(window.page)
        await window.press(re.compile("^Pay "))
        await says(window.page, "Your payment is being checked.")
        await shop.eventually("SELECT payment_status = 'authorized' FROM orders WHERE number = $1", number)


async def test_the_bank_asks_and_its_answer_counts(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window() as window:
        await order(window, "TIN-500", card=ASKS_THE_BANK)
        await window.page.wait_for_url("**/bank/**")
        await window.press("Yes, pay")
        await says(window.page, "We are asking your bank.")
        number = await number_on(window.page)
        await shop.eventually("SELECT payment_status = 'authorized' FROM orders WHERE number = $1", number)


async def test_two_tabs_that_press_pay_make_one_order_and_one_charge(shop: Installation, browsers: Browsers) -> None:
    before = await shop.value("SELECT count(*) FROM orders")
    async with browsers.window() as window:
        await window.put_in_cart("TWL-3")
        tabs = [window.page, await window.tab()]
        for page in tabs:
            await page.goto(f"{shop.url}/checkout")
            await fill_checkout(page)
        for page in tabs:
            await page.get_by_role("button", name="Order and pay").last.click(no_wait_after=True)
        for page in tabs:
            await page.wait_for_url(re.compile(r"/(checkout/done|o)/"))
        assert tabs[0].url == tabs[1].url
        await _back_and_again(tabs[0])
        assert tabs[0].url == tabs[1].url
    assert await shop.value("SELECT count(*) FROM orders") == before + 1
    newest = await shop.value("SELECT id FROM orders ORDER BY number DESC LIMIT 1")
    assert await shop.value("SELECT count(*) FROM payment WHERE order_id = $1", newest) == 1


async def _back_and_again(page: Page) -> None:
    """The back button shows the form once more; sent once more, it leads to the same order."""
    await page.go_back()
    if "/checkout" in page.url and await page.get_by_role("button", name="Order and pay").count():
        await fill_card(page)
        await page.get_by_role("button", name="Order and pay").last.click()
        await page.wait_for_url(re.compile(r"/(checkout/done|o)/"))
    else:
        await page.go_forward()


async def test_a_checkout_outlives_the_cookies_of_its_browser(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window() as window:
        await window.put_in_cart("TWL-3")
        await window.open("/checkout")
        await fill_checkout(window.page, name="Late Buyer")
        await window.context.clear_cookies()
        await window.press("Order and pay")
        await expect(window.page.get_by_label("Name").first).to_have_value("Late Buyer")  # nothing typed is lost
        await fill_card(window.page)
        await window.press("Order and pay")
        await window.page.wait_for_url(re.compile(r"/(checkout/done|o)/"))


async def test_the_session_of_staff_ends_in_the_middle_of_work_and_the_way_leads_back(
    shop: Installation, browsers: Browsers
) -> None:
    async with browsers.window() as window:
        await window.sign_in("packer")
        await window.open("/console/packing")
        await window.context.clear_cookies()
        await window.open("/console/packing")
        await window.page.wait_for_url("**/sign-in?next=**")
        await window.sign_in("packer")


async def test_the_shop_speaks_german_to_who_asks_for_it(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(language="de-DE") as window:
        await window.open("/")
        assert await window.page.evaluate("document.documentElement.lang") == "de"
        await window.open(f"/p/{MIXED[0]}")
        await says(window.page, re.compile(r"9,90\s€"))
        await window.page.get_by_label(re.compile("Sprache|Language")).select_option("en")
        await window.page.wait_for_function("document.documentElement.lang === 'en'")
        await says(window.page, "€9.90")


@pytest.mark.parametrize("language", ["de-DE", "es-DE", "pt-DE"])
async def test_a_guest_orders_in_their_own_language(shop: Installation, browsers: Browsers, language: str) -> None:
    say = translations(language[:2]).gettext
    async with browsers.window(language=language) as window:
        page = window.page
        await window.put_in_cart(MIXED[0], words=say("Add to the cart"))
        await window.press(say("To the checkout"))
        await fill_checkout(page, say=say, email=f"{language}@example.com")
        await window.press(say("Order and pay"))
        await says(page, say("See where it is"))
        await window.open(order_path(page.url))
        await says(page, say("What happened"))
        await says(page, say("We received your order."))
    told = "SELECT n.language FROM message AS n JOIN orders AS o ON o.id = n.order_id WHERE o.language = $1"
    assert await shop.eventually(told, language[:2]) == language[:2]


async def test_a_guest_without_scripts_looks_buys_and_follows_the_order(shop: Installation, browsers: Browsers) -> None:
    async with browsers.window(scripts=False) as window:
        await window.open("/")
        await window.page.get_by_role("searchbox").first.fill("enamel")
        await window.page.keyboard.press("Enter")
        await window.page.get_by_role("link", name=re.compile("Enamel mug")).first.click()
        await window.press("Add to the cart")
        await window.press("To the checkout")
        await fill_checkout(window.page)
        await window.press("Order and pay")
        await window.page.get_by_role("link", name=re.compile("See where it is")).click()
        assert await number_on(window.page)
        await window.page.get_by_role("link", name=re.compile("Ask a question")).click()
        await expect(window.page.get_by_role("heading", level=1)).to_be_visible()


async def test_an_order_of_three_lines_is_taken_by_phone_without_a_mouse(
    shop: Installation, browsers: Browsers
) -> None:
    count = "SELECT count(*) FROM orders WHERE channel = 'phone'"
    before = await shop.value(count)
    who = "SELECT name FROM customer JOIN contact ON contact.id = customer.contact_id ORDER BY number LIMIT 1"
    name = await shop.value(who)
    async with browsers.window(role="sales") as window:
        page, keys = window.page, window.page.keyboard
        await window.open("/console/new-order")
        await keys.type(name)  # the field has the focus
        await expect(page.locator("#people .typing-choice").first).to_be_visible()
        await keys.press("Enter")
        for sku, quantity in (("MUG-ENA-350", 2), ("V60-FIL-100", 1), ("TUM-350", 1)):
            await keys.type(sku)
            await expect(page.locator(".typing-found .typing-choice").first).to_be_visible()
            await keys.press("Enter")
            await keys.type(str(quantity))
            await keys.press("Enter")
        await keys.press("Control+Enter")
        await says(page, re.compile(r"Open order \d+"))
    assert await shop.value(count) == before + 1
    newest = "SELECT id FROM orders WHERE channel = 'phone' ORDER BY number DESC LIMIT 1"
    lines = "SELECT array_agg(sku || ' ' || quantity ORDER BY line_no) FROM line WHERE order_id = $1"
    assert await shop.value(lines, await shop.value(newest)) == ["MUG-ENA-350 2", "V60-FIL-100 1", "TUM-350 1"]


@pytest.mark.parametrize("is_answered_first", [False, True], ids=["before the answer", "after it"])
async def test_who_types_faster_than_is_answered_gets_what_was_typed(
    is_answered_first: bool, browsers: Browsers
) -> None:
    async with browsers.window(role="sales") as window:
        page, keys = window.page, window.page.keyboard

        async def late(route: Route) -> None:
            await asyncio.sleep(1)
            await route.continue_()

        await window.open("/console/new-order")
        sku = page.locator("[data-sku]").first
        await sku.focus()
        await keys.type("MUG")
        await expect(page.locator(".typing-found .typing-choice").first).to_be_visible()
        await page.route("**/console/new-order/products?*", late)
        await keys.type("-ENA-350")
        await keys.press("Enter")
        await expect(page.locator("[data-quantity]").first).to_be_focused()
        if is_answered_first:
            await expect(page.locator("[data-quantity]").first).to_have_value("1")
        await keys.type("3")
        await expect(page.locator("[data-said]").first).to_contain_text("Enamel mug")
        assert await sku.input_value() == "MUG-ENA-350"
        assert await page.locator("[data-quantity]").first.input_value() == "3"


@pytest.mark.parametrize(("path", "role"), [("/checkout", ""), ("/console/new-order", "sales")])
async def test_the_tab_key_reaches_every_field_in_the_order_of_the_page(
    path: str, role: str, browsers: Browsers
) -> None:
    async with browsers.window(role=role) as window:
        if path == "/checkout":
            await window.put_in_cart(*MIXED)
        await window.open(path)
        fields = await window.page.evaluate(REACHABLE)
        await window.page.evaluate("document.activeElement.blur()")
        reached: list[str] = []
        for _ in range(200):
            await window.page.keyboard.press("Tab")
            here = await window.page.evaluate("document.activeElement?.dataset.at ?? ''")
            if here and here not in reached:
                reached.append(here)
        first = fields.index(reached[0])  # a page may begin at the field that is filled in first
        assert reached == fields[first:] + fields[:first], [at for at in fields if at not in reached]


# Numbers what can be reached within the page's main part; of a group of radio buttons the one that is chosen.
REACHABLE = """() => [...document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden'
    && !(e.type === 'radio' && !e.checked))
  .map((e, at) => e.dataset.at = String(at))"""
