"""Codes that files and rules have, by the names that people know: classes of tax, carriers, technicians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from purveyor.web.pages.translations import mark as _

# In the order in which they are chosen from.
TAX_CLASSES: Final[dict[str, str]] = {
    "standard": _("Standard rate"),
    "reduced": _("Reduced rate"),
    "reduced_2": _("Second reduced rate"),
    "reduced_3": _("Third reduced rate"),
    "super_reduced": _("Super-reduced rate"),
    "parking": _("Parking rate"),
    "zero": _("Free of tax"),
}
# Carriers whose names are not their codes with a capital letter.
_CARRIERS: Final[dict[str, str]] = {
    "ctt": "CTT",
    "dhl": "DHL",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "mrw": "MRW",
    "postnl": "PostNL",
    "seur": "SEUR",
    "tnt": "TNT",
    "ups": "UPS",
    "usps": "USPS",
}


def tax_class_name(code: str, translated: Callable[[str], str]) -> str:
    """A class by its name, with the code behind that files have; a class of the merchant's own is its code."""
    name = TAX_CLASSES.get(code)
    return f"{translated(name)} ({code})" if name else code


def tax_class_order(code: str) -> tuple[int, str]:
    """Where a class stands among others: those of the law as it has them, a merchant's own after them."""
    known = list(TAX_CLASSES)
    return known.index(code) if code in TAX_CLASSES else len(known), code


def carrier_name(code: str) -> str:
    """`dhl_parcel` as DHL Parcel. What has a capital letter is a name already."""
    if code != code.lower():
        return code
    return " ".join(_CARRIERS.get(word, word.capitalize()) for word in code.replace("_", " ").split())


def person_name(code: str) -> str:
    """Somebody who is known by a word alone: names of people begin with a capital letter."""
    return code.capitalize() if code.isalpha() and code.islower() else code
