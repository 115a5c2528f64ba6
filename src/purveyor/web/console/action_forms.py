"""A form made from a command: a field for each of its fields, and the command made from what was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import NODEFAULT, inspect

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.state import Book
from purveyor.engine.tables import parts
from purveyor.web.endpoints import Endpoint
from purveyor.web.pages.formats import plain_amount
from purveyor.web.pages.forms import Form

LONG_TEXTS = {"text", "record", "why", "reason"}
ALL = "all"  # what some commands take in place of units


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form. `kind`: text, textarea, number, check, select, money, moment, units, lines, hidden."""

    name: str
    kind: str
    value: Any = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    takes_all: bool = False  # units: everything may be meant


def fields_of(endpoint: Endpoint, book: Book, given: dict[str, str], sent: Form | None) -> list[Field]:
    """The fields of a command that a person fills in, with what was sent, what the address names, or the default."""
    default = _tried(endpoint, book, given)
    made: list[Field] = []
    for field in _described(endpoint.command):
        if field.name == "order_id" or field.name in endpoint.ours:
            continue
        value = getattr(default, field.name, None) if default is not None else None
        made.extend(_fields(field.name, field, book, given, sent, value))
    return made


def _described(kind: type[Command]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _tried(endpoint: Endpoint, book: Book, given: dict[str, str]) -> Command | None:
    """What would be asked by default: of the row that the address names."""
    commands = list(endpoint.tried(book)) if endpoint.tried is not None else []
    for command in commands:
        if all(str(getattr(command, name, "")) == value for name, value in given.items() if hasattr(command, name)):
            return command
    return commands[0] if commands else None


def _fields(
    name: str, field: inspect.Field, book: Book, given: dict[str, str], sent: Form | None, value: Any
) -> list[Field]:
    members = _members(field.type)
    optional = any(isinstance(each, inspect.NoneType) for each in members)
    required = field.default is NODEFAULT and field.default_factory is NODEFAULT and not optional
    shown = sent.text(name) if sent is not None and name in sent else None
    if name in given:
        return [Field(name=name, kind="hidden", value=shown or given[name])]
    main = next(each for each in members if not isinstance(each, inspect.NoneType))
    words = [each for each in members if isinstance(each, inspect.LiteralType)]
    if any(_is_units(each) for each in members):
        wanted = _quantities(value, sent, name)
        return [Field(name=name, kind="units", value=wanted, required=required, takes_all=bool(words))]
    if words:
        options = tuple((str(word), str(word)) for each in words for word in each.values)
        return [Field(name=name, kind="select", value=shown or str(value or ""), options=options, required=required)]
    if isinstance(main, inspect.StructType) and main.cls is Money:
        amount = shown or (plain_amount(value.minor, value.currency) if isinstance(value, Money) else "")
        return [Field(name=name, kind="money", value=amount, required=required)]
    if isinstance(main, inspect.StructType):
        return [
            each
            for inner in main.fields
            for each in _fields(f"{name}.{inner.encode_name}", inner, book, {}, sent, None)
        ]
    return [_plain(name, main, book, shown, value, required=required)]


def _plain(name: str, main: inspect.Type, book: Book, shown: str | None, value: Any, *, required: bool) -> Field:
    text = shown if shown is not None else "" if value is None or value == () else str(value)
    match main:
        case inspect.BoolType():
            return Field(name=name, kind="check", value=text in ("1", "True"))
        case inspect.IntType():
            return Field(name=name, kind="number", value=text, required=required)
        case inspect.DateTimeType():
            return Field(name=name, kind="moment", value=shown or "", required=required)
        case inspect.UUIDType():
            options = _rows_named(name, book)
            kind = "select" if options else "text"
            return Field(name=name, kind=kind, value=text, options=options, required=required)
        case inspect.VarTupleType() | inspect.ListType():
            return Field(name=name, kind="lines", value=shown or "", required=required)
        case _:
            kind = "textarea" if name in LONG_TEXTS else "text"
            cleaned = "" if text in ("tried", "?") else text
            return Field(name=name, kind=kind, value=cleaned, required=required)


def _members(info: inspect.Type) -> list[inspect.Type]:
    if isinstance(info, inspect.Metadata):
        return _members(info.type)
    return (
        [member for each in info.types for member in _members(each)] if isinstance(info, inspect.UnionType) else [info]
    )


def _is_units(info: inspect.Type) -> bool:
    """So many units of some lines: a tuple of structs with a line and a quantity."""
    if not isinstance(info, inspect.VarTupleType | inspect.ListType):
        return False
    item = _members(info.item_type)[0]
    return isinstance(item, inspect.StructType) and {"line_id", "quantity"} <= {field.name for field in item.fields}


def _quantities(value: Any, sent: Form | None, name: str) -> dict[str, int]:
    if sent is not None:
        try:
            return sent.counted(name)
        except Invalid:
            return {}
    if value == ALL or not isinstance(value, tuple):
        return {}
    return {str(each.line_id): each.quantity for each in value if isinstance(each, UnitsOf)}


def _rows_named(name: str, book: Book) -> tuple[tuple[str, str], ...]:
    """Rows of the order that a field such as `line_id` can mean."""
    what = name.removesuffix("_id").rpartition(".")[2]
    if what == "line":
        return tuple((str(line.id), f"{line.name} ({line.sku})") for line in book.lines.values())
    for kind in parts().values():
        if kind.table == what or kind.table.endswith(f"_{what}"):
            return tuple(
                (str(row.id), f"{what} {str(row.id)[-6:]}") for row in book.rows(kind).values() if hasattr(row, "id")
            )
    return ()


def command_of(endpoint: Endpoint, book: Book, fields: list[Field], sent: Form, zone: ZoneInfo) -> Command:
    """The command that was sent. Raises `Invalid` for what cannot be, by field."""
    values: dict[str, Any] = {"order_id": str(book.order.id)}
    for field in fields:
        found = _sent(field, sent, book, zone)
        if found is not None:
            _put(values, field.name, found)
    try:
        return msgspec.convert(values, endpoint.command, strict=False)
    except msgspec.ValidationError as error:
        said, _, where = str(error).partition(" - at `$.")
        raise Invalid(field=where.rstrip("`") or "form", found="something else", expected=said) from error


def _sent(field: Field, sent: Form, book: Book, zone: ZoneInfo) -> Any:  # noqa: PLR0911 (one for each kind)
    """The value of one field, or None where nothing was said."""
    match field.kind:
        case "units":
            if field.takes_all and sent.flag(f"{field.name}.{ALL}"):
                return ALL
            return [
                {"line_id": line_id, "quantity": quantity}
                for line_id, quantity in sent.counted(field.name).items()
                if _is_id(line_id)
            ]
        case "check":
            return sent.flag(field.name)
        case "lines":
            return [line.strip() for line in sent.text(field.name).splitlines() if line.strip()]
        case "money":
            text = sent.text(field.name)
            return msgspec.to_builtins(sent.money(field.name, book.currency)) if text else None
        case "moment":
            return sent.moment(field.name, zone) if sent.text(field.name) else None
        case "number":
            return sent.integer(field.name) if sent.text(field.name) else None
        case _:
            return sent.text(field.name) or None


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    """`contact.name` goes into `contact`."""
    first, _, rest = name.partition(".")
    if rest:
        _put(values.setdefault(first, {}), rest, value)
    else:
        values[first] = value


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
