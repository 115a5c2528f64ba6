"""Classes of tax, carriers, promises and programs are called by their names, wherever people choose or read them."""

from __future__ import annotations

import re

import pytest

from purveyor.core.vat_rates import RATES
from purveyor.web.pages.names import TAX_CLASSES, carrier_name, person_name
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody
from tests.web.console.test_webhooks import added

GERMAN = {"Accept-Language": "de"}
OPTION = re.compile(r'<option value="(\w+)"[^>]*>([^<]*)</option>')


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


def choices(page: str, field: str) -> dict[str, str]:
    found = re.search(rf'<select[^>]* name="{field}".*?</select>', page, re.DOTALL)
    assert found is not None
    return dict(OPTION.findall(found[0]))


def test_every_class_of_the_law_has_a_name() -> None:
    assert {rate.tax_class for rate in RATES} <= set(TAX_CLASSES)


async def test_a_class_of_tax_is_chosen_by_its_name(api: Api, admin: Colleague) -> None:
    english = choices((await admin.see("/console/products/new")).text, "tax_class")
    german = choices((await admin.see("/console/products/new", **GERMAN)).text, "tax_class")

    assert english["standard"] == "Standard rate (standard)"
    assert english["reduced_2"] == "Second reduced rate (reduced_2)"
    assert german["super_reduced"].endswith(" (super_reduced)")
    assert [code for code, name in german.items() if name == code] == []
    assert next(iter(english)) == "standard", "what most goods are"


async def test_a_class_that_no_rate_is_for_any_more_is_not_lost_when_a_product_is_saved(
    api: Api, admin: Colleague
) -> None:
    await api.house.pool.execute("UPDATE product SET tax_class = 'books' WHERE sku = 'MUG'")
    page = (await admin.see("/console/products/edit?sku=MUG")).text

    assert '<option value="books" selected>books</option>' in page


def test_carriers_are_written_alike() -> None:
    codes = ("dhl", "ups", "dhl_parcel", "fedex", "correos", "Swiss Post")
    assert [carrier_name(code) for code in codes] == ["DHL", "UPS", "DHL Parcel", "FedEx", "Correos", "Swiss Post"]
    assert [person_name(name) for name in ("svenja", "McCoy", "T-7", "")] == ["Svenja", "McCoy", "T-7", ""]


async def test_scores_stand_under_what_they_are_by(api: Api, admin: Colleague) -> None:
    (now,) = await api.house.read.values("SELECT now()")
    placed = await api.place()
    await api.house.pool.execute(
        """
        INSERT INTO survey (order_id, status, invite_at, answered_at, csat, locations, carriers)
        VALUES ($1, 'answered', $2, $2, 5, '["main"]', '["dhl"]')
        """,
        placed["order_id"],
        now,
    )
    page = (await admin.see("/console/feedback")).text

    assert "Cause" not in page
    assert re.findall(r"<thead><tr><th>(Location|Carrier|Promised day)</th>", page) == [
        "Location",
        "Carrier",
        "Promised day",
    ]
    assert "<td>DHL</td>" in page
    assert "<td>No day was promised</td>" in page


async def test_what_admins_did_says_about_what(api: Api, admin: Colleague) -> None:
    place = await added(api, admin, "https://erp.example/hook?token=abc")
    await api.post("/policies", {"name": "feedback", "data": {}})
    page = (await admin.see("/console/security", **GERMAN)).text

    rows = [re.sub(r"<[^>]*>", "|", row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    (webhook,) = [row for row in rows if "Hinzugefügt" in row and "erp.example" in row]
    assert "abc" not in webhook
    assert f'href="{place}"' in page
    assert "Setzen" not in page


async def test_who_fails_to_sign_in_is_no_code(api: Api, admin: Colleague) -> None:
    stranger = Colleague(api, admin.browser.__class__(transport=api.client._transport, base_url="http://purveyor"))
    await stranger.send("/console/sign-in", login="admin@test", password="wrong")
    page = (await admin.see("/console/security")).text

    assert "signing_in" not in page
    assert "somebody who was signing in" in page


async def test_amounts_stand_in_fields_as_the_language_writes_them_and_are_read_in_both_forms(
    api: Api, admin: Colleague
) -> None:
    price = re.compile(r'name="price"[^>]*value="([^"]*)"')
    place = "/console/products/edit?sku=MUG"
    for language, shown in (("en", "11.90"), ("de", "11,90"), ("es", "11,90"), ("pt", "11,90")):
        found = price.search((await admin.see(place, **{"Accept-Language": language})).text)
        assert found is not None
        assert found[1] == shown
        policy = (await admin.see("/console/policies/payment", **{"Accept-Language": language})).text
        assert f'value="500{shown[2]}00"' in policy
