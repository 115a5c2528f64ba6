"""What is read of policies."""

from __future__ import annotations

from purveyor.core.policies import Policies
from purveyor.db.reader import Reader
from purveyor.records.policies.state import Policy, assemble

POLICIES = "SELECT name, version, data FROM policy ORDER BY name"


async def load_policies(read: Reader) -> Policies:
    """All policies that are in force now."""
    return assemble(await read.rows(Policy, POLICIES))
