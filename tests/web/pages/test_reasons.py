"""Refusals in the language of who reads them, with states in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest

from purveyor.core.refusals import Refusal
from purveyor.stages.packing.decide.contents import NotInThisParcel
from purveyor.stages.picking.decide.picks import WrongItemScanned
from purveyor.stages.returns.refusals import NotDelivered, ReturnWindowClosed
from purveyor.web.pages.reasons import refusal_kinds, sentence_of, skus_in

PAYMENT = {"payment_status": "in_doubt"}
SENTENCE = "This payment is in_doubt: nothing of it can be captured."


def test_a_state_is_said_in_words() -> None:
    assert sentence_of("payment_not_capturable", PAYMENT, "en", SENTENCE) == (
        "This payment is in doubt: nothing of it can be captured."
    )


def test_the_state_is_translated_with_the_sentence() -> None:
    said = sentence_of("payment_not_capturable", PAYMENT, "de", SENTENCE)

    assert said.startswith("Diese Zahlung hat den Status ")
    assert "in_doubt" not in said
    assert "payment_status" not in said


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "December 9, 2026"), ("de", "9. Dezember 2026"), ("pt", "9 de dezembro de 2026")],
)
def test_a_day_is_said_as_people_write_it(language: str, day: str) -> None:
    no = ReturnWindowClosed(
        line_id=uuid4(), closed_at=datetime(2026, 12, 10, tzinfo=UTC), days=14, last_day=date(2026, 12, 9)
    )

    assert day in sentence_of(no.code, no.data, language, str(no))
    assert day in sentence_of(no.code, msgspec.to_builtins(no.data), language, str(no))


def test_what_is_no_refusal_of_ours_is_shown_as_it_is() -> None:
    assert sentence_of("elsewhere", {}, "de", "No.") == "No."


def test_data_that_do_not_fit_leave_the_sentence_of_the_rule() -> None:
    assert sentence_of("payment_not_capturable", {}, "de", SENTENCE) == SENTENCE


class Several(Refusal):
    names: list[str]
    sentence = "Not these: {names}."


def test_what_is_still_to_be_packed_is_said_in_words_in_every_language() -> None:
    no = NotInThisParcel(found="TEE", expected={"MOK-6": 1, "GRD-40": 2})

    assert str(no) == "TEE does not belong into this parcel. Still to be packed: 1 × MOK-6, 2 × GRD-40."
    for language in ("de", "es", "pt"):
        said = sentence_of(no.code, no.data, language, str(no))
        assert "1 × MOK-6, 2 × GRD-40" in said
        assert "{" not in said


def test_people_read_the_names_of_products_beside_their_skus() -> None:
    no = NotInThisParcel(found="TEE", expected={"MOK-6": 1, "GRD-40": 2})
    assert skus_in(no.code, no.data) == {"TEE", "MOK-6", "GRD-40"}

    said = sentence_of(no.code, no.data, "en", str(no), {"TEE": "T-shirt", "MOK-6": "Moka pot", "GRD-40": "GRD-40"})

    assert said == (
        "T-shirt (TEE) does not belong into this parcel. Still to be packed: 1 × Moka pot (MOK-6), 2 × GRD-40."
    )
    for language in ("de", "es", "pt"):
        assert "1 × Moka pot (MOK-6)" in sentence_of(no.code, no.data, language, str(no), {"MOK-6": "Moka pot"})


def test_a_customer_reads_the_name_alone() -> None:
    no = NotDelivered(line_id=uuid4(), sku="MOK-6", wanted=2, returnable=1)

    said = sentence_of(no.code, no.data, "en", str(no), {"MOK-6": "Moka pot"}, with_sku=False)

    assert said == "2 of Moka pot to be returned, 1 can be."


def test_what_was_scanned_and_is_no_product_is_said_as_it_was_scanned() -> None:
    no = WrongItemScanned(expected="MOK-6", scanned="4006381333931")

    said = sentence_of(no.code, no.data, "en", str(no), {"MOK-6": "Moka pot"})

    assert said == "Scanned 4006381333931, but Moka pot (MOK-6) is to be picked."


@pytest.mark.parametrize("kind", [kind for kind in refusal_kinds() if {"sku", "skus"} & set(kind.__annotations__)])
def test_every_refusal_that_speaks_of_a_sku_can_say_its_name(kind: type[Refusal]) -> None:
    for name in {"sku", "skus"} & set(kind.__annotations__):
        assert name in kind.sku_fields


def test_a_list_in_a_sentence_has_commas() -> None:
    assert str(Several(names=["A", "B"])) == "Not these: A, B."
