"""Bodies and parameters as typed structs; what does not fit is told by field, what was found, what was expected."""

from __future__ import annotations

import types
import typing
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import NODEFAULT, structs

from purveyor.core.field_types import Moment
from purveyor.core.json_documents import JsonReader, NotJson
from purveyor.core.messages import Command
from purveyor.core.validation import check_values
from purveyor.core.validation_messages import Misfit, explain
from purveyor.web.http.problem_details import Problem


def body_of(command: type[Command], given: Collection[str]) -> type[msgspec.Struct]:
    """The fields of a command that stand in the body: all but those `given` by the address or by us."""
    hints = typing.get_type_hints(command, include_extras=True)
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for each in structs.fields(command):
        if each.name in given:
            continue
        hint = _with_zone(hints[each.name])
        if each.default is not NODEFAULT:
            fields.append((each.name, hint, each.default))
        elif each.default_factory is not NODEFAULT:
            fields.append((each.name, hint, msgspec.field(default_factory=each.default_factory)))
        else:
            fields.append((each.name, hint))
    return msgspec.defstruct(
        command.__name__,
        fields,
        namespace={"__doc__": command.__doc__},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


def _with_zone(hint: Any) -> Any:
    """Times need their zone: `2026-03-02T12:00:00Z`."""
    if hint is datetime:
        return Moment
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.Union[tuple(_with_zone(each) for each in typing.get_args(hint))]  # noqa: UP007 (put together)
    return hint


class BodyReader:
    """Decodes bodies of one type, strictly."""

    __slots__ = ("_read", "kind", "names")

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self.kind = kind
        self.names = kind.__struct_fields__
        self._read = JsonReader(kind).read

    def read(self, raw: bytes) -> dict[str, Any]:
        """The values by field. Raises `Problem`: 400 for what is no JSON, 422 for what does not fit."""
        try:
            body = self._read(raw or b"{}")
        except Misfit as misfit:
            raise _problem(misfit, "body") from misfit
        except NotJson as why:
            raise Problem(400, "malformed_json", f"The body {why}") from why
        return {name: getattr(body, name) for name in self.names}


def read_parameters(kind: type[msgspec.Struct], values: Mapping[str, Any]) -> Any:
    """Query and path parameters as a struct. Raises `Problem` (422)."""
    if any("\0" in value for value in values.values() if isinstance(value, str)):
        raise Problem(422, "invalid_parameter", "A parameter holds the character U+0000, which no text may hold.")
    try:
        found = msgspec.convert(values, kind, strict=False)
        check_values(kind, found, b"")
    except msgspec.ValidationError as error:
        raise _problem(explain(error, kind, dict(values)), "parameter") from error
    except Misfit as misfit:
        raise _problem(misfit, "parameter") from misfit
    return found


def _problem(misfit: Misfit, what: str) -> Problem:
    invalid = misfit.refusal(misfit.field or what)
    return Problem(invalid.status, f"invalid_{what}", str(invalid), data=invalid.data)
