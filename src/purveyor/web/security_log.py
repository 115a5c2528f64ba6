"""What was refused at the doors, as events of the log and as figures: who watches a shop sees an attack by them.

Events name no person: a login stands there as a keyed hash, an address as it came, because that is what is shut out.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

import structlog

log = structlog.get_logger("security")

Reason = Literal[
    "auth.refused",  # a sign-in that failed
    "auth.locked",  # a place from which nobody may sign in for a while
    "scope.refused",  # somebody who may come in, and may not do this
    "csrf.refused",  # a form that is not ours
    "key.refused",  # an API key that is not in force
    "webhook.refused",  # a provider's message with a wrong signature
    "limit.hit",  # too many tries
]
refused: Counter[str] = Counter()  # of this process, by reason


def note(reason: Reason, **about: object) -> None:
    """Something was refused. `about` holds codes and ids: no secrets, no names."""
    refused[reason] += 1
    log.warning(reason, **about)
