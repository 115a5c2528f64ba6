"""Books that this process has just written, for its next command about the same order."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from uuid import UUID

from purveyor.core.state import Book, State


class OrderCache:
    """Books between batches, so that an order that goes on is not read anew: the latest ones, so many rows in all.

    The row of the order is still read and locked by every batch, and a kept book counts only while it says the same
    as that row. Whatever changes any row of an order records a fact and so raises the order's `version`, under that
    lock; the unit of work refuses to write anything else. So the same row of the order means the same rows of it all,
    whichever process wrote them.

    Whoever takes a book has it alone, and puts it back after its commit, or never: what a failed batch touched is gone.
    """

    def __init__(self, most_rows: int) -> None:
        self._most_rows = most_rows
        self._books: OrderedDict[UUID, tuple[Book, tuple[Any, ...], int]] = OrderedDict()
        self.rows = 0

    def take(self, order_id: UUID, order: tuple[Any, ...], state: State) -> Book | None:
        """The book of an order whose row in the database is `order` now; from here on it belongs to `state`."""
        kept = self._books.pop(order_id, None)
        if kept is None:
            return None
        book, then, rows = kept
        self.rows -= rows
        if then != order:
            return None
        book.move_to(state)
        return book

    def put(self, book: Book, order: tuple[Any, ...]) -> None:
        """Keep a book that was committed; `order` is the row of its order as it stands in the database."""
        if not self._most_rows:
            return
        order_id = book.order.id
        earlier = self._books.pop(order_id, None)
        if earlier is not None:
            self.rows -= earlier[2]
        rows = book.size
        book.move_to(None)
        self._books[order_id] = (book, order, rows)
        self.rows += rows
        while self.rows > self._most_rows:
            _, (_, _, fewer) = self._books.popitem(last=False)
            self.rows -= fewer

    def clear(self) -> None:
        """Forget all books: the database may be another one, such as a replica that had not seen everything."""
        self._books.clear()
        self.rows = 0
