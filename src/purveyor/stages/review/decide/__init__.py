"""The rules of review, by what they are about."""

from purveyor.stages.review.decide import annotating, changes, choices, closing, editing, holds, reviewing, shorting

__all__ = ["annotating", "changes", "choices", "closing", "editing", "holds", "reviewing", "shorting"]
