"""What invoices and credit notes say, thing by thing and rate by rate, held against what the ledger says.

At every moment what the papers say of a thing (invoices less credit notes, the amount and the tax in it) is what the
ledger says that it is worth, but for what is still to be billed: units that have not left yet at their price, and
shipping and fee until the first bill has them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from uuid import UUID

from purveyor.core.money import ratio
from purveyor.core.order_value import (
    FEE,
    FREE,
    SHIPPING,
    PricedItem,
    WithTax,
    in_the_house,
    other_value,
    priced_item,
    shipping_value,
    units_from,
    worths,
)
from purveyor.core.rows import Line, PriceAdjustment
from purveyor.core.state import Book
from purveyor.stages.payment.amounts import billed_units, capturing, open_on_paper, owed_on_paper, value
from purveyor.stages.payment.commands import KeptBack
from purveyor.stages.payment.facts import CreditApplied, NotedPart
from purveyor.stages.payment.rows import CreditNote, Invoice

NOTHING: Final[Mapping[UUID, int]] = {}
NOTHING_KEPT: Final = (0, 0, 0)
AT_THE_DOOR: Final = frozenset({"goods", "service"})  # kinds that somebody brings, who may take money for them
OTHER: Final[PricedItem] = ("other", 0)  # of papers from before they said what they are about


def to_come(line: Line, counted: Mapping[UUID, int], leaving: Mapping[UUID, int]) -> int:
    """Units of a line that are neither billed nor canceled.

    Of a free line, those that are here or are `leaving` just now: what had left before is on no bill if it brought no
    charge with it.
    """
    left = max(0, line.quantity - line.canceled - counted.get(line.id, 0))
    return left if line.total_minor else min(left, in_the_house(line) + leaving.get(line.id, 0))


def documented(book: Book) -> dict[PricedItem, WithTax]:
    """What invoices ask for, less what credit notes took back."""
    said: defaultdict[PricedItem, WithTax] = defaultdict(WithTax)
    for invoice in book.rows(Invoice).values():
        for thing, amount in invoice_parts(book, invoice):
            said[thing] += amount
    for note in book.rows(CreditNote).values():
        for part in note.parts:
            said[part.of, part.basis_points] -= WithTax(part.amount_minor, part.tax_minor)
        if not note.parts:
            said[OTHER] -= WithTax(note.amount_minor, note.tax_minor)
    return said


def invoice_parts(book: Book, invoice: Invoice) -> Iterator[tuple[PricedItem, WithTax]]:
    """What an invoice asks for; its parts add up to it, also where it is from before it said all of them."""
    rest = WithTax(invoice.total_minor, invoice.tax_minor)
    for each in invoice.lines:
        line = book.line(each.line_id)
        whole = WithTax(line.total_minor, line.tax_minor)
        tax = whole.part(each.amount_minor).tax_minor if each.tax_minor is None else each.tax_minor
        points = line.tax_basis_points if each.basis_points is None else each.basis_points
        amount = WithTax(each.amount_minor, tax)
        rest -= amount
        yield (str(line.id), points), amount
    for charge in invoice.charges:
        amount = WithTax(charge.amount_minor, charge.tax_minor)
        rest -= amount
        yield (charge.of, charge.basis_points), amount
    if not invoice.charges and invoice.shipping_minor:
        for thing, worth in shipping_value(book).items():
            rest -= worth
            yield thing, worth
    if rest:
        yield OTHER, rest


def pending(book: Book, leaving: Mapping[UUID, int] = NOTHING) -> dict[PricedItem, WithTax]:
    """What is still to be billed: units that have not left yet, and charges that go with them, also with free ones."""
    counted = billed_units(book)
    waiting = [(line, to_come(line, counted, leaving)) for line in book.lines.values()]
    due = {priced_item(line): amount for line, units in waiting if (amount := units_from(line, line.canceled, units))}
    charged = {charge.of for invoice in book.rows(Invoice).values() for charge in invoice.charges}
    shipping_is_billed = SHIPPING in charged or any(each.shipping_minor for each in book.rows(Invoice).values())
    if not shipping_is_billed and any(units and line.kind == "goods" for line, units in waiting):
        due |= shipping_value(book)
    if FEE not in charged and any(units and line.kind in AT_THE_DOOR for line, units in waiting):
        due |= other_value(book, FEE)
    return due


class BillingDocuments(NamedTuple):
    """The papers of an order beside the ledger."""

    due: dict[PricedItem, WithTax]  # what is still to be billed
    said: dict[PricedItem, WithTax]
    should: dict[PricedItem, WithTax]
    deviations: dict[PricedItem, WithTax]  # by how much they ask for more (or, below zero, less) than they should


def documents_of(book: Book) -> BillingDocuments:
    """What the papers of an order say, and what they should say now. Before the first invoice they say nothing."""
    due = pending(book)
    if not book.rows(Invoice):
        return BillingDocuments(due, {}, {}, {})
    said, should = documented(book), billable(book, due)
    things = dict.fromkeys((*said, *should))
    return BillingDocuments(
        due, said, should, {thing: said.get(thing, FREE) - should.get(thing, FREE) for thing in things}
    )


def billable(book: Book, due: Mapping[PricedItem, WithTax]) -> dict[PricedItem, WithTax]:
    """What the papers should say now, where so much is still to be billed."""
    worth = worths(book)
    should = {thing: amount - due.get(thing, FREE) for thing, amount in worth.items()}
    unexplained = value(book) - sum(each.minor for each in worth.values())
    if unexplained:
        should[OTHER] = WithTax(unexplained)
    return should


def to_take_back(book: Book, papers: BillingDocuments, kept_back: Iterable[KeptBack] = ()) -> tuple[NotedPart, ...]:
    """What a credit note must say: the things of which the papers ask for too much.

    With what a return kept back of them, so that the note can say what they had cost, and what was taken off.
    """
    kept = {str(each.line_id): (each.fee_minor, each.deducted_minor, each.label_minor) for each in kept_back}
    order = book.order
    noted = _noted_units(book)
    parts: list[NotedPart] = []
    for thing, excess in papers.deviations.items():
        if excess.minor <= 0:
            continue
        tax = excess.tax_minor
        if thing == OTHER:
            tax = ratio(excess.minor, order.tax_minor, order.total_minor) if order.total_minor else 0
        row = book.rows(PriceAdjustment).get((order.id, *thing))
        units = max(0, row.quantity - noted[thing]) if row else 0  # paid back, and on no credit note yet
        less = kept.pop(thing[0], NOTHING_KEPT) if units else NOTHING_KEPT
        parts.append(NotedPart(thing[0], thing[1], units, excess.minor, tax, *less))
    return tuple(parts)


def _noted_units(book: Book) -> Counter[PricedItem]:
    counted: Counter[PricedItem] = Counter()
    for note in book.rows(CreditNote).values():
        for part in note.parts:
            counted[part.of, part.basis_points] += part.quantity
    return counted


def credits_to_apply(book: Book) -> tuple[CreditApplied, ...]:
    """What invoices ask for though credit notes took it back: the money that was on its way to pay them never came.

    A credit note settles nothing of what is being taken just then: that money will be here, and go back. What paid an
    invoice when it was written does not settle another.
    """
    left = min(_unused(book), open_on_paper(book) - owed_on_paper(book))
    applied: list[CreditApplied] = []
    for invoice in reversed(book.rows(Invoice).values()) if left > 0 else ():
        part = min(left, invoice.open_minor - capturing(book, invoice_id=invoice.id))
        if part > 0:
            left -= part
            applied.append(CreditApplied(invoice.id, part))
    return tuple(applied)


def _unused(book: Book) -> int:
    """What credit notes took back and no invoice was settled with."""
    notes = sum(note.amount_minor for note in book.rows(CreditNote).values())
    return notes - sum(each.credited_minor for each in book.rows(Invoice).values())


def left_to_bill(papers: BillingDocuments) -> dict[PricedItem, WithTax]:
    """What no bill to come will ask for, and none has: things of which nothing is pending and too little was billed."""
    return {
        thing: WithTax(-excess.minor, -excess.tax_minor)
        for thing, excess in papers.deviations.items()
        if excess.minor < 0 and thing not in papers.due
    }


def is_told_in_parts(book: Book) -> bool:
    """Whether all papers of the order say what they are about, as those from before did not."""
    lines = all(each.tax_minor is not None for invoice in book.rows(Invoice).values() for each in invoice.lines)
    return lines and all(note.parts for note in book.rows(CreditNote).values())


def disagreements(book: Book) -> Iterator[tuple[PricedItem, WithTax, WithTax]]:
    """Things of which the papers say something else than the ledger, with both: there are none.

    A line that grew after a part of it was billed may be behind until its last unit is.
    """
    if not book.rows(Invoice) or not is_told_in_parts(book):
        return
    papers = documents_of(book)
    for thing, excess in papers.deviations.items():
        if excess and not (thing in papers.due and excess.minor <= 0):
            yield thing, papers.should.get(thing, FREE), papers.said.get(thing, FREE)
