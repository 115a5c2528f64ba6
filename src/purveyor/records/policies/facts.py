"""What may have happened to policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class PolicySet(Fact, frozen=True, kw_only=True, tag="policies.set"):
    """A policy is in force, in its `number`-th version."""

    hidden = frozenset({"data.salt"})

    name: str
    number: int
    data: Any

    def reply(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.number}


class PolicyAsked(Fact, frozen=True, kw_only=True, tag="policies.asked"):
    """A policy allows more than before: it waits for a second admin, or until `due_at` where there is none."""

    request_id: UUID
    name: str
    data: Any
    due_at: datetime | None = None

    def reply(self) -> dict[str, Any]:
        return {"request_id": self.request_id, "name": self.name, "needs_approval": True, "due_at": self.due_at}


class PolicyApproved(Fact, frozen=True, kw_only=True, tag="policies.approved"):
    """Another admin says yes, or nobody said no in time: the policy comes into force."""

    request_id: UUID


class PolicyDeclined(Fact, frozen=True, kw_only=True, tag="policies.declined"):
    """Somebody says no, or another version was set meanwhile: nothing changes."""

    request_id: UUID
