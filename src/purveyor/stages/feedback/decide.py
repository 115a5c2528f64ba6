"""The rules of feedback: when a customer is asked, what counts as an answer, and whose review is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.feedback.commands import (
    AnswerSurvey,
    ExpireSurvey,
    InviteToSurvey,
    ModerateProductReview,
    PlanSurvey,
    WriteProductReview,
)
from purveyor.stages.feedback.facts import (
    ProductReviewModerated,
    ProductReviewWritten,
    SurveyAnswered,
    SurveyExpired,
    SurveyInvited,
    SurveyPlanned,
)
from purveyor.stages.feedback.state import ProductReview, Survey

LONGEST_TEXT = 10_000
BEST_CSAT = 5
BEST_NPS = 10
MOST_STARS = 5


class AlreadyAnswered(Refusal):
    """A survey is answered once."""

    answered_at: datetime
    sentence = "This survey was answered on {answered_at}."
    instead = ("open a case",)


class SurveyOver(Refusal):
    """Too late to answer."""

    expired_at: datetime
    sentence = "This survey ended on {expired_at}."
    instead = ("open a case", "write a product review")
    status = 410


class NotBought(Refusal):
    """Only who has a product may write about it."""

    line_id: UUID
    sku: str
    sentence = "No unit of {sku} of this order was delivered, so there is nothing to review."


class AlreadyReviewed(Refusal):
    """One review a line; one that was turned down may be written again."""

    line_id: UUID
    review_status: str
    sentence = "This line has a review, which is {review_status}."


@decides(PlanSurvey)
def decide_plan(state: State, command: PlanSurvey, call: Call) -> Decision:
    """Plan the one survey of an order; nothing to do where there is one."""
    book = state.book(command.order_id)
    if book.rows(Survey):
        return
    yield SurveyPlanned(
        order_id=book.order.id,
        invite_at=call.at + timedelta(days=state.policies.survey.days_after_delivery),
        locations=tuple(sorted(set(command.locations))),
        carriers=tuple(sorted(set(command.carriers))),
        promise_kept=command.promise_kept,
    )


@decides(InviteToSurvey)
def decide_invite(state: State, command: InviteToSurvey, call: Call) -> Decision:
    """Ask, unless it was done or answered before."""
    survey = _survey(state.book(command.order_id))
    if survey.status == "planned":
        yield SurveyInvited(
            order_id=command.order_id,
            expires_at=call.at + timedelta(days=state.policies.survey.expires_after_days),
        )


@decides(AnswerSurvey)
def decide_answer(state: State, command: AnswerSurvey, call: Call) -> Decision:
    """Take the answer of who is asked, or will be.

    Refuses with `AlreadyAnswered`, `SurveyOver`, `NotFound` (no survey) and `Invalid`.
    """
    book = state.book(command.order_id)
    survey = _survey(book)
    if survey.answered_at is not None:
        raise AlreadyAnswered(answered_at=survey.answered_at.astimezone(state.policies.zone))
    if survey.expires_at is not None and (survey.status == "expired" or survey.expires_at <= call.at):
        raise SurveyOver(expired_at=survey.expires_at.astimezone(state.policies.zone))
    _check_score("csat", command.csat, 1, BEST_CSAT)
    if command.nps is not None:
        _check_score("nps", command.nps, 0, BEST_NPS)
    text_id = None
    for row in _private(book, "survey_text", command.text, call):
        text_id = row.id
        yield row
    yield SurveyAnswered(
        order_id=book.order.id,
        csat=command.csat,
        nps=command.nps,
        text_id=text_id,
        is_low=command.csat <= state.policies.survey.low_score,
        locations=survey.locations,
        carriers=survey.carriers,
        promise_kept=survey.promise_kept,
    )


@decides(ExpireSurvey)
def decide_expire(state: State, command: ExpireSurvey, call: Call) -> Decision:
    """Stop waiting for an answer, once its time is over."""
    survey = _survey(state.book(command.order_id))
    if survey.status == "invited" and survey.expires_at is not None and survey.expires_at <= call.at:
        yield SurveyExpired(order_id=command.order_id)


@decides(WriteProductReview)
def decide_write_review(state: State, command: WriteProductReview, call: Call) -> Decision:
    """Take a review of who has the product; refuses with `NotBought`, `AlreadyReviewed`, `NotFound` and `Invalid`."""
    book = state.book(command.order_id)
    line = book.line(command.line_id)
    if not line.delivered:
        raise NotBought(line_id=line.id, sku=line.sku)
    before = next((each for each in book.rows(ProductReview).values() if each.line_id == line.id), None)
    if before is not None and before.status != "rejected":
        raise AlreadyReviewed(line_id=line.id, review_status=before.status)
    _check_score("stars", command.stars, 1, MOST_STARS)
    text_id = None
    for row in _private(book, "product_review", command.text, call):
        text_id = row.id
        yield row
    yield ProductReviewWritten(
        order_id=book.order.id,
        review_id=before.id if before else call.ids.new(),
        line_id=line.id,
        sku=line.sku,
        stars=command.stars,
        text_id=text_id,
    )


@decides(ModerateProductReview)
def decide_moderate(state: State, command: ModerateProductReview, _call: Call) -> Decision:
    """Show a review or not, and change one's mind later; refuses with `NotFound`."""
    book = state.book(command.order_id)
    review = book.row(ProductReview, command.review_id)
    if review.status != ("approved" if command.is_approved else "rejected"):
        yield ProductReviewModerated(
            order_id=book.order.id,
            review_id=review.id,
            sku=review.sku,
            is_approved=command.is_approved,
            why=command.why,
        )


def _survey(book: Book) -> Survey:
    return book.row(Survey, book.order.id)


def _check_score(field: str, score: int, least: int, most: int) -> None:
    if not least <= score <= most:
        raise Invalid(field=field, found=score, expected=f"a whole number, {least} to {most}")


def _private(book: Book, what: str, text: str, call: Call) -> Iterator[PrivateText]:
    """The words as a row that may be erased; none where there are none."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(field="text", found=f"{len(text)} characters", expected=f"at most {LONGEST_TEXT} characters")
    if "\0" in text:
        raise Invalid(field="text", found="a zero character", expected="text")
    if text.strip():
        yield PrivateText(call.ids.new(), book.order.customer_id, book.order.id, what, text)
