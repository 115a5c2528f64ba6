"""The rules of review, by what they are about."""

from purveyor.stages.review.decide import (
    adding_and_canceling,
    choices,
    closing,
    editing,
    holds,
    notes_and_tags,
    reviewing,
    shortages,
)

__all__ = ["adding_and_canceling", "choices", "closing", "editing", "holds", "notes_and_tags", "reviewing", "shortages"]
