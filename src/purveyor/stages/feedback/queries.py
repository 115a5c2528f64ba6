"""What screens and the API read of feedback, and what has come due."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.feedback.commands import ExpireSurvey, InviteToSurvey

FIRST_ID: Final = UUID(int=0)


class SurveyView(msgspec.Struct, frozen=True):
    order_id: UUID
    status: str
    invite_at: datetime
    expires_at: datetime | None
    csat: int | None
    nps: int | None
    text: str
    answered_at: datetime | None


class Scores(msgspec.Struct, frozen=True):
    """Answers that have one cause, or one month, in common."""

    label: str
    answers: int
    satisfied: int  # CSAT 4 or 5
    csat_sum: int
    nps_answers: int
    promoters: int  # NPS 9 or 10
    detractors: int  # NPS 0 to 6

    @property
    def csat(self) -> float | None:
        """Satisfied customers in percent of those who answered."""
        return 100 * self.satisfied / self.answers if self.answers else None

    @property
    def csat_mean(self) -> float | None:
        return self.csat_sum / self.answers if self.answers else None

    @property
    def nps(self) -> float | None:
        """Promoters less detractors, -100 to 100 (Reichheld, "The One Number You Need to Grow", HBR 2003)."""
        return 100 * (self.promoters - self.detractors) / self.nps_answers if self.nps_answers else None


class ProductReviewView(msgspec.Struct, frozen=True):
    """A review; its text is empty where there is none, or once it was erased."""

    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    stars: int
    status: str
    written_at: datetime
    text: str


class ProductRating(msgspec.Struct, frozen=True):
    sku: str
    reviews: int
    stars_sum: int

    @property
    def stars(self) -> float:
        return self.stars_sum / self.reviews


SURVEY_OF_ORDER = """
    SELECT s.order_id, s.status, s.invite_at, s.expires_at, s.csat, s.nps, coalesce(t.text, '') AS text, s.answered_at
      FROM survey s LEFT JOIN private_text t ON t.id = s.text_id
     WHERE s.order_id = $1
"""


async def survey_of(read: Reader, order_id: UUID) -> SurveyView | None:
    return await read.row(SurveyView, SURVEY_OF_ORDER, order_id)


ANSWERS = """
    -- What customers said, the newest first.
    SELECT s.order_id, s.status, s.invite_at, s.expires_at, s.csat, s.nps, coalesce(t.text, '') AS text, s.answered_at
      FROM survey s LEFT JOIN private_text t ON t.id = s.text_id
     WHERE s.answered_at IS NOT NULL AND (s.answered_at, s.order_id) < ($1, $2)
  ORDER BY s.answered_at DESC, s.order_id DESC
     LIMIT $3
"""


async def answers(read: Reader, before: tuple[datetime, UUID], limit: int = 100) -> list[SurveyView]:
    return await read.rows(SurveyView, ANSWERS, *before, limit)


_SCORES = """
           count(*) AS answers,
           count(*) FILTER (WHERE csat >= 4) AS satisfied,
           sum(csat)::bigint AS csat_sum,
           count(nps) AS nps_answers,
           count(*) FILTER (WHERE nps >= 9) AS promoters,
           count(*) FILTER (WHERE nps <= 6) AS detractors
"""

SCORES_BY_LOCATION = f"""
    -- An order that came from two locations counts for both.
    SELECT cause AS label, {_SCORES}
      FROM survey, jsonb_array_elements_text(locations) AS cause
     WHERE answered_at >= $1 AND answered_at < $2
  GROUP BY cause
  ORDER BY cause
     LIMIT 1000
"""


async def scores_by_location(read: Reader, since: datetime, until: datetime) -> list[Scores]:
    return await read.rows(Scores, SCORES_BY_LOCATION, since, until)


SCORES_BY_CARRIER = f"""
    SELECT cause AS label, {_SCORES}
      FROM survey, jsonb_array_elements_text(carriers) AS cause
     WHERE answered_at >= $1 AND answered_at < $2
  GROUP BY cause
  ORDER BY cause
     LIMIT 1000
"""


async def scores_by_carrier(read: Reader, since: datetime, until: datetime) -> list[Scores]:
    return await read.rows(Scores, SCORES_BY_CARRIER, since, until)


SCORES_BY_PROMISE = f"""
    SELECT CASE WHEN promise_kept THEN 'kept' WHEN NOT promise_kept THEN 'broken' ELSE 'none' END AS label, {_SCORES}
      FROM survey
     WHERE answered_at >= $1 AND answered_at < $2
  GROUP BY promise_kept
  ORDER BY label
