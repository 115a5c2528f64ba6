"""A notice as a message: text and facts in, subject and body out. Pure: the same notice reads the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from datetime import datetime
from functools import cache, lru_cache
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from purveyor.core.calendars import local_day
from purveyor.core.currency_format import money_text
from purveyor.core.money import parse_amount
from purveyor.stages.confirmation.texts import CLOSING, GREETINGS, WORDS, language_of, text_of

DATES: Final = frozenset({"promised_at", "due_at", "expires_at", "deadline_at"})  # days matter, not hours
TIMES: Final = frozenset({"starts_at", "ends_at"})
LONGEST_SMS: Final = 459  # three parts (3GPP TS 23.040: 153 characters each)
UTC: Final = ZoneInfo("UTC")
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


class Rendered(msgspec.Struct, frozen=True):
    subject: str
    text: str


def render(notice: str, tag: str, channel: str, order: Tellable, details: Mapping[str, str]) -> Rendered:
    """The notice in the language of a BCP 47 tag, with what is known filled in, and the address of the order's page."""
    language = language_of(tag)
    locale = _locale(tag, language)
    subject, paragraphs = text_of(language, notice)
    wanted = {name for text in (subject, *paragraphs) for name in _names(text)}
    known = _facts(order, locale, wanted) | _told(details, locale, order.zone, WORDS[language])
    if order.url:  # everything that a notice asks for can be done there
        known |= {"url": order.url, "order_url": order.url}
    filled = [text for text in (_fill(paragraph, known) for paragraph in paragraphs) if text]
    title = _fill(subject, known) or _fill(text_of(language, "news")[0], known)
    if channel == "sms":
        lines = known.get("lines")
        return Rendered(title, _short([f"{title}:", *(text for text in filled if text != lines)], order.url))
    if order.url and not any(order.url in text for text in filled):
        filled.append(_fill(CLOSING[language], known))
    with_name, without = GREETINGS[language]
    greeting = with_name.format(name=order.name) if order.name else without
    return Rendered(title, "\n\n".join([greeting, *filled]) + "\n")


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


def _facts(order: Tellable, locale: Locale, wanted: AbstractSet[str]) -> dict[str, str]:
    """What is known of the order, of that what the text speaks of: writing amounts out takes its time."""

    def money(minor: int) -> str:
        return money_text(minor, order.currency, locale)

    lines = [line for line in order.lines if line.quantity > line.canceled]
    facts = {
        "number": str(order.number),
        "total": money(order.total_minor) if "total" in wanted else "",
        "shipping": money(order.shipping_minor) if order.shipping_minor and "shipping" in wanted else "",
        "lines": "\n".join(
            f"{line.quantity - line.canceled} x {line.name}" + ("" if line.canceled else f"  {money(line.total_minor)}")
            for line in lines
        )
        if "lines" in wanted
        else "",
        "waiting": _list((line.backordered, line.name) for line in lines),
        "open_lines": _list((line.open, line.name) for line in lines),
        "canceled_lines": _list((line.canceled, line.name) for line in order.lines),
    }
    if order.promised_at is not None and "promised_at" in wanted:
        facts["promised_at"] = _date(order.promised_at, locale, order.zone)
    return facts


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
    return _date(at, locale, zone) if name in DATES else format_datetime(at, "long", tzinfo=zone, locale=locale)


def _date(at: datetime, locale: Locale, zone: ZoneInfo) -> str:
    return format_date(local_day(at, zone), "long", locale=locale)


def _amount(value: str, locale: Locale) -> str:
    """`12.34 EUR`, as money says it of itself."""
    number, _, currency = value.partition(" ")
    minor = parse_amount(number, currency) if currency else None
    return value if minor is None else money_text(minor, currency, locale)
