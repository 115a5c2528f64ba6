"""Feedback: surveys, and what buyers think of products."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from purveyor.db.reader import Reader
from purveyor.db.shop_timezone import shop_zone
from purveyor.stages.feedback.commands import (
    AnswerSurvey,
    ExpireSurvey,
    InviteToSurvey,
    ModerateProductReview,
    PlanSurvey,
    WriteProductReview,
)
from purveyor.stages.feedback.queries import (
    ProductReviewView,
    Scores,
    SurveyView,
    answers,
    reviews_of_product,
    reviews_to_moderate,
    scores_by_carrier,
    scores_by_location,
    scores_by_month,
    scores_by_promise,
)
from purveyor.stages.feedback.state import ProductReview
from purveyor.web.api.command_endpoints import Endpoint, each, once
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import LAST, OfSku, Period

WRITE = "feedback:write"
READ = "feedback:read"
ORDER = "/orders/{order_id:uuid}"


class ScoreList(msgspec.Struct, frozen=True):
    items: Sequence[Scores]


def _scores(by: str, query: Callable[[Reader, Any, Any], Awaitable[list[Scores]]], *, summary: str) -> QueryEndpoint:
    async def find(house: House, asked: Period) -> ScoreList:
        return ScoreList(await query(house.read, asked.since, asked.until))

    return QueryEndpoint(
        path=f"/scores/by-{by}",
        find=find,
        answer=ScoreList,
        scope=READ,
        summary=summary,
        parameters=Period,
    )


async def _by_month(read: Reader, since: Any, until: Any) -> list[Scores]:
    """By month of the shop's zone."""
    return await scores_by_month(read, since, until, (await shop_zone(read)).key)


SECTION = Section(
    name="feedback",
    about="Customers say how it went, with the causes beside: location, carrier, and whether the promise was kept.",
    endpoints=(
        Endpoint(
            path=f"{ORDER}/survey",
            command=AnswerSurvey,
            scope=WRITE,
            summary="Answer the survey",
            tried=once(lambda order_id: AnswerSurvey(order_id=order_id, csat=5)),
        ),
        Endpoint(
            path=f"{ORDER}/lines/{{line_id:uuid}}/product-review",
            command=WriteProductReview,
            scope=WRITE,
            summary="Say what one thinks of a product",
            status=201,
            tried=lambda book: (
                WriteProductReview(order_id=book.order.id, line_id=line.id, stars=5) for line in book.lines.values()
            ),
        ),
        Endpoint(
            path=f"{ORDER}/product-reviews/{{review_id:uuid}}/moderate",
            command=ModerateProductReview,
            scope=WRITE,
            summary="Show a product review to everybody, or do not",
            tried=each(
                ProductReview,
                lambda row: ModerateProductReview(order_id=row.order_id, review_id=row.id, is_approved=True),
            ),
            otherwise="Nobody has written about a product of the order.",
        ),
    ),
    reads=(
        worklist(
            "/surveys",
            "What customers said, the newest first",
            READ,
            SurveyView,
            answers,
            lambda row: (row.answered_at, row.order_id),
            first=LAST,
        ),
        _scores("location", scores_by_location, summary="How satisfied customers were, by location"),
        _scores("carrier", scores_by_carrier, summary="How satisfied customers were, by carrier"),
        _scores(
            "promise", scores_by_promise, summary="How satisfied customers were, by whether the promised date was kept"
        ),
        _scores("month", _by_month, summary="How satisfied customers were, by month"),
        worklist(
            "/product-reviews",
            "What everybody may read of a product",
            READ,
            ProductReviewView,
            reviews_of_product,
            lambda row: (row.written_at, row.id),
            parameters=OfSku,
            first=LAST,
            arguments=lambda _, asked: (asked.sku,),
        ),
        worklist(
            "/product-reviews/pending",
            "Product reviews to moderate",
            READ,
            ProductReviewView,
            reviews_to_moderate,
            lambda row: (row.written_at, row.id),
        ),
    ),
    internal=(PlanSurvey, InviteToSurvey, ExpireSurvey),
)
