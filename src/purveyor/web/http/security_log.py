"""What was refused at the doors, as events of the log and as figures: who watches a shop sees an attack by them.

Events name no person: a login stands there as a keyed hash, an address as it came, because that is what is shut out.
Where a request came from is noted once, by the frame around every handler, and stands in each of its events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from typing import Literal

import structlog

log = structlog.get_logger("security")

Reason = Literal[
    "auth.refused",  # a proof that was none: password, code, recovery code, signed link, code of a parcel
    "auth.locked",  # after too many of them: a place from which nobody may sign in for a while, or a parcel
    "scope.refused",  # somebody who may come in, and may not do this
    "csrf.refused",  # a form that is not ours
    "key.refused",  # an API key that is not in force
    "webhook.refused",  # a provider's message with a wrong signature
    "limit.hit",  # too many tries
]
refused: Counter[str] = Counter()  # of this process, by reason
_address: ContextVar[Callable[[], str]] = ContextVar("address")


def comes_from(address: Callable[[], str]) -> None:
    """What is noted from now on belongs to a request, and says where it came from. Asked only when it is noted."""
    _address.set(address)


def note(reason: Reason, **about: object) -> None:
    """Something was refused. `about` holds codes and ids: no secrets, no names."""
    refused[reason] += 1
    log.warning(reason, **about, address=_address.get(_nowhere)())


def _nowhere() -> str:
    """Outside of all requests: at the command line, in a worker."""
    return ""
