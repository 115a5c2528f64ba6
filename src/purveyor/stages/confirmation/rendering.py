"""A notice as a message: text and facts in, subject and body out. Pure: the same notice reads the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from datetime import date, datetime
from functools import lru_cache
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_datetime

from purveyor.core.calendars import local_day
from purveyor.core.currency_format import amount_text, money_text
from purveyor.core.field_types import kept
from purveyor.core.locales import locale_of
from purveyor.core.mail_html import Block, Button, Paragraph, Row, Table, mail_html
from purveyor.core.policies import SellerPolicy
from purveyor.stages.confirmation.texts import CLOSING, GREETINGS, WORDS, button_of, language_of, text_of

DATES: Final = frozenset({"promised_at", "due_at", "expires_at", "deadline_at"})  # days matter, not hours
PROMISES: Final = frozenset({"promised_at", "all_promised_at", "rest_promised_at"})
TIMES: Final = frozenset({"starts_at", "ends_at"})
LONGEST_SMS: Final = 459  # three parts (3GPP TS 23.040: 153 characters each)
UTC: Final = ZoneInfo("UTC")
LISTS: Final = frozenset({"waiting", "open_lines", "canceled_lines"})
FROM_LINES: Final = LISTS | {"lines", "all_promised_at", "rest_promised_at"}
SUMS: Final = frozenset({"shipping", "total"})
NAMED: Final = SUMS | {
    "carrier",
    "tracking_number",
    "place",
    "location",
    "code",
    "attempt",
}  # label and value, in a table
ADDRESSES: Final = frozenset({"url", "order_url"})  # of the order's page
NOBODY: Final = SellerPolicy(name="")
HIDDEN: Final = "•••"  # in the copy that we keep: a code is the customer's alone
NOTHING: Final[Mapping[str, str]] = {}
_formatter = Formatter()


class TellableLine(msgspec.Struct, frozen=True):
    """A line of the order as far as customers are told of it."""

    name: str
    quantity: int
    backordered: int
    canceled: int
    open: int  # still in the house
    total_minor: int


class Tellable(msgspec.Struct, frozen=True):
    """What a notice may speak of."""

    number: int
    name: str
    currency: str
    total_minor: int
    shipping_minor: int
    promised_at: datetime | None
    lines: Sequence[TellableLine]
    url: str = ""  # of the order's page
    zone: ZoneInfo = UTC  # the shop's, in which its days and hours are
    seller: SellerPolicy = NOBODY  # who writes


class Rendered(msgspec.Struct, frozen=True):
    """`html` says what `text` says; an SMS has none. `kept` is what we keep of it, the subject first."""

    subject: str
    text: str
    html: str = ""
    kept: str = ""


class _Template(msgspec.Struct, frozen=True):
    """One of our texts, and what stands between braces in it."""

    text: str
    names: tuple[str, ...]

    def fill(self, known: Mapping[str, str]) -> str:
        """The text with its names filled in; "" where one of them is not known."""
        return self.text.format_map(known) if all(map(known.get, self.names)) else ""


class _Said(msgspec.Struct, frozen=True):
    """A paragraph that is said: as our texts have it, and filled in."""

    template: str
    text: str


class _Letter(msgspec.Struct, frozen=True):
    """A notice in one language, with nothing filled in yet."""

    language: str
    subject: _Template
    news: _Template  # the subject where the notice's own names something that is not known
    paragraphs: tuple[_Template, ...]
    closing: _Template
    names: frozenset[str]  # of what it speaks

    def title(self, known: Mapping[str, str]) -> str:
        return self.subject.fill(known) or self.news.fill(known)

    def said(self, known: Mapping[str, str]) -> list[_Said]:
        return [_Said(each.text, text) for each in self.paragraphs if (text := each.fill(known))]


@lru_cache(maxsize=1_024)
def _letter(language: str, notice: str) -> _Letter:
    subject, *paragraphs = (_template(text) for text in (text_of(language, notice)[0], *text_of(language, notice)[1]))
    return _Letter(
        language,
        subject,
        _template(text_of(language, "news")[0]),
        tuple(paragraphs),
        _template(CLOSING[language]),
        frozenset(name for each in (subject, *paragraphs) for name in each.names),
    )


def _template(text: str) -> _Template:
    return _Template(text, tuple(name for _, name, _, _ in _formatter.parse(text) if name))


def speaks_of_lines(notice: str, tag: str) -> bool:
    """Whether it matters to a notice what is in the order: most tell of one thing."""
    return bool(_letter(language_of(tag), notice).names & FROM_LINES)


def render(
    notice: str,
    tag: str,
    channel: str,
    order: Tellable,
    details: Mapping[str, str],
    private: Mapping[str, str] = NOTHING,
) -> Rendered:
    """The notice in the language of a BCP 47 tag, with what is known filled in, and the address of the order's page.

    The `private` details and that address are the customer's alone: they are hidden in what we keep.
    """
    letter = _letter(language_of(tag), notice)
    locale = _locale(tag, letter.language)
    lines = list(_lines(order, locale)) if "lines" in letter.names else []
    known = _facts(order, locale, letter.names, lines) | _told(details, locale, order.zone, WORDS[letter.language])
    kept = known | dict.fromkeys(private, HIDDEN)
    sent = known | _told(private, locale, order.zone, WORDS[letter.language])
    if order.url:  # everything that a notice asks for can be done there
        sent |= dict.fromkeys(ADDRESSES, order.url)
    title = letter.title(sent)
    if channel == "sms":
        return Rendered(title, _sms(letter, sent, order.url), kept=_kept(letter, kept, _sms(letter, kept, "")))
    with_name, without = GREETINGS[letter.language]
    greeting = with_name.format(name=order.name) if order.name else without
    signed = _signature(order.seller)
    said = letter.said(sent)
    is_public = not private and letter.names.isdisjoint(ADDRESSES)  # so what we keep says the same
    closing = letter.closing.fill(sent) if order.url else ""
    blocks = _blocks(greeting, said, lines, order.url, button_of(letter.language, notice))
    return Rendered(
        title,
        _mail(greeting, said, signed, closing, order.url),
        mail_html(title, letter.language, order.seller.name, blocks, signed),
        _kept(letter, kept, _mail(greeting, said if is_public else letter.said(kept), signed)),
    )


def _kept(letter: _Letter, known: Mapping[str, str], text: str) -> str:
    return f"{letter.title(known)}\n\n{text}".strip()


def _mail(greeting: str, said: Sequence[_Said], signed: Sequence[str], closing: str = "", url: str = "") -> str:
    parts = [greeting, *(each.text for each in said)]
    if closing and not any(url in part for part in parts[1:]):
        parts.append(closing)
    return "\n\n".join([*parts, *(["\n".join(signed)] if signed else [])]) + "\n"


def _sms(letter: _Letter, known: Mapping[str, str], url: str) -> str:
    listed = known.get("lines")
    said = (each.text for each in letter.said(known))
    return _short([f"{letter.title(known)}:", *(text for text in said if text != listed)], url)


@lru_cache(maxsize=16)
def _signature(seller: SellerPolicy) -> tuple[str, ...]:
    place = " ".join(part for part in (seller.postal_code, seller.city) if part)
    where = ", ".join(part for part in (seller.street, place) if part)
    reach = " · ".join(part for part in (seller.email, seller.phone) if part)
    return tuple(line for line in (seller.name, where, reach) if line)


def _blocks(
    greeting: str, said: Sequence[_Said], lines: Iterable[tuple[str, str]], url: str, label: str
) -> Iterator[Block]:
    """The same as the text, with prices and numbers in tables, and the address of the order's page as a button."""
    rows: list[Row] = []
    yield Paragraph(greeting)
    for each in said:
        found = _rows(each, lines)
        if rows and not found:
            yield Table(tuple(rows))
            rows = []
        rows.extend(found)
        if not found and each.text != url:
            yield Paragraph(each.text)
    if rows:
        yield Table(tuple(rows))
    if url:
        yield Button(label, url)


