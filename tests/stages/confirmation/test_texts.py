"""What the notices say, in every language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import msgspec
import pytest

from purveyor.core.policies import SellerPolicy
from purveyor.stages.confirmation.rendering import LONGEST_SMS, Tellable, TellableLine, render, speaks_of_lines
from purveyor.stages.confirmation.texts import CLOSING, TEXTS, WORDS, language_of

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


FLOW = Path(__file__).parents[3] / "src/purveyor/flow"


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

    assert german.subject == "Ihre Bestellung 100101 ist bestätigt"
    assert german.text.startswith("Guten Tag Ann Example,\n\nvielen Dank")
    assert "2 x Mug  €\u00a023,80\n2 x Pen {blue}" in german.text
    assert "Versand: €\u00a04,90" in german.text
    assert "Was vorrätig ist, ist bis 6. März 2026 bei Ihnen." in german.text
    assert "1 x Pen {blue}" in german.text.splitlines()[-1]
    assert "€28.70" in render("order_confirmed", "en-GB", "email", ORDER, {}).text


@pytest.mark.parametrize(
    ("tag", "total"),
    [("pt", "28,70\u00a0€"), ("pt-PT", "28,70\u00a0€"), ("pt-BR", "€\u00a028,70"), ("pt-XX", "28,70\u00a0€")],
)
def test_portuguese_writes_amounts_as_in_portugal_unless_the_customer_says_brazil(tag: str, total: str) -> None:
    assert total in render("order_confirmed", tag, "email", ORDER, {}).text


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
    sent = set(
        re.findall(
            r'\btell\([\w.()]+, "(\w+)"', "".join(each.read_text(encoding="utf-8") for each in FLOW.glob("*.py"))
        )
    )

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


def waiting(*backordered: int) -> Tellable:
    lines = [TellableLine("Mug", 2, count, 0, 2, 2_380) for count in backordered]
    return msgspec.structs.replace(ORDER, lines=lines)


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_day_is_promised_only_for_what_is_there(language: str) -> None:
    def paragraphs(order: Tellable) -> int:
        return render("order_confirmed", language, "email", order, {}).text.count("2026")

    assert (paragraphs(waiting(0, 0)), paragraphs(waiting(2, 1)), paragraphs(waiting(2, 2))) == (1, 1, 0)
    everything = render("order_confirmed", language, "email", waiting(0), {}).text
    assert everything != render("order_confirmed", language, "email", waiting(1), {}).text


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_what_is_only_received_promises_no_day(language: str) -> None:
    for channel in ("email", "sms"):
        assert "2026" not in render("order_received", language, channel, waiting(0), {}).text


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_times_that_no_zone_can_tell_are_told_all_the_same(at: str, zone: str) -> None:
    order = msgspec.structs.replace(waiting(0), promised_at=datetime.fromisoformat(at), zone=ZoneInfo(zone))

    assert re.search(r"with you by \w+ \d+, \d{4}\.", render("order_confirmed", "en", "email", order, {}).text)
    told = render("appointment_booked", "en", "email", order, {"starts_at": at}).text
    assert re.search(r"come on \w+ \d+, \d{4}", told)


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_lines_matter_to_notices_that_speak_of_them_and_to_no_others(language: str) -> None:
    nothing = msgspec.structs.replace(ORDER, lines=[])
    for notice in (*TEXTS[language], "something_else"):
        said = render(notice, language, "email", ORDER, WHATEVER)
        assert (said != render(notice, language, "email", nothing, WHATEVER)) == speaks_of_lines(notice, language)


# the HTML part

LINK = "https://shop.example/o/token"
NASTY = msgspec.structs.replace(
    ORDER,
    name='<script>alert(1)</script>" onload="x',
    lines=[TellableLine("<img src=x onerror=alert(1)> & Sons", 1, 0, 0, 1, 990)],
    url=LINK,
    seller=SellerPolicy(name="Beans <b>&</b> Co", street="</td></table>", email="a@b.example"),
)


class _Read(HTMLParser):
    """What a mail program makes of a document: its words, its elements, where it leads, what it loads."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language: str | None = None
        self._skips = False
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        assert not {name for name in named if name.startswith("on") or name in ("src", "background", "srcset")}
        self._skips = tag in ("style", "title")
        if tag == "a":
            self.links.append(named["href"] or "")
        if tag == "html":
            self.language = named["lang"]

    def handle_endtag(self, tag: str) -> None:
        self._skips = self._skips and tag not in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.words.extend(data.split())


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("notice", sorted(TEXTS["en"]))
def test_html_says_what_the_text_says_and_nothing_in_it_runs_or_is_loaded(language: str, notice: str) -> None:
    for order, details in ((NASTY, WHATEVER | {"carrier": "<i>Post</i>", "place": "A & B"}), (ORDER, {})):
        said = render(notice, language, "email", order, details)
        read = _Read(said.html)

        assert read.language == language
        assert not {"script", "img", "link", "iframe", "i", "b", "form"} & set(read.tags)
        assert read.links == ([LINK] if order.url else [])
        assert "url(" not in said.html
        spoken = " ".join(read.words)
        closing = CLOSING[language].split("{", maxsplit=1)[0].strip()
        for line in said.text.replace(LINK, "").replace(closing, "").splitlines():
            for part in re.split(r"  |: ", line):  # a label and its value are two cells
                assert " ".join(part.split()).rstrip(":") in spoken, part


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_an_sms_has_no_html(language: str) -> None:
    assert render("order_confirmed", language, "sms", NASTY, {}).html == ""


def test_things_stand_in_a_table_with_their_prices_and_the_sum() -> None:
    html = render("order_confirmed", "en", "email", msgspec.structs.replace(NASTY, lines=ORDER.lines), {}).html

    cells = re.findall(r"<t[hd][^>]*(?:ink rule)[^>]*>([^<]*)</t[hd]>", html)
    assert cells == ["2 x Mug", "€23.80", "2 x Pen {blue}", "", "Shipping", "€4.90", "Total", "€28.70"]
    assert re.search(r">See your order</a>", html)
    assert ">Pay now</a>" in render("payment_declined", "en", "email", NASTY, {}).html
