"""Whoever sent what does not fit is told which field, what would be right and what was sent, and no parser's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta, inspect

from purveyor.core.field_types import IN_WORDS, ONE_LINE, Code, Country, Currency, Language, Moment, Quantity, Words
from purveyor.core.json_documents import JsonReader
from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.registry import DECIDES
from purveyor.core.validation import check, check_values
from purveyor.core.validation_messages import OTHERWISE, Misfit, explain, unknown_field
from purveyor.discovery import load_stages
from purveyor.stages.receipt.commands import LineItem
from purveyor.stages.review.commands import WriteNote
from purveyor.web.api.routes import SECTIONS
from purveyor.web.pages.refusal_texts import invalid_in_words
from tests.pure import an_order_for


class Left(msgspec.Struct, tag="left"):
    weight: int = 0


class Right(msgspec.Struct, tag="right"):
    weight: int = 0


class Row(msgspec.Struct, forbid_unknown_fields=True):
    quantity: Quantity
    sku: Code = "MUG"


class Everything(msgspec.Struct, forbid_unknown_fields=True):
    """A message with a field of every kind that there is."""

    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=2)] = ()
    number: int = 0
    maybe: int | None = None
    ratio: Annotated[float, Meta(ge=0.5)] = 1.0
    dozen: Annotated[int, Meta(multiple_of=12)] = 0
    price: Decimal = Decimal(0)
    flag: bool = False
    channel: Literal["web", "phone", "api"] = "web"
    step: Literal[1, 2] = 1
    id: UUID | None = None
    at: Moment | None = None
    bare: datetime | None = None
    day: date | None = None
    hour: time | None = None
    lasts: timedelta | None = None
    content: bytes = b""
    country: Country = "DE"
    currency: Currency = "EUR"
    language: Language = "en"
    odd: Annotated[str, Meta(pattern="^odd$")] = "odd"
    words: Words = ()
    prices: Annotated[dict[str, int], Meta(max_length=1)] = {}
    pair: tuple[int, int] = (1, 2)
    side: Left | Right | None = None


ROW = {"quantity": 1}
#: What is sent, and the sentence that answers it.
TOLD: list[tuple[Any, str]] = [
    # bounds
    ({"rows": [{"quantity": 0}]}, "rows[1].quantity must be at least 1; you sent 0."),
    ({"rows": [ROW, {"quantity": 10**7}]}, "rows[2].quantity must be at most 1000000; you sent 10000000."),
    ({"rows": [{"quantity": 10**30}]}, "rows[1].quantity must be at most 1000000; you sent 1"),
    ({"ratio": 0.25}, "ratio must be at least 0.5; you sent 0.25."),
    ({"dozen": 13}, "dozen must be a multiple of 12; you sent 13."),
    # lengths
    ({"rows": [ROW | {"sku": ""}]}, "rows[1].sku must be at least one character; you sent nothing."),
    ({"rows": [ROW | {"sku": "x" * 65}]}, "rows[1].sku must be at most 64 characters; you sent 65 characters."),
    ({"rows": []}, "rows must be a list of at least one; you sent nothing."),
    ({"rows": [ROW] * 3}, "rows must be a list of at most 2; you sent 3 of them."),
    ({"prices": {"a": 1, "b": 2}}, "prices must be a list of at most 1; you sent 2 of them."),
    ({"pair": [1, 2, 3]}, "pair must be exactly 2 of them; you sent 3 of them."),
    ({"words": ["a", "b" * 101]}, "words[2] must be at most 100 characters; you sent 101 characters."),
    # numbers beyond all bounds, in fields of every kind
    ({"rows": [{"quantity": -(2**64)}]}, "rows[1].quantity must be at least 1; you sent -1844"),
    ({"at": 2**63}, "at must be a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z or null;"),
    ({"day": 2**63}, "day must be a day such as 2026-03-02 or null; you sent 9223372036854775808."),
    ({"hour": 2**63}, "hour must be a time of day such as 09:30:00 or null; you sent 9223372036854775808."),
    ({"lasts": -(2**63) - 1}, "lasts must be a duration such as PT1H30M or null; you sent -9223372036854775809."),
    ({"id": 2**63}, "id must be a UUID such as 019812ab-3c4d-7e5f-8a9b-0c1d2e3f4a5b or null; you sent 922"),
    ({"flag": 2**63}, "flag must be true or false; you sent 9223372036854775808."),
    ({"country": 2**63}, "country must be text; you sent 9223372036854775808."),
    ({"channel": 2**63}, "channel must be one of api, phone or web; you sent 9223372036854775808."),
    ({"step": 2**63}, "step must be one of 1 or 2; you sent 9223372036854775808."),
    ({"rows": 2**63}, "rows must be a list; you sent 9223372036854775808."),
    ({"rows": [2**63]}, "rows[1] must be an object with fields; you sent 9223372036854775808."),
    ({"content": 2**63}, "content must be text in Base64; you sent 9223372036854775808."),
    # types
    ({"rows": [{"quantity": "2"}]}, 'rows[1].quantity must be a whole number; you sent "2".'),
    ({"number": 1.5}, "number must be a whole number; you sent 1.5."),
    ({"number": None}, "number must be a whole number; you sent null."),
    ({"maybe": True}, "maybe must be a whole number or null; you sent true."),
    ({"ratio": "half"}, 'ratio must be a number; you sent "half".'),
    ({"price": "ten"}, 'price must be a number; you sent "ten".'),
    ({"price": True}, "price must be a number; you sent true."),
    ({"flag": 1}, "flag must be true or false; you sent 1."),
    ({"country": 4}, "country must be text; you sent 4."),
    ({"rows": {}}, "rows must be a list; you sent {}."),
    ({"rows": ["MUG"]}, 'rows[1] must be an object with fields; you sent "MUG".'),
    ({"prices": {"a": "b"}}, 'prices must be a whole number; you sent {"a":"b"}.'),
    ({"side": 3}, "side must be an object with fields or null; you sent 3."),
    ([], "body must be an object with fields; you sent []."),
    # words to choose from
    ({"channel": "fax"}, 'channel must be one of api, phone or web; you sent "fax".'),
    ({"step": 3}, "step must be one of 1 or 2; you sent 3."),
    ({"side": {"type": "middle"}}, 'side.type must be one of left or right; you sent "middle".'),
    # days, times, ids
    ({"id": "me"}, 'id must be a UUID such as 019812ab-3c4d-7e5f-8a9b-0c1d2e3f4a5b; you sent "me".'),
    ({"at": "2026-03-02T12:00:00"}, "at must be a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z;"),
    ({"at": "noon"}, "at must be a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z; you sent"),
    ({"bare": 3.5}, "bare must be a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z or null;"),
    ({"day": "2026-02-30"}, 'day must be a day such as 2026-03-02; you sent "2026-02-30".'),
    ({"day": 3}, "day must be a day such as 2026-03-02 or null; you sent 3."),
    ({"hour": "25:00"}, 'hour must be a time of day such as 09:30:00; you sent "25:00".'),
    ({"lasts": "long"}, 'lasts must be a duration such as PT1H30M; you sent "long".'),
    ({"content": "*"}, 'content must be text in Base64; you sent "*".'),
    # patterns
    ({"country": "Germany"}, 'country must be an ISO 3166-1 code, two capital letters such as DE; you sent "Germany".'),
    ({"country": "de"}, 'country must be an ISO 3166-1 code, two capital letters such as DE; you sent "de".'),
    ({"currency": "eur"}, 'currency must be an ISO 4217 code, three capital letters such as EUR; you sent "eur".'),
    ({"language": "e"}, 'language must be a language code of BCP 47 such as en or de-AT; you sent "e".'),
    ({"odd": "even"}, 'odd must be a value that fits its type; you sent "even".'),
    # missing and unknown
    ({"rows": [{}]}, "rows[1].quantity is missing."),
    ({"side": {}}, "side.type is missing."),
    ({"country": ""}, "country must be an ISO 3166-1 code, two capital letters such as DE; you sent nothing."),
    ({"day": ""}, "day must be a day such as 2026-03-02; you sent nothing."),
    ({"chanel": "web"}, "chanel is not known here; did you mean channel? What is known: rows, number, maybe, ratio,"),
    ({"Channel": "web"}, "Channel is not known here; did you mean channel? What is known: rows, number, maybe, ratio,"),
    ({"rows": [ROW | {"skuu": 1}]}, "rows[1].skuu is not known here; did you mean sku? What is known: quantity"),
    ({"rows": [ROW | {"qty": 1}]}, "rows[1].qty is not known here. What is known: quantity or sku."),
]  # fmt: skip
ENDLESS = "9" * 5_000  # more digits than are reckoned with
PARSER = re.compile(r"`|Expected|expected|\b(int|str|bool|array|regex|datetime|RFC ?3339|enum)\b|\^|\$")


def sentence(sent: Any) -> str:
    try:
        msgspec.convert(sent, Everything, strict=True) if sent == [] else msgspec.json.decode(
            msgspec.json.encode(sent), type=Everything
        )
    except msgspec.ValidationError as error:
        misfit = explain(error, Everything, sent)
        return str(misfit.refusal(misfit.field or "body"))
    raise AssertionError("it fits")


@pytest.mark.parametrize(("sent", "told"), TOLD, ids=lambda each: str(each)[:60])
def test_what_does_not_fit_is_told_in_a_sentence(sent: Any, told: str) -> None:
    said = sentence(sent)

    assert said.startswith(told)
    assert said.endswith(".")
    assert PARSER.search(said) is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("at", "a time with its zone from 1900 to 2199, such as 2026-03-02T12:00:00Z or null"),
        ("number", "at most 9223372036854775807"),
        ("country", "text"),
    ],
)
def test_a_number_of_endless_digits_is_told_what_the_field_holds_and_not_repeated(field: str, expected: str) -> None:
    with pytest.raises(Misfit) as misfit:
        JsonReader(Everything).read(f'{{"{field}":{ENDLESS}}}'.encode())

    told = misfit.value
    assert (told.field, told.found, told.expected) == (field, "a number with too many digits", expected)


@pytest.mark.parametrize("empty", ["", "  ", [], {}, ()])
def test_an_empty_value_is_told_as_nothing(empty: Any) -> None:
    told = Invalid(field="contact.country", found=empty, expected="two capital letters, such as DE")

    assert str(told) == "contact.country must be two capital letters, such as DE; you sent nothing."
    assert invalid_in_words(told.data, "de").endswith("Ihre Angabe: nichts.")


def test_zero_and_no_are_values() -> None:
    assert str(Invalid(field="quantity", found=0, expected="at least 1")).endswith("you sent 0.")
    assert str(Invalid(field="flag", found=False, expected="true")).endswith("you sent False.")


def test_what_is_not_there_is_told_without_an_empty_name() -> None:
    assert str(NotFound(what="product", id="")) == "There is no such product."
    assert str(NotFound(what="product", id="MUG")) == "There is no product MUG."


def test_the_gate_tells_what_a_command_of_ours_holds_in_the_same_words() -> None:
    order = an_order_for(("MUG", 1), ("TEE", 1))
    wrong = msgspec.structs.replace(order, lines=(order.lines[0], LineItem(sku="TEE", quantity=0)))

    with pytest.raises(Invalid) as refusal:
        check(wrong)

    assert str(refusal.value) == "lines[2].quantity must be at least 1; you sent 0."


def test_a_control_character_is_told_where_it_stands_as_rules_count() -> None:
    order = an_order_for(("MUG", 1), ("TEE", 1))
    wrong = msgspec.structs.replace(order, lines=(order.lines[0], LineItem(sku="T\rE", quantity=1)))

    with pytest.raises(Invalid) as refusal:
        check(wrong)

    assert str(refusal.value) == ('lines[2].sku must be one line of text without control characters; you sent "T\\rE".')


SEPARATORS = "\u0085\u2028\u2029"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
IN_NAMES = "\u00a0\u061c\u200b\u200c\u200d\u200e\u200f\u2010\u2019\u2027\u202f\u2065\u206a\ufeff"


@pytest.mark.parametrize("sign", [*SEPARATORS, *TURNING], ids=ascii)
def test_what_ends_a_line_or_turns_writing_around_is_in_none(sign: str) -> None:
    order = an_order_for(("MUG", 1))
    wrong = msgspec.structs.replace(order, lines=(LineItem(sku=f"T{sign}E", quantity=1),))

    with pytest.raises(Invalid) as refusal:
        check(wrong)
    assert sign not in str(refusal.value)
    for body in (msgspec.json.encode(wrong), json.dumps(msgspec.to_builtins(wrong)).encode()):  # as it is, and escaped
        with pytest.raises(Misfit):
            check_values(type(wrong), wrong, body)
    assert re.search(ONE_LINE["pattern"], f"T{sign}E") is None


@pytest.mark.parametrize("sign", IN_NAMES, ids=ascii)
def test_joiners_and_marks_of_direction_are_in_names(sign: str) -> None:
    order = an_order_for(("MUG", 1))

    assert check(msgspec.structs.replace(order, reference=f"T{sign}E"))
    assert re.search(ONE_LINE["pattern"], f"T{sign}E")


@pytest.mark.parametrize("sign", [*SEPARATORS[1:], *TURNING], ids=ascii)
def test_a_message_of_several_lines_may_have_them(sign: str) -> None:
    assert check(WriteNote(order_id=UUID(int=1), text=f"one{sign}two"))


def patterns(kind: inspect.Type) -> Iterator[str]:
    match kind:
        case inspect.StrType() if kind.pattern:
            yield kind.pattern
        case inspect.Metadata():
            yield from patterns(kind.type)
        case inspect.StructType():
            for field in kind.fields:
                yield from patterns(field.type)
        case inspect.UnionType():
            for each in kind.types:
                yield from patterns(each)
        case inspect.VarTupleType() | inspect.ListType():
            yield from patterns(kind.item_type)
        case _:
            pass


def test_every_pattern_that_is_asked_for_is_told_in_words() -> None:
    load_stages()
    kinds: list[Any] = [kind for kind in DECIDES if kind.__module__.startswith("purveyor.")]
    kinds += [Policies, *(read.parameters for section in SECTIONS for read in section.reads)]
    asked = {pattern for kind in kinds for pattern in patterns(inspect.type_info(kind))}

    assert len(asked) > 5
    assert asked - IN_WORDS.keys() == set()
    assert OTHERWISE not in IN_WORDS.values()


def test_a_name_that_a_loose_type_would_overlook_is_found() -> None:
    info = inspect.type_info(Policies)

    found = unknown_field({"shipping": {"options": [{"code": "a"}, {"cod": "a"}]}}, info)

    assert found is not None
    assert (found.field, found.near) == ("shipping.options[2].cod", "code")
    assert found.expected.startswith("code, name, price_minor")
    assert unknown_field({"shipping": {"options": [{"code": "a"}]}, "currency": "EUR"}, info) is None
