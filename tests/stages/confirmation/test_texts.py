"""What the notices say, in every language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import msgspec
import pytest

from purveyor.stages.confirmation.rendering import LONGEST_SMS, Tellable, TellableLine, render
from purveyor.stages.confirmation.texts import TEXTS, WORDS, language_of

ORDER = Tellable(
    number=100_101,
    name="Ann Example",
    currency="EUR",
    total_minor=2_870,
    shipping_minor=490,
    promised_at=datetime(2026, 3, 6, 12, tzinfo=UTC),
    lines=[TellableLine("Mug", 2, 0, 0, 2, 2_380), TellableLine("Pen {blue}", 3, 1, 1, 2, 0)],
)
WHATEVER = {"amount": "12.34 EUR", "reason": "card_declined", "starts_at": "2026-03-09T08:00:00+00:00"}


FLOW = Path(__file__).parents[3] / "src/purveyor/flow.py"


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_language_says_everything_and_names_the_same_things(language: str) -> None:
    assert TEXTS[language].keys() == TEXTS["en"].keys()
    assert WORDS[language].keys() == WORDS["en"].keys()
    for notice, (subject, paragraphs) in TEXTS[language].items():
        english = TEXTS["en"][notice]
        assert names("".join(paragraphs)) | names(subject) >= names("".join(english[1])), notice


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("notice", sorted(TEXTS["en"]))
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_nothing_is_left_to_fill_in(language: str, notice: str, channel: str) -> None:
    bare = msgspec.structs.replace(ORDER, name="", promised_at=None, lines=[])
    for order, details in ((ORDER, WHATEVER), (bare, {})):
        said = render(notice, language, channel, order, details)
        assert said.subject
        assert "{" not in said.text.replace("{blue}", "")
        assert channel != "sms" or len(said.text) <= LONGEST_SMS


def test_an_order_is_confirmed_in_the_customers_way_of_writing() -> None:
    german = render("order_confirmed", "de-AT", "email", ORDER, {})

    assert german.subject == "Ihre Bestellung 100101"
    assert german.text.startswith("Guten Tag Ann Example,\n\nvielen Dank")
    assert "2 x Mug  €\u00a023,80\n2 x Pen {blue}" in german.text
    assert "Versand: €\u00a04,90" in german.text
    assert "bis 6. März 2026" in german.text
    assert "1 x Pen {blue}" in german.text.splitlines()[-1]
    assert "€28.70" in render("order_confirmed", "en-GB", "email", ORDER, {}).text


def test_what_is_not_known_is_left_out() -> None:
    without = render("shipped", "en", "email", ORDER, {})
    with_it = render("shipped", "en", "email", ORDER, {"tracking_number": "T1", "carrier": "Post"})

    assert "Tracking" not in without.text
    assert "Tracking number: T1" in with_it.text


def test_amounts_and_reasons_are_put_into_words() -> None:
    assert "12,34" in render("refunded", "es", "email", ORDER, {"amount": "12.34 EUR"}).text
    assert "lots" in render("refunded", "en", "email", ORDER, {"amount": "lots"}).text
    assert "the bank declined the card" in render("payment_declined", "en", "email", ORDER, WHATEVER).text
    assert "Reason" not in render("payment_declined", "en", "email", ORDER, {"reason": "R-17"}).text


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("de_CH", "de"), ("ES", "es"), ("fr", "en"), ("", "en"), ("x!", "en")]
)
def test_a_language_that_is_not_spoken_is_answered_in_english(tag: str, language: str) -> None:
    assert language_of(tag) == language
    assert render("delivered", tag, "email", ORDER, {}).subject == TEXTS[language]["delivered"][0].format(
        number=100_101
    )


def test_a_notice_without_a_text_is_news() -> None:
    assert render("something_else", "en", "email", ORDER, {}).subject == "News about your order 100101"


def test_an_sms_is_one_short_line() -> None:
    sms = render("ready_to_collect", "en", "sms", ORDER, {"code": "4711", "location": "shop"}).text

    assert sms == (
        "Your order 100101 is ready: Your order 100101 is ready to be collected. Where: shop Your code: 4711"
    )


def test_every_notice_that_the_flow_sends_has_its_own_text() -> None:
    sent = set(re.findall(r'\btell\([\w.()]+, "(\w+)"', FLOW.read_text(encoding="utf-8")))

    assert sent
    assert sent - TEXTS["en"].keys() == set()


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_every_notice_brings_the_address_of_the_order_whole_and_once(language: str, channel: str) -> None:
    url = "http://shop.example/o/" + "x" * 46
    lines = [TellableLine("A rather long name of a product " * 9, 2, 1, 0, 1, 1_190)]
    order = msgspec.structs.replace(ORDER, lines=lines, url=url)
    for notice in TEXTS[language]:
        rendered = render(notice, language, channel, order, {})
        assert rendered.text.count(url) == 1, notice
        if channel == "sms":
            assert len(rendered.text) <= LONGEST_SMS
            assert rendered.text.endswith(url)


def test_days_and_hours_are_written_in_the_shops_zone() -> None:
    evening = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    order = msgspec.structs.replace(ORDER, promised_at=evening, zone=ZoneInfo("Europe/Berlin"))
    visit = {"starts_at": "2026-03-29T01:30:00+00:00"}

    assert "November 28, 2026" in render("order_confirmed", "en", "email", order, {}).text
    assert "November 28, 2026" in render("shipped", "en", "email", order, {}).text
    assert "3:30" in render("appointment_booked", "en", "email", order, visit).text
    in_utc = msgspec.structs.replace(order, zone=ZoneInfo("UTC"))
    assert "November 27, 2026" in render("shipped", "en", "email", in_utc, {}).text
