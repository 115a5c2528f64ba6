"""Policies, staff, keys and jobs, managed in the console."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.policies import RiskPolicy
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.staff.queries import colleague_by_login
from purveyor.web.console.settings.policy_texts import ABOUT
from tests.web.conftest import Api
from tests.web.console.staff import PASSWORD, Colleague, signed_in, somebody, told

RISK = "/console/policies/risk"
RULES = '[{"name": "large", "test": "amount", "score": 60, "limit": 2000}]'
_ALL = [*msgspec.to_builtins(RiskPolicy().rules), {"name": "larger", "test": "amount", "score": 60, "limit": 2_000}]
STRICTER = msgspec.json.encode(_ALL).decode()  # as in a new shop, and one more


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin", login="ada@test")


def plain(text: str) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


async def versions(api: Api, name: str) -> list[Any]:
    return await api.house.read.values("SELECT version FROM policy WHERE name = $1", name)


async def test_a_policy_is_set_with_who_and_what_it_changed(api: Api, admin: Colleague) -> None:
    answer = await admin.send(RISK, seen_at=RISK, hold_from="40", refuse_from="900", rules=STRICTER)

    assert answer.status_code == 303
    page = plain((await admin.see(RISK)).text)
    assert "Version 1" in page
    assert "Hold from points 50 40" in page
    assert "Ada" in page
    assert (await api.get("/policies")).json()["risk"]["refuse_from"] == 900


async def test_a_policy_that_does_not_fit_is_refused_where_it_is_wrong(api: Api, admin: Colleague) -> None:
    wrong = RULES.replace('"amount"', '"moon"')
    answer = await admin.send(RISK, seen_at=RISK, hold_from="60", refuse_from="900", rules=wrong)

    assert answer.status_code == 422
    assert "moon" in answer.text
    assert 'invalid-feedback" id="f-rules-hint"' in answer.text
    assert 'value="60"' in answer.text
    assert await versions(api, "risk") == []


async def test_a_stricter_risk_rule_shows_the_orders_that_it_would_have_held(api: Api, admin: Colleague) -> None:
    small = await api.place(("MUG", 1))
    large = await api.place(("TEE", 3))
    happened = await api.happened()
    page = await admin.send(f"{RISK}/preview", seen_at=RISK, hold_from="50", refuse_from="1000", rules=RULES)

    assert page.status_code == 200
    text = plain(page.text)
    assert "Held: a person looks 0 1 +1" in text
    assert f"{large['number']} Passed Held Risk score 60: Large" in text
    assert f"{small['number']} Passed" not in text
    assert await api.happened() == happened
    assert await versions(api, "risk") == []


async def test_rules_that_count_orders_find_those_that_came_before(api: Api, admin: Colleague) -> None:
    for _ in range(3):
        await api.place(("MUG", 1))
    rules = '[{"name": "often", "test": "velocity", "score": 60, "limit": 2}]'
    page = await admin.send(f"{RISK}/preview", seen_at=RISK, hold_from="50", refuse_from="1000", rules=rules)

    assert "Held: a person looks 0 1 +1" in plain(page.text)


async def test_dearer_shipping_shows_what_would_have_been_earned(api: Api, admin: Colleague) -> None:
    await api.place(("MUG", 1))
    await api.place(("BOOK", 1))
    options = '[{"code": "standard", "name": "Standard", "price_minor": 690, "days": 6}]'
    path = "/console/policies/shipping"
    text = plain((await admin.send(f"{path}/preview", seen_at=path, tax_class="standard", options=options)).text)

    assert "Shipping charged €4.90 €6.90 +€2.00" in text
    assert "Promised for a later day 0 1 +1" in text
    assert "1 would have gone otherwise" in text


async def test_a_closed_channel_shows_who_would_have_been_refused(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 1))
    path = "/console/policies/closed_channels"
    text = plain((await admin.send(f"{path}/preview", seen_at=path, data="api")).text)

    assert f"{placed['number']} Placed Refused No orders are taken by API" in text


async def test_another_order_of_locations_shows_who_would_have_been_served_elsewhere(
    api: Api, admin: Colleague
) -> None:
    await api.post("/stock/receive", {"items": [{"sku": "MUG", "location": "shop", "quantity": 3}]})
    for quantity in (3, 3):
        await api.place(("MUG", quantity))
    await api.post("/stock/receive", {"items": [{"sku": "MUG", "location": "shop", "quantity": 50}]})
    locations = (
        '[{"code": "main", "name": "Main", "country": "DE", "priority": 5},'
        ' {"code": "shop", "name": "Shop", "country": "DE", "priority": 1, "collects": true}]'
    )
    path = "/console/policies/locations"
    text = plain((await admin.send(f"{path}/preview", seen_at=path, data=locations)).text)

    # Both orders were served by main. The shop had three then, which either alone would have taken.
    assert "Main 3 Shop 3" in text
    assert "2 were decided again" in text


async def test_a_policy_without_a_preview_says_why(admin: Colleague) -> None:
    path = "/console/policies/survey"
    page = await admin.send(
        f"{path}/preview", seen_at=path, days_after_delivery="5", expires_after_days="14", low_score="2"
    )

    assert "Days after delivery 3 5" in plain(page.text)
    assert "There is no preview on past orders for this policy." in plain(page.text)


async def test_who_may_only_read_policies_sets_none(api: Api) -> None:
    analyst = await somebody(api, "analyst")
    page = await analyst.see(RISK)
    answer = await analyst.send(RISK, seen_at=RISK, hold_from="1", refuse_from="2", rules="[]")

    assert page.status_code == 200
    assert "Put in force" not in page.text
    assert answer.status_code == 403
    assert await versions(api, "risk") == []


async def test_every_policy_has_a_page(admin: Colleague) -> None:
    overview = (await admin.see("/console/policies")).text
    names = re.findall(r'href="/console/policies/(\w+)"', overview)

    assert names == list(ABOUT)
    for name in names:
        assert (await admin.see(f"/console/policies/{name}")).status_code == 200, name


async def test_somebody_who_is_let_in_signs_in_with_the_password_that_is_shown_once(api: Api, admin: Colleague) -> None:
    fields: dict[str, Any] = {"name": "Bo <b>Ek</b>", "login": "bo@test", "roles": ["picker", "packer"]}
    page = await admin.send("/console/staff", **fields)
    password = unescape(re.findall(r'data-copy="([^"]+)"', page.text)[0])
    bo = Colleague(api, (await signed_in(api, "ada@test")).browser)
    bo.browser.cookies.clear()

    assert "<b>Ek" not in page.text
    assert (await bo.send("/console/sign-in", login="bo@test", password=password)).status_code == 303
    assert (await bo.see("/console/picking")).headers["location"] == "/console/account"
    new = {"old": password, "new": PASSWORD, "again": PASSWORD}
    await bo.send("/console/account/password", seen_at="/console/account", **new)
    assert (await bo.see("/console/picking")).status_code == 200
    found = await colleague_by_login(api.house.read, "bo@test")
    assert found is not None
    assert password not in (await admin.see(f"/console/staff/{found.id}")).text


async def test_new_roles_count_at_the_next_page(api: Api, admin: Colleague) -> None:
    picker = await somebody(api, "picker", login="pia@test")
    found = await colleague_by_login(api.house.read, "pia@test")
    assert found is not None
    assert (await picker.see("/console/picking")).status_code == 200
    await admin.send(f"/console/staff/{found.id}/roles", seen_at=f"/console/staff/{found.id}", roles=["analyst"])

    assert (await picker.see("/console/figures")).status_code == 200
    done = await picker.send("/console/picking/waves", seen_at="/console/picking", count="1")
    assert done.status_code == 403


async def test_who_is_shut_out_is_out_at_once_and_can_be_let_in_again(api: Api, admin: Colleague) -> None:
    picker = await somebody(api, "picker", login="pia@test")
    found = await colleague_by_login(api.house.read, "pia@test")
    assert found is not None
    place = f"/console/staff/{found.id}"
    await admin.send(f"{place}/disable", seen_at=place)
    assert (await picker.see("/console/picking")).status_code == 303

    await admin.send(f"{place}/enable", seen_at=place)
    assert (await (await signed_in(api, "pia@test")).see("/console/picking")).status_code == 200


async def test_the_last_admin_stays(api: Api, admin: Colleague) -> None:
    found = await colleague_by_login(api.house.read, "ada@test")
    assert found is not None
    place = f"/console/staff/{found.id}"
    answer = await admin.send(f"{place}/disable", seen_at=place)

    assert answer.status_code == 409
    assert told(answer) == ["This is the only admin who can come in."]
    assert (await admin.see(place)).status_code == 200


async def test_an_easy_password_is_refused_and_nothing_is_made(api: Api, admin: Colleague) -> None:
    answer = await admin.send("/console/staff", name="Bo", login="bo@test", roles="picker", password="short")

    assert answer.status_code == 422
    assert "12 to 256 characters" in told(answer)[0]
    assert "short" not in answer.text.replace("A short name", "")
    assert await colleague_by_login(api.house.read, "bo@test") is None


async def test_a_key_is_shown_once_works_and_is_revoked(api: Api, admin: Colleague) -> None:
    page = await admin.send("/console/keys", name="web shop", scopes=["orders:read"])
    secret = re.findall(r'data-copy="(pk_[^"]+)"', page.text)[0]
    header = {"Authorization": f"Bearer {secret}"}

    assert (await api.client.get("/api/v1/orders", headers=header)).status_code == 200
    assert (await api.client.get("/api/v1/stock", headers=header)).status_code == 403
    listed = (await admin.see("/console/keys")).text
    assert secret not in listed
    key_id = re.findall(r'name="id" value="([^"]+)"', listed)
    revoked = [await admin.send("/console/keys/revoke", seen_at="/console/keys", id=each) for each in key_id]
    assert {each.status_code for each in revoked} == {303}
    (left,) = await api.house.read.values("SELECT count(*) FROM api_key WHERE revoked_at IS NULL")
    assert left == 0


async def test_a_key_for_nothing_is_refused(api: Api, admin: Colleague) -> None:
    answer = await admin.send("/console/keys", name="web shop")

    assert answer.status_code == 422
    assert "at least one" in told(answer)[0]
    assert "data-copy" not in answer.text


async def test_jobs_show_what_waits_and_what_failed_and_let_it_try_again(api: Api, admin: Colleague) -> None:
    await api.place(("MUG", 1))
    await api.house.pool.execute("UPDATE pgqueuer SET status = 'failed' WHERE id = (SELECT min(id) FROM pgqueuer)")
    (number,) = await api.house.read.values("SELECT id FROM pgqueuer WHERE status = 'failed'")
    page = await admin.see("/console/jobs")
    assert f'href="/console/jobs/{number}"' in page.text
    assert (await admin.see(f"/console/jobs/{number}")).status_code == 200

    done = await admin.send("/console/jobs/retry", seen_at="/console/jobs", number=str(number))
    assert done.status_code == 303
    (status,) = await api.house.read.values("SELECT status::text FROM pgqueuer WHERE id = $1", number)
    assert status == "queued"
    again = await admin.send("/console/jobs/retry", seen_at="/console/staff", number=str(number))
    assert again.status_code == 422


async def test_without_the_password_of_an_admin_there_is_no_way_around(api: Api) -> None:
    finance = await somebody(api, "finance")

    assert (await finance.see("/console/jobs")).status_code == 200
    assert (await finance.see("/console/webhooks")).status_code == 403
    for path in ("/console/staff", "/console/keys"):
        sent = await finance.send(path, seen_at="/console/jobs", name="x", login="x", roles="admin", scopes="*")
        assert sent.status_code == 403
    assert PASSWORD not in (await finance.see("/console/jobs")).text


CHANGED = {
    "risk": (
        {"rules": [{"name": "many of one", "test": "quantity", "score": 20, "limit": 800}]},
        ["Regeln › Viele Stücke eines Produkts › Limit 500 800", "Regeln › Große Bestellung › Limit 2.000,00 € -"],
    ),
    "shipping": (
        {
            "options": [
                {"code": "standard", "name": "Standard", "price_minor": 590, "days": 4, "countries": ["DE", "AT"]},
                {"code": "standard", "name": "Standard", "price_minor": 900, "days": 4, "currency": "USD"},
            ]
        },
        [
            "Möglichkeiten › standard › Preis 4,90 € 5,90 €",
            "Möglichkeiten › standard › Kostenlos ab 50,00 € -",
            "Möglichkeiten › standard › Länder - Deutschland, Österreich",
            "Möglichkeiten › standard, USD › Preis - 9,00 $",
        ],
    ),
    "packing": ({"tolerance_basis_points": 1_500}, ["Toleranz 10 % 15 %"]),
    "calendar": (
        {"weekdays": ["monday"], "public_holidays": False},
        ["Arbeitstage Montag, Dienstag, Mittwoch, Donnerstag, Freitag Montag", "Feiertagen geschlossen ja nein"],
    ),
    "closed_channels": (["phone"], ["Geschlossene Kanäle - Telefon"]),
}


@pytest.mark.parametrize("name", CHANGED)
async def test_what_a_version_changed_is_said_in_words_with_amounts_rates_and_countries(
    api: Api, admin: Colleague, name: str
) -> None:
    data, told_of = CHANGED[name]
    given = await api.house.committer.submit(SetPolicy(name=name, data=data), key=f"changed {name}", actor=OPERATOR)
    assert given.accepted, given.body

    page = (await admin.see(f"/console/policies/{name}", **{"Accept-Language": "de"})).text
    shown = page.partition('id="versions"')[2]
    read = " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())
    assert [each for each in told_of if each not in read] == []
    assert not re.search(r"\w+\[[^\]]*\]\.\w+|_minor|basis_points", shown)
