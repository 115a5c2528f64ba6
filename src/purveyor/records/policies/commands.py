"""What may be asked of policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.field_types import Reason, Word
from purveyor.core.messages import Command


class SetPolicy(Command, frozen=True, kw_only=True, tag="policies.set"):
    """Put a policy in force: a field of `Policies` and its whole document.

    `returns` takes one return policy; the versions before it stay, for what was bought under them. What allows more
    than before (limits, checks, sign-in) waits for a second admin.
    """

    name: Word
    data: Any


class ApprovePolicy(Command, frozen=True, kw_only=True, tag="policies.approve"):
    """Put a policy in force that allows more than before, as the second admin."""

    request_id: UUID


class DeclinePolicy(Command, frozen=True, kw_only=True, tag="policies.decline"):
    """Say no to a policy that waits for a second admin, or take it back."""

    request_id: UUID
    reason: Reason = "not_agreed"


class ApplyPolicyDeadline(Command, frozen=True, kw_only=True, tag="policies.apply_deadline"):
    """Nobody else could say yes, and nobody said no in time: the policy comes into force."""

    request_id: UUID