def _rows(said: _Said, lines: Iterable[tuple[str, str]]) -> list[Row]:
    """What of a paragraph is a table: the lines of the order, or a label with one value."""
    if said.template == "{lines}":
        return [Row(label, value) for label, value in lines]
    label, _, rest = said.template.partition(": {")
    name = rest.removesuffix("}")
    if name not in NAMED or "{" in label:
        return []
    return [Row(label, said.text.removeprefix(f"{label}: "), is_sum=name == "total")]


def _lines(order: Tellable, locale: Locale) -> Iterator[tuple[str, str]]:
    """What is in the order, and what it costs; the price of a line of which something was canceled is not told."""
    for line in order.lines:
        if line.quantity > line.canceled:
            price = "" if line.canceled else money_text(line.total_minor, order.currency, locale)
            yield f"{line.quantity - line.canceled} x {line.name}", price


def _short(texts: Sequence[str], url: str) -> str:
    """An SMS. The address stands at the end, whole, whatever else has to be cut."""
    room = LONGEST_SMS - (len(url) + 1 if url else 0)
    text = " ".join(text for text in texts if text != url)
    text = text if len(text) <= room else text[: room - 1] + "…"
    return f"{text} {url}" if url else text


@lru_cache(maxsize=256)
def _locale(tag: str, language: str) -> Locale:
    """How numbers and dates are written: in the customer's own way where the language is his."""
    locale = locale_of(tag, language)
    return locale if locale.language == language else locale_of(language)


