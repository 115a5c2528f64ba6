"""What does not fit a message type: which field, what was found, and what was expected.

Types say most of it (`field_types.py`). What they cannot say is checked here: the years of times, the size of amounts,
and the depth of free documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, inspect

from purveyor.core.field_types import (
    A_LINE,
    A_MOMENT,
    BIGGEST,
    LARGEST_AMOUNT,
    NO_BLANK_LINE,
    NOT_IN_A_LINE,
    ONE_LINE,
    is_moment,
)
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.reason_texts import REFERENCE
from purveyor.core.refusals import wanted
from purveyor.core.validation_messages import AN_AMOUNT, Misfit, display_value, explain

DEEPEST = 32  # levels of a free document
TOO_DEEP = wanted("a document of at most {most} levels").format(most=DEEPEST)
#: In JSON: what may be no part of a line. Most messages have none of it, and need not be looked through.
_CONTROL = re.compile(
    rb"\\[bfnrt]|\\u00[0189]|\\u007[fF]|\\u20[26]|\x7f|\xc2[\x80-\x9f]|\xe2(?:\x80[\xa8-\xae]|\x81[\xa6-\xa9])"
)
_NOT_IN_A_LINE = re.compile(f"[{NOT_IN_A_LINE}]")
_REFERENCE = re.compile(REFERENCE.pattern, re.IGNORECASE)
_REFERENCE_IN_JSON = re.compile(REFERENCE.pattern.encode(), re.IGNORECASE)

Checker = Callable[[Any], None]
CheckOf = Callable[[inspect.Type], Checker | None]  # of a type by itself


def check(command: Command, *, may_refer: bool = True) -> bytes:
    """Hold a command against its own type, wherever it was made. Raises `Invalid`, which says the field.

    Answers the command as JSON. What people type is no reference to a stored text (`may_refer`): they could name
    one that is not theirs, and read it, or pay with it.
    """
    kind = type(command)
    try:
        body = msgspec.json.encode(command)
        _decoder(kind)(body)
        check_values(kind, command, body)
        # Looking for the word first keeps a document of megabytes from holding everybody up.
        if (
            not may_refer
            and b"text:" in body.lower()
            and _REFERENCE_IN_JSON.search(body)
            and (texts := _typed_of(kind)) is not None
        ):
            texts(command)
    except msgspec.ValidationError as error:
        misfit = explain(error, kind, msgspec.json.decode(body))
    except Misfit as found:
        misfit = found
    except RecursionError:
        misfit = Misfit("data", "more levels", TOO_DEEP)
    else:
        return body
    raise misfit.refusal()


def _names_a_text(body: bytes) -> bool:
    """Looking for the word first keeps a document of megabytes from holding everybody up."""
    return b"text:" in body.lower() and _REFERENCE_IN_JSON.search(body) is not None


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


@cache
def _typed_of(kind: type[msgspec.Struct]) -> Checker | None:
    return _checker(inspect.type_info(kind), _check_of_typed)


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
        case inspect.Metadata() if kind.extra_json_schema in (ONE_LINE, NO_BLANK_LINE):
            return _check_line
        case inspect.StrType() | inspect.AnyType():
            return _check_zeros
        case _:
            return None


def _check_of_typed(kind: inspect.Type) -> Checker | None:
    return _check_typed if isinstance(kind, inspect.StrType | inspect.AnyType) else None


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
            if found is not None and found is not UNSET:
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
                raise misfit.below(f"[{index + 1}]") from None

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
        raise Misfit("", display_value(value), A_MOMENT)


def _check_amount(value: Money) -> None:
    if abs(value.minor) > LARGEST_AMOUNT:
        raise Misfit("minor", str(value.minor), AN_AMOUNT.format(most=LARGEST_AMOUNT))


def _check_free(value: Any, depth: int = 0) -> None:
    """A document without a type of its own: not too deep, and no number that no column holds."""
    if depth > DEEPEST:
        raise Misfit("", "more levels", TOO_DEEP)
    match value:
        case int() if abs(value) > BIGGEST:
            raise Misfit("", str(value), wanted("at most {limit}").format(limit=BIGGEST))
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
        raise Misfit("", display_value(value), A_LINE)


def _check_zeros(value: Any) -> None:
    """PostgreSQL holds a zero character in no text."""
    match value:
        case str() if "\0" in value:
            raise Misfit("", "the character U+0000", wanted("text without it"))
        case dict():
            for name, each in value.items():
                _check_zeros(name)
                _check_zeros(each)
        case list() | tuple():
            for each in value:
                _check_zeros(each)
        case _:
            pass


def _check_typed(value: Any) -> None:
    """No text in it, however deep, refers to a stored one."""
    match value:
        case str() if _REFERENCE.search(value):
            raise Misfit("", wanted("text: and the id of a stored text"), wanted("a text of your own"))
        case dict():
            for name, each in value.items():
                _check_typed(name)
                _check_typed(each)
        case list() | tuple():
            for each in value:
                _check_typed(each)
        case _:
            pass


def _printable(text: Any) -> str:
    return _NOT_IN_A_LINE.sub("", str(text))
