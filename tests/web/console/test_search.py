"""Ctrl-K, and views of the list of orders."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest

from purveyor.insight.verify import verify
from purveyor.web.console.frame.navigation import PLACES
from purveyor.web.console.order.primary_actions import WANTED
from purveyor.web.console.search.terms import PLACES_ALSO, POLICIES_ALSO
from purveyor.web.console.settings.policy_texts import ABOUT
from purveyor.web.pages.translations import translations
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told

PART = {"HX-Request": "true"}


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def test_an_order_is_found_by_number_name_and_mail(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    for text in (str(number), "ann ex", "ann@example.com"):
        found = await admin.see(f"/console/find?q={text}", **PART)
        assert f"/console/orders/{number}" in found.text, text
        assert "<html" not in found.text


async def test_a_product_is_found_with_the_orders_that_have_it(api: Api, admin: Colleague) -> None:
    found = await admin.see("/console/find?q=mug")

    assert "/console/products/edit?sku=MUG" in found.text
    assert "/console/orders?sku=MUG" in found.text
    assert "<html" in found.text


async def test_whatever_is_found_is_there(api: Api, admin: Colleague) -> None:
    await api.place()
    found = [await admin.see(f"/console/find?q={text}", **PART) for text in ("mug", "ann ex", "")]
    hrefs = {unescape(href) for page in found for href in re.findall(r'href="(/console[^"]*)"', page.text)}

    assert len(hrefs) > 20
    assert {href: (await admin.see(href)).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)


async def test_nothing_typed_shows_the_places_of_the_role(api: Api) -> None:
    picker = await somebody(api, "picker")
    found = await picker.see("/console/find?q=", **PART)

    assert "/console/picking" in found.text
    assert "/console/new-order" not in found.text
    assert "/console/staff" not in found.text


async def test_commands_are_found_by_other_words(api: Api, admin: Colleague) -> None:
    found = await admin.see("/console/find?q=till", **PART)

    assert "/console/new-order?channel=in_person" in found.text


PLACES_BY_WORDS = (
    ("vat", "/console/policies/tax"),
    ("sales tax", "/console/policies/tax"),
    ("money back", "/console/payments"),
    ("money back", "/console/returns"),
    ("refund", "/console/payments"),
    ("invoice", "/console/payments"),
    ("label", "/console/shipping"),
    ("parcel", "/console/packing"),
    ("Package", "/console/delivery"),
    ("inventory", "/console/stock"),
    ("tax", "/console/policies/tax"),
    ("webhook", "/console/webhooks"),
    ("token", "/console/keys"),
    ("key", "/console/keys"),
    ("user", "/console/staff"),
    ("PASSWORD", "/console/policies/sign_in"),
    ("opening hours", "/console/policies/calendar"),
    ("shipping fee", "/console/policies/shipping"),
    ("settings", "/console/policies"),
    ("gdpr", "/console/customers"),
    ("ticket", "/console/support"),
)
IN_OTHER_LANGUAGES = (
    ("de", "mwst", "/console/policies/tax"),
    ("de", "mehrwertsteuer", "/console/policies/tax"),
    ("de", "geld zur\u00fcck", "/console/payments"),
    ("de", "geld zuruck", "/console/payments"),
    ("de", "refund", "/console/payments"),
    ("de", "rechnung", "/console/payments"),
    ("de", "etikett", "/console/shipping"),
    ("de", "paket", "/console/packing"),
    ("de", "benutzer", "/console/staff"),
    ("de", "lager", "/console/stock"),
    ("es", "iva", "/console/policies/tax"),
    ("es", "reembolso", "/console/payments"),
    ("es", "devolucion", "/console/returns"),
    ("es", "factura", "/console/payments"),
    ("es", "usuario", "/console/staff"),
    ("pt", "iva", "/console/policies/tax"),
    ("pt", "reembolso", "/console/payments"),
    ("pt", "fatura", "/console/payments"),
    ("pt", "etiqueta", "/console/shipping"),
    ("pt", "utilizador", "/console/staff"),
)


async def test_pages_are_found_by_the_words_that_people_use(api: Api, admin: Colleague) -> None:
    for text, place in PLACES_BY_WORDS:
        found = await admin.see(f"/console/find?q={quote(text)}", **PART)
        assert f'href="{place}"' in found.text, (text, place)
    for language, text, place in IN_OTHER_LANGUAGES:
        found = await admin.see(f"/console/find?q={quote(text)}", **PART, **{"Accept-Language": language})
        assert f'href="{place}"' in found.text, (language, text, place)


# The word of a button, or one by which people mean it, and where such orders are.
ACTIONS_BY_WORDS = (
    ("en", "refund money", "payment_status=paid"),
    ("en", "cancel", "status=placed"),
    ("en", "cancellation", "status=placed"),
    ("en", "put on hold", "status=placed"),
    ("de", "erstatten", "payment_status=paid"),
    ("de", "Rückerstattung", "payment_status=paid"),
    ("de", "gutschreiben", "payment_status=paid"),
    ("de", "stornieren", "status=placed"),
    ("de", "Storno", "status=placed"),
    ("de", "stornierung", "status=placed"),
    ("de", "anhalten", "status=placed"),
    ("de", "sperren", "status=placed"),
    ("de", "genehmigen", "hold=any"),
    ("de", "freigabe", "hold=any"),
    ("de", "bearbeiten", "status=placed"),
    ("de", "ändern", "status=placed"),
    ("es", "reembolsar", "payment_status=paid"),
    ("es", "anular", "status=placed"),
    ("es", "cancelacion", "status=placed"),
    ("es", "liberar", "hold=any"),
    ("pt", "reembolsar", "payment_status=paid"),
    ("pt", "anular", "status=placed"),
    ("pt", "cancelamento", "status=placed"),
    ("pt", "libertar", "hold=any"),
)


async def test_the_words_of_a_button_find_the_orders_on_which_it_is_pressed(api: Api, admin: Colleague) -> None:
    for language, text, orders in ACTIONS_BY_WORDS:
        found = await admin.see(f"/console/find?q={quote(text)}", **PART, **{"Accept-Language": language})
        assert f'href="/console/orders?{orders}"' in found.text, (language, text)


async def test_every_button_is_found_by_its_own_words_in_every_language(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    here = {"HX-Current-URL": f"https://shop.example/console/orders/{number}?in=x"}
    for language in ("en", "de", "es", "pt"):
        for command, word, *_rest in WANTED:
            text = translations(language).gettext(word)
            found = await admin.see(f"/console/find?q={quote(text)}", **PART, **here, **{"Accept-Language": language})
            assert f'href="/console/orders/{number}/do/{command.kind()}"' in found.text, (language, text)


async def test_an_action_without_a_button_is_found_while_its_order_is_open(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    opened = await admin.see("/console/find?q=write", **PART, **{"HX-Current-URL": f"http://x/console/orders/{number}"})
    elsewhere = await admin.see("/console/find?q=write", **PART, **{"HX-Current-URL": "http://x/console/orders"})

    assert f"/console/orders/{number}/do/confirmation.write_to_customer" in opened.text
    assert "/do/" not in elsewhere.text


async def test_actions_are_found_by_those_who_may_take_them(api: Api) -> None:
    picker = await somebody(api, "picker")

    assert "payment_status=paid" not in (await picker.see("/console/find?q=refund", **PART)).text


async def test_rules_are_found_by_who_may_read_them(api: Api) -> None:
    picker = await somebody(api, "picker")

    assert "/console/policies" not in (await picker.see("/console/find?q=vat", **PART)).text


@pytest.mark.parametrize("words", [PLACES_ALSO, POLICIES_ALSO], ids=["places", "policies"])
def test_every_page_and_rule_has_other_words(words: dict[str, str]) -> None:
    known = {place.href for _group, places in PLACES for place in places} if words is PLACES_ALSO else set(ABOUT)

    assert words.keys() == known


async def test_what_is_searched_for_is_text_and_nothing_else(api: Api, admin: Colleague) -> None:
    found = await admin.see("/console/find?q=<script>alert(1)</script>")

    assert found.status_code == 200
    assert "<script>alert" not in found.text


async def test_a_view_is_kept_shown_and_deleted_by_its_owner_alone(api: Api, admin: Colleague) -> None:
    here = "/console/orders?channel=phone&country=DE"
    kept = await admin.send("/console/orders/views", seen_at=here, name="Calls <b>", query="channel=phone&country=DE")
    assert kept.status_code == 303, kept.text
    shown = await admin.see(here)
    assert "Calls &lt;b&gt;" in shown.text
    (view,) = await api.house.read.values("SELECT id FROM saved_view")

    other = await somebody(api, "sales")
    assert "Calls" not in (await other.see("/console/orders")).text
    refused = await other.send("/console/orders/views/delete", seen_at="/console/orders", view=str(view))
    assert refused.status_code == 404
    assert "Calls" in (await admin.see("/console/orders")).text

    await admin.send("/console/orders/views/delete", seen_at=here, view=str(view))
    assert "Calls" not in (await admin.see("/console/orders")).text
    assert await api.house.read.values("SELECT name FROM view_text") == [""]
    assert (await verify(api.house.pool)).differences == []


async def test_a_view_without_filters_is_refused(api: Api, admin: Colleague) -> None:
    sent = await admin.send("/console/orders/views", seen_at="/console/orders?channel=web", name="None", query="")
    shown = await admin.see(sent.headers["location"])

    assert told(shown) == ["Query must be 1 to 1000 characters; you sent 0 characters."]
    assert await api.house.read.values("SELECT count(*) FROM saved_view") == [0]


async def test_late_orders_are_those_promised_before_now(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    assert f"/console/orders/{number}" not in (await admin.see("/console/orders?late=1")).text
    async with api.house.pool.acquire() as db:
        await db.execute("UPDATE orders SET promised_at = now() - interval '1 day' WHERE number = $1", number)
    assert f"/console/orders/{number}" in (await admin.see("/console/orders?late=1")).text
