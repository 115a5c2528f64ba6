"""Policies that allow more than before: another admin looks at these first. `relaxations.py` says which they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from purveyor.core.approval_limits import OPERATOR, is_person_or_key, is_second_person
from purveyor.core.messages import Call
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Counter
from purveyor.core.state import State
from purveyor.records.policies.commands import ApplyPolicyDeadline, ApprovePolicy, DeclinePolicy
from purveyor.records.policies.facts import PolicyApproved, PolicyAsked, PolicyDeclined, PolicySet
from purveyor.records.policies.relaxations import is_loosened
from purveyor.records.policies.state import Policy, PolicyRequest

ADMINS: Final = "staff.admins"  # the counter of those who may come in
WAITS: Final = timedelta(days=1)  # where there is one admin: for so long they may still say no


class PolicyNeedsAnother(Refusal):
    """Who asked for it, in person or through a key or login of their own, does not approve it."""

    request_id: UUID
    sentence = "Another admin than the one who asked must approve this policy."
    instead = ("ask another admin", "decline it")


class PolicyIsDecided(Refusal):
    """Somebody said yes or no before, or another version was set meanwhile."""

    request_id: UUID
    request_status: str
    sentence = "This request is {request_status} already."
    instead = ("set the policy again",)


class PolicyWaits(Refusal):
    """A policy is asked for once at a time."""

    request_id: UUID
    sentence = "A change of this policy waits for another admin already."
    instead = ("approve it", "decline it")


class PolicyNotDue(Refusal):
    """Another admin is asked, or there is still time to say no."""

    request_id: UUID
    sentence = "This policy does not come into force by itself now."


def needs_another(name: str, before: Policies, after: Policies, call: Call) -> bool:
    """Whoever is at the command line runs the machine, and needs nobody."""
    return is_person_or_key(call.actor) and call.actor != OPERATOR and is_loosened(name, before, after)


def asked(state: State, name: str, data: Any, call: Call) -> PolicyAsked:
    """It waits. Refuses with `PolicyWaits` while an earlier one does."""
    for request in waiting(state, name):
        raise PolicyWaits(request_id=request.id)
    admins = state.get(Counter, ADMINS)
    is_alone = admins is None or admins.value <= 1
    return PolicyAsked(request_id=call.ids.new(), name=name, data=data, due_at=call.at + WAITS if is_alone else None)


def waiting(state: State, name: str) -> list[PolicyRequest]:
    return [each for each in state.find(PolicyRequest, "name", name) if each.status == "waiting"]


@decides(ApprovePolicy)
def decide_approve(state: State, command: ApprovePolicy, call: Call) -> Decision:
    """Refuses with `NotFound`, `PolicyIsDecided` and `PolicyNeedsAnother`."""
    request = _open(state, command.request_id)
    if not is_second_person(state, call.actor, request.asked_by, call.at):
        raise PolicyNeedsAnother(request_id=request.id)
    yield from _in_force(state, request)


@decides(DeclinePolicy)
def decide_decline(state: State, command: DeclinePolicy, _: Call) -> Decision:
    """Refuses with `NotFound` and `PolicyIsDecided`."""
    yield PolicyDeclined(request_id=_open(state, command.request_id).id, why=command.reason)


@decides(ApplyPolicyDeadline)
def decide_deadline(state: State, command: ApplyPolicyDeadline, call: Call) -> Decision:
    """Refuses with `NotFound`, `PolicyIsDecided`, and with `PolicyNotDue` once there is somebody who can be asked."""
    request = _open(state, command.request_id)
    admins = state.get(Counter, ADMINS)
    if request.due_at is None or request.due_at > call.at or (admins is not None and admins.value > 1):
        raise PolicyNotDue(request_id=request.id)
    yield from _in_force(state, request)


def _open(state: State, request_id: UUID) -> PolicyRequest:
    request = state.row(PolicyRequest, request_id)
    if request.status != "waiting":
        raise PolicyIsDecided(request_id=request.id, request_status=request.status)
    return request


def _in_force(state: State, request: PolicyRequest) -> Decision:
    before = state.get(Policy, request.name)
    yield PolicyApproved(request_id=request.id)
    number = before.version + 1 if before else 1
    yield PolicySet(name=request.name, number=number, data=msgspec.to_builtins(request.data))
