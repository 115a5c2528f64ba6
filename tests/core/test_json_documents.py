"""JSON from outside: what is nested without end is refused before anything goes down into it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.json_documents import MOST_LEVELS, JsonReader, NotJson, any_json
from purveyor.core.validation_messages import Misfit


class Paper(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    free: Any = None
    rows: tuple[int, ...] = ()


def within(opening: str, middle: str, closing: str, levels: int) -> str:
    return opening * levels + middle + closing * levels


DEEP = [
    within("[", "", "]", 300),
    within('{"a":', "1", "}", 300),
    within('[{"a":', "[]", "}]", 150),
    within("[", "", "", 300),  # never closed
]


@pytest.mark.parametrize("deep", DEEP, ids=["lists", "objects", "both", "open"])
@pytest.mark.parametrize("field", ["free", "text", "rows", "unknown"])
def test_a_document_of_too_many_levels_is_refused_wherever_they_stand(deep: str, field: str) -> None:
    with pytest.raises(NotJson, match=f"nested deeper than {MOST_LEVELS} levels"):
        JsonReader(Paper).read(f'{{"{field}":{deep}}}'.encode())
    with pytest.raises(NotJson, match=f"nested deeper than {MOST_LEVELS} levels"):
        any_json(deep.encode())


def test_a_free_document_of_some_levels_too_many_is_told_its_bound() -> None:
    with pytest.raises(Misfit) as misfit:
        JsonReader(Paper).read(f'{{"free":{within("[", "", "]", 60)}}}'.encode())
    assert (misfit.value.field, misfit.value.expected) == ("free", "a document of at most 32 levels")


@pytest.mark.parametrize("text", ["[" * 500, '\\"[{' * 200, "\\\\", "[" * 200 + "\\n" + "{" * 200])
def test_brackets_in_a_text_open_nothing(text: str) -> None:
    raw = msgspec.json.encode({"text": text, "free": [[{"a": text}]]})
    assert JsonReader(Paper).read(raw).text == text


def test_a_long_list_is_not_a_deep_one() -> None:
    raw = msgspec.json.encode({"free": [{"a": [number]} for number in range(2_000)]})
    assert len(JsonReader(Paper).read(raw).free) == 2_000


@pytest.mark.parametrize("raw", [b"{", b'{"text": "', b"\xff", b'{"text": "\xff"}', b"nothing", b'"' + b'\\"[' * 300])
def test_what_is_no_json_says_why(raw: bytes) -> None:
    with pytest.raises(NotJson, match=r"cannot be read as JSON: .+"):
        JsonReader(Paper).read(raw)
