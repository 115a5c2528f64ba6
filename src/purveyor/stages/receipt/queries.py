"""What is read of carts, and those whose time is over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.receipt.commands import ReleaseCart

CART = "SELECT expires_at, order_id FROM cart WHERE id = $1"
EXPIRED = """
    -- Those that should have let go first.
    SELECT id, expires_at FROM cart
     WHERE expires_at <= $1
  ORDER BY expires_at, id
     LIMIT $2
"""


class CartRow(msgspec.Struct, frozen=True):
    """Until when stock is kept for a cart, and the order that it became."""

    expires_at: datetime | None
    order_id: UUID | None


class _Expired(msgspec.Struct, frozen=True):
    id: UUID
    expires_at: datetime


async def cart_row(read: Reader, cart_id: UUID) -> CartRow | None:
    return await read.row(CartRow, CART, cart_id)


@sweep("receipt.expired_carts", every_s=15)
async def expired_carts(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Let go of what carts hold whose time is over."""
    return [
        DueCommand(
            f"receipt.expire:{each.id}:{each.expires_at.isoformat()}",
            ReleaseCart(cart_id=each.id, expired_by=each.expires_at),
        )
        for each in await read.rows(_Expired, EXPIRED, now, limit)
    ]
