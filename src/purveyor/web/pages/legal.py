"""What law wants to be found from every page of a shop: terms, privacy, withdrawal, and who sells."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from purveyor.core.policies import SellerPolicy
from purveyor.web.pages.translations import mark

TITLES: Final[dict[str, str]] = {
    "terms": mark("Terms and conditions"),
    "privacy": mark("Privacy"),
    "withdrawal": mark("Right of withdrawal"),
    "imprint": mark("Imprint"),
}
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class LegalLink(msgspec.Struct, frozen=True):
    name: str
    title: str
    href: str


def legal_links(seller: SellerPolicy) -> list[LegalLink]:
    """Where each stands: at an address of the seller's, or on a page of ours. What nobody has written is left out."""
    return [
        LegalLink(name, title, address_of(seller, name) or f"/legal/{name}")
        for name, title in TITLES.items()
        if legal_text(seller, name)
    ]


def address_of(seller: SellerPolicy, name: str) -> str:
    """The address of a page of somebody else's, or "" where the text itself is written."""
    text = legal_text(seller, name).strip()
    return text if _ADDRESS.fullmatch(text) else ""


def legal_text(seller: SellerPolicy, name: str, country: str = "") -> str:
    """As it was written; an imprint that nobody wrote is made of the address. `country`: its name, for who reads it."""
    written: str = getattr(seller, name) if name in TITLES else ""
    return written.strip() or (
        _imprint(seller, country or seller.country) if name == "imprint" and seller.street else ""
    )


def _imprint(seller: SellerPolicy, country: str) -> str:
    """Who sells and how they are reached (Directive 2000/31/EC, Art. 5)."""
    place = " ".join(part for part in (seller.postal_code, seller.city) if part)
    where = (seller.name, seller.street, place, country)
    rest = (seller.email, seller.phone, seller.register, seller.tax_id)
    return "\n\n".join("\n".join(part for part in group if part) for group in (where, rest) if any(group))
