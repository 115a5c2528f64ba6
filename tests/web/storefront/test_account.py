"""Accounts without passwords: links that work once, the same answer to everybody, and the inbox of the demo."""

from __future__ import annotations

import re

import msgspec
import pytest

from purveyor.stages.confirmation.commands import DeliverNotice
from purveyor.stages.confirmation.jobs import deliver
from tests.web.storefront.conftest import Visitor


async def link_of(visitor: Visitor, email: str) -> str:
    """The path of the newest sign-in link, as the mail has it."""
    (kept, *_) = visitor.api.house.outside.notifier.newest(email)  # type: ignore[attr-defined]
    return re.search(r"http://[^/]+(/account/enter/\S+)", kept.message.text)[1]  # type: ignore[index]


async def come_in(visitor: Visitor, email: str) -> None:
    asked = await visitor.send("/account/link", seen_at="/account", email=email)
    assert asked.status_code == 200, asked.text
    path = await link_of(visitor, email)
    done = await visitor.send(path, seen_at=path)
    assert done.status_code == 303, done.text


async def test_a_link_lets_in_once(visitor: Visitor) -> None:
    await come_in(visitor, "ann@example.com")
    assert "ann@example.com" in (await visitor.see("/account")).text
    path = await link_of(visitor, "ann@example.com")
    stranger = Visitor(visitor.api)
    again = await stranger.send(path, seen_at=path)

    assert again.status_code == 410
    assert "Tell us your e-mail address" in (await stranger.see("/account")).text


async def test_looking_at_a_link_does_not_use_it_up(visitor: Visitor) -> None:
    await visitor.send("/account/link", seen_at="/account", email="ann@example.com")
    path = await link_of(visitor, "ann@example.com")
    for _ in range(3):
        assert (await visitor.see(path)).status_code == 200
    assert (await visitor.send(path, seen_at=path)).status_code == 303


async def test_a_link_that_was_made_up_is_none(visitor: Visitor) -> None:
    await visitor.send("/account/link", seen_at="/account", email="ann@example.com")
    path = (await link_of(visitor, "ann@example.com")).partition("?")[0]
    assert (await visitor.see(path[:-4] + "AAAA")).status_code == 410
    assert (await visitor.see(path.replace("/enter/", "/enter/x"))).status_code == 410


async def test_nobody_learns_who_is_a_customer(visitor: Visitor) -> None:
    await visitor.puts("BOOK", 1)
    assert (await visitor.orders()).status_code == 303
    known = (await visitor.send("/account/link", seen_at="/account", email="ann@example.com")).text
    unknown = (await visitor.send("/account/link", seen_at="/account", email="bob@example.com")).text

    def without_secrets(page: str) -> str:
        return re.sub(r'value="[^"]*"|content="[^"]*"', "", page)

    assert without_secrets(known).replace("ann", "bob") == without_secrets(unknown)


async def test_an_account_has_the_orders_of_its_address_and_no_others(visitor: Visitor) -> None:
    await visitor.puts("TEE", 1)
    assert (await visitor.orders()).status_code == 303
    await visitor.puts("MUG", 1)
    assert (await visitor.orders(**{"contact.email": "eve@example.com"})).status_code == 303
    await come_in(visitor, "ann@example.com")
    page = (await visitor.see("/account")).text

    assert "T-shirt" in page
    assert "Mug" not in page


async def test_an_address_is_filled_in_when_it_was_given_by_whoever_reads_the_mail(visitor: Visitor) -> None:
    stranger = Visitor(visitor.api)
    await stranger.puts("TEE", 1)
    assert (await stranger.orders(**{"contact.street": "Fremde Str. 99"})).status_code == 303
    await come_in(visitor, "ann@example.com")
    assert "while nobody was signed in" in (await visitor.see("/account")).text
    await visitor.puts("TEE", 1)
    first = (await visitor.see("/checkout")).text
    assert "Fremde Str. 99" not in first + (await visitor.see("/account")).text
    assert (await visitor.orders()).status_code == 303
    await stranger.puts("TEE", 1)
    assert (await stranger.orders(**{"contact.street": "Fremde Str. 98"})).status_code == 303
    await visitor.puts("TEE", 1)

    assert 'value="Teststr. 1"' in (await visitor.see("/checkout")).text
    assert (await visitor.see("/account")).text.count("while nobody was signed in") == 2


