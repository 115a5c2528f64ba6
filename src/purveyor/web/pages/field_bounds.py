"""How long a text and how large a number may be, as attributes of a field: a browser stops what would be refused.

They are those of the message that a form is sent as, so that both never disagree.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from msgspec import inspect

from purveyor.core.registry import DECIDES

Bounds = dict[str, str]
TYPED: Final = ("text", "email", "tel", "url", "search", "password", "textarea")  # kinds of fields that have a length


@cache
def bounds_at(path: str) -> Bounds:
    """Of a field such as `ReceiveStock.items.quantity`: a command by its name, and fields of what is in it.

    Raises `LookupError` for a field that there is not.
    """
    name, *steps = path.split(".")
    command = next((each for each in DECIDES if each.__name__ == name), None)
    if command is None:
        raise LookupError(path)
    found: inspect.Type = inspect.type_info(command)
    for step in steps:
        found = _field(found, step, path)
    return bounds_of(found)


def bounds_of(kind: inspect.Type) -> Bounds:
    """`maxlength` of a text, `min` and `max` of a whole number; nothing of anything else."""
    match kind:
        case inspect.UnionType(types=types):
            several = [each for each in types if not isinstance(each, inspect.NoneType)]
            return bounds_of(several[0]) if len(several) == 1 else {}
        case inspect.Metadata(type=inner):
            return bounds_of(inner)
        case inspect.StrType(max_length=int(most)):
            return {"maxlength": str(most)}
        case inspect.IntType():
            return _range(kind)
        case _:
            return {}


def fitting(bounds: Bounds, kind: str) -> Bounds:
    """Those that a field of this kind has."""
    names = ("min", "max") if kind == "number" else ("maxlength",) if kind in TYPED else ()
    return {name: value for name, value in bounds.items() if name in names}


def _range(kind: inspect.IntType) -> Bounds:
    found: Bounds = {}
    least = kind.ge if kind.gt is None else kind.gt + 1
    most = kind.le if kind.lt is None else kind.lt - 1
    if least is not None:
        found["min"] = str(least)
    if most is not None:
        found["max"] = str(most)
    return found


def _field(kind: inspect.Type, name: str, path: str) -> inspect.Type:
    """A field of a struct, or of the structs of a list."""
    waiting: list[Any] = [kind]
    while waiting:
        match waiting.pop():
            case inspect.UnionType(types=types):
                waiting += types
            case inspect.Metadata(type=inner):
                waiting.append(inner)
            case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
                waiting.append(inner)
            case inspect.StructType(fields=fields):
                for each in fields:
                    if each.name == name:
                        return each.type
            case _:
                pass
    raise LookupError(path)
