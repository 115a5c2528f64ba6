"""The policies as rows, and as the one value that rules read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from purveyor.core.messages import Stamp
from purveyor.core.policies import Policies
from purveyor.core.rows import Row
from purveyor.core.rules import applies
from purveyor.core.state import State
from purveyor.records.policies.facts import PolicySet


class Policy(Row):
    """The document in force under a name."""

    table: ClassVar[str] = "policy"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    version: int
    data: Any


@applies(PolicySet)
def set_policy(state: State, fact: PolicySet, stamp: Stamp) -> None:
    policy = state.get(Policy, fact.name)
    if policy is None:
        state.add(Policy(fact.name, fact.number, fact.data))
    else:
        policy.version = fact.number
        policy.data = fact.data


def assemble(rows: Iterable[Policy]) -> Policies:
    """All policies as one value; what was never set has its default. Raises `msgspec.ValidationError`."""
    rows = list(rows)
    values: dict[str, Any] = {row.name: row.data for row in rows}
    return msgspec.convert({**values, "version": sum(row.version for row in rows)}, Policies)
