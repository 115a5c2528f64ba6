"""The currencies of ISO 4217: their digits, and amounts in them as they are written in data."""

from __future__ import annotations

# The currencies and funds of ISO 4217, list one (state: January 2026), by the digits after the point: not those that
# people are used to see (CLDR), which differ for thirteen of them. Metals, testing and "no currency" are no money.
_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
CURRENCIES = frozenset(_EXPONENTS)


def exponent(currency: str) -> int:
    """Digits after the point (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD, and 2 for what is in use no more."""
    return _EXPONENTS.get(currency, 2)


def amount_text(minor: int, currency: str) -> str:
    """An amount in minor units as it is written in data: `12.50 EUR`, `1250 JPY`, `1.250 KWD`."""
    digits = exponent(currency)
    if digits == 0:
        return f"{minor} {currency}"
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{part:0{digits}} {currency}"