def _facts(
    order: Tellable, locale: Locale, wanted: AbstractSet[str], listed: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """What is known of the order, of that what the text speaks of: writing amounts out takes its time."""

    def money(minor: int) -> str:
        return money_text(minor, order.currency, locale)

    lines = [line for line in order.lines if line.quantity > line.canceled]
    facts = {
        "number": str(order.number),
        "total": money(order.total_minor) if "total" in wanted else "",
        "shipping": money(order.shipping_minor) if order.shipping_minor and "shipping" in wanted else "",
        "lines": "\n".join(f"{label}  {price}".rstrip() for label, price in listed),
    }
    if wanted & LISTS:
        facts["waiting"] = _list((line.backordered, line.name) for line in lines)
        facts["open_lines"] = _list((line.open, line.name) for line in lines)
        facts["canceled_lines"] = _list((line.canceled, line.name) for line in order.lines)
    if order.promised_at is not None and wanted & PROMISES:
        day = _date(order.promised_at, locale, order.zone)
        facts["promised_at"] = day
        facts |= _promise(lines, day)
    return facts


def _promise(lines: Sequence[TellableLine], day: str) -> dict[str, str]:
    """A day is promised for what is there; what waits for stock comes when it comes."""
    if not any(line.backordered for line in lines):
        return {"all_promised_at": day}
    return {"rest_promised_at": day} if any(line.open > line.backordered for line in lines) else {}


def _list(counted: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} x {name}" for count, name in counted if count)


def _told(details: Mapping[str, str], locale: Locale, zone: ZoneInfo, words: Mapping[str, str]) -> dict[str, str]:
    """Details in the customer's way of writing amounts and dates; reasons in words."""
    told: dict[str, str] = {}
    for name, value in details.items():
        if name in DATES or name in TIMES:
            told[name] = _when(name, value, locale, zone)
        elif name == "amount":
            told[name] = amount_text(value, locale)
        elif name == "reason":
            told["reason_words"] = words.get(value, "")
        else:
            told[name] = value
    return told


def _when(name: str, value: str, locale: Locale, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    if name in DATES:
        return _date(at, locale, zone)
    return format_datetime(kept(at), "long", tzinfo=zone, locale=locale)  # of years that no zone can tell, the nearest


def _date(at: datetime, locale: Locale, zone: ZoneInfo) -> str:
    return _day(local_day(at, zone), str(locale))


@lru_cache(maxsize=1_024)
def _day(day: date, tag: str) -> str:
    return format_date(day, "long", locale=tag)
