"""The rules of review, by what they are about."""

from purveyor.stages.review.decide import changes, choices, closing, editing, holds, reviewing, shorting

__all__ = ["changes", "choices", "closing", "editing", "holds", "reviewing", "shorting"]
