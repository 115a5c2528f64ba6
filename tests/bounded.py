"""Whether a message type says how large its values may be."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import inspect

Many = inspect.VarTupleType | inspect.ListType | inspect.DictType
WHATEVER = inspect.FloatType | inspect.DecimalType | inspect.AnyType


def unbounded(kind: inspect.Type, where: str) -> Iterator[str]:
    """The places of a type where a text, a number or a list may be as large as it likes."""
    if _has_no_end(kind):
        yield f"{where}: {type(kind).__name__.removesuffix('Type').lower()}"
    for name, each in _inside(kind):
        yield from unbounded(each, f"{where}{name}")


def _has_no_end(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.StrType | Many):
        return kind.max_length is None
    if isinstance(kind, inspect.IntType):
        return kind.ge is None or kind.le is None
    return isinstance(kind, WHATEVER)


def _inside(kind: inspect.Type) -> Iterator[tuple[str, inspect.Type]]:
    match kind:
        case inspect.Metadata():
            yield "", kind.type
        case inspect.StructType():
            yield from ((f".{field.name}", field.type) for field in kind.fields)
        case inspect.UnionType():
            yield from (("", each) for each in kind.types)
        case inspect.VarTupleType() | inspect.ListType():
            yield "[]", kind.item_type
        case inspect.DictType():
            yield from (("{key}", kind.key_type), ("{}", kind.value_type))
        case _:
            pass
