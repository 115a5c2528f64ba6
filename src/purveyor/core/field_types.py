"""What a value from outside may be: one named type for each kind of text, number and time that messages carry.

The types are the bounds. Bodies, forms, files and events of providers are held against them, and OpenAPI tells them to
callers. Texts that stand in an index stay well below what PostgreSQL can index (2,704 bytes, four a character).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from purveyor.core.currencies import amount_text
from purveyor.core.refusals import Invalid, wanted

# ---------------------------------------------------------------------------------------------------------------- texts

#: Control characters, what ends a line or a paragraph, and what turns the direction of writing around (embeddings,
#: overrides, isolates): none of them belongs in a name, and a terminal, a mail, a page or a CSV file may obey them.
#: Marks of direction and joiners stay: names in Arabic, Hebrew or Persian have them.
NOT_IN_A_LINE: Final = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
#: Callers are told the pattern; `validation.py` looks for it, in one go for a whole message.
ONE_LINE: Final = {"pattern": f"^[^{NOT_IN_A_LINE}]*$"}
#: Beside it, something that can be read: what pages call empty tells nothing from anything else.
NOT_BLANK: Final = r"\S"
NO_BLANK_LINE: Final = {
    "minLength": 1,
    "pattern": rf"^[^{NOT_IN_A_LINE}]*[^\s{NOT_IN_A_LINE}][^{NOT_IN_A_LINE}]*$",
}
A_TAX_AREA: Final = wanted("a country such as DE, a tax area such as ES-CN, or * for all others")
A_LINE: Final = wanted("one line of text without control characters")
A_LINE_NOT_BLANK: Final = wanted("one line of text without control characters that is not blank")
#: Patterns in words, for whoever is told what was expected.
A_COUNTRY_CODE: Final = wanted("an ISO 3166-1 code, two capital letters such as DE")
A_CURRENCY_CODE: Final = wanted("an ISO 4217 code, three capital letters such as EUR")
A_LANGUAGE: Final = wanted("a language code of BCP 47 such as en or de-AT")
IN_WORDS: Final = {
    NOT_BLANK: A_LINE_NOT_BLANK,
    "^[A-Z]{2}$": A_COUNTRY_CODE,
    "^([A-Z]{2})?$": A_COUNTRY_CODE,
    "^[A-Z]{3}$": A_CURRENCY_CODE,
    "^([A-Z]{3})?$": A_CURRENCY_CODE,
    "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$": A_LANGUAGE,
    "^[a-z]{2,3}(-[A-Z]{2})?$": A_LANGUAGE,
    r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|\*)$": A_TAX_AREA,
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": wanted("a time of day from 00:00 to 24:00 such as 09:30"),
    "^([0-9a-f]{64})?$": wanted("64 digits and letters from a to f, as they were given"),
    "^([0-9]{4,12})?$": wanted("4 to 12 digits"),
    "^[a-z_]{1,40}$": wanted("a word in small letters, such as address"),
}

Code = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema=ONE_LINE)]  # of a rule, an option, a place
Word = Annotated[str, Meta(max_length=100, extra_json_schema=ONE_LINE)]  # a code, a kind, a number of ours
Tag = Annotated[str, Meta(min_length=1, max_length=40, extra_json_schema=ONE_LINE)]  # orders are sorted by it
Sku = Annotated[str, Meta(max_length=64, extra_json_schema=ONE_LINE)]
Name = Annotated[str, Meta(max_length=200, extra_json_schema=ONE_LINE)]
Reference = Annotated[str, Meta(max_length=200, extra_json_schema=ONE_LINE)]  # what others call it
#: The id that something has elsewhere, by which it is known when it comes again. Messages `trim` it.
ForeignId = Annotated[str, Meta(max_length=200, pattern=NOT_BLANK, extra_json_schema=NO_BLANK_LINE)]
CustomerNumber = Annotated[str, Meta(max_length=100, pattern=NOT_BLANK, extra_json_schema=NO_BLANK_LINE)]
Mail = Annotated[str, Meta(max_length=254, extra_json_schema=ONE_LINE)]  # RFC 5321, 4.5.3.1.3
Line = Annotated[str, Meta(max_length=500, extra_json_schema=ONE_LINE)]
Url = Annotated[str, Meta(max_length=2_000, extra_json_schema=ONE_LINE)]
Reason = Annotated[str, Meta(max_length=2_000)]
Text = Annotated[str, Meta(max_length=10_000)]  # a message, several lines
LongText = Annotated[str, Meta(max_length=20_000)]
Document = Annotated[str, Meta(max_length=2_000_000)]  # where an order came from
Picture = Annotated[str, Meta(max_length=8_000_000)]  # a data URI (RFC 2397)
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", max_length=2)]  # ISO 3166-1 alpha-2
CountryOrNone = Annotated[str, Meta(pattern="^([A-Z]{2})?$", max_length=2)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3)]  # ISO 4217
Language = Annotated[str, Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]  # BCP 47
Words = Annotated[tuple[Word, ...], Meta(max_length=1_000)]

#: What programs leave at the ends of what is copied, and nobody sees: blanks of any width, and marks without one.
BLANKS: Final = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)))


def trimmed(text: str) -> str:
    """A name without its outer blanks; one of nothing else stays, to be refused or to be known as it was."""
    return text.strip(BLANKS) or text


def trim(message: msgspec.Struct, *names: str) -> None:
    """Cut the outer blanks of ids: what is told twice is known, however it was copied. For `__post_init__`."""
    for name in names:
        text = getattr(message, name)
        if text != (cut := trimmed(text)):
            msgspec.structs.force_setattr(message, name, cut)


# -------------------------------------------------------------------------------------------------------------- numbers

BIGGEST: Final = 2**63 - 1  # a bigint
LARGEST_AMOUNT: Final = 10**15  # minor units: of one amount, and of an order. Sums of a thousand still fit a bigint.
MOST_UNITS: Final = 1_000_000  # of one line

Minor = Annotated[int, Meta(ge=0, le=LARGEST_AMOUNT)]  # an amount that is not negative, in minor units
BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]  # 1900 is 19 %
Quantity = Annotated[int, Meta(ge=1, le=MOST_UNITS)]  # units of one line
Count = Annotated[int, Meta(ge=0, le=MOST_UNITS)]
StockCount = Annotated[int, Meta(ge=0, le=10_000_000)]  # less than any EAN that a scanner types into the field
Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]  # of an attempt, a step, a place in a sequence
Grams = Annotated[int, Meta(ge=0, le=100_000_000)]
Millimeters = Annotated[int, Meta(ge=0, le=1_000_000)]
Minutes = Annotated[int, Meta(ge=0, le=527_040)]  # of a year
Days = Annotated[int, Meta(ge=0, le=3_650)]
Hours = Annotated[int, Meta(ge=0, le=87_600)]

# ---------------------------------------------------------------------------------------------------------------- times

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)  # before it; the years of all promises and periods still fit after it
GRACE: Final = timedelta(minutes=5)  # clocks of two machines differ: a time so little ahead counts as now
A_MOMENT: Final = wanted("a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z")

Moment = Annotated[
    datetime,
    Meta(
        tz=True,
        description="With its zone, from 1900 to 2199.",
        extra_json_schema={"pattern": "^(19|20|21)[0-9]{2}-"},
    ),
]


def is_moment(at: datetime) -> bool:
    """Whether a time can be one of a shop's: with its zone, within the years that all sums of times can hold."""
    return at.tzinfo is not None and EARLIEST <= at < LATEST


