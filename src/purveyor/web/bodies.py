"""Bodies and parameters as typed structs; what does not fit is told by field, what was found, what was expected."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
from msgspec import NODEFAULT, inspect, structs

from purveyor.core.messages import Command
from purveyor.web.problems import Problem

_WHERE = re.compile(r" - at `(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `(?P<found>[^`]*)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_ABSENT = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_LONG_NUMBER = re.compile(rb"\d{19}")
BIGGEST = 2**63 - 1  # a bigint
MOMENT = Annotated[datetime, msgspec.Meta(tz=True)]
LONGEST_SHOWN = 200


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
        return MOMENT
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.Union[tuple(_with_zone(each) for each in typing.get_args(hint))]  # noqa: UP007 (put together)
    return hint


class BodyReader:
    """Decodes bodies of one type, strictly."""

    __slots__ = ("_decode", "_inner_times", "kind", "names")

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self.kind = kind
        self.names = kind.__struct_fields__
        self._decode = msgspec.json.Decoder(kind).decode
        self._inner_times = "DateTimeType(tz=None" in repr(inspect.type_info(kind))

    def read(self, raw: bytes) -> dict[str, Any]:
        """The values by field. Raises `Problem`: 400 for what is no JSON, 422 for what does not fit."""
        try:
            body = self._decode(raw or b"{}")
        except msgspec.ValidationError as error:
            raise _explain(error, self.kind, _loosely(raw or b"{}"), "body") from error
        except msgspec.DecodeError as error:
            raise Problem(400, "malformed_json", f"The body is not JSON: {error}") from error
        except UnicodeDecodeError as error:
            raise Problem(400, "malformed_json", "The body is not JSON in UTF-8.") from error
        if b"\\u0000" in raw:
            raise Problem(422, "invalid_body", "The body holds the character U+0000, which no text may hold.")
        if _LONG_NUMBER.search(raw) or self._inner_times:
            _check_values(body, "")
        return {name: getattr(body, name) for name in self.names}


def _check_values(value: Any, path: str) -> None:
    """What types alone do not keep out: numbers that no column holds, times without a zone."""
    match value:
        case int() if abs(value) > BIGGEST:
            raise _misfit("body", path, f"at most {BIGGEST}", _shown(value))
        case datetime() if value.tzinfo is None:
            raise _misfit("body", path, "a time with its zone, such as 2026-03-02T12:00:00Z", _shown(value))
        case msgspec.Struct():
            for name in value.__struct_fields__:
                _check_values(getattr(value, name), _join(path, name))
        case list() | tuple():
            for index, each in enumerate(value):
                _check_values(each, f"{path}[{index}]")
        case dict():
            for name, each in value.items():
                _check_values(each, _join(path, name))
        case _:
            pass


def read_parameters(kind: type[msgspec.Struct], values: Mapping[str, Any]) -> Any:
    """Query and path parameters as a struct. Raises `Problem` (422)."""
    if any("\0" in value for value in values.values() if isinstance(value, str)):
        raise Problem(422, "invalid_parameter", "A parameter holds the character U+0000, which no text may hold.")
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _explain(error, kind, dict(values), "parameter") from error


def _loosely(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None


def _explain(error: msgspec.ValidationError, kind: type[msgspec.Struct], whole: Any, what: str) -> Problem:
    message = str(error)
    where = _WHERE.search(message)
    path = where["path"] if where else "$"
    said = message[: where.start()] if where else message
    field = path.removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN.match(said):
        name = unknown["name"]
        names = _fields_at(inspect.type_info(kind), path)
        meant = get_close_matches(name, names, n=1) or names
        return _misfit(what, _join(field, name), " or ".join(meant) or "no field at all", "a name that is not known")
    if absent := _ABSENT.match(said):
        return _misfit(what, _join(field, absent["name"]), "a value", "none")
    found = _shown(_value_at(whole, path))
    if wrong := _WRONG_TYPE.match(said):
        return _misfit(what, field, wrong["expected"], found)
    if said.startswith("Invalid enum value"):
        return _misfit(what, field, " or ".join(_choices_at(inspect.type_info(kind), path)), found)
    return _misfit(what, field, said.removeprefix("Invalid "), found)


def _misfit(what: str, field: str, expected: str, found: str) -> Problem:
    field = field or what
    return Problem(
        422,
        f"invalid_{what}",
        f"{field}: found {found}, expected {expected}.",
        data={"field": field, "found": found, "expected": expected},
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _steps(path: str) -> list[str | int | None]:
    """`$.lines[0].sku` as lines, 0, sku; None where the error names no key."""
    return [match[1] or (int(match[2]) if match[2] else None) for match in _STEP.finditer(path)]


def _value_at(value: Any, path: str) -> Any:
    for step in _steps(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _type_at(info: inspect.Type, path: str) -> list[inspect.Type]:
    """The types that may stand at a path."""
    here = _members(info)
    for step in _steps(path):
        after: list[inspect.Type] = []
        for each in here:
            match each:
                case inspect.StructType():
                    after += [field.type for field in each.fields if field.encode_name == step]
                case inspect.VarTupleType() | inspect.ListType() | inspect.CollectionType():
                    after.append(each.item_type)
                case inspect.DictType():
                    after.append(each.value_type)
                case _:
                    pass
        here = [member for each in after for member in _members(each)]
    return here


def _members(info: inspect.Type) -> list[inspect.Type]:
    if isinstance(info, inspect.Metadata):
        return _members(info.type)
    return list(info.types) if isinstance(info, inspect.UnionType) else [info]


def _fields_at(info: inspect.Type, path: str) -> list[str]:
    return [
        field.encode_name
        for each in _type_at(info, path)
        if isinstance(each, inspect.StructType)
        for field in each.fields
    ]


def _choices_at(info: inspect.Type, path: str) -> list[str]:
    return [
        str(value) for each in _type_at(info, path) if isinstance(each, inspect.LiteralType) for value in each.values
    ]
