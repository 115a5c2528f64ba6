"""What may have happened to policies."""

from __future__ import annotations

from typing import Any

from purveyor.core.messages import Fact


class PolicySet(Fact, frozen=True, kw_only=True, tag="policies.set"):
    """A policy is in force, in its `number`-th version."""

    hidden = frozenset({"data.salt"})

    name: str
    number: int
    data: Any

    def reply(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.number}
