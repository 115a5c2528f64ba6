"""Parcels that are late: from the day after the promised one, in the shop's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from purveyor.db.reader import Reader
from purveyor.stages.delivery.queries import late_parcels
from tests.pure import a_shop
from tests.stages.confirmation.test_jobs import keep
from tests.stages.delivery.goods import expected, shipped

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FIRST = (datetime(2000, 1, 1, tzinfo=UTC), UUID(int=0))


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Tokyo", 15), ("UTC", 24)])
async def test_a_parcel_is_late_from_the_day_after_the_promised_one(pool: Pool, zone: str, hour: int) -> None:
    shop = a_shop()
    tracking = expected(shop, shipped(shop))  # promised for the sixth of March, at noon
    await keep(pool, shop)
    read = Reader(pool, zone)
    over = datetime(2026, 3, 6 + hour // 24, hour % 24, tzinfo=UTC)

    assert await late_parcels(read, over.replace(day=6, hour=hour - 1, minute=59), FIRST) == []
    assert [each.shipment_id for each in await late_parcels(read, over, FIRST)] == [tracking.shipment_id]
