"""Signed links to the page of an order: whoever has one may see it, and nobody makes one up.

A link holds the order's id, the version of its links and a signature of both (HMAC-SHA-256, 132 bits of it). Staff
revoke the links of an order by raising its version.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from purveyor.secret_key import constant_time_equal, seal_of
from purveyor.stages.confirmation.queries import link_version
from purveyor.web.handling import WebContext

PURPOSE: Final = "order page"
TAG_CHARACTERS: Final = 22  # of base64: 132 bits
ID_BYTES: Final = 16
LONGEST_TOKEN: Final = 80


def order_path(desk: WebContext, order_id: UUID, version: int = 0) -> str:
    """The path of an order's page. `version` is 0 until links of the order were revoked (see `current_order_path`)."""
    return f"/o/{order_token(desk, order_id, version)}"


async def current_order_path(desk: WebContext, order_id: UUID) -> str:
    """The path of an order's page, whether links of it were revoked or not. Raises `LookupError` for no order."""
    version = await link_version(desk.house.read, order_id)
    if version is None:
        message = f"there is no order {order_id}"
        raise LookupError(message)
    return order_path(desk, order_id, version)


def order_url(settings: Any, order_id: UUID, version: int = 0) -> str:
    """The whole address, as messages have it."""
    return f"{shop_url(settings)}/o/{_token(settings, order_id, version)}"


def shop_url(settings: Any) -> str:
    """Where customers reach us: the setting `public_url`, or host and port."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def order_token(desk: WebContext, order_id: UUID, version: int = 0) -> str:
    """What stands in the path."""
    return _token(desk.house.settings, order_id, version)


def _token(settings: Any, order_id: UUID, version: int) -> str:
    body = order_id.bytes + (version.to_bytes(4, "big") if version else b"")
    text = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{text}.{_tag(settings.secret_key, settings.data_dir, text)}"


async def order_of(desk: WebContext, token: str) -> UUID | None:
    """The order of a link, or None: it is not one of ours, was revoked, or the order is gone."""
    read = read_token(desk, token)
    if read is None:
        return None
    order_id, version = read
    return order_id if await link_version(desk.house.read, order_id) == version else None


def read_token(desk: WebContext, token: str) -> tuple[UUID, int] | None:
    """The order and the version that a link of ours was made for; None where it is none. Asks no database."""
    text, _, tag = token.partition(".")
    settings = desk.house.settings
    if len(token) > LONGEST_TOKEN or not constant_time_equal(tag, _tag(settings.secret_key, settings.data_dir, text)):
        return None
    try:
        body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=body[:ID_BYTES]), int.from_bytes(body[ID_BYTES:], "big")


def _tag(secret_key: str | None, data_dir: Path, text: str) -> str:
    return seal_of(secret_key, data_dir).tag(PURPOSE, text)[:TAG_CHARACTERS]
