"""Refusals in the language of who reads them, with states in words."""

from __future__ import annotations

from purveyor.core.refusals import Refusal
from purveyor.stages.packing.decide.contents import NotInThisParcel
from purveyor.web.pages.reasons import sentence_of

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


def test_a_list_in_a_sentence_has_commas() -> None:
    assert str(Several(names=["A", "B"])) == "Not these: A, B."
