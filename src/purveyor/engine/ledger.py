"""The only place where goods or money move. It applies the moves of any fact and refuses what does not add up.

What a unit move means for stock:

    into allocated, picked or packed at a location     allocated +q there
    from there to shipped or delivered                 allocated -q, on_hand -q
    from there to anywhere else                        allocated -q
    into / out of backordered                          allocated +q / -q at the location `backorder`

so nobody ever writes it beside the move, and it cannot be forgotten or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from purveyor.core.credits import cut_used, units_out
from purveyor.core.messages import Fact
from purveyor.core.positions import BACKORDER, CLAIMING, GONE, MOVES, Adjustment, Counted, StockMove, UnitMove
from purveyor.core.registry import INVARIANTS
from purveyor.core.rows import Allocation, MoneyHour, PriceAdjustment
from purveyor.core.state import Book, State


class LedgerError(AssertionError):
    """A fact that does not add up: a bug in the rule that made it. The batch is rolled back."""


# Accounts whose balance the order itself keeps, for statuses and limits.
_KEPT = {
    "receivable": "receivable_minor",
    "authorized": "authorized_minor",
    "captured": "captured_minor",
    "refunded": "refunded_minor",
}


def moves_stock(move: UnitMove) -> bool:
    """Whether a unit move may do anything to stock rows."""
    return move.location is not None or move.source == "backordered" or move.target == "backordered"


def implied_stock(move: UnitMove) -> Iterator[StockMove]:
    """What a unit move does to stock rows."""
    quantity = move.quantity
    if move.source == "backordered":
        yield StockMove(move.sku, BACKORDER, allocated=-quantity)
    if move.target == "backordered":
        yield StockMove(move.sku, BACKORDER, allocated=quantity)
    if move.location is None:
        return
    claimed, claims = move.source in CLAIMING, move.target in CLAIMING
    if claims and not claimed:
        yield StockMove(move.sku, move.location, allocated=quantity)
    elif claimed and not claims:
        leaves = -quantity if move.target in GONE else 0
        yield StockMove(move.sku, move.location, on_hand=leaves, allocated=-quantity)


def stock_moves(fact: Fact) -> list[StockMove]:
    """Every stock move of a fact: those it says and those its unit moves imply."""
    found = list(fact.stock)
    for move in fact.moves:
        if moves_stock(move):
            found.extend(implied_stock(move))
    return found


def apply_moves(state: State, fact: Fact) -> None:
    """Move units, stock and money as the fact says.

    Raises `LedgerError` when a unit is not where it should be, when stock would go below zero, when more would be
    promised than is there, when the postings do not balance, or when an invariant of the order is broken.
    """
    if fact.moves:
        if fact.order_id is None:
            raise LedgerError(f"{fact.kind()} moves units of no order")
        book = state.books[fact.order_id]
        for move in fact.moves:
            _move_units(book, move, fact)
    if fact.moves or fact.stock:
        for change in stock_moves(fact):
            _move_stock(state, change, fact)
    if fact.postings:
        _post(state, fact)
    if fact.adjustments:
        _adjust(state, fact)
    for each in fact.counts:
        _count(state, each)
    if fact.order_id is not None and INVARIANTS:
        _check(state.books[fact.order_id], fact)


def _count(state: State, counted: Counted) -> None:
    key = (counted.pot, counted.hour_at)
    row = state.shared[MoneyHour].get(key)
    if row is None:
        row = MoneyHour(*key)
        state.add(row)
    row.minor += counted.minor


def _check(book: Book, fact: Fact) -> None:
    for rule in INVARIANTS:
        broken = rule(book)
        if broken:
            raise LedgerError(f"{fact.kind()}: {broken}")


def _move_units(book: Book, move: UnitMove, fact: Fact) -> None:
    line = book.lines[move.line_id]
    if move.quantity <= 0:
        raise LedgerError(f"{fact.kind()} moves {move.quantity} units of {move.sku}")
    if move.target not in MOVES[move.source]:
        raise LedgerError(f"{fact.kind()}: no way from {move.source} to {move.target}")
    if move.source is None:
        line.quantity += move.quantity
    else:
        there = getattr(line, move.source)
        if there < move.quantity:
            raise LedgerError(f"{fact.kind()}: {move.quantity} of {move.sku} wanted from {move.source}, {there} there")
        setattr(line, move.source, there - move.quantity)
    setattr(line, move.target, getattr(line, move.target) + move.quantity)
    if move.location is not None:
        _claim(book, move, fact)


def _claim(book: Book, move: UnitMove, fact: Fact) -> None:
    claimed, claims = move.source in CLAIMING, move.target in CLAIMING
    if claimed == claims:
        return
    assert move.location is not None
    key = (move.line_id, move.location)
    row = book.allocations.get(key)
    if row is None:
        row = Allocation(move.line_id, move.location, book.order.id, move.sku)
        book.add(row)
    row.quantity += move.quantity if claims else -move.quantity
    if row.quantity < 0:
        raise LedgerError(f"{fact.kind()}: {move.sku} at {move.location} releases more than it claimed")


def _move_stock(state: State, change: StockMove, fact: Fact) -> None:
    row = state.stock_row(change.sku, change.location)
    row.on_hand += change.on_hand
    row.allocated += change.allocated
    row.held += change.held
    if state.complete:
        return  # a replay of some orders sees only their part of the stock: its sums are compared afterwards
    if row.allocated < 0 or row.held < 0 or row.allocated + row.held > row.on_hand:
        raise LedgerError(
            f"{fact.kind()}: {change.sku} at {change.location} would have {row.on_hand} on hand, "
            f"{row.allocated} allocated, {row.held} held"
        )


def _post(state: State, fact: Fact) -> None:
    if sum(posting.minor for posting in fact.postings):
        raise LedgerError(f"{fact.kind()}: the postings do not add up to zero: {fact.postings}")
    if fact.order_id is None:
        raise LedgerError(f"{fact.kind()} posts money of no order")
    order = state.books[fact.order_id].order
    for posting in fact.postings:
        column = _KEPT.get(posting.account)
        if column is not None:
            setattr(order, column, getattr(order, column) + posting.minor)


_SOLD = ("revenue", "tax", "shipping", "fees")


def _adjust(state: State, fact: Fact) -> None:
    """Keep what each thing is worth.

    Adjustments say no more and no less than the postings do, unless the fact brings prices of its own as well
    (`Fact.brings_prices`): those of units that come or go, or the order's new sums with another shipping charge.
    """
    if fact.order_id is None:
        raise LedgerError(f"{fact.kind()} adjusts prices of no order")
    sold = -sum(posting.minor for posting in fact.postings if posting.account in _SOLD)
    tax = -sum(posting.minor for posting in fact.postings if posting.account == "tax")
    amounts = sum(each.amount_minor for each in fact.adjustments), sum(each.tax_minor for each in fact.adjustments)
    if amounts != (sold, tax) and not fact.brings_prices:
        raise LedgerError(f"{fact.kind()}: the postings say {(sold, tax)}, the adjustments {amounts}")
    book = state.books[fact.order_id]
    for each in fact.adjustments:
        key = (fact.order_id, each.of, each.basis_points)
        row = book.rows(PriceAdjustment).get(key)
        if row is None:
            row = PriceAdjustment(*key)
            book.add(row)
        row.amount_minor += each.amount_minor
        row.tax_minor += each.tax_minor
        _count_units(book, row, each)


def _count_units(book: Book, row: PriceAdjustment, each: Adjustment) -> None:
    """Units that are paid back bear their part of what was taken off the price before."""
    if each.of in {"shipping", "fee", "goodwill"}:
        return
    line = book.lines[UUID(each.of)]
    if not each.quantity:
        row.cut_minor -= each.amount_minor
        return
    out = units_out(line, row.quantity)
    row.cut_minor -= cut_used(line.total_minor, line.quantity, row.quantity, out, each.quantity, row.cut_minor)
    row.quantity += each.quantity
