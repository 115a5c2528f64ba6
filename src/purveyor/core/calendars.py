"""Days and hours as the shop has them: its zone, its working days, public holidays, and the ends of periods.

Moments are kept in UTC; only what is a day or an hour to people goes through a zone. Nothing here looks at a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Name, kept

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Clock = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", max_length=5)]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
WEEKEND: Final = (5, 6)
LONGEST: Final = 3_660  # days to look ahead or back: what takes longer than ten years is due then
Place = tuple[str, str]  # a country (ISO 3166-1 alpha-2) and its part, such as BY, or ""


class ClosingDay(msgspec.Struct, frozen=True):
    """A day on which nobody works, beside public holidays: everywhere, or at one location."""

    day: date
    name: Name = ""
    location: Name = ""


class CalendarPolicy(msgspec.Struct, frozen=True):
    """In which zone the shop reads its days and hours, when somebody is there, and whose holidays count."""

    zone: Annotated[str, Meta(max_length=64)] = ""  # IANA; empty: that of the installation
    opens: Clock = "09:00"
    closes: Clock = "17:00"
    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)] = WEEKDAYS[:5]
    public_holidays: bool = True  # closed on those of the country below
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$", max_length=2)] = ""  # empty: the seller's
    subdivision: Annotated[str, Meta(max_length=16)] = ""  # ISO 3166-2 without the country, such as BY
    closing_days: Annotated[tuple[ClosingDay, ...], Meta(max_length=10_000)] = ()

    def wrong(self) -> tuple[str, str, str] | None:
        """Which field cannot be, what it says, and what it should be; None where all is well."""
        if self.zone and self.zone not in available_timezones():
            return "zone", self.zone, "a zone of the IANA database such as Europe/Berlin"
        if minutes_of(self.opens) >= minutes_of(self.closes):
            return "closes", self.closes, f"a time after {self.opens}"
        if self.subdivision and not self.country:
            return "country", "nothing", "the country of the subdivision"
        if self.country and (self.country, self.subdivision) not in _places():
            return "subdivision", f"{self.country} {self.subdivision}".strip(), "a country and a part that are known"
        return None


class BusinessHours(msgspec.Struct, frozen=True):
    """When somebody is there: from one minute of the day to another, on weekdays (Monday is 0), but for holidays.

    `zone` is where these days and minutes are; `places` whose public holidays count.
    """

    opens_minute: int = 9 * 60
    closes_minute: int = 17 * 60
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: tuple[date, ...] = ()
    zone: str = "UTC"
    places: tuple[Place, ...] = ()

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays and not is_holiday(day, self.places)


def minutes_of(clock: str) -> int:
    """Minutes of the day: 09:30 is 570."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@cache
def zone_names() -> tuple[str, ...]:
    """Zones that a person may be in: UTC, and those that are named after a place."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def zone_of(name: str) -> ZoneInfo:
    """A zone by its name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


# ---------------------------------------------------------------------------------------------------------------- days


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day that a moment is on."""
    return kept(at).astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo, minute: int = 0) -> datetime:
    """The moment at which a day, or a minute of it, begins."""
    midnight = datetime.combine(day + timedelta(days=minute // 1_440), time(), zone)
    return midnight.replace(hour=minute % 1_440 // 60, minute=minute % 60).astimezone(UTC)


def days_after(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day, so many days later: also over a night on which clocks are changed."""
    if zone.key == "UTC":
        return kept(at) + timedelta(days=days)
    return (kept(at).astimezone(zone) + timedelta(days=days)).astimezone(UTC)


# ------------------------------------------------------------------------------------------------------------ holidays


@cache
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """The public holidays of a country or a part of it; none where they are not known."""
    import holidays  # late: it takes its time, and most processes never need it

    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, expand=False)
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


@cache
def _places() -> frozenset[Place]:
    import holidays

    supported = holidays.list_supported_countries()
    return frozenset((country, part) for country, parts in supported.items() for part in ("", *parts))


def is_holiday(day: date, places: Iterable[Place]) -> bool:
    """Whether it is a public holiday in one of these places."""
    return any(day in public_holidays(country, part, day.year) for country, part in places)


def working_day_from(day: date, places: Iterable[Place]) -> date:
    """The day itself, or the first after it that is no Saturday, Sunday or public holiday."""
    places = tuple(places)
    while day.weekday() in WEEKEND or is_holiday(day, places):
        day += timedelta(days=1)
    return day


# --------------------------------------------------------------------------------------------------------------- hours


def due_at(opened: datetime, work: timedelta, calendar: BusinessHours) -> datetime:
    """When so much work, begun at `opened`, is done if people work in business hours only.

    Work that ends with the day is due at its close. No work is due at once. What takes more than ten years, because
    hardly anybody is ever there, is due after ten.
    """
    if work <= timedelta():
        return opened
    for start, end in _shifts(opened, calendar):
        if work <= end - start:
            return start + work
        work -= end - start
    return opened + timedelta(days=LONGEST)


def worked(since: datetime, until: datetime, calendar: BusinessHours) -> timedelta:
    """How much of business hours passed between two times; nothing when the second is not later."""
    total = timedelta()
    for start, end in _shifts(since, calendar):
        if start >= until:
            break
        total += min(end, until) - start
    return total


def begun_by(now: datetime, work: timedelta, calendar: BusinessHours) -> datetime:
    """The last moment from which so much of business hours has passed until now, of the last ten years."""
    if work <= timedelta():
        return now
    for day in _days(now, calendar, -1):
        start, end = _hours_of(day, calendar)
        end = min(end, now)
        if work <= end - start:
            return end - work
        work -= max(end - start, timedelta())
    return now - timedelta(days=LONGEST)


def _shifts(since: datetime, calendar: BusinessHours) -> Iterator[tuple[datetime, datetime]]:
    """Working days from `since` on, the first one from then."""
    for day in _days(since, calendar, 1):
        start, end = _hours_of(day, calendar)
        start = max(since, start)
        if start < end:
            yield start, end


def _days(at: datetime, calendar: BusinessHours, step: int) -> Iterator[date]:
    """Working days from the one of `at` on, forwards or backwards."""
    assert calendar.opens_minute < calendar.closes_minute, "the day ends before it begins"
    first = local_day(at, zone_of(calendar.zone))
    for ahead in count(0, step):
        if abs(ahead) >= LONGEST:
            return
        day = first + timedelta(days=ahead)
        if calendar.is_working_day(day):
            yield day


def _hours_of(day: date, calendar: BusinessHours) -> tuple[datetime, datetime]:
    zone = zone_of(calendar.zone)
    return start_of(day, zone, calendar.opens_minute), start_of(day, zone, calendar.closes_minute)
