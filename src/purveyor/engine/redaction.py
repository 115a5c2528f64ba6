"""What of a fact may leave the house: everything but the fields that it declares as `hidden`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias, get_args

import msgspec

from purveyor.core.messages import UNPUBLISHED
from purveyor.engine.journal import fact_kinds

Paths: TypeAlias = "tuple[tuple[str | int, ...], ...]"
GONE: Final = object()


def stage_of(kind: str) -> str:
    """The stage that a kind of fact belongs to: `payment` of `payment.captured`."""
    return kind.partition(".")[0]


@cache
def readable_stages() -> tuple[str, ...]:
    """All stages whose facts can be told outside, once they are imported."""
    return tuple(sorted({stage_of(kind) for kind in fact_kinds()} - set(UNPUBLISHED)))


def redacted(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a fact without what it hides. A kind that is not known any more tells its name alone."""
    if kind not in fact_kinds():
        return {"kind": kind}
    hidden = _hidden(kind)
    return _without(data, hidden) if hidden else data


@cache
def _hidden(kind: str) -> Paths:
    fact = fact_kinds()[kind]
    return tuple(_resolved(fact, path.split(".")) for path in sorted(fact.hidden))


def _resolved(kind: type[Any], path: Sequence[str]) -> tuple[str | int, ...]:
    """A path as the data has it: structs that are written as arrays are entered by the place of the field."""
    fields = msgspec.structs.fields(kind)
    names = [field.name for field in fields]
    step: str | int = names.index(path[0]) if kind.__struct_config__.array_like else path[0]
    if len(path) == 1:
        return (step,)
    inner = next(_structs_in(fields[names.index(path[0])].type), None) if path[0] in names else None
    return (step, *(_resolved(inner, path[1:]) if inner is not None else path[1:]))


def _structs_in(annotated: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotated, type) and issubclass(annotated, msgspec.Struct):
        yield annotated
    for each in get_args(annotated):
        yield from _structs_in(each)


def _without(data: Any, paths: Paths) -> Any:
    """A copy of the data without what stands at these paths. A path of names goes into each element of a list."""
    if isinstance(data, Mapping):
        pairs = ((name, _below(name, value, paths)) for name, value in data.items())
        return {name: value for name, value in pairs if value is not GONE}
    if not isinstance(data, list | tuple):
        return data
    if any(isinstance(path[0], int) for path in paths) and not any(isinstance(each, list | tuple) for each in data):
        places = [_below(place, value, paths) for place, value in enumerate(data)]
        return [None if value is GONE else value for value in places]
    return [_without(each, paths) for each in data]


def _below(step: str | int, value: Any, paths: Paths) -> Any:
    """What is left of a value that is reached by a step."""
    further = tuple(path[1:] for path in paths if path[0] == step)
    if not further:
        return value
    return GONE if () in further else _without(value, further)
