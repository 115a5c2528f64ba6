"""Rates of value added tax by country and class, with the day from which each holds. Data; no rule stands here.

Sources: Taxes in Europe Database and "VAT rates applied in the Member States" of the European Commission
(taxation-customs.ec.europa.eu), and the national laws that `LAWS` names. State: 27 November 2026. Rates that are older
than the single market begin with it, on 1 January 1993.

Classes. A state may have two reduced rates, one below 5 % and a parking rate (Directive 2006/112/EC, Art. 98 to 118):

* `standard`: what no other class is meant for;
* `reduced`: where a state has several, the one of food in general, else that of books; Denmark reduces nothing, so
  that its standard rate stands there too;
* `reduced_2`, `reduced_3`: its other reduced rates;
* `super_reduced`: below 5 %; `parking`: 12 % or more, for what was taxed so in 1991;
* `zero`: goods that the merchant declares free of tax wherever they go.

Which goods a rate is for differs from state to state: a merchant who sells what `reduced` does not fit in one of them
gives these goods a class of their own, and names its rates.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from purveyor.core.field_types import BasisPoints, Code

PLACE: Final = r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|\*)$"


class TaxRate(msgspec.Struct, frozen=True):
    """The tax on goods of a class delivered to a country, from a day on until another row of the same two begins."""

    country: Annotated[str, Meta(pattern=PLACE, max_length=6)]  # ISO 3166-1, an area of `tax_areas`, or "*"
    tax_class: Code
    basis_points: BasisPoints  # 1900 is 19 %
    valid_from: date | None = None  # None: always
    domestic: bool = False  # counts only for a seller of that country: who sends goods there from abroad exports them


LAWS: Final[dict[str, str]] = {
    "AT": "UStG 1994, sec. 10",
    "BE": "Royal Decree no. 20 of 20 July 1970",
    "BG": "ZDDS, art. 66",
    "CY": "VAT Law 95(I)/2000, sec. 17 and 18",
    "CZ": "Act 235/2004, sec. 47",
    "DE": "UStG, sec. 12 and 28",
    "DK": "Momsloven, sec. 33",
    "EE": "KMS, sec. 15",
    "ES": "Ley 37/1992, art. 90 and 91",
    "FI": "Arvonlisaverolaki 1501/1993, sec. 84 to 85 a",
    "FR": "CGI, art. 278 to 281 nonies",
    "GR": "Law 5144/2024, art. 26",
    "HR": "Zakon o PDV-u, art. 38",
    "HU": "Act CXXVII of 2007, sec. 82",
    "IE": "VAT Consolidation Act 2010, sec. 46",
    "IT": "DPR 633/1972, art. 16",
    "LT": "PVM istatymas, art. 19",
    "LU": "Loi TVA, art. 39 and 40",
    "LV": "PVN likums, art. 41 and 42",
    "MT": "VAT Act, cap. 406, eighth schedule",
    "NL": "Wet OB 1968, art. 9",
    "PL": "Ustawa o VAT, art. 41 and 146ef",
    "PT": "CIVA, art. 18 (with the rates of Azores and Madeira)",
    "RO": "Codul fiscal, art. 291; Law 141/2025",
    "SE": "ML 2023:200, ch. 9; Prop. 2025/26:55 (food from 1 April 2026 to 31 December 2027)",
    "SI": "ZDDV-1, art. 41",
    "SK": "Act 222/2004, sec. 27",
    "XI": "VAT Act 1994 (UK), sec. 2; Windsor Framework, art. 8",
    "GB": "VAT Act 1994, sec. 2 and 29A",
    "CH": "MWSTG, art. 25",
    "LI": "MWSTG (LI), art. 25",
    "NO": "Merverdiavgiftsloven, ch. 5",
    "IS": "Act 50/1988, art. 14",
}

# A line: country or area, class, then percent and the day from which it holds, as often as it changed.
_TABLE: Final = """
AT    standard       20 1993-01-01
AT    reduced        10 1993-01-01
AT    reduced_2      13 2016-01-01
AT    super_reduced  4.9 2026-07-01
AT-JM standard       19 1993-01-01
BE    standard       21 1996-01-01
BE    reduced        6 1993-01-01
BE    reduced_2      12 1993-01-01
BE    parking        12 1993-01-01
BG    standard       20 1999-01-01
BG    reduced        9 2011-04-01
CY    standard       19 2014-01-13
CY    reduced        5 2000-07-01
CY    reduced_2      9 2014-01-13
CY    super_reduced  3 2023-07-21
CZ    standard       21 2013-01-01
CZ    reduced        15 2013-01-01  12 2024-01-01
DE    standard       19 2007-01-01  16 2020-07-01  19 2021-01-01
DE    reduced        7 1993-01-01   5 2020-07-01   7 2021-01-01
DK    standard       25 1993-01-01
DK    reduced        25 1993-01-01
EE    standard       20 2009-07-01  22 2024-01-01  24 2025-07-01
EE    reduced        9 2009-01-01
EE    reduced_2      13 2025-01-01
ES    standard       21 2012-09-01
ES    reduced        10 2012-09-01
ES    super_reduced  4 1995-01-01
FI    standard       24 2013-01-01  25.5 2024-09-01
FI    reduced        14 2013-01-01  13.5 2026-01-01
FI    reduced_2      10 2013-01-01
FR    standard       20 2014-01-01
FR    reduced        5.5 1993-01-01
FR    reduced_2      10 2014-01-01
FR    super_reduced  2.1 1993-01-01
GR    standard       24 2016-06-01
GR    reduced        13 2011-01-01
GR    reduced_2      6 2015-07-20
HR    standard       25 2012-03-01
HR    reduced        5 2013-01-01
HR    reduced_2      13 2014-01-01
HU    standard       27 2012-01-01
HU    reduced        5 2004-01-01
HU    reduced_2      18 2009-07-01
IE    standard       23 2012-01-01  21 2020-09-01  23 2021-03-01
IE    reduced        13.5 2003-01-01
IE    reduced_2      9 2011-07-01
IE    super_reduced  4.8 2005-01-01
IT    standard       22 2013-10-01
IT    reduced        10 1995-02-24
IT    reduced_2      5 2016-01-01
IT    super_reduced  4 1993-01-01
LT    standard       21 2009-09-01
LT    reduced        9 2009-01-01   5 2026-01-01
LT    reduced_2      12 2026-01-01
LU    standard       17 2015-01-01  16 2023-01-01  17 2024-01-01
LU    reduced        8 2015-01-01   7 2023-01-01   8 2024-01-01
LU    super_reduced  3 1993-01-01
LU    parking        14 2015-01-01  13 2023-01-01  14 2024-01-01
LV    standard       21 2012-07-01
LV    reduced        12 2011-01-01
LV    reduced_2      5 2018-01-01
MT    standard       18 2004-01-01
MT    reduced        5 2004-05-01
MT    reduced_2      7 2011-01-01
MT    reduced_3      12 2024-01-01
NL    standard       21 2012-10-01
NL    reduced        6 1993-01-01   9 2019-01-01
PL    standard       23 2011-01-01
PL    reduced        5 2011-01-01
PL    reduced_2      8 2011-01-01
PT    standard       23 2011-01-01
PT    reduced        6 2010-07-01
PT    reduced_2      13 2010-07-01
PT    parking        13 2010-07-01
PT-20 standard       18 2014-01-01  16 2021-07-01
PT-20 reduced        4 2010-07-01
PT-20 reduced_2      9 2014-01-01
PT-30 standard       22 2012-04-01
PT-30 reduced        5 2012-04-01   4 2024-10-01
PT-30 reduced_2      12 2012-04-01
RO    standard       19 2017-01-01  21 2025-08-01
RO    reduced        9 2015-06-01   11 2025-08-01
SE    standard       25 1993-01-01
SE    reduced        12 1996-01-01  6 2026-04-01  12 2028-01-01
SE    reduced_2      12 1996-01-01
SE    reduced_3      6 1996-01-01
SI    standard       22 2013-07-01
SI    reduced        9.5 2013-07-01
SI    reduced_2      5 2020-01-01
SK    standard       20 2011-01-01  23 2025-01-01
SK    reduced        10 2011-01-01  5 2025-01-01
SK    reduced_2      19 2025-01-01
XI    standard       20 2021-01-01
XI    reduced        5 2021-01-01
"""
# What sellers of other countries charge at home. To everybody else these countries are exports.
_DOMESTIC: Final = """
GB    standard       17.5 2010-01-01  20 2011-01-04
GB    reduced        5 1997-09-01
CH    standard       7.7 2018-01-01  8.1 2024-01-01
CH    reduced        2.5 2018-01-01  2.6 2024-01-01
CH    reduced_2      3.7 2018-01-01  3.8 2024-01-01
LI    standard       7.7 2018-01-01  8.1 2024-01-01
LI    reduced        2.5 2018-01-01  2.6 2024-01-01
LI    reduced_2      3.7 2018-01-01  3.8 2024-01-01
NO    standard       25 2005-01-01
NO    reduced        15 2012-01-01
NO    reduced_2      12 2018-01-01
IS    standard       24 2015-01-01
IS    reduced        11 2015-01-01
"""


def _read(table: str, *, domestic: bool) -> list[TaxRate]:
    rates: list[TaxRate] = []
    for line in table.strip().splitlines():
        country, tax_class, *steps = line.split()
        for percent, day in zip(steps[::2], steps[1::2], strict=True):
            points = round(float(percent) * 100)
            rates.append(TaxRate(country, tax_class, points, date.fromisoformat(day), domestic))
    return rates


RATES: Final[tuple[TaxRate, ...]] = (
    *_read(_TABLE, domestic=False),
    *_read(_DOMESTIC, domestic=True),
    TaxRate("*", "zero", 0),
)
