"""Fields of a form, made from a command's own struct, and what was filled in, made into a command again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from babel import Locale
from msgspec import NODEFAULT, inspect

from purveyor.core.currency_format import typed_amount
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid
from purveyor.web.api.command_endpoints import Endpoint
from purveyor.web.http.problem_details import Problem, ProblemDetails
from purveyor.web.http.request_bodies import read_parameters
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.field_bounds import Bounds, bounds_of
from purveyor.web.pages.forms import Form

MADE_UP = ("tried", "?")  # texts that only a trial says
LONG_TEXTS = ("text", "record")
BLANK_ROWS = 3  # to be filled in, where a list is not one of the order's lines


class Field(msgspec.Struct, kw_only=True):
    """One field of a form. `options`: pairs of value and text. `fields`: those of each row, or of a group."""

    name: str
    kind: str  # text | textarea | words | number | money | select | check | moment | units | rows | group
    required: bool = True
    value: Any = ""
    options: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    fields: list[Field] = []
    may_all: bool = False  # nothing filled in means all of it
    bounds: Bounds = {}


def fields_of(endpoint: Endpoint, tried: Command | None, locale: Locale) -> list[Field]:
    """A field for everything that a person says, filled with what the trial would ask, as its reader writes it."""
    info = inspect.type_info(endpoint.command)
    assert isinstance(info, inspect.StructType)
    found = []
    for each in info.fields:
        if each.name == "order_id" or each.name in endpoint.ours:
            continue
        default = None if each.default is NODEFAULT else each.default
        secret = endpoint.is_guessed_at and each.name not in endpoint.given
        asked = default if tried is None or secret else getattr(tried, each.name)
        field = _field(each.name, each.type, locale, required=each.required)
        if field is not None:
            field.value = _typed(field, asked, locale)
            found.append(field)
    return found


def _field(name: str, kind: inspect.Type, locale: Locale, *, required: bool) -> Field | None:  # noqa: C901, PLR0911, PLR0912 (types)
    """None for what no form can ask."""
    match kind:
        case inspect.UnionType(types=types):
            several = [each for each in types if not isinstance(each, inspect.NoneType)]
            listed = next((each for each in several if isinstance(each, inspect.VarTupleType)), None)
            field = _field(name, listed or several[0], locale, required=required and len(several) == len(types))
            if field is not None and listed is not None and len(several) > 1:
                field.may_all = True
            return field
        case inspect.BoolType():
            return Field(name=name, kind="check", required=False)
        case inspect.IntType():
            return Field(name=name, kind="number", required=required, bounds=bounds_of(kind))
        case inspect.StrType():
            typed = "textarea" if name in LONG_TEXTS else "text"
            return Field(name=name, kind=typed, required=required, bounds=bounds_of(kind))
        case inspect.DateTimeType():
            return Field(name=name, kind="moment", required=required)
        case inspect.UUIDType():
            return Field(name=name, kind="select", required=required)
        case inspect.LiteralType(values=values):
            return Field(name=name, kind="select", required=required, options=[(str(each), "") for each in values])
        case inspect.StructType(cls=cls) if cls is Money:
            return Field(name=name, kind="money", required=required)
        case inspect.StructType(fields=fields):
            return Field(name=name, kind="group", required=required, fields=_inner(fields, locale))
        case inspect.VarTupleType(item_type=inspect.StructType(fields=fields)):
            by_line = {"line_id", "quantity"} <= {each.name for each in fields}
            inner = [each for each in _inner(fields, locale) if not (by_line and each.name in ("line_id", "quantity"))]
            return Field(name=name, kind="units" if by_line else "rows", required=required, fields=inner)
        case inspect.VarTupleType(item_type=inspect.StrType()):
            return Field(name=name, kind="words", required=required)
        case _:
            return None


def _inner(fields: Iterable[inspect.Field], locale: Locale) -> list[Field]:
    found = []
    for each in fields:
        field = _field(each.name, each.type, locale, required=each.required)
        if field is not None:
            field.value = "" if each.default is NODEFAULT else _typed(field, each.default, locale)
            found.append(field)
    return found


def _typed(field: Field, value: Any, locale: Locale) -> Any:  # noqa: PLR0911 (one a type)
    """A value as it stands in a field. Values that only a trial makes up are left out."""
    match value:
        case None:
            return {} if field.kind == "units" else ""
        case Money():
            return "" if value.minor == 1 else typed_amount(value.minor, value.currency, locale)
        case bool():
            return value
        case str() if field.kind == "units":  # all of them
            return {}
        case str():
            return "" if value in MADE_UP else value
        case UUID():
            return "" if not value.int else str(value)
        case tuple() if field.kind == "units":
            return {str(each.line_id): each.quantity for each in value}
        case tuple():
            return ""
        case _:
            return value


class Filled:
    """Reads a form by its fields. Raises `Invalid` with the field."""

    def __init__(self, ctx: RequestContext, form: Form, currency: str) -> None:
        self._visit = ctx
        self._form = form
        self._currency = currency

    def values(self, fields: Iterable[Field], prefix: str = "") -> dict[str, Any]:
        """Values by field, without those that were left empty and need not be filled."""
        found: dict[str, Any] = {}
        for field in fields:
            value = self._value(field, prefix + field.name)
            if value is not None:
                found[field.name] = value
        return found

    def _value(self, field: Field, name: str) -> Any:  # noqa: C901, PLR0911 (one a kind)
        form = self._form
        match field.kind:
            case "check":
                return form.flag(name)
            case "units":
                return self._units(field, name)
            case "rows":
                rows = [self.values(field.fields, f"{name}.{row}.") for row in range(BLANK_ROWS)]
                return [row for row in rows if row]
            case "group":
                return self.values(field.fields, f"{name}.") or None
            case "words":
                return form.text(name).split() or None
            case _ if not form.text(name):
                if field.required and not name.count("."):
                    raise Invalid(field=name, found="nothing", expected="a value")
                return None
            case "number":
                return form.integer(name)
            case "money":
                return msgspec.to_builtins(form.money(name, self._currency))
            case "moment":
                return form.moment(name, self._visit.zone).isoformat()
            case _:
                return self._code_of(field, form.text(name))

    def _code_of(self, field: Field, typed: str) -> str:
        """The code of what was suggested in the reader's words; anything else as it was typed."""
        words = (each for each in field.suggestions if self._visit.label(each).casefold() == typed.casefold())
        return next(words, typed)

    def _units(self, field: Field, name: str) -> Any:
        """Quantities by line, with whatever else is said of each."""
        counted = self._form.counted(f"{name}.quantity")
        if not counted:
            if field.may_all:
                return "all"
            if field.required:
                raise Invalid(field=name, found="nothing", expected="a quantity of at least one line")
            return None
        return [
            {"line_id": line_id, "quantity": quantity, **self.values(field.fields, f"{name}.{line_id}.")}
            for line_id, quantity in counted.items()
        ]


def command_of(endpoint: Endpoint, order_id: UUID, values: dict[str, Any]) -> Command:
    """The command that was filled in. Raises `Invalid` or `Problem` (422), which say the field."""
    given: dict[str, Any] = {"order_id": order_id}
    for name in endpoint.given:
        if name != "order_id":
            try:
                given[name] = UUID(str(values.get(name, "")))
            except ValueError:
                raise Invalid(field=name, found=values.get(name) or "nothing", expected="one of the list") from None
    said = {name: value for name, value in values.items() if name not in given}
    try:
        body = read_parameters(endpoint.body, said)
    except Problem as problem:
        data = msgspec.json.decode(problem.body, type=ProblemDetails).data
        if "found" not in data:
            raise
        raise Invalid(**data) from None
    return endpoint.command(**given, **{name: getattr(body, name) for name in endpoint.body.__struct_fields__})
