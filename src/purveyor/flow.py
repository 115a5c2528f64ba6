"""The life of an order on one page: which fact leads to which commands and jobs.

Commands that follow run in the same transaction as the fact, so no order is ever stuck between two steps. Jobs are
enqueued in it and run afterwards. Reading this page from top to bottom is reading the business.
"""

from __future__ import annotations

from purveyor.core.messages import Fact
from purveyor.core.positions import TERMINAL
from purveyor.core.rules import Follow, after
from purveyor.core.state import Book, State

# ---------------------------------------------------------------- receipt

# ---------------------------------------------------------------- review

# ---------------------------------------------------------------- confirmation

# ---------------------------------------------------------------- payment

# ---------------------------------------------------------------- picking

# ---------------------------------------------------------------- packing

# ---------------------------------------------------------------- shipping

# ---------------------------------------------------------------- delivery

# ---------------------------------------------------------------- support

# ---------------------------------------------------------------- returns

# ---------------------------------------------------------------- feedback

# ---------------------------------------------------------------- questions that the page asks


def book_of(fact: Fact, state: State) -> Book:
    """The book of the order that a fact is about."""
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    return state.book(fact.order_id)


def everything_has_ended(book: Book) -> bool:
    """No unit of the order is on its way anywhere."""
    return all(line.quantity == sum(getattr(line, position) for position in TERMINAL) for line in book.lines.values())
