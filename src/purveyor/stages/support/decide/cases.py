"""Cases: their threads, their clocks, and who looks after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.support import sla as clocks
from purveyor.stages.support.commands import (
    AddMessage,
    AssignCase,
    CloseCase,
    EscalateCase,
    MergeCases,
    OpenCase,
)
from purveyor.stages.support.facts import (
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CasesMerged,
    MessageAdded,
)
from purveyor.stages.support.refusals import CaseIsClosed, CaseIsMerged, ClaimOnBothSides
from purveyor.stages.support.sla import SlaTimer, level_of
from purveyor.stages.support.state import Case, going_on

LONGEST_TEXT = 10_000
ESCALATIONS: Final = ("", "warning", "breach")  # the worst last


def check_text(field: str, text: str, *, may_be_empty: bool) -> None:
    if not text.strip() and not may_be_empty:
        raise Invalid(field=field, found="nothing", expected="some words")
    if len(text) > LONGEST_TEXT:
        raise Invalid(field=field, found=f"{len(text)} characters", expected=f"at most {LONGEST_TEXT} characters")
    if "\0" in text:
        raise Invalid(field=field, found="a zero character", expected="text")


def private(book: Book, what: str, text: str, call: Call) -> Iterator[PrivateText]:
    """The text as a row that may be erased; none where there is no text."""
    if text:
        yield PrivateText(call.ids.new(), book.order.customer_id, book.order.id, what, text)


@decides(OpenCase)
def decide_open_case(state: State, command: OpenCase, call: Call) -> Decision:
    """Open a case; refuses with `NotFound` (line, or a text of this order) and `Invalid` (text)."""
    book = state.book(command.order_id)
    if command.line_id is not None:
        book.line(command.line_id)
    if command.text_id is not None and state.row(PrivateText, command.text_id).order_id != book.order.id:
        raise NotFound(what="private text", id=command.text_id)
    check_text("text", command.text, may_be_empty=command.text_id is not None or command.channel == "system")
    text_id = command.text_id
    for row in private(book, "case_message", command.text, call):
        text_id = row.id
        yield row
    yield CaseOpened(
        order_id=book.order.id,
        case_id=call.ids.new(),
        topic=command.topic,
        line_id=command.line_id,
        channel=command.channel,
        message_id=call.ids.new() if text_id is not None else None,
        text_id=text_id,
        clock=clocks.started(call.at, level_of(state.policies), is_claim=False),
    )


@decides(AddMessage)
def decide_add_message(state: State, command: AddMessage, call: Call) -> Decision:
    """Add to the thread, of a merged case to that in which it goes on.

    Staff stop the clock by asking, the customer's answer makes it run again.

    Refuses with `CaseIsClosed` (only the customer opens it again, notes are always taken) and `Invalid`.
    """
    book = state.book(command.order_id)
    case = going_on(book, command.case_id)
    check_text("text", command.text, may_be_empty=False)
    if command.asks_customer and command.author != "staff":
        raise Invalid(field="asks_customer", found=command.author, expected="a message of staff")
    status, clock = _after(state, case, command, call)
    text_id = None
    for row in private(book, "case_message", command.text, call):
        text_id = row.id
        yield row
    assert text_id is not None
    yield MessageAdded(
        order_id=book.order.id,
        case_id=case.id,
        message_id=call.ids.new(),
        author=command.author,
        text_id=text_id,
        status=status,
        clock=clock,
    )


def _after(
    state: State, case: Case, command: AddMessage, call: Call
) -> tuple[Literal["open", "waiting", "closed"], SlaTimer]:
    """The status and the clock after a message."""
    level = level_of(state.policies)
    status = _status(case)
    match command.author, status:
        case "note", _:
            return status, case.clock
        case "staff", "closed":
            raise CaseIsClosed(case_id=case.id)
        case "staff", _ if command.asks_customer:
            return "waiting", clocks.paused(case.clock, call.at, level)
        case "staff", _:
            return status, clocks.answered(case.clock, call.at, level)
        case _, "closed":
            return "open", clocks.started(call.at, level, is_claim=bool(case.claim))
        case _, "waiting":
            return "open", clocks.resumed(case.clock, call.at, level)
        case _:
            return "open", clocks.asked(case.clock, call.at, level)


def _status(case: Case) -> Literal["open", "waiting", "closed"]:
    if case.status == "open":
        return "open"
    return "waiting" if case.status == "waiting" else "closed"


@decides(AssignCase)
def decide_assign(state: State, command: AssignCase, _call: Call) -> Decision:
    """Give a case to somebody; refuses with `CaseIsClosed` and `CaseIsMerged`."""
    case = _open_case(state.book(command.order_id), command.case_id)
    if case.assignee != command.assignee:
        yield CaseAssigned(order_id=case.order_id, case_id=case.id, assignee=command.assignee)


@decides(EscalateCase)
def decide_escalate(state: State, command: EscalateCase, call: Call) -> Decision:
    """Tell that a clock runs out; nothing if it was answered, paused or told since."""
    book = state.book(command.order_id)
    case = book.row(Case, command.case_id)
    if case.alarm_at is None or case.alarm_at > min(command.alarm_at, call.at):
        return
    is_late = any(end is not None and end <= call.at for end in (case.answer_by, case.due_at))
    yield CaseEscalated(
        order_id=book.order.id,
        case_id=case.id,
        level="breach" if is_late else "warning",
        assignee=case.assignee,
        clock=clocks.with_alarm(case.clock, call.at, level_of(state.policies)),
        why="answer overdue" if is_late and case.answer_by and case.answer_by <= call.at else "time runs out",
    )


@decides(CloseCase)
def decide_close(state: State, command: CloseCase, _call: Call) -> Decision:
    """Close a case; what was claimed and not put right is dropped. Refuses with `CaseIsClosed`, `CaseIsMerged`."""
    case = _open_case(state.book(command.order_id), command.case_id)
    yield CaseClosed(order_id=case.order_id, case_id=case.id, why=command.why)


@decides(MergeCases)
def decide_merge(state: State, command: MergeCases, call: Call) -> Decision:
    """One case where there were two: nothing that was said, claimed or is due gets lost.

    Refuses with `NotFound`, `Invalid` (one and the same case), `CaseIsMerged`, `CaseIsClosed` (what goes on) and
    `ClaimOnBothSides`.
    """
    book = state.book(command.order_id)
    merged = book.row(Case, command.case_id)
    if command.into_case_id == merged.id:
        raise Invalid(field="into_case_id", found=merged.id, expected="another case of the order")
    if merged.merged_into is not None:
        raise CaseIsMerged(case_id=merged.id, into_case_id=merged.merged_into)
    kept = _open_case(book, command.into_case_id)
    if merged.contents and kept.claim:
        raise ClaimOnBothSides(case_id=merged.id, into_case_id=kept.id)
    clock = kept.clock
    if merged.status != "closed":
        clock = clocks.merge_timers(kept.clock, merged.clock, call.at, level_of(state.policies))
    yield CasesMerged(
        order_id=book.order.id,
        case_id=kept.id,
        merged_id=merged.id,
        claim=merged.claim if merged.contents else kept.claim,
        contents=merged.contents or kept.contents,
        status="waiting" if clock.due_at is None else "open",
        assignee=kept.assignee or merged.assignee,
        escalation=max(kept.escalation, merged.escalation if merged.status != "closed" else "", key=ESCALATIONS.index),
        clock=clock,
    )


def _open_case(book: Book, case_id: UUID) -> Case:
    case = book.row(Case, case_id)
    if case.merged_into is not None:
        raise CaseIsMerged(case_id=case_id, into_case_id=case.merged_into)
    if case.status == "closed":
        raise CaseIsClosed(case_id=case_id)
    return case
