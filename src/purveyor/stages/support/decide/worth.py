"""What the rules of claims ask about an order: which units can still be claimed, and what they are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from purveyor.core.money import ratio, spread
from purveyor.core.positions import Posting
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


def credited_share(total_minor: int, credited: int, more: int, of: int) -> int:
    """What `more` units give back after `credited` of a line of `of` units, counted from its back.

    Canceled units are counted from the front, so whichever comes first, all together make exactly the line.
    """
    assert 0 <= credited <= credited + more <= of, f"{credited} + {more} of {of} units"
    return ratio(total_minor, of - credited, of) - ratio(total_minor, of - credited - more, of)


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
        total = line.total_minor - (row.cut_minor if row else 0)
        tax = ratio(line.tax_minor, total, line.total_minor) if line.total_minor else 0
        costs.append(
            Remedied(
                line_id,
                line.sku,
                quantity,
                credited_share(total, credited, quantity, line.quantity),
                credited_share(tax, credited, quantity, line.quantity),
            )
        )
    return tuple(costs)


def part_of(costs: tuple[Remedied, ...], amount_minor: int) -> tuple[Remedied, ...]:
    """A smaller amount over the same units; refuses with `RefundExceedsCost` a larger one."""
    cost = sum(each.amount_minor for each in costs)
    if amount_minor > cost:
        raise RefundExceedsCost(wanted=amount_minor, cost=cost)
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


def shipping_back(book: Book, units: Counter[UUID]) -> tuple[int, int]:
    """The shipping charge and its tax, as far as not credited, if with these units all has been paid back."""
    order = book.order
    if any(creditable(book, line) > units[line.id] for line in book.lines.values()):
        return 0, 0
    left = max(0, order.shipping_minor - sum(row.shipping_minor for row in book.rows(ClaimCredit).values()))
    return left, ratio(order.shipping_tax_minor, left, order.shipping_minor) if left else 0


def refund_postings(units: Iterable[Remedied], shipping_minor: int, shipping_tax_minor: int) -> tuple[Posting, ...]:
    """Revenue, tax and shipping are taken back; the customer owes less."""
    goods = tax = 0
    for each in units:
        goods += each.amount_minor
        tax += each.tax_minor
    postings = (
        Posting("revenue", goods - tax),
        Posting("tax", tax + shipping_tax_minor),
        Posting("shipping", shipping_minor - shipping_tax_minor),
        Posting("receivable", -goods - shipping_minor),
    )
    return tuple(posting for posting in postings if posting.minor)
