"""The shipping charge of a placed order: it bears the rates of what is sent with it, until something of it has left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from purveyor.core.order_value import SHIPPING, WithTax, by_rate, less, other_value, taken_off
from purveyor.core.policies import Policies
from purveyor.core.positions import Adjustment
from purveyor.core.rows import PriceAdjustment, ShippingTax
from purveyor.core.state import Book
from purveyor.core.taxes import Taxed, share_shipping, shipping_parts, shipping_sums
from purveyor.stages.review.change_amounts import amounts_of, is_inclusive
from purveyor.stages.review.facts import AddedLine

LEFT: Final = ("shipped", "delivered", "returning", "returned", "lost")


def has_left(book: Book) -> bool:
    return any(getattr(line, position) for line in book.lines.values() if line.kind == "goods" for position in LEFT)


def kept_goods(book: Book, less: Mapping[UUID, int]) -> list[Taxed]:
    """What is still to be sent when so many units more are canceled."""
    return [
        Taxed(amounts_of(line, less.get(line.id, 0)).total_minor, line.tax_basis_points, line.tax_reason)
        for line in book.lines.values()
        if line.kind == "goods" and line.quantity > line.canceled + less.get(line.id, 0)
    ]


def added_goods(lines: Iterable[AddedLine]) -> list[Taxed]:
    return [Taxed(line.total_minor, line.tax_basis_points, line.tax_reason) for line in lines if line.kind == "goods"]


def shipping_after(
    policies: Policies, book: Book, sent: Sequence[Taxed], most_minor: int | None = None
) -> tuple[ShippingTax, ...]:
    """The charge as it was agreed, by the rates of what is sent now; without goods there is none.

    When something has left it is on a bill, and keeps its rates; so does one of which something was taken off, and one
    from before its parts were kept. Where tax comes on top, what is sent may bear a higher rate than before: with its
    tax the charge is `most_minor` at most.
    """
    order = book.order
    parts = shipping_parts(order)
    if not sent:
        return ()
    is_reduced = any(of == SHIPPING for _, of, _ in book.rows(PriceAdjustment))
    if not order.shipping_taxes or is_reduced or has_left(book):
        return parts
    price, tax = shipping_sums(parts)
    taxed = (line for line in book.lines.values() if line.tax_minor)
    usual = policies.tax.inclusive
    inclusive = next((is_inclusive(line, usual=usual) for line in taxed), usual)
    shared = share_shipping(price if inclusive else price - tax, sent, inclusive=inclusive)
    if most_minor is not None and shipping_sums(shared)[0] > most_minor:
        return share_shipping(most_minor, sent, inclusive=True)
    return shared


def credit_kept(book: Book, parts: tuple[ShippingTax, ...]) -> Iterator[Adjustment]:
    """What was taken off the charge before stays off another one, at its rates, and as far as it goes."""
    before = other_value(book, SHIPPING)
    if not before or parts == shipping_parts(book.order):
        return
    charge = by_rate(parts)
    off = min(-sum(each.minor for each in before.values()), sum(each.minor for each in charge.values()))
    now = {(each.of, each.basis_points): WithTax(each.amount_minor, each.tax_minor) for each in taken_off(charge, off)}
    for thing in dict.fromkeys((*before, *now)):
        change = before.get(thing, WithTax()) - now.get(thing, WithTax())
        if change:
            yield less(thing, change)
