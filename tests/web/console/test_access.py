"""The frame of the console: who may come in, forms that are ours, and what is told when something is refused."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest

from purveyor.web.pages.order_links import order_token
from purveyor.web.server.page_routes import PAGES
from tests.web.conftest import Api
from tests.web.console.staff import HIDDEN, PASSWORD, Colleague, signed_in, somebody, told

HTML = {"accept": "text/html"}
STREAMS = ("/console/live",)
PARTS = ("/console/new-order/people", "/console/new-order/products")  # of a page that asks for them
QUERIES = {"/console/products/edit": "?sku=MUG", "/console/stock/item": "?sku=MUG&location=main"}
PLAIN = sorted(
    route.path
    for route in PAGES
    if route.door == "console" and route.method == "GET" and "{" not in route.path and route.path not in STREAMS
)


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def test_who_is_not_signed_in_is_led_to_the_door_and_back(api: Api) -> None:
    answer = await api.client.get("/console/orders", headers=HTML)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=/console/orders"


async def test_a_part_of_a_page_sends_the_whole_page_to_the_door(api: Api) -> None:
    answer = await api.client.get("/console", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/console/sign-in"


async def test_the_way_back_has_the_filters_of_the_list(api: Api) -> None:
    answer = await api.client.get("/console/orders?text=keller&late=1", headers=HTML)

    assert answer.headers["location"] == "/console/sign-in?next=/console/orders%3Ftext%3Dkeller%26late%3D1"


FORM_PAGE = "http://purveyor/console/customers/new?from=list"


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({"referer": FORM_PAGE}, "/console/customers/new%3Ffrom%3Dlist"),
        ({"referer": "https://evil.example/console/staff"}, "/console/stock/receive"),
        ({"referer": "http://purveyor//evil.example"}, "/console/stock/receive"),
        ({"referer": "http://purveyor/console?" + "x" * 5_000}, "/console"),
        ({"referer": "no address"}, "/console/stock/receive"),
        ({}, "/console/stock/receive"),
    ],
)
async def test_a_form_that_is_sent_too_late_comes_back_to_its_own_page(
    api: Api, headers: dict[str, str], back: str
) -> None:
    happened = await api.happened()
    answer = await api.client.post("/console/stock/receive", data={"name": "Ann"}, headers={**HTML, **headers})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/console/sign-in?next={back}"
    assert await api.happened() == happened


async def test_a_part_comes_back_to_the_page_that_it_is_a_part_of(api: Api) -> None:
    answer = await api.client.get(
        "/console/new-order/people?q=ann", headers={"HX-Request": "true", "HX-Current-URL": FORM_PAGE}
    )

    assert answer.headers["HX-Redirect"] == "/console/sign-in?next=/console/customers/new%3Ffrom%3Dlist"


async def test_the_way_back_is_kept_through_a_wrong_password(api: Api) -> None:
    await somebody(api, "admin")
    page = await api.client.get("/console/sign-in?next=/console/orders%3Flate%3D1")
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
    sent = {**hidden, "login": "admin@test"}
    wrong = await api.client.post("/console/sign-in", data={**sent, "password": "no"})
    again = {name: unescape(value) for name, value in HIDDEN.findall(wrong.text)}
    right = await api.client.post("/console/sign-in", data={**sent, **again, "password": PASSWORD})

    assert right.headers["location"] == "/console/orders?late=1"


async def test_nobody_is_led_to_another_site(api: Api) -> None:
    await somebody(api, "admin")
    page = await api.client.get("/console/sign-in")
    hidden = dict(HIDDEN.findall(page.text))
    answer = await api.client.post(
        "/console/sign-in",
        data={**hidden, "login": "admin@test", "password": "correct horse battery staple", "next": "//evil.example"},
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/console"


async def test_a_wrong_password_is_told_and_the_login_stays(api: Api) -> None:
    await somebody(api, "admin")
    page = await api.client.get("/console/sign-in")
    hidden = dict(HIDDEN.findall(page.text))
    answer = await api.client.post("/console/sign-in", data={**hidden, "login": "admin@test", "password": "no"})

    assert answer.status_code == 401
    assert "do not go together" in told(answer)[0]
    assert 'value="admin@test"' in answer.text


@pytest.mark.parametrize("path", PLAIN)
async def test_every_page_opens_for_an_admin_without_anything_inline(admin: Colleague, path: str) -> None:
    answer = await admin.see(path + QUERIES.get(path, ""), accept="text/html")
    if path == "/console/sign-in":
        assert answer.headers["location"] == "/console"
        return

    assert answer.status_code == 200, answer.text[:2_000]
    if answer.headers["content-type"].startswith("text/html"):
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
        assert answer.text.count("<h1") == (path not in PARTS)
        assert "unsafe" not in answer.headers["content-security-policy"]


async def test_a_role_sees_its_work_and_is_refused_elsewhere_by_the_server(api: Api) -> None:
    picker = await somebody(api, "picker")
    board = await picker.see("/console")

    assert 'href="/console/picking"' in board.text
    assert 'href="/console/payments"' not in board.text
    refused = await picker.see("/console/payments", accept="text/html")
    assert refused.status_code == 403
    assert "payment:read" not in refused.text  # a word for programmers: whose work it is says more
    assert "finance" in refused.text.lower()


async def test_an_action_that_the_role_lacks_is_refused_although_the_form_was_made_up(api: Api) -> None:
    picker = await somebody(api, "picker")
    placed = await api.place(("MUG", 1))
    happened = await api.happened()
    answer = await picker.send("/console/review/approve", seen_at="/console/account", order=placed["order_id"])

    assert answer.status_code == 403
    assert await api.happened() == happened


async def test_a_form_without_our_token_does_nothing(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 1))
    happened = await api.happened()
    answer = await admin.browser.post("/console/orders", data={"order": placed["order_id"], "action": "hold"})

    assert answer.status_code == 403
    assert await api.happened() == happened


async def test_a_form_that_is_sent_twice_is_done_once(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 1))
    sent = {"seen_at": "/console/orders", "key": "one-form", "order": placed["order_id"], "action": "hold", "why": "x"}
    await admin.send("/console/orders", **sent)
    happened = await api.happened()
    await admin.send("/console/orders", **sent)

    assert await api.happened() == happened


async def test_what_is_refused_is_told_in_words_where_the_person_is(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 1))
    answer = await admin.send(
        "/console/review/release",
        seen_at="/console/account",
        order=placed["order_id"],
        hold="00000000-0000-0000-0000-000000000001",
    )

    assert answer.status_code == 404
    assert "There is no such hold." in answer.text


async def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(api: Api, admin: Colleague) -> None:
    page = await admin.see("/console/nowhere", accept="text/html")
    assert page.status_code == 404
    assert "Page not found" in page.text
    assert 'href="/console/picking"' in page.text  # inside the console
    problem = await api.client.get("/console/nowhere")
    assert problem.json()["code"] == "not_found"


NOWHERE = (
    "/console/nope",
    "/console/packing/abc/def",
    "/console/orders/12x",
    "/console/orders/1/2/3/4",
    "/console/support/none/none",
)


@pytest.mark.parametrize("path", NOWHERE)
async def test_an_address_of_the_console_without_a_route_stays_in_the_console(
    api: Api, admin: Colleague, path: str
) -> None:
    inside = await admin.see(path, accept="text/html")
    outside = await api.client.get(path, headers=HTML)

    for page in (inside, outside):
        assert page.status_code == 404
        assert "Page not found" in page.text
        assert 'href="/console"' in page.text
        assert 'href="/cart"' not in page.text  # the shop's frame
        assert "frame-ancestors" in page.headers["content-security-policy"]
    assert 'href="/console/picking"' in inside.text
    assert 'href="/console/picking"' not in outside.text


@pytest.mark.parametrize("path", ["/o/nobody/nothing/here", "/o/abc.def/returns/x/y/z"])
async def test_an_address_below_a_link_that_is_none_says_so_on_the_page_of_orders(api: Api, path: str) -> None:
    page = await api.client.get(path, headers=HTML)

    assert page.status_code == 404
    assert "This link does not lead to an order" in page.text


async def test_an_address_below_an_order_without_a_route_leads_back_to_the_order(api: Api) -> None:
    placed = await api.place(("MUG", 1))
    token = order_token(api, UUID(placed["order_id"]), 1)  # type: ignore[arg-type]
    page = await api.client.get(f"/o/{token}/no/such/page", headers=HTML)

    assert page.status_code == 404
    assert f'href="/o/{token}"' in page.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nope", "/api"])
async def test_an_unknown_address_of_the_api_is_a_problem_also_in_a_browser(api: Api, path: str) -> None:
    answer = await api.client.get(path, headers=HTML)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_the_very_console_is_the_console(api: Api) -> None:
    page = await api.client.get("/consoles", headers=HTML)

    assert page.status_code == 404
    assert 'href="/cart"' in page.text


async def test_a_method_that_an_address_does_not_take_is_told_there_as_well(admin: Colleague) -> None:
    page = await admin.browser.put("/console/orders", headers=HTML)

    assert page.status_code == 405
    assert 'href="/console/picking"' in page.text


async def test_the_language_is_chosen_from_the_console_and_stays(admin: Colleague) -> None:
    answer = await admin.send("/language", seen_at="/console", language="de", back="/console")
    assert answer.headers["location"] == "/console"

    assert '<html lang="de"' in (await admin.see("/console")).text


async def test_signing_out_ends_the_session(api: Api, admin: Colleague) -> None:
    await admin.send("/console/sign-out", seen_at="/console")

    assert (await admin.see("/console")).status_code == 303
    again = await signed_in(api, "admin@test")
    assert (await again.see("/console")).status_code == 200


def groups(page: str) -> dict[str, bool]:
    """The groups of the menu, and whether each is open."""
    return {key: " open" in rest for key, rest in re.findall(r'<details data-menu="(\w+)"([^>]*)>', page)}


async def test_the_menu_has_groups_and_that_of_the_page_is_open(admin: Colleague) -> None:
    assert groups((await admin.see("/console")).text) == {"work": True, "records": False, "settings": False}
    assert groups((await admin.see("/console/stock")).text) == {"work": False, "records": True, "settings": False}
    assert groups((await admin.see("/console/policies/returns")).text) == {
        "work": False,
        "records": False,
        "settings": True,
    }


async def test_groups_of_the_menu_stay_as_they_were_left(admin: Colleague) -> None:
    admin.browser.cookies.set("menu", "settings")
    assert groups((await admin.see("/console")).text) == {"work": False, "records": False, "settings": True}
    assert groups((await admin.see("/console/picking")).text) == {"work": True, "records": False, "settings": True}

    admin.browser.cookies.set("menu", "")
    assert not any(groups((await admin.see("/console")).text).values())


async def test_who_sees_one_group_alone_has_it_open(api: Api) -> None:
    picker = await somebody(api, "picker")
    assert groups((await picker.see("/console/orders")).text) == {"work": True, "records": False}


async def test_a_group_that_is_open_at_first_stays_open_when_another_is_opened(admin: Colleague) -> None:
    page = (await admin.see("/console")).text
    assert '<details data-menu="work" data-kept open>' in page  # what a script writes down with the other
    assert '<details data-menu="settings">' in page
