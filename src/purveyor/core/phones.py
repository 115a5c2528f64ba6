"""Phone numbers: read as people write them, kept in E.164 (ITU-T). One test for all that take one."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import phonenumbers

from purveyor.core.refusals import wanted

EXPECTED: Final = wanted("a phone number such as +49 30 123456")
SHORTEST: Final = 5  # digits without the country's
_E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_ITALY: Final = "39"  # its numbers begin with 0
_MEXICAN_MOBILE: Final = re.compile(r"\+?(?:00)?521(\d{10})", re.ASCII)  # the 1 was abolished in 2019
_BETWEEN: Final = re.compile(r"[\s().\-/\u2010-\u2015]+")


def e164(text: str, country: str) -> str | None:
    """A number in E.164; None for what is none. Without a country's number it is of the country of the address."""
    if _E164.fullmatch(text) and _is_as_it_should_be(text):
        return text
    return _read(text.strip(), country)


def _read(text: str, country: str) -> str | None:
    mobile = _MEXICAN_MOBILE.fullmatch(_BETWEEN.sub("", text))
    if mobile is not None:
        text = f"+52{mobile[1]}"
    written = [text]
    if text.startswith("00"):  # as most of the world dials abroad, also where this country does it otherwise
        written.append(f"+{text[2:]}")
    for way in written:
        try:
            number = phonenumbers.parse(way, country or None)
        except phonenumbers.NumberParseException:
            continue
        if _is_whole(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """With its area code, and as long as numbers are there."""
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return possible and len(str(number.national_number)) >= SHORTEST


def _is_as_it_should_be(text: str) -> bool:
    """Whether a number in E.164 needs no reading: the usual case, for orders that come by the thousand."""
    for end in (2, 3, 4):
        lengths = _lengths(text[1:end])
        if lengths is not None:
            return len(text) - end in lengths and (text[end] != "0" or text[1:end] == _ITALY)
    return False


@cache
def _lengths(prefix: str) -> frozenset[int] | None:
    """How many digits follow the code of a country; None for what is no such code."""
    code = int(prefix)
    if code not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    general = metadata.general_desc if metadata is not None else None
    return frozenset(length for length in (general.possible_length if general else ()) if length >= SHORTEST)
