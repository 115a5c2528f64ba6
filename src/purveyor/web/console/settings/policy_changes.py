"""What differs between two versions of a policy, value by value, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

import msgspec
from babel.dates import format_date

from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.labels.lookup import LABELS
from purveyor.web.pages.names import tax_class_name

#: What tells the rows of a list apart: the first of these that all of it has a value for, with what may stand beside.
KEYS: Final = (
    ("country", "tax_class", "valid_from"),
    ("code", "currency"),
    ("name", "version", "currency"),
    ("title", "language"),
    ("type",),
    ("stage",),
    ("location", "day"),
    ("sku",),
    ("currency",),
)
#: Fields whose values are words of the system. What is in others was typed by somebody, and stays as it is.
CODED: Final = frozenset(
    {
        *("rule", "test", "at_deadline", "stops", "refund_on", "weekdays", "stage", "owner", "type"),
        *("second_factor_for", "kinds", "reasons", "our_fault", "closed_channels"),
    }
)
PLACES: Final = frozenset({"country", "countries"})
DAYS: Final = frozenset({"valid_from", "day"})
WORDS: Final = CODED | PLACES | DAYS | {"tax_class", "currency"}
AMOUNT_TESTS: Final = ("amount", "first_order")  # of the risk policy: their limit is an amount
BETWEEN: Final = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "

Row = tuple[tuple[str, Any], ...]  # what tells a row from the others, by field
Path = tuple[str | Row, ...]  # the names of fields, and between them rows of lists
Kind = Literal["figure", "words", "typed"]  # what people typed may be of any length, words of the system may not


class Value(msgspec.Struct, frozen=True):
    """One value of a document: its field, and the currency of an amount."""

    field: str
    value: Any = None
    currency: str = ""


class Difference(msgspec.Struct, frozen=True):
    """One value that is another one, in words. Empty: it was not there."""

    where: str
    before: str
    after: str
    kind: Kind


def differences(ctx: RequestContext, name: str, before: Any, after: Any, currency: str) -> list[Difference]:
    """What is said differently by two documents of a policy: 0 and no are said, nothing and an empty list are not.

    `currency`: of amounts that do not say theirs.
    """
    old, new = (dict(_flat(each, name, currency)) for each in (before, after))
    nothing = Value(name)
    found = []
    for path in dict.fromkeys([*old, *new]):
        was, comes = old.get(path, nothing), new.get(path, nothing)
        before_said, after_said = _said(ctx, was), _said(ctx, comes)
        if before_said != after_said:
            kind = _kind(comes if after_said else was)
            found.append(Difference(_where(ctx, path), before_said, after_said, kind))
    return found


def _flat(data: Any, field: str, currency: str, path: Path = (), row: Mapping[str, Any] | None = None) -> Any:
    """Every value of a document by its place."""
    match data:
        case dict():
            own = data.get("currency") or currency
            for key, value in data.items():
                yield from _flat(value, key, own, (*path, key), data)
        case list() | tuple() if any(isinstance(each, dict) for each in data):
            for called, each in _rows(data, currency):
                yield from _flat(each, field, currency, (*path, called))
        case _:
            is_amount = field.endswith("_minor") or (field == "limit" and (row or {}).get("test") in AMOUNT_TESTS)
            yield path, Value(field, data, currency if is_amount else "")


def _rows(rows: list[Any] | tuple[Any, ...], currency: str) -> Iterator[tuple[Row, Any]]:
    """Rows with what they are called; those that are called alike, or nothing, are counted."""
    seen: dict[Row, int] = {}
    for number, each in enumerate(rows, 1):
        called = _called(each, currency)
        seen[called] = seen.get(called, 0) + 1
        if not called:
            called = (("", number),)
        elif seen[called] > 1:
            called = (*called, ("", seen[called]))
        yield called, each


def _called(row: Any, currency: str) -> Row:
    """What it is called; the currency of the shop goes without saying."""
    if isinstance(row, dict):
        for first, *others in KEYS:
            if row.get(first):
                said = [(key, row[key]) for key in (first, *others) if row.get(key)]
                return tuple(each for each in said if each != ("currency", currency)) or tuple(said)
    return ()


def _where(ctx: RequestContext, path: Path) -> str:
    return BETWEEN.join(
        _label(ctx, step)
        if isinstance(step, str)
        else ", ".join(_said(ctx, Value(field, value)) for field, value in step)
        for step in path
    )


def _label(ctx: RequestContext, field: str) -> str:
    return ctx.label(field if field == "basis_points" else field.removesuffix("_minor").removesuffix("_basis_points"))


def _said(ctx: RequestContext, value: Value) -> str:  # noqa: PLR0911 (one a kind)
    """A value as its reader says it."""
    field = value.field
    match value.value:
        case None | "":
            return ""
        case list() | tuple():
            return ", ".join(_said(ctx, Value(field, each)) for each in value.value)
        case bool():
            return ctx._("yes") if value.value else ctx._("no")
        case int() if value.currency:
            return formats.money(value.value, value.currency, ctx.locale)
        case int() if field.endswith("basis_points"):
            return formats.rate(value.value, ctx.locale)
        case int() | float():
            return formats.number(value.value, ctx.locale)
        case _:
            return _word(ctx, field, str(value.value))


def _kind(value: Value) -> Kind:
    match value.value:
        case bool():
            return "words"
        case int() | float():
            return "figure"
        case _ if value.field in WORDS:
            return "words"
        case _:
            return "typed"


def _word(ctx: RequestContext, field: str, text: str) -> str:
    """Words of the system, countries, locations and days by their names; what somebody typed as it is."""
    if field in PLACES:
        return str(ctx.locale.territories.get(text, text))
    if field in DAYS:
        return _day(ctx, text)
    if field == "location":
        return ctx.desk.zone.location(text)
    if field == "tax_class":
        return tax_class_name(text, ctx._)
    if field in CODED:
        return ctx.label(text)
    known = LABELS.get(text) if field == "name" else None  # tests that Purveyor comes with are called by labels
    return ctx._(known) if known else text


def _day(ctx: RequestContext, text: str) -> str:
    try:
        return str(format_date(date.fromisoformat(text), "medium", locale=ctx.locale))
    except ValueError:
        return text
