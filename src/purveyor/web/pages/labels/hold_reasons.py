"""Reasons in the reader's words: rules write down codes and short English sentences, some of them with parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from gettext import NullTranslations
from itertools import chain
from types import MappingProxyType
from typing import Final

import msgspec
from babel import Locale
from babel.dates import format_date

from purveyor.core.currency_format import amount_text
from purveyor.core.reason_templates import kind_of, taken_apart
from purveyor.core.reason_texts import KNOWN
from purveyor.web.pages import formats
from purveyor.web.pages.labels.lookup import LABELS, label
from purveyor.web.pages.translations import mark as _

CODES: Final = {
    "country_missing": _("The country is missing"),
    "country_unknown": _("There is no such country"),
    "street_missing": _("The street is missing"),
    "city_missing": _("The city is missing"),
    "region_missing": _("The state or province is missing"),
    "region_unknown": _("The country has no such state or province"),
    "postal_code_missing": _("The postal code is missing"),
    "postal_code_shape": _("The postal code does not fit the country"),
    "postal_code_invalid": _("The postal code does not fit the country or region"),
    "email_domain_misspelled": _("The e-mail address looks misspelled"),
    "email_invalid": _("The e-mail address is not valid"),
    "phone_of_another_country": _("The phone number is from another country"),
    "no_house_number": _("The street has no number"),
    "address_undeliverable": _("The carrier does not know the address"),
}


NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


class Reader(msgspec.Struct, frozen=True):
    """Who reads a reason: the language, how it writes dates and numbers, and names of locations and of who acts."""

    translations: NullTranslations
    locale: Locale
    names: Mapping[str, str] = NOBODY


def reason_of(why: str, reader: Reader) -> str:
    """A reason as its reader says it; one that somebody typed stays as it is."""
    say = reader.translations.gettext
    codes = why.split(", ")
    if all(code in CODES for code in codes):
        return ". ".join(str(say(CODES[code])) for code in codes)
    found = None if why in LABELS else taken_apart(why)
    if found is not None:
        template, parts = found
        return str(say(template.shown)).format(**{name: _part(name, value, reader) for name, value in parts.items()})
    head, mark, typed = why.partition(": ")
    return f"{_named(head, reader)}{mark}{typed}" if head in KNOWN else _named(why, reader)


def actors_in(reasons: Iterable[str]) -> set[str]:
    """Those who are named in reasons: their names are looked up before."""
    parts = chain.from_iterable(found[1].items() for found in map(taken_apart, reasons) if found is not None)
    return {value for name, value in parts if kind_of(name) == "actor"}


def _part(name: str, value: str, reader: Reader) -> str:
    """A part of a reason, by the kind that its name tells; what only looks like one stays as it is."""
    shown = _KINDS.get(kind_of(name))
    return value if shown is None else shown(value, reader)


_KINDS: Final[dict[str, Callable[[str, Reader], str]]] = {
    "day": lambda value, reader: _day(value, reader.locale),
    "count": lambda value, reader: formats.number(int(value), reader.locale),
    "amount": lambda value, reader: amount_text(value, reader.locale),
    "code": lambda value, reader: reader.translations.gettext(label(value)),
    "words": lambda value, reader: ", ".join(_named(each, reader) for each in value.split(", ")),
    "places": lambda value, reader: ", ".join(reader.names.get(each, each) for each in value.split(", ")),
    "actor": lambda value, reader: reader.names.get(value, value),
    "reason": reason_of,
}


def _named(said: str, reader: Reader) -> str:
    """A word of ours, also where it was written down with blanks."""
    known = LABELS.get(said) or LABELS.get(said.replace(" ", "_"), "")
    return str(reader.translations.gettext(known)) if known else label(said)


def _day(text: str, locale: Locale) -> str:
    try:
        return format_date(date.fromisoformat(text), "long", locale=locale)
    except ValueError:
        return text