async def test_being_signed_in_proves_nothing_about_the_address_of_somebody_else(visitor: Visitor) -> None:
    eve = Visitor(visitor.api)
    await come_in(eve, "eve@example.com")
    await eve.puts("TEE", 1)
    placed = await eve.orders(**{"contact.email": "ann@example.com", "contact.street": "Fremde Str. 97"})
    assert placed.status_code == 303
    await come_in(visitor, "ann@example.com")
    await visitor.puts("TEE", 1)

    assert "Fremde Str. 97" not in (await visitor.see("/checkout")).text
    assert "while nobody was signed in" in (await visitor.see("/account")).text


async def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(visitor: Visitor) -> None:
    await come_in(visitor, "ann@example.com")
    copied = visitor.browser.cookies["account"]
    await visitor.send("/account/sign-out", seen_at="/account")
    visitor.browser.cookies.set("account", copied)

    assert "Tell us your e-mail address" in (await visitor.see("/account")).text


async def test_signing_out_everywhere_ends_other_browsers_of_the_address_alone(visitor: Visitor) -> None:
    other, somebody = Visitor(visitor.api), Visitor(visitor.api)
    await come_in(visitor, "ann@example.com")
    await come_in(other, "Ann@Example.com")
    await come_in(somebody, "eve@example.com")
    await visitor.send("/account/sign-out", seen_at="/account", everywhere="1")

    for each in (visitor, other):
        assert "Tell us your e-mail address" in (await each.see("/account")).text
    assert "eve@example.com" in (await somebody.see("/account")).text


async def test_a_session_ends_when_its_person_is_erased_or_has_another_address(visitor: Visitor) -> None:
    api, moved = visitor.api, Visitor(visitor.api)
    placed = await api.place()
    address = {"name": "Eve", "email": "eve@example.com"}
    customer = (await api.post("/customers", {"number": "C1", "address": address})).json()["reply"]["customer_id"]
    await come_in(visitor, "ann@example.com")
    await come_in(moved, "eve@example.com")
    await api.post(f"/orders/{placed['order_id']}/erase-person", {"reason": "asked"})
    changed = await api.post(f"/customers/{customer}/change", {"address": address | {"email": "new@example.com"}})
    assert changed.status_code == 200, changed.text
    sessions = await api.house.read.values("SELECT email FROM customer_session WHERE ended_at IS NOT NULL")

    assert sessions == ["", ""]


async def test_a_session_that_nobody_uses_ends_by_itself(visitor: Visitor) -> None:
    await come_in(visitor, "ann@example.com")
    await visitor.api.house.pool.execute("UPDATE customer_session SET seen_at = seen_at - interval '8 days'")
    copied = visitor.browser.cookies["account"]
    await visitor.send("/account/sign-out", seen_at="/account")  # so that the process looks it up again
    await visitor.api.house.pool.execute("UPDATE customer_session SET ended_at = NULL, email = 'ann@example.com'")
    visitor.browser.cookies.set("account", copied)

    assert "Tell us your e-mail address" in (await visitor.see("/account")).text


