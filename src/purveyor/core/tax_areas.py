"""Where an address counts for value added tax: member states, and the places that are another country to it.

Sources: Directive 2006/112/EC, Art. 5 to 7; Windsor Framework, Art. 8 (Northern Ireland, for goods); the postal codes
of the national posts. An area is named by its country's code, or by one of `AREAS`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from purveyor.core.addresses import normal_postal_code

STATES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 (reads so)
)
NORTHERN_IRELAND: Final = "XI"
# Countries that count as another one (Art. 7).
COUNTS_AS: Final = {"MC": "FR", "IM": "GB"}
# Customs enclaves that are domestic to Swiss tax, and the Swiss to that of Liechtenstein (MWSTG, Art. 3 a; treaties of
# 1923 and 1964). Campione d'Italia belongs to the customs territory of the EU since 2020.
_SWISS: Final = frozenset({"CH", "LI", "DE-BUS"})


class Area(msgspec.Struct, frozen=True):
    """A part of a country with rates of its own, or outside its tax."""

    code: str
    country: str
    name: str
    postal_codes: str  # a pattern of the code without blanks and hyphens
    is_inside: bool  # the VAT territory of the EU
    example: str


AREAS: Final = {
    area.code: area
    for area in (
        Area("AT-JM", "AT", "Jungholz and Mittelberg", "6691|699[123]|8749[01]|8756[789]", True, "6991"),
        Area("DE-BUS", "DE", "Büsingen am Hochrhein", "78266", False, "78266"),
        Area("DE-HGL", "DE", "Helgoland", "27498", False, "27498"),
        Area("ES-CN", "ES", "Canary Islands", "(35|38)[0-9]{3}", False, "35001"),
        Area("ES-CE", "ES", "Ceuta", "51[0-9]{3}", False, "51001"),
        Area("ES-ML", "ES", "Melilla", "52[0-9]{3}", False, "52001"),
        Area("FI-01", "FI", "Åland", "22[0-9]{3}", False, "22100"),
        # 980 is Monaco, which counts as France.
        Area(
            "FR-OM", "FR", "French overseas departments and territories", "97[0-9]{3}|98[1-9][0-9]{2}", False, "97100"
        ),
        Area("GB-CHA", "GB", "Channel Islands", "(JE|GY)[0-9].*", False, "JE23AB"),
        Area(NORTHERN_IRELAND, "GB", "Northern Ireland", "BT[0-9].*", True, "BT11AA"),
        Area("GR-69", "GR", "Mount Athos", "6308[67]", False, "63086"),
        Area("IT-LIV", "IT", "Livigno", "23041", False, "23041"),
        Area("IT-CAM", "IT", "Campione d'Italia", "22061", False, "22061"),
        Area("PT-20", "PT", "Azores", "9[5-9][0-9]{2}.*", True, "9500"),
        Area("PT-30", "PT", "Madeira", "9[0-4][0-9]{2}.*", True, "9000"),
    )
}
_BY_COUNTRY: Final[dict[str, list[tuple[re.Pattern[str], str]]]] = {}
for _area in AREAS.values():
    _BY_COUNTRY.setdefault(_area.country, []).append((re.compile(_area.postal_codes), _area.code))
_BETWEEN: Final = re.compile(r"[\s\-.]+")
_PREFIX: Final = {country: re.compile(f"^{country}-?(?=[0-9])") for country in STATES - {"GR"}} | {
    "GR": re.compile("^(GR|EL)-?(?=[0-9])"),
    "DE": re.compile("^(DE|D)-?(?=[0-9])"),
    "IT": re.compile("^(IT|I)-?(?=[0-9])"),
    "FR": re.compile("^(FR|F)-?(?=[0-9])"),
    "AT": re.compile("^(AT|A)-?(?=[0-9])"),
    "ES": re.compile("^(ES|E)-?(?=[0-9])"),
    "PT": re.compile("^(PT|P)-?(?=[0-9])"),
    "FI": re.compile("^(FIN?|AX)-?(?=[0-9])"),
}


@lru_cache(maxsize=4_096)
def area_of(country: str, postal_code: str) -> str:
    """The area of an address, by its postal code as people write it."""
    written_for, country = country, COUNTS_AS.get(country, country)
    special = _BY_COUNTRY.get(country)
    if special is None or not postal_code:
        return country
    code = _BETWEEN.sub("", normal_postal_code(written_for, postal_code))
    if country in _PREFIX:
        code = _PREFIX[country].sub("", code)
    return next((area for pattern, area in special if pattern.fullmatch(code)), country)


def country_of(area: str) -> str:
    """The country that an area is a part of."""
    return AREAS[area].country if area in AREAS else area


def is_one_territory(area: str, home: str) -> bool:
    """Whether an area is domestic to sellers of another country, and taxed as there."""
    return area in _SWISS and home in _SWISS


def is_inside(area: str) -> bool:
    """Whether an area belongs to the VAT territory of the EU (Northern Ireland does, for goods)."""
    return AREAS[area].is_inside if area in AREAS else area in STATES


def example_of(area: str) -> str:
    """A postal code of an area; "" where the country's own rules count."""
    return AREAS[area].example if area in AREAS else ""
