"""The zone in which the shop reads its days and hours, for whoever reads beside the rules."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from purveyor.core.calendars import zone_of
from purveyor.db.reader import Reader

SHOP_ZONE = "SELECT data->>'zone' FROM policy WHERE name = 'calendar'"


async def shop_zone(read: Reader) -> ZoneInfo:
    """That of the policy `calendar`, or of the installation where it names none."""
    return zone_of(next(iter(await read.values(SHOP_ZONE)), "") or read.zone)
