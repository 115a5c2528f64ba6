"""What does not fit a message type: which field, what was found, and what was expected.

Types say most of it (`bounds.py`). What they cannot say is checked here: the years of times, the size of amounts, and
the depth of free documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from purveyor.core.bounds import A_LINE, A_MOMENT, BIGGEST, IN_WORDS, LARGEST_AMOUNT, ONE_LINE, is_moment
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid

_WHERE = re.compile(r" - at `(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `(?P<found>[^`]*)`)?")
_PATTERN = re.compile(r"Expected `str` matching regex (?P<quote>['\"])(?P<pattern>.*)(?P=quote)$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_ABSENT = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
LONGEST_SHOWN = 200
DEEPEST = 32  # levels of a free document
#: In JSON: what may be a control character. Most messages have none, and need not be looked through.
_CONTROL = re.compile(rb"\\[bfnrt]|\\u00[0189]|\\u007[fF]|\x7f|\xc2[\x80-\x9f]")
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Checker = Callable[[Any], None]
CheckOf = Callable[[inspect.Type], Checker | None]  # of a type by itself


class Misfit(Exception):  # noqa: N818 (an answer, not an error)
    """A value that does not fit its field."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(field)
        self.field = field
        self.found = found
        self.expected = expected

    def below(self, step: str) -> Misfit:
        """The same misfit, seen from one level up."""
        between = "" if not self.field or self.field.startswith("[") else "."
        return Misfit(f"{step}{between}{self.field}", self.found, self.expected)


def check(command: Command) -> bytes:
    """Hold a command against its own type, wherever it was made. Raises `Invalid`, which says the field.

    Answers the command as JSON.
    """
    kind = type(command)
    body = msgspec.json.encode(command)
    try:
        _decoder(kind)(body)
        check_values(kind, command, body)
    except msgspec.ValidationError as error:
        misfit = explain(error, kind, msgspec.json.decode(body))
    except Misfit as found:
        misfit = found
    else:
        return body
    raise Invalid(field=misfit.field, found=misfit.found, expected=misfit.expected)


def check_values(kind: type[msgspec.Struct], value: msgspec.Struct, body: bytes) -> None:
    """What types do not say of a value and its JSON. Raises `Misfit`."""
    if _CONTROL.search(body) and (texts := _texts_of(kind)) is not None:
        texts(value)
    if (values := _values_of(kind)) is not None:
        values(value)


