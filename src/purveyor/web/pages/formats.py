"""Money, dates, durations and numbers as people of a language write them."""

from __future__ import annotations

from copy import copy
from datetime import date as Day, datetime, time as midnight, timedelta, tzinfo  # noqa: N812 (two of our own are named so)
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, get_plus_sign_symbol
from babel.units import format_unit

from purveyor.core.currency_format import money_text
from purveyor.core.field_types import kept


def money(minor: int, currency: str, locale: Locale) -> str:
    """An amount in minor units: 1234, EUR as €12.34 or 12,34 €."""
    if not currency:
        return format_decimal(minor, locale=locale)
    return money_text(minor, currency, locale)


def symbol(currency: str, locale: Locale) -> str:
    return get_currency_symbol(currency, locale=locale)


@lru_cache(maxsize=4_096)
def number(value: float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


def percent(share: float, locale: Locale, *, signed: bool = False) -> str:
    """A share of one with at most one decimal. `signed`: more has its sign, as less has."""
    plus = get_plus_sign_symbol(locale) if signed and share > 0 else ""
    return plus + str(_percents(locale, 1).apply(Decimal(str(share)), locale))


def rate(basis_points: int, locale: Locale) -> str:
    """A rate of tax to the last digit: 7.75%."""
    return str(_percents(locale, 2).apply(Decimal(basis_points) / 10_000, locale))


@lru_cache(maxsize=64)
def _percents(locale: Locale, most_decimals: int) -> NumberPattern:
    """The language says where the sign stands, and what stands between; how many decimals there are, we say."""
    pattern: NumberPattern = copy(locale.percent_formats[None])
    pattern.frac_prec = (0, most_decimals)
    return pattern


def kilograms(grams: int, locale: Locale) -> str:
    return format_unit(Decimal(grams) / 1_000, "mass-kilogram", "short", locale=locale)


@lru_cache(maxsize=4_096)
def date_and_time(at: datetime, zone: tzinfo, locale: Locale) -> str:
    """The day and the minute: people do not read seconds."""
    pattern = str(locale.datetime_formats["medium"])
    at = kept(at).astimezone(zone)
    day = format_date(at, "medium", locale=locale)
    return pattern.replace("{0}", format_time(at, "short", tzinfo=zone, locale=locale)).replace("{1}", day)


def lately(at: datetime, now: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The time where it is today, the day where it was before."""
    at, now = kept(at).astimezone(zone), now.astimezone(zone)
    if at.date() == now.date():
        return format_time(at, "short", tzinfo=zone, locale=locale)
    if at.year == now.year:
        return short_day(at.date(), locale)
    return format_date(at, "medium", locale=locale)


def date(at: datetime | Day, zone: ZoneInfo, locale: Locale, form: str = "medium") -> str:
    """The day of a moment in a zone, or a day as it is."""
    return format_date(kept(at).astimezone(zone) if isinstance(at, datetime) else at, form, locale=locale)


def day_name(day: Day, locale: Locale) -> str:
    """A day of a calendar: Mon 2 Mar, in the order of the language."""
    return format_skeleton("MMMEd", datetime.combine(day, midnight.min), locale=locale)


def short_day(day: Day, locale: Locale) -> str:
    """A day without its year: Mar 2."""
    return format_skeleton("MMMd", datetime.combine(day, midnight.min), locale=locale)


def time(at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    return format_time(kept(at).astimezone(zone), "short", locale=locale)


def ago(at: datetime, now: datetime, locale: Locale) -> str:
    """How long ago something was, or in how long it will be: 3 hours ago, in 2 days."""
    return format_timedelta(_rounded(at - now), add_direction=True, locale=locale)


def age(since: datetime, now: datetime, locale: Locale) -> str:
    """How old something is, short: 3 hr, 2 days."""
    return format_timedelta(_rounded(now - since), format="short", locale=locale)


def duration(value: timedelta, locale: Locale) -> str:
    return format_timedelta(_rounded(value), format="short", locale=locale)


def _rounded(value: timedelta) -> timedelta:
    """Whole seconds; what is less than a minute off is told in seconds, and no number has two parts."""
    return timedelta(seconds=round(value.total_seconds()))
