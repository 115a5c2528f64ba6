"""Orders that have left us, and their cases, for the tests of support."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book, State
from purveyor.stages.support.commands import AddMessage, OpenCase, OpenClaim, ResolveClaim
from purveyor.stages.support.facts import CaseOpened, ClaimOpened, ClaimResolved
from purveyor.stages.support.state import Case
from tests.pure import NOON, a_call, do, placed, walk

TO_THE_DOOR = ("allocated", "picked", "packed", "shipped")


def shipped(state: State, *lines: tuple[str, int], to: str = "delivered", **changes: Any) -> Book:
    """An order whose units are all `shipped`, or went on from there."""
    book = placed(state, *lines, **changes)
    walk(book, state, *TO_THE_DOOR, *(() if to == "shipped" else (to,)))
    return book


def first_line(book: Book) -> UUID:
    return next(iter(book.lines))


def units(book: Book, *quantities: int) -> tuple[UnitsOf, ...]:
    """So many units of the first line, of the second, and so on."""
    return tuple(
        UnitsOf(line.id, quantity) for line, quantity in zip(book.lines.values(), quantities, strict=False) if quantity
    )


def a_case(state: State, book: Book, at: datetime = NOON, **more: Any) -> Case:
    usual: dict[str, Any] = {"topic": "question", "text": "Where is it?", "channel": "order_page", **more}
    fact = do(state, OpenCase(order_id=book.order.id, **usual), a_call(at))[0]
    assert isinstance(fact, CaseOpened)
    return book.row(Case, fact.case_id)


def a_claim(state: State, book: Book, *quantities: int, claim: str = "damaged", **more: Any) -> Case:
    usual: dict[str, Any] = {"claim": claim, "channel": "order_page", **more}
    fact = do(state, OpenClaim(order_id=book.order.id, contents=units(book, *quantities), **usual))[0]
    assert isinstance(fact, ClaimOpened)
    return book.row(Case, fact.case_id)


def resolve(state: State, book: Book, case: Case, remedy: str, **more: Any) -> ClaimResolved:
    fact = do(state, ResolveClaim(order_id=book.order.id, case_id=case.id, remedy=remedy, **more))[0]  # type: ignore[arg-type]
    assert isinstance(fact, ClaimResolved)
    return fact


def say(state: State, case: Case, author: str, text: str = "Hello.", at: Any = NOON, **more: Any) -> Case:
    command = AddMessage(order_id=case.order_id, case_id=case.id, author=author, text=text, **more)  # type: ignore[arg-type]
    do(state, command, a_call(at))
    return case
