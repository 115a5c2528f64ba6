"""Reasons of this stage that have parts, as `core/reason_templates.py` has them."""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

# why something cannot come back
KINDS_TAKEN_BACK: Final = ReasonTemplate("the policy takes back {kinds_words}", "the policy takes back: {kinds_words}")
