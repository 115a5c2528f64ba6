"""What pages name alike everywhere: the zone of times, and locations by their names; looked up now and then."""

from __future__ import annotations

from time import monotonic
from zoneinfo import ZoneInfo

from purveyor.core.calendars import zone_of
from purveyor.db.shop_timezone import shop_zone
from purveyor.records.policies.queries import load_policies
from purveyor.web.http.app_context import House

KEPT_S = 1.0  # as long as the rules of commands are kept


class ShopTimezone:
    """The zone of the calendar policy, or of the installation where it names none."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.now: ZoneInfo = zone_of(house.settings.timezone)
        self.locations: dict[str, str] = {}  # names by code
        self._known_until = 0.0

    def location(self, code: str) -> str:
        """The name of a location; its code where it has none, or is gone."""
        return self.locations.get(code, code)

    async def look(self) -> ZoneInfo:
        """The zone, at most a second old."""
        if monotonic() >= self._known_until:
            self.now = await shop_zone(self._house.read)
            places = (await load_policies(self._house.read)).locations
            self.locations = {place.code: place.name for place in places if place.name}
            self._known_until = monotonic() + KEPT_S
        return self.now
