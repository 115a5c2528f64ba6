"""How the columns of a file become order lines. A mapping reads one row, or says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from purveyor.core.addresses import fits_postal_code, rules_of
from purveyor.core.currencies import CURRENCIES, exponent
from purveyor.core.currency_symbols import currencies_of
from purveyor.core.field_types import LARGEST_AMOUNT, MOST_UNITS, is_moment
from purveyor.core.money import A_CURRENCY, Money, parse_amount
from purveyor.core.refusals import NOTHING, Invalid
from purveyor.ports.channel import SourceRow

LONGEST_SHOWN = 80


class RowRefused(Exception):  # noqa: N818 (an answer, not an error)
    """A row that cannot be an order line: which column, what was found, what was expected."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        shown = found if len(found) <= LONGEST_SHOWN else f"{found[:LONGEST_SHOWN]}..."
        super().__init__(str(Invalid(field=column, found=f'"{shown}"' if shown else NOTHING, expected=expected)))
        self.column = column
        self.expected = expected

    @property
    def code(self) -> str:
        """Under what rows like it are counted."""
        return f"{self.column}: {self.expected}" if self.column else "unreadable"


class RowUnreadable(RowRefused):
    """A row that was not read at all."""

    def __init__(self, why: str) -> None:
        super().__init__("", "", why)
        self.args = (why,)


class SourceLine(msgspec.Struct, frozen=True):
    """What a row says, in our words. Amounts are minor units of `currency`; quantities are positive."""

    line_no: int
    what: Literal["sale", "return"]
    reference: str
    at: datetime  # without a zone as long as the file gives none
    sku: str
    description: str
    quantity: int
    unit_minor: int
    currency: str
    customer: str  # the source's number of the customer, empty for guests
    country: str
    contact: dict[str, str]
    written: str = ""  # the time as the file has it, whatever the zone of the shop
    shipping_minor: int | None = None  # of the whole order, where the file says so


class Mapping(msgspec.Struct, frozen=True):
    """A named way to read a file. `customers`: the source knows its customers by number."""

    name: str
    columns: tuple[str, ...]  # that must be there
    read: Callable[[SourceRow], SourceLine]
    tax_class: str = "standard"
    tender: Literal["card", "invoice", "cash"] = "invoice"
    shipping_option: str = "standard"


_WHOLE = re.compile(r"[+-]?[0-9]+(\.0{1,6})?", re.ASCII)
_AMOUNT = re.compile(r"[+-]?[0-9]+(\.[0-9]{1,6})?", re.ASCII)
_WITH_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)", re.ASCII)
THOUSANDS = 3  # digits: 1,190 may be one and a bit, or more than a thousand
MOST_DIGITS = 400  # that are reckoned with: more is too much of anything


def whole(row: SourceRow, column: str, least: int, most: int) -> int:
    """A whole number, also when it is written 6.0. What is out of its bounds is told these."""
    text = row.cells.get(column, "").strip()
    if not _WHOLE.fullmatch(text):
        raise RowRefused(column, text, "a whole number")
    number = int(text.partition(".")[0]) if len(text) <= MOST_DIGITS else None
    if number is None or not least <= number <= most:
        raise RowRefused(column, text, f"a whole number from {least} to {most}")
    return number


def minor(row: SourceRow, column: str, currency: str) -> int:
    """An amount in whole minor units. A currency beside it, as sheets show one, must be the same."""
    found = row.cells.get(column, "").strip()
    text, _, beside = found.partition(" ")
    text = _with_point(text, currency)
    if beside and currency not in currencies_of(beside):
        raise RowRefused(column, found, f"an amount in {currency}, such as {_example(currency)}")
    is_amount = bool(_AMOUNT.fullmatch(text))
    if is_amount and (len(text) > MOST_DIGITS or abs(Decimal(text).scaleb(exponent(currency))) > LARGEST_AMOUNT):
        raise RowRefused(column, found, f"an amount of at most {Money(LARGEST_AMOUNT, currency)}")
    amount = parse_amount(text, currency) if is_amount else None
    if amount is None:
        digits = exponent(currency)
        raise RowRefused(column, found, f"an amount with at most {digits} decimals, such as {_example(currency)}")
    return amount


def _with_point(text: str, currency: str) -> str:
    """An amount with a decimal comma as one with a point, where it can be nothing else: 5,50, but not 1,190."""
    match = _WITH_COMMA.fullmatch(text)
    if match is None or not len(match[2]) == exponent(currency) != THOUSANDS:
        return text
    return f"{match[1]}.{match[2]}"


def _example(currency: str) -> Money:
    return Money(10 ** exponent(currency) * 5 // 4, currency)


A_TIME = "a date and time such as 2026-03-02 12:00:00"
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2})?))?", re.ASCII)