"""


async def scores_by_promise(read: Reader, since: datetime, until: datetime) -> list[Scores]:
    """By what became of the promised date: `kept`, `broken`, or `none` was given."""
    return await read.rows(Scores, SCORES_BY_PROMISE, since, until)


SCORES_BY_MONTH = f"""
    SELECT to_char(date_trunc('month', answered_at AT TIME ZONE $3), 'YYYY-MM') AS label, {_SCORES}
      FROM survey
     WHERE answered_at >= $1 AND answered_at < $2
  GROUP BY label
  ORDER BY label
     LIMIT 1000
"""


async def scores_by_month(read: Reader, since: datetime, until: datetime, zone: str = "UTC") -> list[Scores]:
    """By month of the shop's zone."""
    return await read.rows(Scores, SCORES_BY_MONTH, since, until, zone)


RESPONSES = """
    -- How many were asked in a stretch of time, and how many of them answered.
    SELECT count(*) AS invited, count(*) FILTER (WHERE status = 'answered') AS answered
      FROM survey
     WHERE status <> 'planned' AND invite_at >= $1 AND invite_at < $2
"""


class Responses(msgspec.Struct, frozen=True):
    invited: int
    answered: int


async def responses(read: Reader, since: datetime, until: datetime) -> Responses:
    row = await read.row(Responses, RESPONSES, since, until)
    return row or Responses(0, 0)


_REVIEW = """
    SELECT r.id, r.order_id, r.line_id, r.sku, r.stars, r.status, r.written_at, coalesce(t.text, '') AS text
      FROM product_review r LEFT JOIN private_text t ON t.id = r.text_id
"""

REVIEWS_OF_PRODUCT = f"""
    -- What everybody may read of a product, the newest first.
    {_REVIEW}
     WHERE r.sku = $1 AND r.status = 'approved' AND (r.written_at, r.id) < ($2, $3)
  ORDER BY r.written_at DESC, r.id DESC
     LIMIT $4
"""


async def reviews_of_product(
    read: Reader, sku: str, before: tuple[datetime, UUID], limit: int = 50
) -> list[ProductReviewView]:
    return await read.rows(ProductReviewView, REVIEWS_OF_PRODUCT, sku, *before, limit)


REVIEWS_TO_MODERATE = f"""
    {_REVIEW}
     WHERE r.status = 'pending' AND (r.written_at, r.id) > ($1, $2)
  ORDER BY r.written_at, r.id
     LIMIT $3
"""


async def reviews_to_moderate(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[ProductReviewView]:
    return await read.rows(ProductReviewView, REVIEWS_TO_MODERATE, *after, limit)


REVIEWS_OF_ORDER = f"{_REVIEW} WHERE r.order_id = $1 ORDER BY r.id"  # one a line at most


async def reviews_of_order(read: Reader, order_id: UUID) -> list[ProductReviewView]:
    return await read.rows(ProductReviewView, REVIEWS_OF_ORDER, order_id)


RATINGS = """
    SELECT sku, count(*) AS reviews, sum(stars)::bigint AS stars_sum
      FROM product_review
     WHERE status = 'approved' AND sku = ANY($1::text[])
  GROUP BY sku
  ORDER BY sku
"""


async def ratings(read: Reader, skus: list[str]) -> list[ProductRating]:
    return await read.rows(ProductRating, RATINGS, skus)


class _Due(msgspec.Struct, frozen=True):
    order_id: UUID


TO_INVITE = """
    SELECT order_id FROM survey WHERE status = 'planned' AND invite_at <= $1 ORDER BY invite_at, order_id LIMIT $2
"""


@sweep("feedback.to_invite", every_s=300)
async def to_invite(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Surveys whose day has come."""
    return [
        DueCommand(f"feedback.to_invite:{row.order_id}", InviteToSurvey(order_id=row.order_id))
        for row in await read.rows(_Due, TO_INVITE, now, limit)
    ]


UNANSWERED = """
    SELECT order_id FROM survey WHERE status = 'invited' AND expires_at <= $1 ORDER BY expires_at, order_id LIMIT $2
"""


@sweep("feedback.unanswered", every_s=3_600)
async def unanswered(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Surveys that nobody answered in time."""
    return [
        DueCommand(f"feedback.unanswered:{row.order_id}", ExpireSurvey(order_id=row.order_id))
        for row in await read.rows(_Due, UNANSWERED, now, limit)
    ]
