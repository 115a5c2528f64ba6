"""What does not fit a type, told so that a person understands it: which field, what was sent, what would be right.

Fields are named by their whole path, `lines[1].quantity`. Lists are counted from 1, as rules, files and pages count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

from purveyor.core.field_types import A_MOMENT, BIGGEST, IN_WORDS, LARGEST_AMOUNT, NOT_BLANK, NOT_IN_A_LINE
from purveyor.core.money import Money
from purveyor.core.refusals import ABSENT, NO_NAME, NOTHING, Invalid, shortened, wanted

_WHERE = re.compile(r" - at (`key` in )?`(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `[^`]*`)?$")
_LIMIT = re.compile(r"Expected `\w+` (?P<sign>[<>]=) (?P<limit>\S+)$")
_MULTIPLE = re.compile(r"Expected `\w+` that's a multiple of (?P<step>\S+)$")
_LENGTH = re.compile(r"Expected `(?P<kind>\w+)` of length (?:(?P<sign>[<>]=) )?(?P<limit>\d+)")
_PATTERN = re.compile(r"Expected `str` matching regex (?P<quote>['\"])(?P<pattern>.*)(?P=quote)$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_ABSENT = re.compile(r"Object missing required field `(?P<name>[^`]*)`")

_NOT_IN_A_LINE = re.compile(f"[{NOT_IN_A_LINE}]")

A_DAY: Final = wanted("a day such as 2026-03-02")
AN_AMOUNT: Final = wanted("an amount of at most {most} (minor units)")
A_NUMBER: Final = wanted("a number")
#: What JSON and msgspec call the types, in words.
TYPES: Final = {
    "int": wanted("a whole number"),
    "float": A_NUMBER,
    "decimal": A_NUMBER,
    "str": wanted("text"),
    "bool": wanted("true or false"),
    "null": wanted("null"),
    "array": wanted("a list"),
    "object": wanted("an object with fields"),
    "uuid": wanted("a UUID such as 019812ab-3c4d-7e5f-8a9b-0c1d2e3f4a5b"),
    "datetime": A_MOMENT,
    "date": A_DAY,
    "time": wanted("a time of day such as 09:30:00"),
    "timedelta": wanted("a duration such as PT1H30M"),
    "bytes": wanted("text in Base64"),
}
#: How errors of values that cannot be read begin.
UNREADABLE: Final = {
    "Invalid RFC3339 encoded datetime": A_MOMENT,
    "Expected `datetime` with a timezone component": A_MOMENT,
    "Expected `datetime` with no timezone component": wanted("a time without a zone"),
    "Invalid RFC3339 encoded date": A_DAY,
    "Invalid RFC3339 encoded time": TYPES["time"],
    "Invalid ISO8601 duration": TYPES["timedelta"],
    "Invalid UUID": TYPES["uuid"],
    "Invalid decimal string": A_NUMBER,
    "Invalid base64": TYPES["bytes"],
    "Invalid epoch timestamp": A_MOMENT,
}
OTHERWISE: Final = wanted("a value that fits its type")
#: What is said of a number that is too large for every type, whatever the field holds.
TOO_LARGE: Final = ("Integer value out of range", "Number out of range")
MANY_DIGITS: Final = wanted("a number with too many digits")
#: The types of fields as JSON and msgspec call them in errors.
NAMED: Final[Mapping[type[inspect.Type], str]] = {
    inspect.IntType: "int",
    inspect.FloatType: "float",
    inspect.DecimalType: "decimal",
    inspect.StrType: "str",
    inspect.BytesType: "bytes",
    inspect.BoolType: "bool",
    inspect.UUIDType: "uuid",
    inspect.DateTimeType: "datetime",
    inspect.DateType: "date",
    inspect.TimeType: "time",
    inspect.TimeDeltaType: "timedelta",
    inspect.ListType: "array",
    inspect.VarTupleType: "array",
    inspect.StructType: "object",
    inspect.DictType: "object",
    inspect.NoneType: "null",
}


class Misfit(Exception):  # noqa: N818 (an answer, not an error)
    """A value that does not fit its field. `near`: the known name that is most like one that is not known."""

    def __init__(self, field: str, found: str, expected: str, near: str = "") -> None:
        super().__init__(field)
        self.field = field
        self.found = found
        self.expected = expected
        self.near = near

    def below(self, step: str) -> Misfit:
        """The same misfit, seen from one level up."""
        between = "" if not self.field or self.field.startswith("[") else "."
        return Misfit(f"{step}{between}{self.field}", self.found, self.expected, self.near)

    def refusal(self, field: str = "") -> Invalid:
        """As an answer; about another `field` where the caller knows it by another name."""
        near = {"near": self.near} if self.near else {}
        return Invalid(field=field or self.field, found=self.found, expected=self.expected, **near)


def explain(error: msgspec.ValidationError, kind: Any, whole: Any) -> Misfit:
    """An error of decoding in our words. `whole` is what was decoded, as far as it can be shown."""
    message = str(error)
    where = _WHERE.search(message)
    path = where["path"] if where else "$"
    said = message[: where.start()] if where else message
    field = field_of(path)
    info = inspect.type_info(kind)
    if unknown := _UNKNOWN.match(said):
        return _unknown(_join(field, unknown["name"]), unknown["name"], _fields_at(info, path))
    if absent := _ABSENT.match(said):
        return Misfit(_join(field, absent["name"]), "none", ABSENT)
    value = _value_at(whole, path)
    if (length := _LENGTH.match(said)) and not (words := _form_at(info, path)):
        return Misfit(field, _counted(value, length["kind"]), _of_length(length))
    found = MANY_DIGITS if value is None and said.startswith(TOO_LARGE) else display_value(value)
    return Misfit(field, found, (length and words) or _expected(said, value, info, path))


def unknown_field(data: Any, info: inspect.Type) -> Misfit | None:
    """The first name in a document that its type does not have, for types that overlook such names."""
    for each in _members(info):
        match each:
            case inspect.StructType() if isinstance(data, dict):
                known = {field.encode_name: field.type for field in each.fields}
                for name, value in data.items():
                    if name not in known:
                        return _unknown(str(name), str(name), list(known))
                    if (found := unknown_field(value, known[name])) is not None:
                        return found.below(str(name))
            case inspect.VarTupleType() | inspect.ListType() if isinstance(data, list | tuple):
                for number, value in enumerate(data, 1):
                    if (found := unknown_field(value, each.item_type)) is not None:
                        return found.below(f"[{number}]")
            case _:
                pass
    return None


def field_of(path: str) -> str:
    """`$.lines[0].sku` as people count: `lines[1].sku`. Where the error names no key, the place ends."""
    found = ""
    for match in _STEP.finditer(path):
        if match[1]:
            found = _join(found, match[1])
        elif match[2]:
            found += f"[{int(match[2]) + 1}]"
    return found


def display_value(value: Any) -> str:
    """A value as JSON, cut to what a sentence can hold. What a line may not have is written out, and not obeyed."""
    if value == "":
        return NOTHING
    text = _NOT_IN_A_LINE.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(value).decode())
    return shortened(text)


def one_of(words: list[str]) -> str:
    """Words to choose from: one, two or three."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _unknown(field: str, name: str, names: list[str]) -> Misfit:
    """A field that nothing has: all that are known, and the one that is meant, it seems."""
    near = next(iter(get_close_matches(name.lower(), names, n=1)), "")
    return Misfit(field, NO_NAME, one_of(names) or wanted("no field at all"), near)


