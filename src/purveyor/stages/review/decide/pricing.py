"""Lines that are added to an order: at the catalog's price, or as they were bought."""

from __future__ import annotations

from purveyor.core.messages import Call
from purveyor.core.rows import Line, Product
from purveyor.core.state import Book, State
from purveyor.core.taxes import Tax, tax_for_order
from purveyor.stages.review.change_amounts import is_inclusive, priced
from purveyor.stages.review.facts import AddedLine, RepricedLine


def tax_for(state: State, book: Book, product: Product, call: Call) -> Tax:
    """The tax on a product where the order goes, of the day on which it was placed; refuses with `NoTaxRate`."""
    return tax_for_order(state.policies, book.order, product, call.at)


def new_line(state: State, book: Book, product: Product, quantity: int, unit_price_minor: int, call: Call) -> AddedLine:
    """A line of a product at a price, taxed as the order is."""
    tax = tax_for(state, book, product, call)
    total, tax_minor = priced(unit_price_minor * quantity, tax.basis_points, inclusive=state.policies.tax.inclusive)
    return AddedLine(
        call.ids.new(),
        product.sku,
        product.name,
        product.kind,
        quantity,
        unit_price_minor,
        tax.basis_points,
        tax_minor,
        total,
        product.weight_g,
        tax.reason,
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
        line.tax_reason,
        line.id,
    )


def repriced(state: State, line: Line, more: int) -> RepricedLine:
    """A line with so many more units: price of a unit, rate and discount stay as they were frozen."""
    amount = line.unit_price_minor * (line.quantity + more) - line.discount_minor
    inclusive = is_inclusive(line, usual=state.policies.tax.inclusive)
    total, tax = priced(amount, line.tax_basis_points, inclusive=inclusive)
    return RepricedLine(line.id, tax, total)
