"""Lines that are added to an order: at the catalog's price, or as they were bought."""

from __future__ import annotations

from purveyor.core.messages import Call
from purveyor.core.rows import Line, Product
from purveyor.core.state import Book, State
from purveyor.stages.review.facts import AddedLine, RepricedLine
from purveyor.stages.review.refusals import NoTaxRate
from purveyor.stages.review.worth import is_inclusive, priced


def tax_points(state: State, book: Book, product: Product) -> int:
    """The rate in basis points for a product where the order goes; refuses with `NoTaxRate`."""
    points = state.policies.tax.basis_points(book.order.country, product.tax_class)
    if points is None:
        raise NoTaxRate(country=book.order.country, tax_class=product.tax_class)
    return points


def new_line(state: State, book: Book, product: Product, quantity: int, unit_price_minor: int, call: Call) -> AddedLine:
    """A line of a product at a price, taxed as the policy says today."""
    points = tax_points(state, book, product)
    total, tax = priced(unit_price_minor * quantity, points, inclusive=state.policies.tax.inclusive)
    return AddedLine(
        call.ids.new(),
        product.sku,
        product.name,
        product.kind,
        quantity,
        unit_price_minor,
        points,
        tax,
        total,
        product.weight_g,
    )


def as_bought(state: State, line: Line, quantity: int, call: Call, *, free: bool) -> AddedLine:
    """A line like one of the order, free of charge or at its price before discounts."""
    unit = 0 if free else line.unit_price_minor
    inclusive = is_inclusive(line, usual=state.policies.tax.inclusive)
    total, tax = priced(unit * quantity, line.tax_basis_points, inclusive=inclusive)
    return AddedLine(
        call.ids.new(),
        line.sku,
        line.name,
        line.kind,
        quantity,
        unit,
        line.tax_basis_points,
        tax,
        total,
        line.weight_g,
    )


def repriced(state: State, line: Line, more: int) -> RepricedLine:
    """A line with so many more units: price of a unit, rate and discount stay as they were frozen."""
    amount = line.unit_price_minor * (line.quantity + more) - line.discount_minor
    inclusive = is_inclusive(line, usual=state.policies.tax.inclusive)
    total, tax = priced(amount, line.tax_basis_points, inclusive=inclusive)
    return RepricedLine(line.id, tax, total)