def _expected(said: str, value: Any, info: inspect.Type, path: str) -> str:
    if said.startswith(TOO_LARGE) or (isinstance(value, int) and abs(value) > BIGGEST):
        return _bound_at(info, path, is_negative=str(value).startswith("-"))
    if limit := _LIMIT.match(said):
        least, most = wanted("at least {limit}"), wanted("at most {limit}")
        return (least if limit["sign"] == ">=" else most).format(limit=limit["limit"].removesuffix(".0"))
    if pattern := _PATTERN.match(said):
        return IN_WORDS.get(_unquoted(pattern), OTHERWISE)
    if multiple := _MULTIPLE.match(said):
        return wanted("a multiple of {step}").format(step=multiple["step"])
    if said.startswith(("Invalid enum value", "Invalid value")):
        return wanted("one of {words}").format(words=one_of(_choices_at(info, path)))
    return next((words for begin, words in UNREADABLE.items() if said.startswith(begin)), "") or _type_in_words(said)


def _bound_at(info: inspect.Type, path: str, *, is_negative: bool) -> str:
    """What a field holds that was sent a number beyond all bounds: of a number its bound, or that of the database."""
    parent = _type_at(info, path.rpartition(".")[0]) if path.endswith(".minor") else []
    if any(isinstance(each, inspect.StructType) and each.cls is Money for each in parent):
        return AN_AMOUNT.format(most=LARGEST_AMOUNT)
    kinds = _type_at(info, path)
    numbers = [each for each in kinds if isinstance(each, inspect.IntType)]
    if not numbers:
        if any(isinstance(each, inspect.LiteralType) for each in kinds):
            return wanted("one of {words}").format(words=one_of(_choices_at(info, path)))
        kinds.sort(key=lambda each: isinstance(each, inspect.NoneType))  # that it may be missing is said last
        words = dict.fromkeys(TYPES[NAMED[type(each)]] for each in kinds if type(each) in NAMED)
        return one_of(list(words)) or wanted("a smaller number")
    if is_negative:
        return wanted("at least {limit}").format(limit=next((n.ge for n in numbers if n.ge is not None), -BIGGEST))
    return wanted("at most {limit}").format(limit=next((n.le for n in numbers if n.le is not None), BIGGEST))


