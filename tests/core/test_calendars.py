"""Days, hours and periods in the shop's zone, also on the nights on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from purveyor.core.calendars import (
    BusinessHours,
    CalendarPolicy,
    ClosingDay,
    begun_by,
    days_after,
    due_at,
    local_day,
    public_holidays,
    start_of,
    worked,
    working_day_from,
)
from purveyor.core.policies import Location, Policies
from purveyor.core.service_levels import StagePolicy, StageTarget

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_case_of_the_morning_in_berlin_is_due_when_berlin_closes() -> None:
    hours = BusinessHours(zone="Europe/Berlin")

    assert due_at(at("2026-06-15T08:08+02:00"), timedelta(hours=8), hours) == at("2026-06-15T17:00+02:00")
    assert due_at(at("2026-12-14T08:08+01:00"), timedelta(hours=8), hours) == at("2026-12-14T17:00+01:00")
    assert worked(at("2026-06-15T09:00+02:00"), at("2026-06-15T09:30+02:00"), hours) == timedelta(minutes=30)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_of_work_lasts_from_opening_to_closing_in_every_zone(zone: str) -> None:
    hours = BusinessHours(zone=zone, weekdays=(0, 1, 2, 3, 4, 5, 6))
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 15)):
        opens, closes = start_of(day, ZoneInfo(zone), 9 * 60), start_of(day, ZoneInfo(zone), 17 * 60)

        assert due_at(start_of(day, ZoneInfo(zone)), timedelta(hours=8), hours) == closes
        assert worked(opens, closes, hours) == timedelta(hours=8)
        assert begun_by(closes, timedelta(hours=8), hours) == opens
        assert local_day(opens, ZoneInfo(zone)) == day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Tokyo", date(2026, 3, 29), 24),
    ],
)
def test_whoever_never_closes_works_as_long_as_the_day_lasts(zone: str, day: date, hours: int) -> None:
    always = BusinessHours(0, 24 * 60, (0, 1, 2, 3, 4, 5, 6), zone=zone)
    start, end = start_of(day, ZoneInfo(zone)), start_of(day + timedelta(days=1), ZoneInfo(zone))

    assert end - start == timedelta(hours=hours)
    assert worked(start, end, always) == timedelta(hours=hours)
    assert due_at(start, timedelta(hours=hours), always) == end


def test_days_later_is_the_same_time_of_day_when_clocks_are_changed() -> None:
    assert days_after(at("2026-03-28T23:30+01:00"), 4, BERLIN) == at("2026-04-01T23:30+02:00")
    assert days_after(at("2026-10-24T00:30+02:00"), 4, BERLIN) == at("2026-10-28T00:30+01:00")
    assert days_after(at("2026-11-23T23:30+00:00"), 4, BERLIN) == at("2026-11-28T00:30+01:00")
    assert days_after(at("2026-03-02T12:00+00:00"), 7, ZoneInfo("UTC")) == at("2026-03-09T12:00+00:00")


def test_begun_by_is_the_other_way_round() -> None:
    hours = BusinessHours(zone="Europe/Berlin")
    monday = at("2026-06-15T10:00+02:00")

    assert begun_by(monday, timedelta(hours=1), hours) == at("2026-06-15T09:00+02:00")
    assert begun_by(monday, timedelta(hours=2), hours) == at("2026-06-12T16:00+02:00")
    assert begun_by(at("2026-06-15T03:00+02:00"), timedelta(hours=8), hours) == at("2026-06-12T09:00+02:00")
    assert begun_by(monday, timedelta(), hours) == monday


def test_a_period_that_ends_on_a_day_off_ends_with_the_next_working_day() -> None:
    german = {("DE", "")}

    assert working_day_from(date(2026, 6, 14), german) == date(2026, 6, 15)  # a Sunday
    assert working_day_from(date(2026, 6, 12), german) == date(2026, 6, 12)  # a Friday
    assert working_day_from(date(2026, 4, 3), german) == date(2026, 4, 7)  # from Good Friday to the day after Easter
    assert working_day_from(date(2026, 5, 1), german) == date(2026, 5, 4)
    assert working_day_from(date(2026, 7, 14), {("FR", "")}) == date(2026, 7, 15)
    assert working_day_from(date(2026, 7, 14), german) == date(2026, 7, 14)
    assert working_day_from(date(2026, 1, 6), german) == date(2026, 1, 6)
    assert working_day_from(date(2026, 1, 6), {("DE", "BY")}) == date(2026, 1, 7)
    assert working_day_from(date(2026, 6, 13), {("ZZ", "")}) == date(2026, 6, 15)  # weekends are everywhere


def test_holidays_of_a_place_that_nobody_knows_are_none() -> None:
    assert public_holidays("ZZ", "", 2026) == frozenset()
    assert date(2026, 12, 25) in public_holidays("DE", "", 2026)


def test_the_shop_is_closed_on_holidays_of_its_country_and_on_days_of_its_own() -> None:
    calendar = CalendarPolicy(
        country="DE",
        weekdays=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
        closing_days=(ClosingDay(date(2026, 6, 15), "Stocktaking"), ClosingDay(date(2026, 6, 16), "Repairs", "shop")),
    )
    shop = Policies(calendar=calendar)

    assert shop.is_closed(date(2026, 5, 1), "shop")
    assert shop.is_closed(date(2026, 6, 14), "shop")
    assert shop.is_closed(date(2026, 6, 15), "main")
    assert shop.is_closed(date(2026, 6, 16), "shop")
    assert not shop.is_closed(date(2026, 6, 16), "main")
    assert not shop.is_closed(date(2026, 6, 20), "main")  # a Saturday
    assert not Policies(calendar=CalendarPolicy(country="DE", public_holidays=False)).is_closed(
        date(2026, 5, 1), "main"
    )


def test_the_zone_and_the_country_are_those_of_the_installation_and_of_the_shop_until_they_are_set() -> None:
    berlin = Location("main", "Main", "DE")
    shop = Policies(locations=(berlin,), home_zone="Asia/Tokyo")

    assert (shop.zone.key, shop.place) == ("Asia/Tokyo", ("DE", ""))
    chosen = Policies(
        locations=(berlin,),
        home_zone="Asia/Tokyo",
        calendar=CalendarPolicy(zone="America/New_York", country="US", subdivision="NY"),
    )
    assert (chosen.zone.key, chosen.place) == ("America/New_York", ("US", "NY"))
    assert chosen.business_hours.zone == "America/New_York"


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        (CalendarPolicy(zone="Europe/Bielefeld"), "zone"),
        (CalendarPolicy(zone="../etc"), "zone"),
        (CalendarPolicy(opens="17:00", closes="09:00"), "closes"),
        (CalendarPolicy(subdivision="BY"), "country"),
        (CalendarPolicy(country="DE", subdivision="ZZ"), "subdivision"),
        (CalendarPolicy(country="ZZ"), "subdivision"),
    ],
)
def test_a_calendar_that_cannot_be_is_told_with_its_field(calendar: CalendarPolicy, field: str) -> None:
    wrong = calendar.wrong()
    assert wrong is not None
    assert wrong[0] == field


def test_a_calendar_that_can_be_has_nothing_wrong() -> None:
    assert CalendarPolicy().wrong() is None
    assert CalendarPolicy(zone="Europe/Berlin", opens="00:00", closes="24:00", country="DE").wrong() is None


def test_a_stage_is_late_by_the_wall_clock_or_by_business_hours() -> None:
    hours = BusinessHours(zone="Europe/Berlin")
    monday = at("2026-06-15T10:00+02:00")
    shop = StagePolicy(clocks=(StageTarget("picking", 120, business_hours=True), StageTarget("packing", 120)))

    assert shop.clock("picking").late_before(monday, hours) == at("2026-06-12T16:00+02:00")
    assert shop.clock("packing").late_before(monday, hours) == at("2026-06-15T08:00+02:00")
    assert shop.clock("delivery") == StagePolicy().clock("delivery")


BEYOND = [datetime(1, 1, 1), datetime(9999, 12, 31, 23)]  # noqa: DTZ001 (as the driver gives what has no end)


@pytest.mark.parametrize("at", [*BEYOND, *(each.replace(tzinfo=UTC) for each in BEYOND)])
@pytest.mark.parametrize("zone", [ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")])
def test_a_time_that_was_kept_beyond_all_years_can_be_read(at: datetime, zone: ZoneInfo) -> None:
    assert 1899 <= local_day(at, zone).year <= 2200
    assert days_after(at, 3_650, zone).tzinfo is not None
