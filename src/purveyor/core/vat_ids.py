"""VAT identification numbers, by their form and check digits. Whether one is in force today only VIES can say."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import stdnum
import stdnum.eu.vat
from stdnum.exceptions import ValidationError

from purveyor.core.refusals import wanted
from purveyor.core.tax_areas import NORTHERN_IRELAND, STATES

LONGEST: Final = 32
EXPECTED: Final = wanted("a VAT id with its country in front, such as DE136695976")
_GREECE: Final = {"GR": "EL"}
_OTHERS: Final = ("GB", "CH", "LI", "NO", "IS")  # of which the form is known, and that change nothing


@lru_cache(maxsize=4_096)
def normal(text: str) -> str | None:
    """A VAT id as it is printed, such as EL094259216, without blanks and dots; None where it cannot be one.

    The numbers of one-stop shops (EU..., IM...) are those of sellers, and no buyer's.
    """
    number = "".join(letter for letter in text.upper() if letter.isalnum())
    prefix, rest = _GREECE.get(number[:2], number[:2]), number[2:]
    if not number.isascii() or len(number) > LONGEST:
        return None
    try:
        if country(prefix) in STATES or prefix == NORTHERN_IRELAND:
            return str(stdnum.eu.vat.validate(prefix + rest))
        if prefix == "CH":
            return prefix + str(_module("CH").validate(number)).removeprefix(prefix)
        if prefix in _OTHERS and _module(prefix) is not None:
            return prefix + str(_module(prefix).validate(rest)).removeprefix(prefix)
    except ValidationError:
        return None
    return None


def country(vat_id: str) -> str:
    """The country that gave the id: ISO 3166-1, or XI for Northern Ireland; "" for none."""
    return {"EL": "GR"}.get(vat_id[:2], vat_id[:2])


def _module(prefix: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 (modules of a package without types)
    return stdnum.get_cc_module(prefix.lower(), "vat")
