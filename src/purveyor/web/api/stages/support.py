"""Support: cases, claims and their remedies."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.core.field_types import Name
from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import mark
from purveyor.core.state import Book
from purveyor.stages.support.commands import (
    AddMessage,
    AssignCase,
    CloseCase,
    EscalateCase,
    MergeCases,
    NoteCredit,
    NoteFound,
    NotePriceCut,
    OpenCase,
    OpenClaim,
    ResolveApprovedClaim,
    ResolveClaim,
)
from purveyor.stages.support.queries import (
    FIRST_ID,
    CaseView,
    MessageView,
    cases_of_somebody,
    open_cases,
    thread,
    waiting_for_customers,
)
from purveyor.stages.support.state import Case
from purveyor.web.api.command_endpoints import Endpoint, each, once
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.paging import Paging

WRITE = "support:write"
RESOLVE = "support:resolve"
READ = "support:read"
ORDER = "/orders/{order_id:uuid}"
CASE = f"{ORDER}/cases/{{case_id:uuid}}"
NO_CASE = mark("The order has no case.")


class OfSomebody(Paging, frozen=True, kw_only=True):
    assignee: Name = ""


class OfCase(Paging, frozen=True, kw_only=True):
    order_id: UUID
    case_id: UUID


def _claim(book: Book) -> Iterable[Command]:
    """One unit that the customer has; of the first line, where they have none, for the reason why not."""
    lines = sorted(book.lines.values(), key=lambda line: (line.delivered == 0, line.line_no))
    for line in lines[:1]:
        units = (UnitsOf(line_id=line.id, quantity=1),)
        yield OpenClaim(order_id=book.order.id, claim="damaged", contents=units, channel="api")


def _merge(book: Book) -> Iterable[Command]:
    """Each case that was not merged yet, into each that is not closed."""
    cases = [case for case in book.rows(Case).values() if case.merged_into is None]
    for case in cases:
        for other in cases:
            if other.id != case.id and other.status != "closed":
                yield MergeCases(order_id=book.order.id, case_id=case.id, into_case_id=other.id)


SECTION = Section(
    name="support",
    about="Questions and complaints are answered in time; what went wrong is put right once.",
    endpoints=(
        Endpoint(
            path=f"{ORDER}/cases",
            command=OpenCase,
            scope=WRITE,
            summary="Open a case on an order, or on one line of it",
            status=201,
            ours=("text_id",),
            tried=once(lambda order_id: OpenCase(order_id=order_id, topic="question", text="?", channel="api")),
        ),
        Endpoint(
            path=f"{ORDER}/claims",
            command=OpenClaim,
            scope=WRITE,
            summary="Something is wrong with these units",
            status=201,
            ours=("only_unclaimed",),
            tried=_claim,
        ),
        Endpoint(
            path=f"{CASE}/messages",
            command=AddMessage,
            scope=WRITE,
            summary="Say something in a case",
            status=201,
            tried=each(
                Case, lambda row: AddMessage(order_id=row.order_id, case_id=row.id, author="note", text="tried")
            ),
            otherwise=NO_CASE,
        ),
        Endpoint(
            path=f"{CASE}/resolve",
            command=ResolveClaim,
            scope=RESOLVE,
            summary="Put a claim right: resend, refund, goodwill, or turn it down",
            tried=each(Case, lambda row: ResolveClaim(order_id=row.order_id, case_id=row.id, remedy="refund")),
            otherwise=NO_CASE,
        ),
        Endpoint(
            path=f"{CASE}/assign",
            command=AssignCase,
            scope=WRITE,
            summary="Give a case to somebody",
            tried=each(Case, lambda row: AssignCase(order_id=row.order_id, case_id=row.id, assignee="staff:tried")),
            otherwise=NO_CASE,
        ),
        Endpoint(
            path=f"{CASE}/close",
            command=CloseCase,
            scope=WRITE,
            summary="Nothing is left to say",
            tried=each(Case, lambda row: CloseCase(order_id=row.order_id, case_id=row.id)),
            otherwise=NO_CASE,
        ),
        Endpoint(
            path=f"{CASE}/merge",
            command=MergeCases,
            scope=WRITE,
            summary="Merge a case into another one of the order",
            tried=_merge,
            otherwise="The order has no other case that is open.",
        ),
    ),
    reads=(
        worklist(
            "/cases",
            "Open cases, what is due first",
            READ,
            CaseView,
            open_cases,
            lambda row: (row.due_at, row.id),
        ),
        worklist(
            "/cases/mine",
            "What one person looks after, or nobody yet",
            READ,
            CaseView,
            cases_of_somebody,
            lambda row: (row.opened_at, row.id),
            parameters=OfSomebody,
            arguments=lambda _, asked: (asked.assignee,),
        ),
        worklist(
            "/cases/waiting",
            "Cases that wait for the customer",
            READ,
            CaseView,
            waiting_for_customers,
            lambda row: (row.opened_at, row.id),
        ),
        worklist(
            f"{CASE}/messages",
            "What was said in a case",
            READ,
            MessageView,
            thread,
            lambda row: row.id,
            parameters=OfCase,
            first=FIRST_ID,
            kind=UUID,
            arguments=lambda _, asked: (asked.order_id, asked.case_id),
        ),
    ),
    internal=(ResolveApprovedClaim, EscalateCase, NoteCredit, NoteFound, NotePriceCut),
)
