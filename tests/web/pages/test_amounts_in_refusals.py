"""Amounts in refusals: with their currency in the API, as the reader writes them on pages. No sentence has an id."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

import purveyor
from purveyor.core.currencies import amount_text
from purveyor.core.field_types import payable
from purveyor.core.reason_templates import PART
from purveyor.core.refusals import Invalid, NotFound, Refusal
from purveyor.stages.payment.refusals import CreditExceedsValue
from purveyor.stages.picking.decide.waves import FulfillmentsNotReleased
from purveyor.web.pages.refusal_texts import refusal_kinds, refusal_text

ROOT = Path(purveyor.__file__).parent
KINDS = sorted(
    (kind for kind in refusal_kinds() if kind.__module__.startswith("purveyor.")), key=lambda kind: kind.__name__
)
WITH_AMOUNTS = [kind for kind in KINDS if kind.amount_fields]
#: Whole numbers in sentences that are no amounts: units, numbers of orders and lines, tries, grams, minutes, days.
COUNTS = {
    *("AlreadyPacked.number", "CapBelowWaiting.cap", "CapBelowWaiting.waiting", "DispatchStopped.number"),
    *("ClaimExceedsUnits.claimable", "ClaimExceedsUnits.wanted", "CountedBelowPicked.counted"),
    *("CountedBelowPicked.missing", "HeldAlready.number", "TooManyReserved.held", "TooManyReserved.most"),
    *("MoreThanAnnounced.announced", "MoreThanAnnounced.counted", "MoreThanAsked.left", "MoreThanAsked.wanted"),
    *("MoreThanClaimed.waiting", "MoreThanClaimed.wanted", "AlreadyPaidBack.left", "AlreadyPaidBack.wanted"),
    *("MoreThanOneMayBuy.most", "MoreThanOneMayBuy.wanted", "MoreThanPicked.there", "MoreThanPicked.wanted"),
    *("MoreThanReceived.waiting", "MoreThanReceived.wanted", "NotCancelable.cancelable", "NotCancelable.wanted"),
    *("NotDelivered.returnable", "NotDelivered.wanted", "NotOnBench.there", "NotOnBench.wanted"),
    *("NothingHeld.number", "NothingMissing.number", "NothingToErase.number", "OrderHasLeft.number"),
    *("OrderIsOver.number", "OutOfStock.available", "OutOfStock.wanted", "ReminderOutOfTurn.level"),
    *("ReminderOutOfTurn.next", "RemindersSent.reminders", "SlotTooShort.minutes", "SlotTooShort.wanted"),
    *("TooHeavy.found_g", "TooHeavy.limit_g", "TooManyParcels.left", "TooManyParcels.most", "TooManyViews.most"),
    *("UnitsNotPacked.packed", "UnitsNotPacked.wanted", "UnknownSku.line_no", "WeightDiffers.expected_g"),
    *("WeightDiffers.found_g", "WeightDiffers.tolerance_g", "WrongCode.tries_left", "WrongManifest.number"),
}


def numbers_said(kind: type[Refusal]) -> Iterator[str]:
    """The whole numbers that stand in a sentence and are no amounts."""
    for name in PART.findall(kind.sentence):
        if kind.__annotations__.get(name) == "int" and name not in kind.amount_fields:
            yield f"{kind.__name__}.{name}"


def example(kind: type[Refusal], minor: int, currency: str) -> Refusal:
    data = {name: minor if name in kind.amount_fields else "x" for name in kind.__annotations__}
    return kind(**data | {"currency": currency})


def test_every_number_in_a_sentence_is_a_count_that_is_known_or_an_amount_with_its_currency() -> None:
    assert {said for kind in KINDS for said in numbers_said(kind)} == COUNTS
    assert [kind for kind in KINDS if "minor" in kind.sentence] == []


@pytest.mark.parametrize("kind", WITH_AMOUNTS)
def test_an_amount_is_said_with_its_currency_and_stays_a_number_in_the_data(kind: type[Refusal]) -> None:
    said = [name for name in kind.amount_fields if f"{{{name}}}" in kind.sentence]
    no = example(kind, 123_456, "EUR")

    assert said
    assert "currency" in kind.__annotations__
    assert str(no).count("1234.56 EUR") == len(said)
    assert str(example(kind, 123_456, "JPY")).count("123456 JPY") == len(said)
    assert str(example(kind, 123_456, "KWD")).count("123.456 KWD") == len(said)
    assert {no.data[name] for name in kind.amount_fields} == {123_456}


@pytest.mark.parametrize("kind", WITH_AMOUNTS)
def test_a_page_says_an_amount_as_its_reader_writes_it(kind: type[Refusal]) -> None:
    no = example(kind, 123_456, "EUR")

    for data in (no.data, msgspec.to_builtins(no.data)):
        for language, amount in (("de", "1.234,56\N{NO-BREAK SPACE}€"), ("en", "€1,234.56")):
            said = refusal_text(no.code, data, language, str(no))
            assert amount in said
            assert "123456" not in said
            assert "1234.56" not in said


def test_a_refusal_that_was_kept_without_a_currency_is_said_as_it_was_kept() -> None:
    kept = "700 is more than the order is worth (500)."

    assert refusal_text(CreditExceedsValue.code, {"wanted": 700, "worth": 500}, "en", kept) == kept
    assert "700" in refusal_text(CreditExceedsValue.code, {"wanted": 700, "worth": 500}, "de", kept)


def test_whoever_refuses_an_amount_says_its_currency() -> None:
    names = {kind.__name__ for kind in WITH_AMOUNTS}
    calls = [
        (path.name, node.lineno, {keyword.arg for keyword in node.keywords})
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]

    assert len(calls) >= len(names)
    assert [call for call in calls if "currency" not in call[2]] == []


def test_an_amount_is_written_with_the_digits_of_its_currency() -> None:
    assert amount_text(1250, "EUR") == "12.50 EUR"
    assert amount_text(-5, "EUR") == "-0.05 EUR"
    assert amount_text(1250, "JPY") == "1250 JPY"
    assert amount_text(1250, "KWD") == "1.250 KWD"


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_has_an_id_in_it(kind: type[Refusal]) -> None:
    """An id tells people nothing: they are told numbers and SKUs, and programs find the id in the data."""
    types = kind.__annotations__
    assert [name for name in PART.findall(kind.sentence) if "UUID" in types.get(name, "")] == []


@pytest.mark.parametrize("found", [str, lambda key: key, lambda key: (key, "MUG"), lambda key: [str(key), str(key)]])
def test_what_is_not_there_is_named_without_its_id(found: object) -> None:
    key = uuid4()
    no = NotFound(what="survey", id=found(key))  # type: ignore[operator]

    assert str(no) == "There is no such survey."
    for data in (no.data, msgspec.to_builtins(no.data)):
        assert refusal_text(no.code, data, "en", str(no)) == str(no)
        assert refusal_text(no.code, data, "de", str(no)) == "Nicht gefunden: Umfrage."
        assert str(key) in str(data["id"]) or key in data["id"]


@pytest.mark.parametrize("known_as", ["MUG", 1042, "2026-00017", "de305d54"])
def test_what_is_not_there_is_named_by_what_people_call_it(known_as: object) -> None:
    assert str(NotFound(what="order", id=known_as)) == f"There is no order {known_as}."


def test_orders_that_cannot_join_a_wave_are_told_by_their_numbers() -> None:
    no = FulfillmentsNotReleased(fulfillments={str(UUID(int=7)): "picked"}, orders={"1042": "picked"})

    assert str(no) == "These orders cannot join the wave: 1042: picked."
    assert refusal_text(no.code, no.data, "de", str(no)).endswith(": 1042: Kommissioniert.")


@pytest.mark.parametrize(
    ("currency", "written", "german"),
    [("EUR", "12.50 EUR", "12,50\N{NO-BREAK SPACE}€"), ("KWD", "1.250 KWD", "1,250\N{NO-BREAK SPACE}KWD")],
)
def test_an_amount_that_is_wrong_is_said_as_its_reader_writes_it(currency: str, written: str, german: str) -> None:
    no = Invalid(field="amount", found=written, expected=f"a positive amount in {currency}")

    assert str(no) == f"amount must be a positive amount in {currency}; you sent {written}."
    said = refusal_text(no.code, no.data, "de", str(no))
    assert german in said
    assert written not in said


def test_a_sum_that_no_ledger_holds_is_said_with_its_currency() -> None:
    with pytest.raises(Invalid, match=r"at most 1000000000000000 JPY; you sent 1000000000000001 JPY"):
        payable(10**15 + 1, "JPY", "lines")

    assert payable(10**15, "JPY", "lines") == 10**15


@pytest.mark.parametrize("text", ["12.50 ABC", "1.255 EUR", "A12.50 EUR", "7 MUG"])
def test_what_only_looks_like_an_amount_is_said_as_it_was_sent(text: str) -> None:
    no = Invalid(field="amount", found=text, expected="a whole number from 1")

    assert text in refusal_text(no.code, no.data, "de", str(no))
