"""What a fact hides is told to nobody outside, and nothing secret is told because nobody thought of hiding it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.positions import Posting, StockMove, UnitMove
from purveyor.engine.journal import fact_kinds
from purveyor.engine.redaction import readable_stages, redacted

SECRET = {"code", "secret", "source", "token", "password", "hash", "pin", "key", "keys", "url", "iban", "cvc"}
PERSONAL = {"email", "phone", "street", "contact", "person", "customer"}
# Words that look secret and are not: the keys of our own requests to a gateway, which nobody else can use, and license
# keys by their ids and digests.
OPEN = {"key", "keys"}
CODES = {"products.hs_code", "origin.postal_code"}  # that everybody may know
OURS = {"origin.street"}


class Named(msgspec.Struct):
    n: int
    source: str = ""


class Placed(msgspec.Struct, array_like=True):
    source: str
    n: int


class Told(Fact, frozen=True, kw_only=True, tag="of_a_test.told"):
    hidden = frozenset({"code", "each.source", "row.source", "rows.source"})

    code: str
    each: tuple[Named, ...]
    row: Placed
    rows: tuple[Placed, ...]
    source: str


KINDS = sorted(kind for kind, fact in fact_kinds().items() if fact.__module__.startswith("purveyor."))


def paths(kind: type[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """All fields of a struct and of those inside it, as `tenders.source`."""
    for field in msgspec.structs.fields(kind):
        if field.type in (tuple[UnitMove, ...], tuple[StockMove, ...], tuple[Posting, ...]):
            continue
        yield before + field.name, field.type
        for inner in inside(field.type):
            yield from paths(inner, f"{before}{field.name}.")


def inside(annotated: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotated, type) and issubclass(annotated, msgspec.Struct):
        yield annotated
    for each in get_args(annotated):
        yield from inside(each)


def words(path: str) -> set[str]:
    return set(path.rpartition(".")[2].split("_"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_looks_like_a_secret_is_hidden(kind: str) -> None:
    fact = fact_kinds()[kind]
    found = {
        path
        for path, of in paths(fact)
        if words(path) & (SECRET - OPEN) and not words(path) & {"id", "ids"} and of is not bool
    } - CODES
    assert found <= fact.hidden


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_knows_people_by_their_ids_only(kind: str) -> None:
    found = {path for path, of in paths(fact_kinds()[kind]) if words(path) & PERSONAL and of is str} - OURS
    assert not found


def test_what_is_hidden_is_taken_out_at_every_depth_and_the_rest_stays() -> None:
    fact_kinds.cache_clear()
    data = {
        "kind": "of_a_test.told",
        "code": "ABC",
        "each": [{"source": "tok", "n": 1}, {"n": 2}],
        "row": ["tok", 3],
        "rows": [["tok", 4], ["tok", 5]],
        "source": "web",
    }
    before = msgspec.json.encode(data)
    try:
        told = redacted(Told.kind(), data)
    finally:
        fact_kinds.cache_clear()

    assert told == {
        "kind": "of_a_test.told",
        "each": [{"n": 1}, {"n": 2}],
        "row": [None, 3],
        "rows": [[None, 4], [None, 5]],
        "source": "web",
    }
    assert msgspec.json.encode(data) == before


def test_a_kind_that_is_not_known_tells_nothing_of_itself() -> None:
    assert redacted("long.forgotten", {"kind": "long.forgotten", "code": "ABC"}) == {"kind": "long.forgotten"}


def test_rooms_that_concern_staff_are_told_to_nobody() -> None:
    assert {"receipt", "payment", "delivery"} <= set(readable_stages())
    assert not {"staff", "views", "webhooks"} & set(readable_stages())