def _type_in_words(said: str) -> str:
    wrong = _WRONG_TYPE.match(said)
    if wrong is None:
        return OTHERWISE
    return one_of([TYPES.get(word, word) for word in wrong["expected"].split(" | ")])


def _of_length(length: re.Match[str]) -> str:
    """How long a text or a list may be."""
    limit = int(length["limit"])
    match length["sign"], length["kind"]:
        case ">=", "str":
            words = wanted("at least {limit} characters") if limit > 1 else wanted("at least one character")
        case "<=", "str":
            words = wanted("at most {limit} characters")
        case ">=", _:
            words = wanted("a list of at least {limit}") if limit > 1 else wanted("a list of at least one")
        case "<=", _:
            words = wanted("a list of at most {limit}")
        case _:
            words = wanted("exactly {limit} of them")
    return words.format(limit=limit)


def _counted(value: Any, kind: str) -> str:
    """How long a value is; what it says does not help whoever made it too long."""
    if not isinstance(value, str | list | tuple | dict):
        return display_value(value)
    if not value:
        return NOTHING
    return (wanted("{number} characters") if kind == "str" else wanted("{number} of them")).format(number=len(value))


def _unquoted(pattern: re.Match[str]) -> str:
    """The pattern as it was written: the error has it as Python writes it down."""
    return next((each for each in IN_WORDS if repr(each)[1:-1] == pattern["pattern"]), pattern["pattern"])


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _steps(path: str) -> list[str | int | None]:
    """`$.lines[0].sku` as lines, 0, sku; None where the error names no key."""
    return [match[1] or (int(match[2]) if match[2] else None) for match in _STEP.finditer(path)]


def _value_at(value: Any, path: str) -> Any:
    for step in _steps(path):
        if step is None:
            return value
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
                    if each.tag_field == step:
                        after.append(inspect.LiteralType((each.tag,)))
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
    if isinstance(info, inspect.UnionType):
        return [each for kind in info.types for each in _members(kind)]
    return [info]


def _form_at(info: inspect.Type, path: str) -> str:
    """How a text must look that has a form of its own, which says more than how long it may be."""
    forms = [each.pattern for each in _type_at(info, path) if isinstance(each, inspect.StrType)]
    return next((IN_WORDS[form] for form in forms if form in IN_WORDS and form != NOT_BLANK), "")


def _fields_at(info: inspect.Type, path: str) -> list[str]:
    return [
        field.encode_name
        for each in _type_at(info, path)
        if isinstance(each, inspect.StructType)
        for field in each.fields
    ]


def _choices_at(info: inspect.Type, path: str) -> list[str]:
    found = [
        str(value) for each in _type_at(info, path) if isinstance(each, inspect.LiteralType) for value in each.values
    ]
    return sorted(dict.fromkeys(found))
