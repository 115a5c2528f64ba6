"""What goes wrong is told in the language of who reads it, with the phrases that are put into a sentence."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from purveyor.core.refusals import Invalid
from purveyor.records.staff.commands import TellStaff
from purveyor.records.staff.told_texts import TOLD
from purveyor.web.auth.sign_in import _NO, _NO_CODE
from purveyor.web.http.problem_details import Problem, bug
from purveyor.web.http.rate_limits import too_many
from purveyor.web.pages.refusal_texts import expected_in_words, invalid_in_words, problem_in_words, refusal_text
from purveyor.web.pages.translations import LANGUAGES
from tests.web.conftest import Api

NOTHING_HERE = "There is nothing at this address."


async def test_a_page_that_is_not_there_says_so_in_the_readers_language(api: Api) -> None:
    pages = {}
    for language in LANGUAGES:
        headers = {"Accept": "text/html", "Accept-Language": language}
        for path in ("/no-such-page", "/console/no-such-page", "/p/NONE"):
            page = await api.client.get(path, headers=headers, follow_redirects=True)
            pages[path, language] = page.text
            if language != "en":
                assert NOTHING_HERE not in page.text, (path, language)
                assert "There is no" not in page.text, (path, language)
    assert len({pages["/no-such-page", language] for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_problem_is_told_in_the_readers_language(language: str) -> None:
    no = [
        Problem(401, "sign_in_refused", _NO),
        Problem(401, "code_refused", _NO_CODE),
        Problem(403, "password_wrong", "This is not your password. Nothing was changed."),
        too_many("tries to sign in", 30),
        bug("E1"),
    ]

    for problem in no:
        said = problem_in_words(problem.details, language)
        assert said != problem.details.detail
        assert problem_in_words(problem.details, "en") == problem.details.detail


def test_what_is_missing_has_its_name_in_a_sentence() -> None:
    said = refusal_text("not_found", {"what": "order", "id": 7}, "de", "There is no order 7.")

    assert said == "Bestellung 7 gibt es nicht."


@pytest.mark.parametrize(
    ("language", "expected", "said"),
    [
        ("en", "one of card or cash", "one of card or cash"),
        ("de", "card, cash or invoice", "card, cash oder invoice"),
        ("es", "card or cash", "card o cash"),
        ("pt", "card, cash or invoice", "card, cash ou invoice"),
        ("de", "a whole number or null", "eine ganze Zahl oder null"),
    ],
)
def test_lists_of_what_may_be_chosen_are_in_the_readers_language(language: str, expected: str, said: str) -> None:
    assert expected_in_words(expected, language) == said


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_list_within_a_phrase_is_translated_too(language: str) -> None:
    data = Invalid(field="terms", found="barter", expected="one of prepaid, invoice or on_delivery").data

    assert " or " not in invalid_in_words(data, language)
    assert "barter" in invalid_in_words(data, language)


def test_who_works_here_is_told_in_every_language() -> None:
    kinds = set(get_args(get_type_hints(TellStaff)["what"]))

    assert TOLD.keys() == LANGUAGES.keys()
    for language, texts in TOLD.items():
        assert texts.keys() == kinds, language
        for what, (subject, text) in texts.items():
            for part, english in zip((subject, text), TOLD["en"][what], strict=True):
                assert ("{policy}" in part) == ("{policy}" in english), (language, what)
                assert language == "en" or part != english, (language, what)
