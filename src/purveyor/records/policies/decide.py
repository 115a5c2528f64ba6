"""Which policies may be set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from purveyor.core.block_lists import without_people
from purveyor.core.messages import Call
from purveyor.core.policies import Policies, ReturnPolicy
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.core.validation_messages import Misfit, display_value, explain, unknown_field
from purveyor.records.policies.approval import asked, needs_another, waiting
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.currencies import AMOUNTS, check_currencies, with_currencies
from purveyor.records.policies.facts import PolicyDeclined, PolicySet
from purveyor.records.policies.state import Policy, assemble, in_force
from purveyor.records.policies.validation import check_sense

NOT_SET = frozenset({"version", "home_zone"})  # they are no policies
NAMES = tuple(name for name in Policies.__struct_fields__ if name not in NOT_SET)


@decides(SetPolicy)
def decide_set(state: State, command: SetPolicy, call: Call) -> Decision:
    """Refuses with `Invalid` what does not fit the policy's shape, and says where; with `PolicyWaits` one more."""
    if command.name not in NAMES:
        raise Invalid(field="name", found=command.name, expected=f"one of {', '.join(NAMES)}")
    before = state.get(Policy, command.name)
    own = state.policies.currency
    data = _with_history(before, command.data, own) if command.name == "returns" else command.data
    # Earlier return policies stay as they were set; only the new one is held against today's bounds.
    proposed = _shaped(command.name, data[-1:] if command.name == "returns" else data, own)
    check_currencies(command.name, command.data)
    check_sense(
        command.name, msgspec.structs.replace(state.policies, **{command.name: getattr(proposed, command.name)})
    )
    if command.name == "currency" and data != own:
        yield from _kept_in(state, own)
    data = with_currencies(command.name, data, own)
    if command.name == "risk":  # after it was found to be one
        data = without_people(data, _salt(before, call))
    if needs_another(command.name, state.policies, in_force([Policy(command.name, 1, data)]), call):
        yield asked(state, command.name, data, call)
        return
    for request in waiting(state, command.name):  # it was asked for under what was in force until now
        yield PolicyDeclined(request_id=request.id, why="another version was set")
    yield PolicySet(name=command.name, number=before.version + 1 if before else 1, data=data)


def _shaped(name: str, data: Any, currency: str) -> Policies:
    """All policies with this one; what it says no currency of is in the shop's. Refuses with `Invalid`."""
    rows = [Policy(name, 1, data)] if name == "currency" else [Policy("currency", 1, currency), Policy(name, 1, data)]
    try:
        policies = assemble(rows)
    except msgspec.ValidationError as error:
        raise _told(explain(error, Policies, {name: data}), name) from error
    misfit = unknown_field({name: data}, inspect.type_info(Policies))
    if misfit is not None:
        raise _told(misfit, name)
    return policies


def _told(misfit: Misfit, name: str) -> Invalid:
    """With its field as it stands in the command; of return policies one is set at a time."""
    whole = f"{name}[1]" if name == "returns" and misfit.field.startswith("returns[") else name
    return misfit.refusal(f"data{misfit.field.removeprefix(whole)}")


def _salt(before: Policy | None, call: Call) -> str:
    """That of the policy so far, so that what is on its lists can stay there."""
    kept = before.data.get("salt") if before is not None and isinstance(before.data, dict) else ""
    return kept or f"{call.ids.secret():064x}"


def _kept_in(state: State, currency: str) -> Iterator[PolicySet]:
    """Amounts that were set before amounts said their currency: they stay in the one that the shop leaves."""
    for name in AMOUNTS:
        row = state.get(Policy, name)
        if row is not None and (data := with_currencies(name, row.data, currency)) != row.data:
            yield PolicySet(name=name, number=row.version + 1, data=data, why="the shop's currency was changed")


def _with_history(before: Policy | None, data: Any, currency: str) -> list[Any]:
    """The return policies so far and the new one under the next version of its name."""
    if not isinstance(data, dict):
        raise Invalid(field="data", found=display_value(data), expected="one return policy, an object with fields")
    earlier = list(before.data) if before else [msgspec.to_builtins(ReturnPolicy(currency=currency))]
    name = data.get("name", "default")
    version = 1 + max((each.get("version", 1) for each in earlier if each.get("name", "default") == name), default=0)
    return [*earlier, {**data, "version": version}]
