"""Why an order is held, in the reader's words: rules write down codes and short English sentences."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import Final

from purveyor.web.pages.labels import LABELS, label
from purveyor.web.pages.texts import mark as _

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
SENTENCES: Final = (
    _("Orders of this customer are looked at"),
    _("The customer may say what is done about missing units"),
    _("All of it goes together"),
    _("The payment is disputed"),
    _("More than one person decides"),
)
PATTERNS: Final = (
    (re.compile(r"risk (?P<score>-?\d+): (?P<reasons>.*)", re.DOTALL), _("Risk score %(score)s: %(reasons)s")),
    (
        re.compile(r"(?P<units>\d+) units are neither in stock nor may they wait"),
        _("Units that are neither in stock nor may wait: %(units)s"),
    ),
    (re.compile(r"no file yet for (?P<skus>.*)", re.DOTALL), _("No file yet for %(skus)s")),
    (re.compile(r"pay link not paid by (?P<day>.*)"), _("Not paid by link until %(day)s")),
    (re.compile(r"not paid by (?P<day>.*)"), _("Not paid until %(day)s")),
    (re.compile(r"not collected by (?P<day>.*)"), _("Not collected until %(day)s")),
    (re.compile(r"no news for (?P<days>\d+) days"), _("Days without news: %(days)s")),
    (re.compile(r"(?P<keys>\d+) keys short"), _("Keys that are missing: %(keys)s")),
    (re.compile(r"in place of (?P<quantity>\d+) (?P<sku>.*)", re.DOTALL), _("In place of %(quantity)s of %(sku)s")),
    (re.compile(r"not taken back: (?P<why>.*)", re.DOTALL), _("Not taken back: %(why)s")),
    (
        re.compile(r"the carrier did not take the label back: (?P<why>.*)", re.DOTALL),
        _("The carrier did not take the label back: %(why)s"),
    ),
    (
        re.compile(r"(?P<account>.*) on account, (?P<open>.*) open, (?P<agreed>.*) agreed"),
        _("On account: %(account)s, open: %(open)s, agreed: %(agreed)s"),
    ),
)


def reason_of(why: str, translations: NullTranslations) -> str:
    """The reason of a hold; one that somebody typed stays as it is."""
    say = translations.gettext
    codes = why.split(", ")
    if all(code in CODES for code in codes):
        return ". ".join(str(say(CODES[code])) for code in codes)
    for pattern, sentence in PATTERNS:
        found = pattern.fullmatch(why)
        if found is not None:
            words = found.groupdict()
            if "reasons" in words:
                words["reasons"] = ", ".join(str(say(label(each))) for each in words["reasons"].split(", "))
            return str(say(sentence)) % words
    known = LABELS.get(why) or next((each for each in SENTENCES if each.lower() == why.lower()), "")
    return str(say(known)) if known else label(why)
