"""Feedback's own rows, and how its facts change them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book, State
from purveyor.stages.feedback.facts import (
    ProductReviewModerated,
    ProductReviewWritten,
    SurveyAnswered,
    SurveyExpired,
    SurveyInvited,
    SurveyPlanned,
)


class Survey(OrderRow):
    """How it was, asked once an order, with what the score is put down to."""

    table: ClassVar[str] = "survey"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 40

    order_id: UUID
    status: str  # planned | invited | answered | expired
    invite_at: datetime
    expires_at: datetime | None
    locations: tuple[str, ...]
    carriers: tuple[str, ...]
    promise_kept: bool | None
    csat: int | None
    nps: int | None
    text_id: UUID | None
    answered_at: datetime | None


class ProductReview(OrderRow):
    """What the buyer of a line thinks of the product: one review a line."""

    table: ClassVar[str] = "product_review"
    part: ClassVar[int] = 41

    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    stars: int
    text_id: UUID | None
    status: str  # pending | approved | rejected
    written_at: datetime
    moderated_at: datetime | None


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.book(fact.order_id)


def _survey(state: State, fact: Fact) -> Survey:
    return _book(state, fact).row(Survey, fact.order_id)


@applies(SurveyPlanned)
def plan(state: State, fact: SurveyPlanned, _stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(
        Survey(
            order_id=book.order.id,
            status="planned",
            invite_at=fact.invite_at,
            expires_at=None,
            locations=fact.locations,
            carriers=fact.carriers,
            promise_kept=fact.promise_kept,
            csat=None,
            nps=None,
            text_id=None,
            answered_at=None,
        )
    )


@applies(SurveyInvited)
def invite(state: State, fact: SurveyInvited, _stamp: Stamp) -> None:
    survey = _survey(state, fact)
    survey.status = "invited"
    survey.expires_at = fact.expires_at


@applies(SurveyAnswered)
def answer(state: State, fact: SurveyAnswered, stamp: Stamp) -> None:
    survey = _survey(state, fact)
    survey.status = "answered"
    survey.csat = fact.csat
    survey.nps = fact.nps
    survey.text_id = fact.text_id
    survey.answered_at = stamp.at


@applies(SurveyExpired)
def expire(state: State, fact: SurveyExpired, _stamp: Stamp) -> None:
    _survey(state, fact).status = "expired"


@applies(ProductReviewWritten)
def write_review(state: State, fact: ProductReviewWritten, stamp: Stamp) -> None:
    book = _book(state, fact)
    review = book.rows(ProductReview).get(fact.review_id)
    if review is None:
        book.add(
            ProductReview(
                id=fact.review_id,
                order_id=book.order.id,
                line_id=fact.line_id,
                sku=fact.sku,
                stars=fact.stars,
                text_id=fact.text_id,
                status="pending",
                written_at=stamp.at,
                moderated_at=None,
            )
        )
        return
    review.stars = fact.stars
    review.text_id = fact.text_id
    review.status = "pending"
    review.written_at = stamp.at
    review.moderated_at = None


@applies(ProductReviewModerated)
def moderate_review(state: State, fact: ProductReviewModerated, stamp: Stamp) -> None:
    review = _book(state, fact).row(ProductReview, fact.review_id)
    review.status = "approved" if fact.is_approved else "rejected"
    review.moderated_at = stamp.at
