"""What people write for a currency instead of its code."""

from __future__ import annotations

import unicodedata
from typing import Final

from purveyor.core.currencies import CURRENCIES

_WRITTEN: Final = {
    "$": (
        "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD "
        "UYU XCD"
    ),
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD NIO",
    "CA$": "CAD",
    "HK$": "HKD",
    "MX$": "MXN",
    "NT$": "TWD",
    "NZ$": "NZD",
    "R$": "BRL",
    "S$": "SGD",
    "€": "EUR",
    "£": "GBP EGP FKP GIP SHP SYP LBP SSP SDG",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "CN¥": "CNY",
    "元": "CNY",
    "円": "JPY",
    "₩": "KRW KPW",
    "₹": "INR",
    "Rs": "INR LKR MUR NPR PKR SCR",
    "₨": "INR LKR MUR NPR PKR SCR",
    "₽": "RUB",
    "руб.": "RUB BYN",  # noqa: RUF001 (it is Cyrillic)
    "₴": "UAH",
    "грн.": "UAH",
    "₺": "TRY",
    "TL": "TRY",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₦": "NGN",
    "₡": "CRC",
    "₲": "PYG",
    "₵": "GHS",
    "₸": "KZT",
    "₼": "AZN",
    "₾": "GEL",
    "֏": "AMD",
    "kr": "SEK DKK ISK NOK",
    "kr.": "DKK SEK ISK NOK",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "Fr": "CHF",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON MDL",
    "Lei": "RON MDL",
    "лв": "BGN KGS",
    "лв.": "BGN KGS",
    "дин.": "RSD",
    "Din.": "RSD",
    "KM": "BAM",
    "ден.": "MKD",
    "Lek": "ALL",
    "Rp": "IDR",
    "RM": "MYR",
    "R": "ZAR",
    "S/": "PEN",
    "S/.": "PEN",
    "B/.": "PAB",
    "Bs": "BOB VES",
    "Q": "GTQ",
    "L": "HNL",
}
_CURRENCIES: Final = {symbol: frozenset(codes.split()) for symbol, codes in _WRITTEN.items()}


def currencies_of(text: str) -> frozenset[str]:
    """The currencies that are written so: a code is its own, a dollar sign may be one of many; none for other text."""
    text = text.strip()
    if text in CURRENCIES:
        return frozenset((text,))
    return _CURRENCIES.get(text, frozenset())


def looks_like_currency(text: str) -> bool:
    """Whether text beside a number can be nothing but a currency: a single letter may belong to an article's number."""
    text = text.strip()
    is_sign = any(unicodedata.category(each) == "Sc" for each in text)
    return is_sign or (len(text) > 1 and bool(currencies_of(text)))
