"""Reasons of this stage that have parts, as `core/reason_templates.py` has them."""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

CODE_GIVEN: Final = ReasonTemplate("code given to {actor}", "Code given to {actor}")
NOT_COLLECTED: Final = ReasonTemplate("not collected by {day}", "Not collected by {day}")
NO_NEWS: Final = ReasonTemplate("no news for {day_count} days", "Days without news: {day_count}")
KEYS_SHORT: Final = ReasonTemplate("{key_count} keys short", "License keys that are missing: {key_count}")
