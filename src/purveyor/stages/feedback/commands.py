"""What may be asked of feedback."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from purveyor.core.field_types import Reason, Text, Words
from purveyor.core.messages import Command


class PlanSurvey(Command, frozen=True, kw_only=True, tag="feedback.plan_survey"):
    """Ask some days from now how it was, once an order. The causes of the score are those of the delivery.

    `locations` and `carriers` by code; `promise_kept` is None where nothing was promised.
    """

    order_id: UUID
    locations: Words = ()
    carriers: Words = ()
    promise_kept: bool | None = None


class InviteToSurvey(Command, frozen=True, kw_only=True, tag="feedback.invite_to_survey"):
    """The day has come, if nobody answered before."""

    order_id: UUID


class AnswerSurvey(Command, frozen=True, kw_only=True, tag="feedback.answer_survey"):
    """How satisfied (CSAT, 1 to 5), how likely to recommend us (NPS, 0 to 10), and in words."""

    order_id: UUID
    csat: Annotated[int, Meta(ge=1, le=5)]
    nps: Annotated[int, Meta(ge=0, le=10)] | None = None
    text: Text = ""


class ExpireSurvey(Command, frozen=True, kw_only=True, tag="feedback.expire_survey"):
    """Nobody answered in time."""

    order_id: UUID


class WriteProductReview(Command, frozen=True, kw_only=True, tag="feedback.write_product_review"):
    """What a buyer thinks of a product they have, 1 to 5 stars."""

    order_id: UUID
    line_id: UUID
    stars: Annotated[int, Meta(ge=1, le=5)]
    text: Text = ""


class ModerateProductReview(Command, frozen=True, kw_only=True, tag="feedback.moderate_product_review"):
    """Show a review to everybody, or do not. `why` is a code, not a letter."""

    order_id: UUID
    review_id: UUID
    is_approved: bool
    why: Reason = ""