async def test_an_old_cart_does_not_lead_to_an_order_whose_links_were_revoked(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    placed = await visitor.browser.post("/checkout", data=form)
    assert placed.headers["location"].startswith("/checkout/done/")
    again = await visitor.browser.post("/checkout", data=form)
    assert again.headers["location"] == placed.headers["location"]
    (order_id,) = await visitor.api.house.read.values("SELECT id FROM orders")
    revoked = await visitor.api.post(f"/orders/{order_id}/links/revoke")
    assert revoked.status_code == 200, revoked.text
    late = await visitor.browser.post("/checkout", data=form)

    assert late.headers["location"] == "/"
    assert await visitor.count("orders") == 1


async def test_signed_out_in_the_middle_of_the_checkout_loses_nothing(visitor: Visitor) -> None:
    await come_in(visitor, "ann@example.com")
    await visitor.puts("BOOK", 1)
    form = await visitor.form()
    assert form["signed_in"] == "1"
    visitor.browser.cookies.delete("account")
    response = await visitor.browser.post("/checkout", data=form)

    assert response.status_code == 422
    assert "You were signed out meanwhile" in response.text
    assert 'value="Ann Example"' in response.text
    assert (await visitor.orders()).status_code == 303


async def test_signing_out_ends_it(visitor: Visitor) -> None:
    await come_in(visitor, "ann@example.com")
    await visitor.send("/account/sign-out", seen_at="/account")
    assert "Tell us your e-mail address" in (await visitor.see("/account")).text


@pytest.mark.parametrize("email", ["", "no mail", "<script>@x", "x" * 10_000, "a@b.c\r\nBcc: d@e.f"])
async def test_what_is_no_address_is_refused_in_words(visitor: Visitor, email: str) -> None:
    response = await visitor.send("/account/link", seen_at="/account", email=email)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text
    assert visitor.api.house.outside.notifier.messages("sign-in") == []  # type: ignore[attr-defined]


async def test_nobody_is_flooded_with_mails(visitor: Visitor) -> None:
    statuses = [
        (await visitor.send("/account/link", seen_at="/account", email="Ann@example.com")).status_code for _ in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


async def test_a_stranger_who_asks_for_mails_to_me_does_not_stop_mine(visitor: Visitor) -> None:
    msgspec.structs.force_setattr(visitor.api.house.settings, "proxies", 1)
    stranger = Visitor(visitor.api)
    stranger.browser.headers["x-forwarded-for"] = "2001:db8:1:2::1"
    visitor.browser.headers["x-forwarded-for"] = "192.0.2.7"
    for number in range(4):
        stranger.browser.headers["x-forwarded-for"] = f"2001:db8:1:2::{number + 1}"
        last = await stranger.send("/account/link", seen_at="/account", email="ann@example.com")
    assert last.status_code == 429, "all of a /64 is one"

    mine = await visitor.send("/account/link", seen_at="/account", email="ann@example.com")
    assert mine.status_code == 200


async def test_what_a_planted_cookie_says_is_not_told(visitor: Visitor) -> None:
    visitor.browser.cookies.set("said", "%7B%22text%22%3A%22Call%20this%20number%22%7D")
    assert "Call this number" not in (await visitor.see("/")).text


async def test_over_https_no_neighboring_host_can_plant_a_cookie(visitor: Visitor) -> None:
    msgspec.structs.force_setattr(visitor.api.house.settings, "public_url", "https://shop.example")
    put = await visitor.puts("MUG")
    names = {cookie.partition("=")[0] for cookie in put.headers.get_list("set-cookie")}

    assert {"__Host-cart", "__Host-said"} <= names
    assert not {"cart", "said"} & names
    assert all("Secure" in cookie for cookie in put.headers.get_list("set-cookie") if cookie.startswith("__Host-"))


async def test_a_link_leads_nowhere_else(visitor: Visitor) -> None:
    await visitor.send("/account/link", seen_at="/account", email="ann@example.com", then="//evil.example/")
    path = await link_of(visitor, "ann@example.com")
    done = await visitor.send(path, seen_at=path, then="https://evil.example/")
    assert done.headers["location"] == "/account"


async def test_the_inbox_has_every_message_with_links_to_click(visitor: Visitor) -> None:
    await visitor.send("/account/link", seen_at="/account", email="ann@example.com")
    page = (await visitor.see("/inbox?to=ann@example.com")).text
    seq = re.search(r'href="(/inbox/\d+)"', page)
    assert seq is not None
    message = (await visitor.see(seq[1])).text

    assert "Nothing is really sent here" in page
    assert '<a href="http://' in message
    assert "/account/enter/" in message
    assert f'<iframe class="message-frame" src="{seq[1]}/html"' in message
    mail = await visitor.see(f"{seq[1]}/html")
    assert re.search(r'<a href="http://[^"]+/account/enter/[^"]+"[^>]*>Sign in</a>', mail.text)
    assert "sandbox" in mail.headers["content-security-policy"]
    assert (await visitor.see("/inbox/999999")).status_code == 404
    assert (await visitor.see("/inbox/999999/html")).status_code == 404
    assert "No messages" in (await visitor.see("/inbox?to=nobody@example.com")).text


async def test_a_confirmation_brings_the_link_to_the_order(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    placed = await visitor.orders(payment="on_delivery")
    assert placed.status_code == 303, placed.text
    house = visitor.api.house
    (order_id,) = await house.read.values("SELECT order_id FROM message")
    (message_id,) = await house.read.values("SELECT id FROM message")
    job = DeliverNotice(order_id=order_id, message_id=message_id)
    told = await deliver(job, "", msgspec.structs.replace(house.outside, read=house.read))
    assert told is not None
    (kept,) = house.outside.notifier.newest("ann@example.com")  # type: ignore[attr-defined]

    path = "/o/" + placed.headers["location"].rpartition("/")[2]
    assert path in kept.message.text
    assert (await visitor.see(path)).status_code == 200
