"""Codes, reasons of gateways and of our own programs, and names of actors are words of the reader's language."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_address

import pytest

from purveyor.adapters.gateways.fake_ledger import SOURCES
from purveyor.adapters.webhooks import reasons
from purveyor.adapters.webhooks.http import HttpSender
from purveyor.core.networks import NetworkPolicy
from purveyor.core.reason_templates import ReasonTemplate, taken_apart
from purveyor.secret_key import seal_of
from purveyor.stages.feedback.queries import Scores
from purveyor.web.console.customer_service.feedback import _named
from purveyor.web.pages.labels.lookup import LABELS
from purveyor.web.pages.translations import translations
from purveyor.web.reading.attachments import READERS
from purveyor.worker.webhook_dispatcher import WebhookDispatcher
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.console.test_actions import after_a_look
from tests.web.console.test_webhooks import PLACE, added

LANGUAGES = ("de", "es", "pt")
OF_GATEWAYS = {habit.declines for habit in SOURCES.values() if habit.declines} | {
    "authentication_failed",
    "no_such_payment",
    "nothing_to_void",
    "do_not_honor",
    "lost_card",
}
SHOWN = [each.shown for each in vars(reasons).values() if isinstance(each, ReasonTemplate)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_kept_texts_and_reasons_of_gateways_are_translated(language: str) -> None:
    known = translations(language)
    for code in (*READERS, "record", "signed_by", *OF_GATEWAYS):
        assert known.gettext(LABELS[code]), code
        assert LABELS[code] in known._catalog, code  # type: ignore[attr-defined]
    assert len(SHOWN) == 14
    assert [text for text in SHOWN if known.gettext(text) == text] == []


def test_every_reason_why_an_address_is_out_of_reach_is_one_of_ours() -> None:
    reach = NetworkPolicy(port=8420)
    for address, port in (("127.0.0.1", 80), ("127.0.0.1", 8420), ("224.0.0.1", 80), ("10.0.0.1", 80), ("::1", 443)):
        why = reach.why_not(ip_address(address), port)
        assert why
        assert taken_apart(why) is not None, why


async def test_the_log_says_in_the_readers_words_why_an_address_is_not_told(api: Api) -> None:
    admin = await somebody(api, "admin")
    place = await added(api, admin, "http://127.0.0.1:9/hook")
    await admin.send(f"{place}/test", seen_at=place)
    sender = HttpSender(reach=NetworkPolicy())
    sealing = partial(seal_of, api.house.settings.secret_key, api.house.settings.data_dir)
    await WebhookDispatcher(api.house.pool, api.house.committer, sender, sealing, pauses_s=()).drain()
    await sender.close()
    page = await admin.see(place, **{"Accept-Language": "de"})

    assert "OutOfReach" not in page.text
    assert "127.0.0.1 ist keine öffentliche Adresse" in page.text


async def test_the_page_of_webhooks_names_the_address_under_which_it_was_opened(api: Api) -> None:
    admin = await somebody(api, "admin")
    page = await admin.see(PLACE, Host="shop.example:9443")

    assert "://shop.example:9443/api/v1/changes?since=0" in page.text
    assert "8420" not in page.text


async def test_a_suggested_reason_is_shown_in_words_and_kept_as_its_code(api: Api) -> None:
    admin = await somebody(api, "admin")
    place = f"/console/orders/{(await api.place())['number']}/do/review.cancel_units"
    german = {"Accept-Language": "de"}
    page = await admin.see(place, **german)
    assert 'value="Kunde"' in page.text
    assert 'value="customer"' not in page.text

    sent = await after_a_look(admin, place, reason="Customer")
    assert sent.status_code == 303, sent.text
    (kept,) = await api.house.read.values("SELECT data->>'why' FROM journal WHERE kind = 'review.units_canceled'")
    assert kept == "customer"


def test_causes_have_the_names_of_locations() -> None:
    scores = [Scores("main", 1, 1, 5, 1, 1, 0)]

    assert [each.label for each in _named(scores, {"main": "Main warehouse"}.__getitem__)] == ["Main warehouse"]