@cache
def _decoder(kind: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(kind).decode


# ------------------------------------------------------------------------------------------- what types do not say


@cache
def _values_of(kind: type[msgspec.Struct]) -> Checker | None:
    return _checker(inspect.type_info(kind), _check_of_value)


@cache
def _texts_of(kind: type[msgspec.Struct]) -> Checker | None:
    return _checker(inspect.type_info(kind), _check_of_text)


def _check_of_value(kind: inspect.Type) -> Checker | None:
    match kind:
        case inspect.DateTimeType():
            return _check_moment
        case inspect.AnyType():
            return _check_free
        case inspect.StructType() if kind.cls is Money:
            return _check_amount
        case _:
            return None


def _check_of_text(kind: inspect.Type) -> Checker | None:
    match kind:
        case inspect.Metadata() if kind.extra_json_schema == ONE_LINE:
            return _check_line
        case inspect.StrType() | inspect.AnyType():
            return _check_zeros
        case _:
            return None


def _checker(kind: inspect.Type, check_of: CheckOf) -> Checker | None:
    """The check of a type, put together from those of what is in it; None where there is nothing to be checked."""
    if (own := check_of(kind)) is not None:
        return own
    found: Checker | None = None
    match kind:
        case inspect.Metadata():
            found = _checker(kind.type, check_of)
        case inspect.StructType():
            found = _fields_checker(kind, check_of)
        case inspect.UnionType():
            found = _union_checker(kind, check_of)
        case inspect.VarTupleType() | inspect.ListType():
            found = _items_checker(_checker(kind.item_type, check_of))
        case inspect.DictType():
            found = _dict_checker(_checker(kind.key_type, check_of), _checker(kind.value_type, check_of))
        case _:
            pass
    return found


def _fields_checker(kind: inspect.StructType, check_of: CheckOf) -> Checker | None:
    fields = [(field.name, each) for field in kind.fields if (each := _checker(field.type, check_of)) is not None]

    def check_fields(value: Any) -> None:
        for name, each in fields:
            found = getattr(value, name)
            if found is not None:
                try:
                    each(found)
                except Misfit as misfit:
                    raise misfit.below(name) from None

    return check_fields if fields else None


def _union_checker(kind: inspect.UnionType, check_of: CheckOf) -> Checker | None:
    """Structs are told apart by their class; beside them stand words, or nothing."""
    checks = [(each, found) for each in kind.types if (found := _checker(each, check_of)) is not None]
    by_kind = {each.cls: found for each, found in checks if isinstance(each, inspect.StructType)}
    others = [found for each, found in checks if not isinstance(each, inspect.StructType)]
    other = others[0] if others else None  # JSON tells no more than one of them apart

    def check_one(value: Any) -> None:
        each = by_kind.get(type(value), None if isinstance(value, msgspec.Struct) else other)
        if each is not None:
            each(value)

    return check_one if checks else None


def _items_checker(each: Checker | None) -> Checker | None:
    if each is None:
        return None

    def check_items(values: Any) -> None:
        if isinstance(values, str):  # a word that stands for all of them
            return
        for index, value in enumerate(values):
            try:
                each(value)
            except Misfit as misfit:
                raise misfit.below(f"[{index}]") from None

    return check_items


def _dict_checker(of_key: Checker | None, of_value: Checker | None) -> Checker | None:
    def check_pairs(pairs: Any) -> None:
        for key, value in pairs.items():
            try:
                for each, found in ((of_key, key), (of_value, value)):
                    if each is not None:
                        each(found)
            except Misfit as misfit:
                raise misfit.below(_printable(key)) from None

    return check_pairs if of_key or of_value else None


def _check_moment(value: datetime) -> None:
    if not is_moment(value):
        raise Misfit("", shown(value), A_MOMENT)


def _check_amount(value: Money) -> None:
    if abs(value.minor) > LARGEST_AMOUNT:
        raise Misfit("minor", str(value.minor), f"an amount of at most {LARGEST_AMOUNT}")


def _check_free(value: Any, depth: int = 0) -> None:
    """A document without a type of its own: not too deep, and no number that no column holds."""
    if depth > DEEPEST:
        raise Misfit("", "more levels", f"a document of at most {DEEPEST} levels")
    match value:
        case int() if abs(value) > BIGGEST:
            raise Misfit("", str(value), f"at most {BIGGEST}")
        case dict():
            for each in value.values():
                _check_free(each, depth + 1)
        case list() | tuple():
            for each in value:
                _check_free(each, depth + 1)
        case _:
            pass


def _check_line(value: str) -> None:
    if _NOT_IN_A_LINE.search(value):
        raise Misfit("", shown(value), A_LINE)


def _check_zeros(value: Any) -> None:
    """PostgreSQL holds a zero character in no text."""
    match value:
        case str() if "\0" in value:
            raise Misfit("", "the character U+0000", "text without it")
        case dict():
            for name, each in value.items():
                _check_zeros(name)
                _check_zeros(each)
        case list() | tuple():
            for each in value:
                _check_zeros(each)
        case _:
            pass


def _printable(text: Any) -> str:
    return _NOT_IN_A_LINE.sub("", str(text))


# ------------------------------------------------------------------------------------------------------ what types say


def explain(error: msgspec.ValidationError, kind: type[msgspec.Struct], whole: Any) -> Misfit:
    """An error of decoding in our words. `whole` is what was decoded, as far as it can be shown."""
    message = str(error)
    where = _WHERE.search(message)
    path = where["path"] if where else "$"
    said = message[: where.start()] if where else message
    field = path.removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN.match(said):
        name = unknown["name"]
        names = _fields_at(inspect.type_info(kind), path)
        meant = get_close_matches(name, names, n=1) or names
        return Misfit(_join(field, name), "a name that is not known", " or ".join(meant) or "no field at all")
    if absent := _ABSENT.match(said):
        return Misfit(_join(field, absent["name"]), "none", "a value")
    value = _value_at(whole, path)
    return Misfit(field, shown(value), _expected(said, value, kind, path))


def _expected(said: str, value: Any, kind: type[msgspec.Struct], path: str) -> str:
    if (pattern := _PATTERN.match(said)) and (words := IN_WORDS.get(_unquoted(pattern))):
        return words
    if isinstance(value, int) and abs(value) > BIGGEST:
        return f"a whole number of at most {BIGGEST}"
    if wrong := _WRONG_TYPE.match(said):
        return wrong["expected"]
    if said.startswith("Invalid enum value"):
        return " or ".join(_choices_at(inspect.type_info(kind), path))
    return said.removeprefix("Invalid ")


def _unquoted(pattern: re.Match[str]) -> str:
    """The pattern as it was written: the error has it as Python writes it down."""
    return next((each for each in IN_WORDS if repr(each)[1:-1] == pattern["pattern"]), pattern["pattern"])


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def shown(value: Any) -> str:
    """A value as JSON, cut to what a sentence can hold."""
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
