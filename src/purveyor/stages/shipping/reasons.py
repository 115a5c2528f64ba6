"""Reasons of this stage that have parts, as `core/reason_templates.py` has them."""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

# which offer was taken
CHEAPEST_IN_TIME: Final = ReasonTemplate(
    "cheapest of {offer_count} that are there by {promise_day}",
    "The cheapest offer that arrives by {promise_day} (of {offer_count})",
)
FASTEST: Final = ReasonTemplate(
    "fastest, there by {arrival_day}: none keeps the promise of {promise_day}",
    "The fastest offer, arrives by {arrival_day}: none keeps the promise of {promise_day}",
)
# a label given back
NOT_TAKEN_BACK: Final = ReasonTemplate("not taken back: {reason}", "Not taken back: {reason}")
LABEL_NOT_TAKEN_BACK: Final = ReasonTemplate(
    "the carrier did not take the label back: {reason}", "The carrier did not take the label back: {reason}"
)
