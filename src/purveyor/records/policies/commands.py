"""What may be asked of policies."""

from __future__ import annotations

from typing import Any

from purveyor.core.bounds import Word
from purveyor.core.messages import Command


class SetPolicy(Command, frozen=True, kw_only=True, tag="policies.set"):
    """Put a policy in force: a field of `Policies` and its whole document.

    `returns` takes one return policy; the versions before it stay, for what was bought under them.
    """

    name: Word
    data: Any
