"""Cases, their threads and their clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from purveyor.core.calendars import CalendarPolicy
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.service_levels import SupportPolicy
from purveyor.stages.support.commands import AddMessage, AssignCase, CloseCase, EscalateCase, OpenCase
from purveyor.stages.support.refusals import CaseIsClosed
from purveyor.stages.support.state import Case, CaseMessage
from tests.pure import BERLIN, NOON, SHOP, a_call, a_shop, do, later, placed
from tests.stages.support.shop import a_case, first_line, say

TUESDAY_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_a_case_keeps_its_words_outside_the_journal() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    case = a_case(shop, book, text="My name is Ann.", line_id=first_line(book))

    message = next(iter(book.rows(CaseMessage).values()))
    assert shop.shared[PrivateText][message.text_id].text == "My name is Ann."
    assert (case.status, case.line_id, case.answer_by) == ("open", first_line(book), TUESDAY_NOON)


def test_a_case_of_our_own_may_have_no_words() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    case = a_case(shop, book, topic="feedback", text="", channel="system")

    assert case.topic == "feedback"
    assert not book.rows(CaseMessage)


def test_bad_messages_are_refused_and_nothing_is_kept() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    for text in ("", "  ", "x" * 10_001, "a\0b"):
        with pytest.raises(Invalid):
            a_case(shop, book, text=text)
    with pytest.raises(NotFound):
        a_case(shop, book, line_id=book.order.id)
    assert not book.rows(Case)
    case = a_case(shop, book)
    with pytest.raises(Invalid, match="a message of staff"):
        say(shop, case, "customer", asks_customer=True)
    assert len(book.rows(CaseMessage)) == 1


def test_the_clock_stands_still_while_the_customer_is_asked() -> None:
    shop = a_shop()
    case = a_case(shop, placed(shop, ("MUG", 1)))  # Monday noon: to be solved by Thursday noon

    say(shop, case, "staff", "Which color?", at=later(hours=1), asks_customer=True)
    assert (case.status, case.due_at, case.alarm_at, case.left_s) == ("waiting", None, None, 23 * 3_600)

    say(shop, case, "customer", "Blue.", at=later(days=7))
    assert (case.status, case.left_s) == ("open", 0)
    assert case.due_at == datetime(2026, 3, 12, 11, tzinfo=UTC)
    assert case.answer_by == datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_an_answer_is_owed_until_it_is_given() -> None:
    shop = a_shop()
    case = a_case(shop, placed(shop, ("MUG", 1)))

    say(shop, case, "note", "Called the courier.")
    assert case.answer_by == TUESDAY_NOON
    say(shop, case, "staff", "It comes tomorrow.")
    assert case.status == "open"
    assert case.clock.answer_by is None
    say(shop, case, "customer", "It did not.", at=TUESDAY_NOON)
    assert case.answer_by == datetime(2026, 3, 4, 12, tzinfo=UTC)
    say(shop, case, "customer", "Hello?", at=later(days=1, hours=2))
    assert case.answer_by == datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_case_is_told_of_before_it_is_late_and_when_it_is() -> None:
    shop = a_shop()
    case = a_case(shop, placed(shop, ("MUG", 1)))
    assert case.alarm_at == datetime(2026, 3, 3, 11, tzinfo=UTC)

    def ring(at: datetime) -> list[object]:
        assert case.alarm_at is not None
        return [*do(shop, EscalateCase(order_id=case.order_id, case_id=case.id, alarm_at=case.alarm_at), a_call(at))]

    assert ring(later(hours=1)) == []  # not yet
    assert ring(case.alarm_at)
    assert (case.escalation, case.alarm_at) == ("warning", TUESDAY_NOON)
    ring(TUESDAY_NOON)
    assert (case.escalation, case.alarm_at) == ("breach", datetime(2026, 3, 5, 11, tzinfo=UTC))


def test_an_alarm_that_was_answered_in_time_does_not_ring() -> None:
    shop = a_shop()
    case = a_case(shop, placed(shop, ("MUG", 1)))
    assert case.alarm_at is not None
    stale = EscalateCase(order_id=case.order_id, case_id=case.id, alarm_at=case.alarm_at)

    say(shop, case, "staff", asks_customer=True)

    assert do(shop, stale, a_call(later(days=2))) == []
    assert case.escalation == ""


def test_only_the_customer_opens_a_closed_case_again() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    case = a_case(shop, book)
    close = CloseCase(order_id=book.order.id, case_id=case.id)

    do(shop, close)
    assert (case.status, case.due_at, case.closed_at) == ("closed", None, NOON)
    with pytest.raises(CaseIsClosed):
        do(shop, close)
    with pytest.raises(CaseIsClosed):
        say(shop, case, "staff")
    with pytest.raises(CaseIsClosed):
        do(shop, AssignCase(order_id=book.order.id, case_id=case.id, assignee="staff:anna"))
    say(shop, case, "note", "Filed.")
    assert case.status == "closed"
    say(shop, case, "customer", "One more thing.", at=later(days=1))
    assert (case.status, case.closed_at) == ("open", None)
    assert case.due_at is not None


def test_a_case_is_given_to_somebody_once() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    case = a_case(shop, book)
    give = AssignCase(order_id=book.order.id, case_id=case.id, assignee="staff:anna")

    assert len(do(shop, give)) == 1
    assert do(shop, give) == []
    assert case.assignee == "staff:anna"


def test_there_is_no_message_to_a_case_of_another_order() -> None:
    shop = a_shop()
    case = a_case(shop, placed(shop, ("MUG", 1)))
    other = placed(shop, ("MUG", 1))

    with pytest.raises(NotFound, match="support case"):
        do(shop, AddMessage(order_id=other.order.id, case_id=case.id, author="staff", text="Hello."))
    assert not other.rows(CaseMessage)
    assert do(shop, OpenCase(order_id=other.order.id, topic="feedback"))


def test_the_hours_of_support_are_the_shops() -> None:
    shop = a_shop(BERLIN)
    book = placed(shop, ("MUG", 1))

    case = a_case(shop, book, at=datetime.fromisoformat("2026-06-15T08:08:00+02:00"))
    assert case.answer_by == datetime.fromisoformat("2026-06-15T17:00:00+02:00")


def test_the_shop_says_how_fast_it_answers_and_when_it_is_closed() -> None:
    calendar = CalendarPolicy(zone="Europe/Berlin", opens="08:00", closes="20:00", country="DE")
    policies = msgspec.structs.replace(SHOP, calendar=calendar, support=SupportPolicy(answer_hours=2))
    shop = a_shop(policies)
    book = placed(shop, ("MUG", 1))

    case = a_case(shop, book, at=datetime.fromisoformat("2026-04-30T19:00:00+02:00"))  # the first of May is a Friday
    assert case.answer_by == datetime.fromisoformat("2026-05-04T09:00:00+02:00")
