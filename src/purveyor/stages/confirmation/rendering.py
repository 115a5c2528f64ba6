"""A notice as a message: text and facts in, subject and body out. Pure: the same notice reads the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from datetime import date, datetime
from functools import cache, lru_cache
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from purveyor.core.bounds import kept
from purveyor.core.calendars import local_day
from purveyor.core.currency_format import money_text
from purveyor.core.mail_html import Block, Button, Paragraph, Row, Table, mail_html
from purveyor.core.money import parse_amount
from purveyor.core.policies import SellerPolicy
from purveyor.stages.confirmation.texts import CLOSING, GREETINGS, WORDS, button_of, language_of, text_of

DATES: Final = frozenset({"promised_at", "due_at", "expires_at", "deadline_at"})  # days matter, not hours
PROMISES: Final = frozenset({"promised_at", "all_promised_at", "rest_promised_at"})
TIMES: Final = frozenset({"starts_at", "ends_at"})
LONGEST_SMS: Final = 459  # three parts (3GPP TS 23.040: 153 characters each)
UTC: Final = ZoneInfo("UTC")
SUMS: Final = frozenset({"shipping", "total"})
NAMED: Final = SUMS | {
    "carrier",
    "tracking_number",
    "place",
    "location",
    "code",
    "attempt",
}  # label and value, in a table
NOBODY: Final = SellerPolicy(name="")
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
    """`html` says what `text` says; an SMS has none."""

    subject: str
    text: str
    html: str = ""


class _Said(msgspec.Struct, frozen=True):
    """A paragraph that is said: as our texts have it, and filled in."""

    template: str
    text: str


def render(
    notice: str, tag: str, channel: str, order: Tellable, details: Mapping[str, str], *, with_html: bool = True
) -> Rendered:
    """The notice in the language of a BCP 47 tag, with what is known filled in, and the address of the order's page."""
    language = language_of(tag)
    locale = _locale(tag, language)
    subject, paragraphs = text_of(language, notice)
    wanted = {name for text in (subject, *paragraphs) for name in _names(text)}
    lines = list(_lines(order, locale)) if "lines" in wanted else []
    known = _facts(order, locale, wanted, lines) | _told(details, locale, order.zone, WORDS[language])
    if order.url:  # everything that a notice asks for can be done there
        known |= {"url": order.url, "order_url": order.url}
    said = [each for each in (_Said(paragraph, _fill(paragraph, known)) for paragraph in paragraphs) if each.text]
    title = _fill(subject, known) or _fill(text_of(language, "news")[0], known)
    if channel == "sms":
        listed = known.get("lines")
        return Rendered(title, _short([f"{title}:", *(each.text for each in said if each.text != listed)], order.url))
    with_name, without = GREETINGS[language]
    greeting = with_name.format(name=order.name) if order.name else without
    signed = _signature(order.seller)
    text = _text(greeting, said, signed, _fill(CLOSING[language], known) if order.url else "", order.url)
    if not with_html:
        return Rendered(title, text)
    blocks = _blocks(greeting, said, lines, order.url, button_of(language, notice))
    return Rendered(title, text, mail_html(title, language, order.seller.name, blocks, signed))


def _text(greeting: str, said: Sequence[_Said], signed: Sequence[str], closing: str, url: str) -> str:
    parts = [greeting, *(each.text for each in said)]
    if closing and not any(url in each.text for each in said):
        parts.append(closing)
    return "\n\n".join([*parts, *(["\n".join(signed)] if signed else [])]) + "\n"


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


def _fill(template: str, known: Mapping[str, str]) -> str:
    """The text with its names filled in; "" where one of them is not known."""
    return template.format_map(known) if all(known.get(name) for name in _names(template)) else ""


@cache
def _names(template: str) -> list[str]:
    """What stands between braces in one of our texts."""
    return [name for _, name, _, _ in _formatter.parse(template) if name]


def _short(texts: Sequence[str], url: str) -> str:
    """An SMS. The address stands at the end, whole, whatever else has to be cut."""
    room = LONGEST_SMS - (len(url) + 1 if url else 0)
    text = " ".join(text for text in texts if text != url)
    text = text if len(text) <= room else text[: room - 1] + "…"
    return f"{text} {url}" if url else text


@lru_cache(maxsize=256)
def _locale(tag: str, language: str) -> Locale:
    """How numbers and dates are written: in the customer's own way where the language is his."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)
    return locale if locale.language == language else Locale.parse(language)


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
        "waiting": _list((line.backordered, line.name) for line in lines),
        "open_lines": _list((line.open, line.name) for line in lines),
        "canceled_lines": _list((line.canceled, line.name) for line in order.lines),
    }
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
            told[name] = _amount(value, locale)
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


def _amount(value: str, locale: Locale) -> str:
    """`12.34 EUR`, as money says it of itself."""
    number, _, currency = value.partition(" ")
    minor = parse_amount(number, currency) if currency else None
    return value if minor is None else money_text(minor, currency, locale)
