"""Closed lists of words that more than one stage reads: channels, kinds of products, roles of staff."""

from __future__ import annotations

from typing import Final, Literal, get_args

Channel = Literal["web", "phone", "email", "in_person", "api", "file", "edi", "agent"]
CHANNELS: Final[tuple[str, ...]] = get_args(Channel)

ProductKind = Literal["goods", "download", "license", "access", "service"]
PRODUCT_KINDS: Final[tuple[str, ...]] = get_args(ProductKind)

ADMIN: Final = "admin"
ROLES: Final = (
    ADMIN,
    "sales",
    "reviewer",
    "finance",
    "picker",
    "packer",
    "shipper",
    "technician",
    "support",
    "returns",
    "analyst",
)
