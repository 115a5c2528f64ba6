"""The rules of canceling and adding. Each says the difference in units and in money, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from purveyor.core.approval_limits import own_price
from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.review.change_amounts import ChangeAmounts, postings_for, total_of, totals_after
from purveyor.stages.review.commands import (
    AddUnits,
    CancelUnits,
)
from purveyor.stages.review.decide.approval_limits import Given, given_by_somebody
from purveyor.stages.review.decide.canceled_units import cancelable, check_quantity, units_canceled
from purveyor.stages.review.decide.hold_facts import released
from purveyor.stages.review.decide.pricing import as_bought, new_line, tax_for
from purveyor.stages.review.facts import AddedLine, UnitsAdded
from purveyor.stages.review.refusals import (
    OrderIsOver,
)
from purveyor.stages.review.state import open_holds


@decides(CancelUnits)
def decide_cancel(state: State, command: CancelUnits, _call: Call) -> Decision:
    """Cancel units that have not left the house; with the last unit the shipping charge goes as well.

    Refuses with `NotCancelable` (how many can be), `OrderIsOver` (all, and there is nothing), `NotFound` (line) and
    `Invalid` (quantity).
    """
    book = state.book(command.order_id)
    wanted: defaultdict[UUID, int] = defaultdict(int)
    if command.units == "all":
        for line in book.lines.values():
            wanted[line.id] = cancelable(line)
        if not any(wanted.values()):
            raise OrderIsOver(number=book.order.number)
    else:
        for number, units in enumerate(command.units, 1):
            check_quantity(units.quantity, f"units[{number}].quantity")
            wanted[book.line(units.line_id).id] += units.quantity
        if not wanted:
            raise Invalid(field="units", found="none", expected='units of lines, or "all"')
    canceled = units_canceled(state.policies, book, wanted, command.reason)
    if all(line.quantity == line.canceled + wanted[line.id] for line in book.lines.values()):
        yield from released(book, open_holds(book), command.reason, ends=True)
    yield canceled


@decides(AddUnits)
def decide_add(state: State, command: AddUnits, call: Call) -> Decision:
    """Add lines to be sent.

    Refuses with `NotFound`, and with `Invalid` also where nothing is named or a price has another currency.
    It is not asked whether they are in stock: what is not there waits, or the order is held.
    """
    book = state.book(command.order_id)
    added = [_again(state, book, units, call, free=command.free) for units in command.units]
    for number, item in enumerate(command.items, 1):
        check_quantity(item.quantity, f"items[{number}].quantity")
        product = state.product(item.sku)
        if not command.free and product.currency != book.currency:
            raise Invalid(
                field=f"items[{number}].sku",
                found=f"a price in {product.currency}",
                expected=f"a product with a price in {book.currency}",
            )
        tax_for(state, book, product, call)
        added.append(new_line(state, book, product, item.quantity, 0 if command.free else product.price_minor, call))
    if not added:
        raise Invalid(field="units", found="none", expected="at least one unit or item")
    order = book.order
    change = total_of(ChangeAmounts(line.total_minor, line.tax_minor) for line in added)
    totals = totals_after(order, change)
    fact = UnitsAdded(
        order_id=order.id,
        added=tuple(added),
        free=command.free,
        totals=totals,
        moves=_placed(added),
        postings=postings_for(order, totals),
        why=command.reason,
    )
    given = _given(state, book, command) if command.free else Given(0, 0)
    yield from given_by_somebody(state, book, fact, given, call, is_free=True)


def _given(state: State, book: Book, command: AddUnits) -> Given:
    """What units that are sent for nothing would have cost."""
    worth = sum(book.line(each.line_id).unit_price_minor * each.quantity for each in command.units)
    is_unlisted = False
    for item in command.items:
        price = own_price(state.policies, state.product(item.sku), 0, book.currency)
        worth += price.below_minor * item.quantity
        is_unlisted = is_unlisted or price.is_unlisted
    return Given(worth, worth, is_unlisted)


def _again(state: State, book: Book, units: UnitsOf, call: Call, *, free: bool) -> AddedLine:
    check_quantity(units.quantity, "units.quantity")
    return as_bought(state, book.line(units.line_id), units.quantity, call, free=free)


def _placed(lines: Iterable[AddedLine]) -> tuple[UnitMove, ...]:
    return tuple(UnitMove(line.id, line.sku, None, "placed", line.quantity) for line in lines)
