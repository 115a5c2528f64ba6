"""When a customer is asked how it was, and what the answer is put down to."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.policies import SurveyPolicy
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.feedback.commands import AnswerSurvey, ExpireSurvey, InviteToSurvey, PlanSurvey
from purveyor.stages.feedback.decide import AlreadyAnswered, SurveyOver
from purveyor.stages.feedback.facts import SurveyAnswered
from purveyor.stages.feedback.queries import Scores
from purveyor.stages.feedback.state import Survey
from tests.pure import SHOP, a_call, a_shop, do, later, placed


def asked(shop: State) -> Book:
    """An order whose customer was asked, three days after the delivery."""
    book = placed(shop, ("MUG", 1))
    plan = PlanSurvey(order_id=book.order.id, locations=("shop", "main", "main"), carriers=("dhl",), promise_kept=False)
    do(shop, plan)
    do(shop, InviteToSurvey(order_id=book.order.id), a_call(later(days=3)))
    return book


def survey(book: Book) -> Survey:
    return book.row(Survey, book.order.id)


def answer(shop: State, book: Book, csat: int, days: int = 4, nps: int | None = None, text: str = "") -> SurveyAnswered:
    facts = do(shop, AnswerSurvey(order_id=book.order.id, csat=csat, nps=nps, text=text), a_call(later(days=days)))
    assert isinstance(facts[0], SurveyAnswered)
    return facts[0]


def test_a_survey_is_planned_once_and_sent_once() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    plan = PlanSurvey(order_id=book.order.id)

    do(shop, plan)
    assert do(shop, plan) == []
    assert (survey(book).status, survey(book).invite_at) == ("planned", later(days=3))

    invite = InviteToSurvey(order_id=book.order.id)
    do(shop, invite, a_call(later(days=3)))
    assert do(shop, invite) == []
    assert (survey(book).status, survey(book).expires_at) == ("invited", later(days=17))


def test_an_answer_carries_its_causes() -> None:
    shop = a_shop()
    book = asked(shop)

    fact = answer(shop, book, 5, nps=9)

    assert (fact.locations, fact.carriers, fact.promise_kept) == (("main", "shop"), ("dhl",), False)
    assert (survey(book).status, survey(book).csat, survey(book).nps) == ("answered", 5, 9)
    assert survey(book).answered_at == later(days=4)


@pytest.mark.parametrize(("csat", "is_low"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_score_says_so(csat: int, is_low: bool) -> None:
    shop = a_shop()

    assert answer(shop, asked(shop), csat).is_low is is_low


def test_what_counts_as_low_is_policy() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, survey=SurveyPolicy(low_score=4)))

    assert answer(shop, asked(shop), 4).is_low


def test_words_are_kept_outside_the_journal() -> None:
    shop = a_shop()

    fact = answer(shop, asked(shop), 4, text="Ann was happy.")

    assert fact.text_id is not None
    assert shop.shared[PrivateText][fact.text_id].text == "Ann was happy."
    assert answer(shop, asked(shop), 4, text="  ").text_id is None


@pytest.mark.parametrize(("csat", "nps"), [(0, None), (6, None), (3, -1), (3, 11)])
def test_scores_outside_their_range_are_refused(csat: int, nps: int | None) -> None:
    shop = a_shop()
    book = asked(shop)

    with pytest.raises(Invalid, match="whole number"):
        answer(shop, book, csat, nps=nps)
    with pytest.raises(Invalid, match="at most"):
        answer(shop, book, 5, text="x" * 10_001)
    assert survey(book).status == "invited"


def test_a_survey_is_answered_once_and_in_time() -> None:
    shop = a_shop()
    book = asked(shop)
    with pytest.raises(SurveyOver):
        answer(shop, book, 5, days=17)
    answer(shop, book, 5, days=16)
    with pytest.raises(AlreadyAnswered):
        answer(shop, book, 1, days=16)
    assert survey(book).csat == 5


def test_a_survey_expires_only_when_its_time_is_over_and_nobody_answered() -> None:
    shop = a_shop()
    book = asked(shop)
    over = ExpireSurvey(order_id=book.order.id)

    assert do(shop, over, a_call(later(days=16))) == []
    do(shop, over, a_call(later(days=17)))
    assert survey(book).status == "expired"
    assert do(shop, over, a_call(later(days=18))) == []
    with pytest.raises(SurveyOver):
        answer(shop, book, 5, days=18)
    answered = asked(shop)
    answer(shop, answered, 5)
    assert do(shop, ExpireSurvey(order_id=answered.order.id), a_call(later(days=30))) == []


def test_who_is_not_to_be_asked_cannot_answer() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    with pytest.raises(NotFound):
        answer(shop, book, 5)
    do(shop, PlanSurvey(order_id=book.order.id))
    assert answer(shop, book, 5, days=1).csat == 5  # on the order page, before the mail
    assert do(shop, InviteToSurvey(order_id=book.order.id), a_call(later(days=3))) == []


def test_the_scores_are_those_of_the_field() -> None:
    scores = Scores("main", answers=4, satisfied=3, csat_sum=17, nps_answers=5, promoters=3, detractors=1)

    assert (scores.csat, scores.csat_mean, scores.nps) == (75, 4.25, 40)
    nobody = Scores("main", 0, 0, 0, 0, 0, 0)
    assert (nobody.csat, nobody.csat_mean, nobody.nps) == (None, None, None)
