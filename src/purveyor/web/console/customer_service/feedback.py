"""Feedback: how it was, by month and by cause, what customers said, and reviews to moderate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.stages.feedback.commands import ModerateProductReview
from purveyor.stages.feedback.queries import (
    Scores,
    answers,
    responses,
    reviews_to_moderate,
    scores_by_carrier,
    scores_by_location,
    scores_by_month,
    scores_by_promise,
)
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST, LAST
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.names import carrier_name
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark

READ = "feedback:read"
WRITE = "feedback:write"
PLACE = "/console/feedback"
PERIODS = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365)}
SHOWN = 30


# What became of the promised day.
PROMISES: Final = {"kept": mark("In time"), "broken": mark("Too late"), "none": mark("No day was promised")}


class Cause(NamedTuple):
    """Scores by what they may come from; `column`: what each row is."""

    title: str
    column: str
    scores: list[Scores]


async def show(ctx: RequestContext) -> ASGIResponse:
    read = ctx.house.read
    period = ctx.given("days") if ctx.given("days") in PERIODS else "90"
    until = ctx.now
    since = until - PERIODS[period]
    months = await scores_by_month(read, since, until, ctx.shop_zone.key)
    said = await paged_list(ctx, answers, lambda row: (row.answered_at, row.order_id), first=LAST)
    reviews = await reviews_to_moderate(read, FIRST, SHOWN)
    return ctx.page(
        "console/customer_service/feedback.html",
        period=period,
        periods=tuple(PERIODS),
        months=months,
        chart=_chart(ctx, months),
        total=_sum(months),
        asked=await responses(read, since, until),
        causes=(
            Cause(
                ctx._("By location"),
                ctx._("Location"),
                _named(await scores_by_location(read, since, until), ctx.desk.zone.location),
            ),
            Cause(
                ctx._("By carrier"),
                ctx._("Carrier"),
                _named(await scores_by_carrier(read, since, until), carrier_name),
            ),
            Cause(
                ctx._("By promise"),
                ctx._("Promised day"),
                _named(await scores_by_promise(read, since, until), lambda word: ctx._(PROMISES.get(word, word))),
            ),
        ),
        answers=said.items,
        next=said.next,
        reviews=reviews,
        numbers=await numbers_of(ctx, [*(row.order_id for row in said.items), *(row.order_id for row in reviews)]),
    )


def _named(scores: Iterable[Scores], name: Callable[[str], str]) -> list[Scores]:
    """Each cause as people call it: a location by its name, which is nobody's code."""
    return [msgspec.structs.replace(each, label=name(each.label)) for each in scores]


def _sum(scores: Sequence[Scores]) -> Scores:
    return Scores(
        label="",
        answers=sum(each.answers for each in scores),
        satisfied=sum(each.satisfied for each in scores),
        csat_sum=sum(each.csat_sum for each in scores),
        nps_answers=sum(each.nps_answers for each in scores),
        promoters=sum(each.promoters for each in scores),
        detractors=sum(each.detractors for each in scores),
    )


def _chart(ctx: RequestContext, months: Sequence[Scores]) -> dict[str, Any]:
    """CSAT in percent and NPS by month, each on its axis."""
    return {
        "xAxis": {"type": "category", "data": [each.label for each in months]},
        "yAxis": [
            {"type": "value", "min": 0, "max": 100, "name": "CSAT %"},
            {"type": "value", "min": -100, "max": 100, "name": "NPS"},
        ],
        "series": [
            {"type": "bar", "name": ctx._("Satisfied customers"), "data": [_round(each.csat) for each in months]},
            {"type": "line", "name": "NPS", "yAxisIndex": 1, "data": [_round(each.nps) for each in months]},
        ],
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


async def moderate(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    approved = form.text("action") == "approve"
    await ctx.do(
        ModerateProductReview(
            order_id=form.id("order"), review_id=form.id("review"), is_approved=approved, why=form.text("why")
        )
    )
    return ctx.see_other(PLACE, ctx._("Published.") if approved else ctx._("Not published."))


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(f"{PLACE}/reviews", moderate, scope=WRITE, again=show),
)
