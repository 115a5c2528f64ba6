"""What each role may do: the scopes of the API, in one table. Pages and their actions ask `may`, on the server."""

from __future__ import annotations

from collections.abc import Iterable

from purveyor.core.vocabulary import ADMIN
from purveyor.records.staff.scopes import allows

# Everybody who works here looks at orders and at what can be bought, and sees who has which questions.
_ALL = ("orders:read", "catalog:read", "stock:read")

# Who the customer is: name, addresses, e-mail, phone. Packers and shippers are shown where a parcel goes, and no more.
CONTACTS = "contacts:read"
ADDRESSES = ("packing:write", "shipping:write")
KNOWING_ADDRESSES = (CONTACTS, *ADDRESSES)  # any of them reads papers that say where a parcel goes
EXPORT = "orders:export"

SCOPES: dict[str, tuple[str, ...]] = {
    ADMIN: ("*",),
    # Takes orders by phone and at the counter, and looks after customers.
    "sales": (
        *_ALL,
        CONTACTS,
        "receipt:write",
        "receipt:price",
        "counter:write",
        "customers:read",
        "customers:write",
        "review:read",
        "review:write",
        "confirmation:read",
        "confirmation:write",
        "payment:read",
        "delivery:read",
        "delivery:write",
        "returns:read",
        "support:read",
        "support:write",
        "policies:read",
    ),
    # Looks at what was held: risk, address, price, stock.
    "reviewer": (
        *_ALL,
        CONTACTS,
        "review:read",
        "review:write",
        "customers:read",
        "customers:write",
        "confirmation:read",
        "payment:read",
        "support:read",
        "policies:read",
    ),
    # Money: captures, refunds, invoices, reminders; credit limits; what is in doubt.
    "finance": (
        *_ALL,
        CONTACTS,
        EXPORT,
        "figures:read",
        "payment:read",
        "payment:write",
        "customers:read",
        "customers:write",
        "customers:terms",
        "review:read",
        "review:write",
        "confirmation:read",
        "returns:read",
        "policies:read",
        "jobs:read",
        "jobs:write",
    ),
    "picker": (*_ALL, "picking:read", "picking:write", "stock:write"),
    "packer": (*_ALL, "packing:read", "packing:write", "picking:read", "shipping:read"),
    "shipper": (
        *_ALL,
        "shipping:read",
        "shipping:write",
        "packing:read",
        "delivery:read",
        "delivery:write",
    ),
    # Goes to customers: appointments, installations.
    "technician": (*_ALL, CONTACTS, "delivery:read", "delivery:write", "support:read", "support:write"),
    "support": (
        *_ALL,
        CONTACTS,
        "support:read",
        "support:write",
        "support:resolve",
        "customers:read",
        "customers:write",
        "confirmation:read",
        "confirmation:write",
        "review:read",
        "review:write",
        "payment:read",
        "shipping:read",
        "delivery:read",
        "delivery:write",
        "returns:read",
        "returns:write",
        "feedback:read",
        "feedback:write",
        "policies:read",
    ),
    "returns": (
        *_ALL,
        CONTACTS,
        "returns:read",
        "returns:write",
        "stock:write",
        "customers:read",
        "payment:read",
        "support:read",
        "support:write",
        "policies:read",
    ),
    # Reads figures and what lies behind them; changes nothing.
    "analyst": (
        *_ALL,
        EXPORT,
        "figures:read",
        "review:read",
        "confirmation:read",
        "payment:read",
        "picking:read",
        "packing:read",
        "shipping:read",
        "delivery:read",
        "support:read",
        "returns:read",
        "feedback:read",
        "policies:read",
    ),
}

# Only an admin: the merchant's rules, products and prices, what is erased for ever, who may come in, who else is told.
ADMIN_ONLY = (
    "policies:write",
    "catalog:write",
    "customers:erase",
    "staff:read",
    "staff:write",
    "webhooks:read",
    "webhooks:write",
)


# The stage of placing orders has no scope of its own: what was ordered is the order.
_SCOPES_OF_STAGES = {"receipt": "orders:read"}


def reading(stage: str) -> str:
    """The scope that reads the rows and facts of a stage: `payment:read` for `payment`."""
    return _SCOPES_OF_STAGES.get(stage, f"{stage}:read")


def readable(scopes: frozenset[str], stages: Iterable[str]) -> tuple[str, ...]:
    """Those of the stages whose rows and facts may be read with these scopes."""
    return tuple(stage for stage in stages if allows(scopes, reading(stage)))


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """All scopes of somebody with these roles. A role that is not known gives none."""
    return frozenset(scope for role in roles for scope in SCOPES.get(role, ()))


def roles_with(*scopes: str) -> list[str]:
    """Whose work it is: every role that has one of the scopes but the admin's, which has all; else the admin's."""
    others = (role for role in SCOPES if role != ADMIN)
    return [role for role in others if any(allows(scopes_of([role]), scope) for scope in scopes)] or [ADMIN]
