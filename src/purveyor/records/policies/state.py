"""The policies as rows, and as the one value that rules read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import msgspec
from msgspec import inspect

from purveyor.core.messages import Stamp
from purveyor.core.policies import Policies
from purveyor.core.registry import applies
from purveyor.core.rows import Row
from purveyor.core.state import State
from purveyor.records.policies.facts import PolicyApproved, PolicyAsked, PolicyDeclined, PolicySet


class Policy(Row):
    """The document in force under a name."""

    table: ClassVar[str] = "policy"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    version: int
    data: Any


class PolicyRequest(Row):
    """A policy that allows more than before, and what became of it."""

    table: ClassVar[str] = "policy_request"

    id: UUID
    name: str
    data: Any
    asked_by: str
    asked_at: datetime
    due_at: datetime | None = None  # when it comes into force by itself; None: never
    status: str = "waiting"  # waiting | approved | declined
    decided_by: str = ""
    decided_at: datetime | None = None


@applies(PolicyAsked)
def ask(state: State, fact: PolicyAsked, stamp: Stamp) -> None:
    state.add(PolicyRequest(fact.request_id, fact.name, fact.data, stamp.actor, stamp.at, fact.due_at))


@applies(PolicyApproved)
def approve(state: State, fact: PolicyApproved, stamp: Stamp) -> None:
    _decide(state.row(PolicyRequest, fact.request_id), "approved", stamp)


@applies(PolicyDeclined)
def decline(state: State, fact: PolicyDeclined, stamp: Stamp) -> None:
    _decide(state.row(PolicyRequest, fact.request_id), "declined", stamp)


def _decide(request: PolicyRequest, status: str, stamp: Stamp) -> None:
    request.status, request.decided_by, request.decided_at = status, stamp.actor, stamp.at


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
    return msgspec.convert(_document(rows), Policies)


def in_force(rows: Iterable[Policy]) -> Policies:
    """The policies that were set, read as near as can be: a shop must start on what was set under wider bounds."""
    document = _document(rows)
    try:
        return msgspec.convert(document, Policies)
    except msgspec.ValidationError:
        return cast("Policies", _nearest(inspect.type_info(Policies), document))


def _document(rows: Iterable[Policy]) -> dict[str, Any]:
    rows = list(rows)
    return {**{row.name: row.data for row in rows}, "version": sum(row.version for row in rows)}


def _nearest(kind: inspect.Type, data: Any) -> Any:  # noqa: PLR0911 (one for each kind)
    """The value that a document says; numbers out of their bounds are at the bound."""
    match kind:
        case inspect.Metadata():
            return _nearest(kind.type, data)
        case inspect.StructType() if isinstance(data, dict):
            known = [field for field in kind.fields if field.encode_name in data]
            return kind.cls(**{field.name: _nearest(field.type, data[field.encode_name]) for field in known})
        case inspect.DateType() if isinstance(data, str):
            return date.fromisoformat(data)
        case inspect.VarTupleType() if isinstance(data, list | tuple):
            return tuple(_nearest(kind.item_type, each) for each in data)
        case inspect.UnionType() if data is not None:
            return _nearest(next(each for each in kind.types if not isinstance(each, inspect.NoneType)), data)
        case inspect.IntType() if isinstance(data, int):
            least = data if kind.ge is None else max(data, kind.ge)
            return least if kind.le is None else min(least, kind.le)
        case _:
            return msgspec.convert(data, date) if isinstance(kind, inspect.DateType) else data
