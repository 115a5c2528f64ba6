"""Refusals in the language of who reads them, with states in words."""

from __future__ import annotations

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