def moment(row: SourceRow, column: str) -> datetime:
    """A date or time (ISO 8601, or 2.3.2026 9:30: with points between, the day comes first everywhere).

    One without a zone is of the shop's, which whoever reads the file knows.
    """
    text = row.cells.get(column, "").strip()
    try:
        at = datetime.fromisoformat(_as_iso(text))
    except ValueError:
        raise RowRefused(column, text, A_TIME) from None
    if not is_moment(at if at.tzinfo else at.replace(tzinfo=UTC)):
        raise RowRefused(column, text, f"{A_TIME}, from 1900 to 2199")
    return at


def _as_iso(text: str) -> str:
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return text
    day, month, year, hour = match.groups()
    return f"{year}-{month:0>2}-{day:0>2} {hour or '0:00':0>{8 if (hour or '').count(':') > 1 else 5}}"


def needed(row: SourceRow, column: str) -> str:
    text = row.cells.get(column, "").strip()
    if not text:
        raise RowRefused(column, text, "a value")
    return text


_CONTACT = ("name", "company", "email", "phone", "street", "city", "postal_code", "region")
_COUNTRY = re.compile(r"[A-Z]{2}")


def _read_standard(row: SourceRow) -> SourceLine:
    currency = needed(row, "currency")
    if currency not in CURRENCIES:
        raise RowRefused("currency", currency, A_CURRENCY)
    country = needed(row, "country")
    if not _COUNTRY.fullmatch(country):
        raise RowRefused("country", country, "an ISO 3166-1 code such as DE")
    quantity = whole(row, "quantity", 1, MOST_UNITS)
    code = row.cells.get("postal_code", "").strip()
    if code and not fits_postal_code(country, code):
        such = next(iter(rules_of(country).forms), "")
        raise RowRefused("postal_code", code, f"a code of {country}" + (f" such as {such}" if such else ""))
    unit = minor(row, "unit_price", currency)
    if unit < 0:
        raise RowRefused("unit_price", row.cells["unit_price"], "an amount that is not negative")
    shipping = minor(row, "shipping", currency) if row.cells.get("shipping", "").strip() else None
    if shipping is not None and shipping < 0:
        raise RowRefused("shipping", row.cells["shipping"], "an amount that is not negative")
    return SourceLine(
        line_no=row.line_no,
        what="sale",
        reference=needed(row, "order"),
        at=moment(row, "placed_at"),
        sku=needed(row, "sku"),
        description=row.cells.get("description", "").strip(),
        quantity=quantity,
        unit_minor=unit,
        currency=currency,
        customer=row.cells.get("customer", "").strip(),
        country=country,
        contact={name: row.cells.get(name, "").strip() for name in _CONTACT},
        shipping_minor=shipping,
    )


_COUNTRIES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "JE",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "European Community": "EU",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "Unspecified": "ZZ",
}


def _read_online_retail(row: SourceRow) -> SourceLine:
    """UCI "Online Retail" (Chen, Sain and Guo 2012): pounds, an invoice `C...` takes back, `A...` corrects debts."""
    invoice = needed(row, "InvoiceNo")
    if invoice.startswith("A"):
        raise RowRefused("InvoiceNo", invoice, "a sale or a return, not a correction of bad debt")
    quantity = whole(row, "Quantity", -MOST_UNITS, MOST_UNITS)
    takes_back = invoice.startswith("C")
    if takes_back and quantity >= 0:
        raise RowRefused("Quantity", str(quantity), "less than 0 on a cancellation")
    if not takes_back and quantity <= 0:
        raise RowRefused("Quantity", str(quantity), "more than 0: this is a stock write-off, not an order")
    unit = minor(row, "UnitPrice", "GBP")
    if unit <= 0:
        raise RowRefused("UnitPrice", row.cells["UnitPrice"], "a price of more than 0")
    country = row.cells.get("Country", "").strip()
    if country not in _COUNTRIES:
        raise RowRefused("Country", country, "one of the 38 names of this data set")
    customer = row.cells.get("CustomerID", "").strip()
    return SourceLine(
        line_no=row.line_no,
        what="return" if takes_back else "sale",
        reference=invoice,
        at=moment(row, "InvoiceDate"),
        sku=needed(row, "StockCode"),
        description=row.cells.get("Description", "").strip(),
        quantity=abs(quantity),
        unit_minor=unit,
        currency="GBP",
        customer=str(whole(row, "CustomerID", 0, 10**12 - 1)) if customer else "",
        country=_COUNTRIES[country],
        contact={},
    )


MAPPINGS = {
    mapping.name: mapping
    for mapping in (
        Mapping(
            "standard",
            ("order", "placed_at", "sku", "quantity", "unit_price", "currency", "country"),
            _read_standard,
        ),
        Mapping(
            "online-retail",
            ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"),
            _read_online_retail,
            tax_class="zero",
            tender="cash",
            shipping_option="free",
        ),
    )
}
