"""What may have happened at feedback."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class SurveyPlanned(Fact, frozen=True, kw_only=True, tag="feedback.survey_planned"):
    """The customer will be asked, and the score will be put down to these causes."""

    invite_at: datetime
    locations: tuple[str, ...]
    carriers: tuple[str, ...]
    promise_kept: bool | None


class SurveyInvited(Fact, frozen=True, kw_only=True, tag="feedback.survey_invited"):
    """The customer is asked."""

    expires_at: datetime


class SurveyAnswered(Fact, frozen=True, kw_only=True, tag="feedback.survey_answered"):
    """The customer said how it was. Words stand outside the journal; `is_low`: somebody should look after it."""

    csat: int
    nps: int | None
    text_id: UUID | None
    is_low: bool
    locations: tuple[str, ...]
    carriers: tuple[str, ...]
    promise_kept: bool | None


class SurveyExpired(Fact, frozen=True, kw_only=True, tag="feedback.survey_expired"):
    """Nobody answered."""


class ProductReviewWritten(Fact, frozen=True, kw_only=True, tag="feedback.product_review_written"):
    """A buyer wrote about a product. Nobody else sees it yet."""

    review_id: UUID
    line_id: UUID
    sku: str
    stars: int
    text_id: UUID | None

    def reply(self) -> dict[str, Any]:
        return {"review_id": self.review_id}


class ProductReviewModerated(Fact, frozen=True, kw_only=True, tag="feedback.product_review_moderated"):
    review_id: UUID
    sku: str
    is_approved: bool
