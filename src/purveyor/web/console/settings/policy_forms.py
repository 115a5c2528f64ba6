"""A form for any policy, made from its struct: fields for what is flat, checked JSON for what is nested."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from babel import Locale

from purveyor.core.currency_format import typed_amount
from purveyor.core.field_types import LongText
from purveyor.core.json_documents import NotJson, any_json
from purveyor.core.policies import Policies, ReturnPolicy
from purveyor.core.refusals import Invalid
from purveyor.core.validation_messages import Misfit, explain, unknown_field
from purveyor.web.pages.forms import Form
from purveyor.web.pages.translations import mark as _

Kind = Literal["text", "long", "number", "money", "flag", "choice", "words", "rows"]
WHOLE = "data"  # the field of a policy that is one value or one list


class TypeWord(msgspec.Struct, frozen=True):
    """What a value may be: a code, which is written as it is, or words for a kind of values, which are translated."""

    text: str
    is_code: bool = False


class Column(msgspec.Struct, frozen=True):
    """A field of the rows of a list, in words: its type, and what it is when nothing is said."""

    name: str
    types: tuple[TypeWord, ...]
    default: str


class Field(msgspec.Struct, frozen=True):
    """One field of a form."""

    name: str
    kind: Kind
    value: str
    currency: str = ""  # of an amount
    choices: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    schema: str = ""


TYPES: Mapping[Any, tuple[TypeWord, ...]] = {
    str: (TypeWord(_("text")),),
    int: (TypeWord(_("whole number")),),
    bool: (TypeWord("true", is_code=True), TypeWord("false", is_code=True)),
    date: (TypeWord(_("day, such as 2026-12-24")),),
    type(None): (TypeWord("null", is_code=True),),
}


def document_of(name: str, policies: Policies) -> Any:
    """A policy as data, with what was never set. Of return policies the one that counts for new orders."""
    value = policies.current_return_policy if name == "returns" else getattr(policies, name)
    data = msgspec.to_builtins(value)
    if name == "returns":
        del data["version"]  # it is given when it is set
    return data


def fields_of(name: str, policies: Policies, sent: Form | None, locale: Locale) -> list[Field]:
    """The fields with what is in force, or with what was typed."""
    data = document_of(name, policies)
    hints = _hints(name)
    currency = (data.get("currency") if isinstance(data, dict) else "") or policies.currency
    long = _long_texts(name)
    fields: list[Field] = []
    for key, hint in hints.items():
        kind = "long" if key in long else _kind(key, hint)
        known = data if key == WHOLE else data[key]
        value = sent.text(key) if sent is not None else _text(known, kind, currency, locale)
        row = _row(hint)
        choices = tuple(map(str, get_args(hint))) if kind == "choice" else ()
        fields.append(
            Field(key, kind, value, currency, choices, _columns(row) if row else (), _schema(row) if row else "")
        )
    return fields


def _hints(name: str) -> dict[str, Any]:
    hint = get_type_hints(Policies)[name]
    if name == "returns":
        hint = ReturnPolicy
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return {key: each for key, each in get_type_hints(hint).items() if (name, key) != ("returns", "version")}
    return {WHOLE: hint}


def _long_texts(name: str) -> set[str]:
    """The fields that have room for many lines."""
    policy = get_type_hints(Policies)[name]
    if not (isinstance(policy, type) and issubclass(policy, msgspec.Struct)):
        return set()
    hints = get_type_hints(policy, include_extras=True)
    return {key for key, hint in hints.items() if hint == LongText}


def _row(hint: Any) -> type[msgspec.Struct] | None:
    """The struct of which a list has many."""
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def _kind(key: str, hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) is tuple:
        return "rows" if _row(hint) else "words"
    if hint is bool:
        return "flag"
    if hint is int:
        return "money" if key.endswith("_minor") else "number"
    return "text"


def _text(value: Any, kind: Kind, currency: str, locale: Locale) -> str:
    match kind:
        case "rows":
            return rows_text(value)
        case "words":
            return ", ".join(value)
        case "money":
            return typed_amount(value, currency, locale)
        case "flag":
            return "1" if value else ""
        case _:
            return str(value)


def rows_text(rows: list[Any]) -> str:
    """A list as JSON with a row a line, so that it can be read and compared."""
    if not rows:
        return "[]"
    return "[\n" + ",\n".join("  " + msgspec.json.encode(row).decode() for row in rows) + "\n]"


def read_document(name: str, form: Form, policies: Policies) -> Any:
    """The policy that was typed, as data for `SetPolicy`. Raises `Invalid` with the field."""
    currency = form.text("currency").upper() or policies.currency
    data = {key: _read(form, key, _kind(key, hint), hint, currency) for key, hint in _hints(name).items()}
    return data.get(WHOLE, data)


def _read(form: Form, key: str, kind: Kind, hint: Any, currency: str) -> Any:
    match kind:
        case "number":
            return form.integer(key)
        case "money":
            return form.money(key, currency).minor
        case "flag":
            return form.flag(key)
        case "words":
            return [word for part in form.text(key).replace("\n", ",").split(",") if (word := part.strip())]
        case "rows":
            return _rows(form, key, hint)
        case _:
            return form.text(key)


def _rows(form: Form, key: str, hint: Any) -> Any:
    """A list in JSON that fits the policy's own type; what does not is told by its row and field."""
    try:
        rows = any_json((form.text(key) or "[]").encode())
    except NotJson as error:
        raise Invalid(field=key, found="something else", expected=f"a list in JSON ({error.why})") from None
    misfit: Misfit | None
    try:
        found = msgspec.convert(rows, type=hint)
        misfit = unknown_field(rows, msgspec.inspect.type_info(hint))
    except msgspec.ValidationError as error:
        misfit = explain(error, hint, rows)
    if misfit is not None:
        raise misfit.below(key).refusal() from None
    return msgspec.to_builtins(found)


def _columns(row: type[msgspec.Struct]) -> tuple[Column, ...]:
    hints = get_type_hints(row)
    return tuple(
        Column(
            field.name,
            _type_words(hints[field.name]),
            "" if field.required else msgspec.json.encode(field.default).decode(),
        )
        for field in msgspec.structs.fields(row)
    )


def _type_words(hint: Any) -> tuple[TypeWord, ...]:
    if get_origin(hint) is Literal:
        return tuple(TypeWord(str(each), is_code=True) for each in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(word for each in get_args(hint) for word in _type_words(each))
    if get_origin(hint) is tuple:
        return (TypeWord(_("list of text")),)
    return TYPES[hint]


def _schema(row: type[msgspec.Struct]) -> str:
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(tuple[row, ...])), indent=2).decode()  # type: ignore[valid-type]
