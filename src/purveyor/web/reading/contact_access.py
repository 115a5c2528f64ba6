"""Who is shown what of a customer's name, addresses, e-mail and phone."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from purveyor.core.rows import Contact
from purveyor.db.reader import Reader
from purveyor.records.staff.scopes import allows
from purveyor.web.auth.roles import ADDRESSES, CONTACTS
from purveyor.web.http.paging import Page
from purveyor.web.reading.order_lists import OrderFilter, OrderSeen, find_orders

Shown = Literal["all", "address", "nothing"]
ADDRESS = ("id", "name", "company", "street", "city", "postal_code", "region", "country", "erased")


def shown_of_contacts(scopes: frozenset[str]) -> Shown:
    """All of it, where a parcel goes, or nothing."""
    if allows(scopes, CONTACTS):
        return "all"
    return "address" if any(allows(scopes, scope) for scope in ADDRESSES) else "nothing"


def lacks_addresses(scopes: frozenset[str]) -> str:
    """The scope that is missing for a paper that says where a parcel goes; "" for whoever may read it."""
    return CONTACTS if shown_of_contacts(scopes) == "nothing" else ""


def contact_shown(contact: Contact, scopes: frozenset[str]) -> dict[str, Any] | None:
    """The contact of an order for whoever has these scopes; None where nothing of it is for them."""
    match shown_of_contacts(scopes):
        case "all":
            return {name: getattr(contact, name) for name in contact.__struct_fields__}
        case "address":
            return {name: getattr(contact, name) for name in ADDRESS}
        case "nothing":
            return None


def masked(contact: Contact, scopes: frozenset[str]) -> Contact:
    """A copy of the contact for a page: what is not for the reader is empty."""
    shown = contact_shown(contact, scopes)
    if shown is None:
        return Contact(contact.id, contact.customer_id, country=contact.country, erased=contact.erased)
    return Contact(**{"customer_id": contact.customer_id, **shown})


def by_contact(scopes: frozenset[str]) -> bool:
    """Whether orders may be found by a name, e-mail or phone: whether somebody ordered is for those who know them."""
    return allows(scopes, CONTACTS)


async def orders_for(read: Reader, asked: OrderFilter, scopes: frozenset[str]) -> Page[OrderSeen]:
    """Orders by any filters, without the names for whoever may not read them.

    Nor are orders found by a name, e-mail or phone then: whether somebody ordered is told to those who may know them.
    """
    found = await find_orders(read, asked, by_contact=by_contact(scopes))
    if shown_of_contacts(scopes) != "nothing":
        return found
    return msgspec.structs.replace(found, items=[msgspec.structs.replace(each, name="") for each in found.items])
