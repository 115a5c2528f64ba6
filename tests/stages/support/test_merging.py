"""Two cases of an order that go on as one: nothing that was said, claimed or is due gets lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.support.commands import (
    AssignCase,
    CloseCase,
    EscalateCase,
    MergeCases,
    ResolveApprovedClaim,
    ResolveClaim,
)
from purveyor.stages.support.decide.claim_amounts import claimable
from purveyor.stages.support.facts import CasesMerged, ClaimResolved
from purveyor.stages.support.refusals import CaseIsClosed, CaseIsMerged, ClaimOnBothSides, NotAClaim
from purveyor.stages.support.state import Case, CaseMessage
from tests.pure import NOON, a_call, a_shop, do, eur, later, placed
from tests.stages.support.shop import a_case, a_claim, first_line, resolve, say, shipped, units

TUESDAY_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def merge(state: State, case: Case, into: Case, at: datetime = NOON) -> CasesMerged:
    (fact,) = do(state, MergeCases(order_id=case.order_id, case_id=case.id, into_case_id=into.id), a_call(at))
    assert isinstance(fact, CasesMerged)
    return fact


def thread(shop: State, book: Book, case: Case) -> list[str]:
    rows = [row for row in book.rows(CaseMessage).values() if row.case_id == case.id]
    texts = shop.shared[PrivateText]
    return [texts[row.text_id].text for row in sorted(rows, key=lambda row: row.id) if row.text_id is not None]


def test_what_was_said_stands_in_the_case_that_goes_on_in_the_order_of_time() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    first = a_case(shop, book, text="Where is it?")
    second = a_case(shop, book, text="Hello?", at=later(hours=1))
    say(shop, first, "note", "Asked the courier.", at=later(hours=2))
    say(shop, second, "customer", "Anybody?", at=later(hours=3))

    merge(shop, second, first, later(hours=4))

    assert thread(shop, book, first) == ["Where is it?", "Hello?", "Asked the courier.", "Anybody?"]
    assert thread(shop, book, second) == []
    assert (second.status, second.merged_into, second.closed_at) == ("closed", first.id, later(hours=4))
    assert (second.due_at, second.alarm_at, second.answer_by) == (None, None, None)
    assert first.status == "open"


def test_an_answer_is_due_for_the_message_that_has_waited_longest() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    older = a_case(shop, book)
    newer = a_case(shop, book, at=later(hours=3))
    answered = a_case(shop, book, at=later(hours=-1))
    say(shop, answered, "staff", "Soon.", at=later(hours=4))

    merge(shop, older, newer, later(hours=4))
    assert (newer.answer_by, newer.due_at) == (TUESDAY_NOON, datetime(2026, 3, 5, 12, tzinfo=UTC))
    merge(shop, newer, answered, later(hours=4))

    assert answered.answer_by == TUESDAY_NOON, "the answer in one case was none to the question in the other"
    assert answered.due_at == datetime(2026, 3, 5, 11, tzinfo=UTC)
    assert answered.alarm_at == datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert older.merged_into == newer.merged_into == answered.id, "whoever looks for either finds what goes on"


def test_a_case_that_waits_for_the_customer_runs_again_with_one_that_waits_for_us() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    asked = a_case(shop, book)
    say(shop, asked, "staff", "Which color?", at=later(hours=1), asks_customer=True)
    asked_too = a_case(shop, book)
    say(shop, asked_too, "staff", "Which size?", at=later(hours=2), asks_customer=True)

    merge(shop, asked_too, asked, later(hours=2))
    assert (asked.status, asked.due_at, asked.alarm_at, asked.left_s) == ("waiting", None, None, 22 * 3_600)

    question = a_case(shop, book, at=later(hours=3))
    merge(shop, question, asked, later(hours=3))
    assert (asked.status, asked.left_s, asked.answer_by) == ("open", 0, datetime(2026, 3, 3, 15, tzinfo=UTC))
    assert asked.due_at == datetime(2026, 3, 5, 13, tzinfo=UTC)


def test_an_alarm_that_is_due_is_not_passed_over() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    late, case = a_case(shop, book), a_case(shop, book, at=later(days=1, hours=1))
    ring_at = late.alarm_at
    assert ring_at is not None
    after = TUESDAY_NOON + timedelta(hours=2)

    merge(shop, late, case, after)

    assert case.alarm_at == ring_at
    do(shop, EscalateCase(order_id=book.order.id, case_id=case.id, alarm_at=ring_at), a_call(after))
    assert case.escalation == "breach"
    assert do(shop, EscalateCase(order_id=book.order.id, case_id=late.id, alarm_at=ring_at), a_call(after)) == []


@pytest.mark.parametrize("late_goes_on", [True, False])
def test_who_looks_after_it_and_how_late_it_is_are_not_forgotten(*, late_goes_on: bool) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    late, fresh = a_case(shop, book), a_case(shop, book, at=TUESDAY_NOON)
    assert late.alarm_at is not None
    do(shop, EscalateCase(order_id=book.order.id, case_id=late.id, alarm_at=TUESDAY_NOON), a_call(TUESDAY_NOON))
    do(shop, AssignCase(order_id=book.order.id, case_id=late.id, assignee="staff:anna"))
    merged, kept = (fresh, late) if late_goes_on else (late, fresh)

    merge(shop, merged, kept, TUESDAY_NOON)

    assert (kept.assignee, kept.escalation) == ("staff:anna", "breach")


def test_a_claim_that_waits_goes_along() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))
    line = book.line(first_line(book))
    question, claim = a_case(shop, book), a_claim(shop, book, 2)

    merge(shop, claim, question)

    assert (question.claim, question.contents, claim.contents) == ("damaged", units(book, 2), ())
    assert claimable(book, line, "damaged") == 1, "what is claimed is claimed once"
    fact = resolve(shop, book, question, "resend")
    assert [each.quantity for each in fact.units] == [2]
    assert question.status == "closed"
    assert claimable(book, line, "damaged") == 1


def test_a_claim_that_goes_on_is_kept_as_it_is() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))
    question, claim = a_case(shop, book), a_claim(shop, book, 2)

    merge(shop, question, claim)

    assert (claim.claim, claim.contents, claim.status) == ("damaged", units(book, 2), "open")


def test_two_claims_that_wait_are_not_mixed() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))
    one, other = a_claim(shop, book, 1), a_claim(shop, book, 1, claim="wrong")

    for case, into in ((one, other), (other, one)):
        with pytest.raises(ClaimOnBothSides):
            merge(shop, case, into)
    assert (one.status, other.status, one.contents, other.contents) == ("open", "open", units(book, 1), units(book, 1))
    resolve(shop, book, one, "resend")
    with pytest.raises(CaseIsClosed):
        merge(shop, other, one)
    merge(shop, one, other)
    assert (one.merged_into, other.claim, other.contents) == (other.id, "wrong", units(book, 1))


def test_a_claim_that_waits_is_not_added_to_one_that_was_put_right() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))
    settled, waits = a_claim(shop, book, 1), a_claim(shop, book, 1, claim="wrong")
    resolve(shop, book, settled, "resend")
    say(shop, settled, "customer", "One more thing.")

    with pytest.raises(ClaimOnBothSides):
        merge(shop, waits, settled)
    merge(shop, settled, waits)
    assert (waits.claim, waits.contents) == ("wrong", units(book, 1))


def test_what_is_agreed_to_later_counts_where_the_case_goes_on() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))
    question, claim = a_case(shop, book), a_claim(shop, book, 2)
    merge(shop, claim, question)

    def approved(case: Case, remedy: str, amount: int | None = None, *quantities: int) -> ClaimResolved:
        command = ResolveApprovedClaim(
            order_id=book.order.id,
            case_id=case.id,
            remedy=remedy,  # type: ignore[arg-type]
            contents=units(book, *quantities),
            amount=eur(amount) if amount else None,
        )
        (fact,) = do(shop, command)
        assert isinstance(fact, ClaimResolved)
        return fact

    assert approved(claim, "refund", None, 1).case_id == question.id
    assert question.contents == units(book, 1)
    assert approved(claim, "goodwill", 100).units == ()
    assert (question.contents, question.status) == (units(book, 1), "open"), "a gift puts no claim right"
    with pytest.raises(NotAClaim):
        approved(claim, "refund")


def test_a_merged_case_takes_messages_for_the_one_that_goes_on_and_nothing_else() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))
    merged, kept = a_case(shop, book), a_case(shop, book)
    merge(shop, merged, kept)
    do(shop, CloseCase(order_id=book.order.id, case_id=kept.id))

    say(shop, merged, "customer", "By the old link.", at=later(hours=1))

    assert (kept.status, merged.status) == ("open", "closed")
    assert thread(shop, book, kept)[-1] == "By the old link."
    for command in (
        CloseCase(order_id=book.order.id, case_id=merged.id),
        AssignCase(order_id=book.order.id, case_id=merged.id, assignee="staff:anna"),
        ResolveClaim(order_id=book.order.id, case_id=merged.id, remedy="goodwill", amount=eur(1)),
        MergeCases(order_id=book.order.id, case_id=merged.id, into_case_id=kept.id),
        MergeCases(order_id=book.order.id, case_id=kept.id, into_case_id=merged.id),
    ):
        with pytest.raises(CaseIsMerged) as refusal:
            do(shop, command)
        assert refusal.value.data["into_case_id"] == kept.id


def test_a_closed_case_may_be_merged_and_nothing_is_merged_into_it() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    closed, case = a_case(shop, book), a_case(shop, book, at=later(hours=1))
    do(shop, CloseCase(order_id=book.order.id, case_id=closed.id))
    clock = case.clock

    with pytest.raises(CaseIsClosed):
        merge(shop, case, closed)
    merge(shop, closed, case, later(hours=2))
    assert (case.clock, case.status) == (clock, "open")
    assert (closed.closed_at, closed.merged_into) == (NOON, case.id)


def test_only_two_cases_of_one_order_are_merged() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    case, elsewhere = a_case(shop, book), a_case(shop, placed(shop, ("MUG", 1)))

    with pytest.raises(Invalid, match="another case"):
        merge(shop, case, case)
    for case_id, into in ((case.id, elsewhere.id), (elsewhere.id, case.id), (case.id, UUID(int=7))):
        with pytest.raises(NotFound):
            do(shop, MergeCases(order_id=book.order.id, case_id=case_id, into_case_id=into))
    assert (case.status, case.merged_into) == ("open", None)
