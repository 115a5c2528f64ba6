"""What the rules of claims ask about an order: which units can still be claimed, and what they are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from purveyor.core.credits import credited_share, cut_used, still_given_back, units_out
from purveyor.core.money import ratio, spread
from purveyor.core.order_value import WithTax, less, priced_item, shipping_value, taken_off, worth_outside
from purveyor.core.positions import Adjustment, Posting
from purveyor.core.rows import Line
from purveyor.core.state import Book
from purveyor.stages.support.facts import Remedied
from purveyor.stages.support.refusals import AlreadyPaidBack, RefundExceedsCost
from purveyor.stages.support.state import Case, ClaimCredit, ClaimRemedy

# Where units are that can be claimed so. A customer may know of a delivery before the carrier tells us.
CLAIMED_IN: Final = {
    "damaged": ("delivered", "shipped"),
    "missing": ("delivered", "shipped"),
    "wrong": ("delivered", "shipped"),
    "lost": ("shipped", "lost"),
}
LEFT_US: Final = ("delivered", "shipped", "lost")


def claimable(book: Book, line: Line, kind: str) -> int:
    """Units of a line that can be claimed in this way and were not claimed, or paid back elsewhere, before."""
    alike = [other for other in CLAIMED_IN if CLAIMED_IN[other] == CLAIMED_IN[kind]]
    row = book.rows(ClaimCredit).get(line.id)
    kept = row.kept if row else 0
    there: int = sum(getattr(line, position) for position in CLAIMED_IN[kind])
    all_there: int = sum(getattr(line, position) for position in LEFT_US)
    here = there - _claimed(book, line.id, alike) - (kept if kind != "lost" else 0)
    return max(0, min(here, all_there - _claimed(book, line.id, CLAIMED_IN) - kept))


def _claimed(book: Book, line_id: UUID, kinds: Iterable[str]) -> int:
    """Units of a line whose claims of these kinds wait, or were put right."""
    wanted = set(kinds)
    waiting = sum(
        each.quantity
        for case in book.rows(Case).values()
        if case.claim in wanted
        for each in case.contents
        if each.line_id == line_id
    )
    return waiting + sum(
        row.quantity for row in book.rows(ClaimRemedy).values() if row.line_id == line_id and row.claim in wanted
    )


def creditable(book: Book, line: Line) -> int:
    """Units of a line that were neither canceled nor paid back."""
    row = book.rows(ClaimCredit).get(line.id)
    return line.quantity - line.canceled - (row.quantity if row else 0)


def cost_of(book: Book, units: Counter[UUID]) -> tuple[Remedied, ...]:
    """What units cost, less what was taken off the price since; refuses with `AlreadyPaidBack`."""
    costs: list[Remedied] = []
    for line_id, quantity in units.items():
        line = book.line(line_id)
        left = creditable(book, line)
        if quantity > left:
            raise AlreadyPaidBack(line_id=line_id, wanted=quantity, left=max(0, left))
        row = book.rows(ClaimCredit).get(line_id)
        credited = row.quantity if row else 0
        cost = credited_share(line.total_minor, credited, quantity, line.quantity)
        tax = credited_share(line.tax_minor, credited, quantity, line.quantity)
        cut, out = row.cut_minor if row else 0, units_out(line, credited)
        amount = cost - cut_used(line.total_minor, line.quantity, credited, out, quantity, cut)
        worth = worth_outside(book, line)
        tax = ratio(tax, amount, cost) if cost else 0
        tax = worth.tax_minor if amount == worth.minor else min(tax, worth.tax_minor)
        costs.append(Remedied(line_id, line.sku, quantity, amount, tax))
    return tuple(costs)


def part_of(costs: tuple[Remedied, ...], amount_minor: int, currency: str) -> tuple[Remedied, ...]:
    """A smaller amount over the same units; refuses with `RefundExceedsCost` a larger one."""
    cost = sum(each.amount_minor for each in costs)
    if amount_minor > cost:
        raise RefundExceedsCost(wanted=amount_minor, cost=cost, currency=currency)
    amounts = spread(amount_minor, [each.amount_minor for each in costs])
    return tuple(
        Remedied(
            each.line_id,
            each.sku,
            each.quantity,
            amount,
            ratio(each.tax_minor, amount, each.amount_minor) if each.amount_minor else 0,
        )
        for each, amount in zip(costs, amounts, strict=True)
    )


def shipping_back(book: Book, units: Counter[UUID]) -> tuple[Adjustment, ...]:
    """The shipping charge, rate by rate, as far as not credited, if with these units all has been paid back."""
    order = book.order
    if any(creditable(book, line) > units[line.id] for line in book.lines.values()):
        return ()
    worth = shipping_value(book)
    gone = sum(row.shipping_minor for row in book.rows(ClaimCredit).values())
    left = min(order.shipping_minor - gone, sum(each.minor for each in worth.values()))
    return taken_off(worth, left) if left > 0 else ()


def refund_adjustments(book: Book, units: Iterable[Remedied]) -> tuple[Adjustment, ...]:
    """What the units make their lines cheaper by, each at its own rate of tax."""
    return tuple(
        less(priced_item(book.line(each.line_id)), WithTax(each.amount_minor, each.tax_minor), each.quantity)
        for each in units
    )


def goodwill_left(book: Book) -> int:
    """What of the units that have left, and of their shipping, was not given back by a credit or as goodwill."""
    credits_ = book.rows(ClaimCredit)
    worth = sum(still_given_back(book.lines.values(), credits_))
    if any(line.kind == "goods" and units_out(line, 0) for line in book.lines.values()):
        worth += max(0, book.order.shipping_minor - sum(row.shipping_minor for row in credits_.values()))
    return max(0, worth - sum(case.goodwill_minor for case in book.rows(Case).values()))


def refund_postings(goods: WithTax, shipping: WithTax) -> tuple[Posting, ...]:
    """Revenue, tax and shipping become less by what is paid back, and so does what the customer owes."""
    postings = (
        Posting("revenue", goods.minor - goods.tax_minor),
        Posting("tax", goods.tax_minor + shipping.tax_minor),
        Posting("shipping", shipping.minor - shipping.tax_minor),
        Posting("receivable", -goods.minor - shipping.minor),
    )
    return tuple(posting for posting in postings if posting.minor)
