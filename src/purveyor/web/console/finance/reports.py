"""Figures: orders, revenue, cycle time by stage, perfect orders, on time, returns; every number leads to its orders."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from litestar.response.base import ASGIResponse

from purveyor.core.currencies import exponent
from purveyor.core.field_types import EARLIEST, LATEST
from purveyor.insight.figures import (
    SAMPLE,
    Day,
    Share,
    Stretch,
    best_sold,
    by_channel,
    by_day,
    cycle_times,
    quality,
)
from purveyor.stages.feedback.queries import scores_by_month
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get

SCOPE = "figures:read"
PERIODS = {"7": 7, "30": 30, "90": 90, "365": 365}


class Period(NamedTuple):
    """Whole days of the shop's zone, the last of them today."""

    first: date
    last: date
    since: datetime
    until: datetime

    @property
    def orders_href(self) -> str:
        return orders_of(self.first, self.last)


def orders_of(first: date, last: date, **more: str) -> str:
    """The list of the orders behind a number."""
    filters = {"placed_from": first.isoformat(), "placed_to": last.isoformat(), **more}
    return "/console/orders?" + "&".join(f"{name}={value}" for name, value in filters.items())


LONGEST_DAYS = 1_100  # three years: a point a day is drawn


def _period(ctx: RequestContext) -> Period:
    """The last days, or those that were named; whatever cannot be is told, and the last month is shown."""
    today = ctx.now.astimezone(ctx.shop_zone).date()
    if ctx.given("from") or ctx.given("to"):
        try:
            first = date.fromisoformat(ctx.given("from"))
            last = date.fromisoformat(ctx.given("to")) if ctx.given("to") else today
            if EARLIEST.date() <= first <= last <= LATEST.date() and (last - first).days < LONGEST_DAYS:
                return _days(ctx, first, last)
        except (ValueError, OverflowError):
            pass
        ctx.tell(ctx._("Choose two days, the first before the last, at most three years apart."), "danger")
        ctx.status = 422
    days = PERIODS.get(ctx.given("days"), 30)
    return _days(ctx, today - timedelta(days=days - 1), today)


def _days(ctx: RequestContext, first: date, last: date) -> Period:
    """From the beginning of the first day to the end of the last."""
    since = datetime.combine(first, time.min, ctx.shop_zone)
    return Period(first, last, since, datetime.combine(last + timedelta(days=1), time.min, ctx.shop_zone))


def _before(ctx: RequestContext, period: Period) -> Period:
    """As many days, right before."""
    length = period.last - period.first
    last = period.first - timedelta(days=1)
    return _days(ctx, last - length, last)


async def show(ctx: RequestContext) -> ASGIResponse:
    read = ctx.house.read
    period = _period(ctx)
    span = (period.since, period.until)
    days = await by_day(read, *span, ctx.shop_zone.key)
    currency = _main_currency(days, ctx.house.settings.currency)
    before = _before(ctx, period)
    then = await by_day(read, before.since, before.until, ctx.shop_zone.key)
    channels = await by_channel(read, *span, currency)
    stretches = await cycle_times(read, *span)
    scores = await scores_by_month(read, *span, ctx.shop_zone.key)
    answers = sum(each.answers for each in scores)
    return ctx.page(
        "console/finance/reports.html",
        period=period,
        chosen=str((period.last - period.first).days + 1) if not ctx.given("from") else "",
        before=before,
        orders_then=sum(day.orders for day in then),
        revenue_then=sum(day.revenue_minor for day in then if day.currency == currency),
        periods=tuple(PERIODS),
        currency=currency,
        days=[day for day in days if day.currency == currency],
        other_currencies=sorted({day.currency for day in days} - {currency}),
        orders=sum(day.orders for day in days),
        revenue=sum(day.revenue_minor for day in days if day.currency == currency),
        quality=await quality(read, *span),
        sample=SAMPLE,
        satisfied=100 * sum(each.satisfied for each in scores) / answers if answers else None,
        answers=answers,
        stretches=stretches,
        channels=channels,
        sold=await best_sold(read, *span, currency),
        charts={
            "days": _days_chart(ctx, period, [day for day in days if day.currency == currency], currency),
            "stretches": _stretches_chart(ctx, stretches),
            "channels": _channels_chart(ctx, channels, period),
        },
        orders_of=orders_of,
    )


def _main_currency(days: list[Day], default: str) -> str:
    """The one with the most orders: amounts of several currencies are not added up."""
    counts: defaultdict[str, int] = defaultdict(int)
    for day in days:
        counts[day.currency] += day.orders
    return max(counts, key=lambda currency: counts[currency], default=default)


def _days_chart(ctx: RequestContext, period: Period, days: list[Day], currency: str) -> dict[str, Any]:
    found = {day.day: day for day in days}
    every = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
    unit = 10 ** exponent(currency)
    return {
        "xAxis": {"type": "category", "data": [ctx.short_day(day) for day in every]},
        "yAxis": [{"type": "value", "name": ctx._("Orders")}, {"type": "value", "name": currency}],
        "series": [
            {
                "type": "bar",
                "name": ctx._("Orders"),
                "data": [
                    {"value": found[day].orders if day in found else 0, "href": orders_of(day, day)} for day in every
                ],
            },
            {
                "type": "line",
                "name": ctx._("Revenue"),
                "yAxisIndex": 1,
                "data": [found[day].revenue_minor / unit if day in found else 0 for day in every],
            },
        ],
    }


def _stretches_chart(ctx: RequestContext, stretches: list[Stretch]) -> dict[str, Any]:
    shown = [each for each in stretches if each.stage != "all"]
    return {
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 28, "containLabel": True},
        "xAxis": {"type": "value", "name": ctx._("hours"), "nameLocation": "middle", "nameGap": 28},
        "yAxis": {"type": "category", "inverse": True, "data": [ctx.label(each.stage) for each in shown]},
        "series": [
            {"type": "bar", "name": ctx._("Half of the orders"), "data": [round(e.median_h, 1) for e in shown]},
            {"type": "bar", "name": ctx._("Nine of ten"), "data": [round(e.ninety_h, 1) for e in shown]},
        ],
    }


def _channels_chart(ctx: RequestContext, channels: list[Share], period: Period) -> dict[str, Any]:
    return {
        "series": [
            {
                "type": "pie",
                "radius": ["45%", "75%"],
                "minShowLabelAngle": 9,
                "data": [
                    {
                        "name": ctx.label(each.label),
                        "value": each.orders,
                        "href": orders_of(period.first, period.last, channel=each.label),
                    }
                    for each in channels
                ],
            }
        ]
    }


ROUTES: tuple[PageRoute, ...] = (get("/console/figures", show, scope=SCOPE),)