def happened(at: datetime, now: datetime, field: str) -> datetime:
    """The time of something that has happened already; minutes ahead count as now. Refuses with `Invalid`."""
    if not is_moment(at) or at > now + GRACE:
        raise Invalid(field=field, found=at, expected="a time with its zone that is not to come")
    return min(at, now)


def to_come(at: datetime, now: datetime, field: str, most: timedelta, grace: timedelta = GRACE) -> datetime:
    """The time of something that will happen, at most so far ahead, or minutes ago. Refuses with `Invalid`."""
    if not is_moment(at) or not now - grace < at <= now + most:
        raise Invalid(field=field, found=at, expected=f"a time with its zone that is to come, within {most.days} days")
    return at


def seen(at: datetime, now: datetime) -> datetime:
    """A deadline that somebody has seen to be over: one to come is none yet, so it counts as now."""
    return min(at, now)


def payable(minor: int, currency: str, field: str) -> int:
    """A sum of money that a ledger can hold, with all that is added to it later. Refuses with `Invalid`."""
    if minor > LARGEST_AMOUNT:
        most = amount_text(LARGEST_AMOUNT, currency)
        raise Invalid(field=field, found=amount_text(minor, currency), expected=f"a sum of at most {most}")
    return minor


def zoned(at: datetime) -> datetime:
    """A time from the database as it is: the driver gives the infinite times of PostgreSQL without a zone."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def kept(at: datetime) -> datetime:
    """A time from the database, to be read and reckoned with: one beyond the years that are taken is at their end."""
    if at.tzinfo is not None and EARLIEST <= at <= LATEST:
        return at
    return min(max(zoned(at), EARLIEST), LATEST)
