"""The shipping charge after a change: what the same order would have said, had it been placed so at once."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.rows import Line, Product, Stock
from purveyor.core.state import Book, State
from purveyor.core.taxes import shipping_parts
from purveyor.engine.ledger import apply_moves
from purveyor.stages.review.commands import (
    AddLine,
    CancelUnits,
    Change,
    ChooseWhenMissing,
    EditOrder,
    RemoveLine,
    ReviewOrder,
    SetQuantity,
)
from tests.pure import SHOP, a_shop, do, order_id, placed

RATES = {"FULL": "standard", "CHEAP": "standard", "NOVEL": "reduced", "GIFT": "reduced"}
PRICES = {"FULL": 10_000, "CHEAP": 300, "NOVEL": 10_000, "GIFT": 0}


def shop_of_two_rates(*, inclusive: bool = True) -> State:
    shop = a_shop(msgspec.structs.replace(SHOP, tax=msgspec.structs.replace(SHOP.tax, inclusive=inclusive)))
    for sku, tax_class in RATES.items():
        shop.shared[Product][sku] = Product(sku, sku, "goods", PRICES[sku], "EUR", tax_class=tax_class, weight_g=300)
        shop.stock[sku] = {"main": Stock(sku, "main", 50)}
    return shop


def reviewed(shop: State, *lines: tuple[str, int], **changes: Any) -> Book:
    book = placed(shop, *lines, shipping_option="express", **changes)
    do(shop, ReviewOrder(order_id=order_id(book)))
    return book


def line_of(book: Book, sku: str) -> Line:
    return next(line for line in book.lines.values() if line.sku == sku)


def cancel(shop: State, book: Book, sku: str, quantity: int) -> None:
    units = (UnitsOf(line_of(book, sku).id, quantity),)
    do(shop, CancelUnits(order_id=order_id(book), units=units, reason="changed mind"))


def edit(shop: State, book: Book, *changes: Change) -> None:
    do(shop, EditOrder(order_id=order_id(book), changes=changes))


def lower(shop: State, book: Book, sku: str, quantity: int) -> None:
    line = line_of(book, sku)
    left = line.quantity - line.canceled - quantity
    edit(shop, book, SetQuantity(line_id=line.id, quantity=left) if left else RemoveLine(line_id=line.id))


def leaves(shop: State, book: Book, line: Line) -> None:
    """One line leaves the house."""
    steps = (("allocated", "picked"), ("picked", "packed"), ("packed", "shipped"))
    moves = tuple(
        UnitMove(line.id, line.sku, source, target, line.quantity, "main")  # type: ignore[arg-type]
        for source, target in steps
    )
    apply_moves(shop, Fact(order_id=book.order.id, moves=moves))


def says_what_it_would_have_said(book: Book, *lines: tuple[str, int], inclusive: bool = True) -> None:
    at_once = placed(shop_of_two_rates(inclusive=inclusive), *lines, shipping_option="express")
    order = book.order
    assert shipping_parts(order) == shipping_parts(at_once.order)
    for name in ("goods_minor", "shipping_minor", "shipping_tax_minor", "tax_minor", "total_minor"):
        assert getattr(order, name) == getattr(at_once.order, name), name
    assert order.total_minor == order.receivable_minor


def test_what_an_edit_adds_bears_its_part_of_the_shipping() -> None:
    shop = shop_of_two_rates()
    book = reviewed(shop, ("NOVEL", 1))
    assert book.order.shipping_tax_minor == 84

    edit(shop, book, AddLine(sku="FULL", quantity=3))

    assert (book.order.shipping_minor, book.order.shipping_tax_minor) == (1_290, 176)
    says_what_it_would_have_said(book, ("NOVEL", 1), ("FULL", 3))


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("less", [cancel, lower])
@pytest.mark.parametrize(
    ("before", "sku", "quantity", "after"),
    [
        ((("FULL", 1), ("NOVEL", 1)), "FULL", 1, (("NOVEL", 1),)),
        ((("FULL", 1), ("NOVEL", 1)), "NOVEL", 1, (("FULL", 1),)),
        ((("FULL", 4), ("NOVEL", 1)), "FULL", 3, (("FULL", 1), ("NOVEL", 1))),
        ((("FULL", 1), ("GIFT", 1)), "FULL", 1, (("GIFT", 1),)),
        ((("FULL", 1), ("GIFT", 1)), "GIFT", 1, (("FULL", 1),)),
        ((("NOVEL", 1), ("CHEAP", 2)), "CHEAP", 1, (("NOVEL", 1), ("CHEAP", 1))),
    ],
)
def test_what_is_taken_away_takes_its_rate_with_it(
    less: Any, before: Any, sku: str, quantity: int, after: Any, *, inclusive: bool
) -> None:
    shop = shop_of_two_rates(inclusive=inclusive)
    book = reviewed(shop, *before)

    less(shop, book, sku, quantity)

    says_what_it_would_have_said(book, *after, inclusive=inclusive)


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_line_that_grows_bears_more_of_the_shipping(*, inclusive: bool) -> None:
    shop = shop_of_two_rates(inclusive=inclusive)
    book = reviewed(shop, ("FULL", 1), ("NOVEL", 1))

    edit(shop, book, SetQuantity(line_id=line_of(book, "NOVEL").id, quantity=5))

    says_what_it_would_have_said(book, ("FULL", 1), ("NOVEL", 5), inclusive=inclusive)


def test_what_comes_in_place_of_something_missing_bears_the_shipping_instead() -> None:
    shop = shop_of_two_rates()
    shop.stock["FULL"]["main"].on_hand = 0
    shop.stock["FULL"]["backorder"] = Stock("FULL", "backorder", 5)
    book = reviewed(shop, ("FULL", 1))
    assert line_of(book, "FULL").backordered == 1

    choice = ChooseWhenMissing(
        order_id=order_id(book), choice="substitute", line_id=line_of(book, "FULL").id, substitute_sku="NOVEL"
    )
    do(shop, choice)

    says_what_it_would_have_said(book, ("NOVEL", 1))


@pytest.mark.parametrize("beside", [("BOOK", 1), ("FIT", 1)])
@pytest.mark.parametrize("less", [cancel, lower])
def test_with_the_last_goods_the_shipping_goes_whatever_else_is_left(less: Any, beside: tuple[str, int]) -> None:
    shop = shop_of_two_rates()
    book = reviewed(shop, beside, ("NOVEL", 2), ("GIFT", 1))

    less(shop, book, "NOVEL", 2)
    assert book.order.shipping_minor == 1_290
    less(shop, book, "GIFT", 1)

    assert (book.order.shipping_minor, book.order.shipping_tax_minor, shipping_parts(book.order)) == (0, 0, ())
    assert book.order.total_minor == book.order.receivable_minor == line_of(book, beside[0]).total_minor


def test_what_has_left_has_brought_its_shipping_with_it() -> None:
    shop = shop_of_two_rates()
    book = reviewed(shop, ("FULL", 1), ("NOVEL", 1))
    before = shipping_parts(book.order)
    line = line_of(book, "FULL")
    leaves(shop, book, line)

    cancel(shop, book, "NOVEL", 1)

    assert shipping_parts(book.order) == before


# where tax comes on top, less may bear a higher rate


@pytest.mark.parametrize("less", [cancel, lower])
@pytest.mark.parametrize(("gone", "left"), [("GIFT", "FREE"), ("GIFT", "CENT")])
def test_what_is_given_back_never_makes_the_rest_dearer(less: Any, gone: str, left: str) -> None:
    shop = shop_of_two_rates(inclusive=False)
    for sku, price in (("FREE", 0), ("CENT", 1)):
        shop.shared[Product][sku] = Product(sku, sku, "goods", price, "EUR", tax_class="standard", weight_g=1)
        shop.stock[sku] = {"main": Stock(sku, "main", 50)}
    shop.shared[Product]["GIFT"] = Product("GIFT", "GIFT", "goods", 1, "EUR", tax_class="reduced", weight_g=1)
    book = reviewed(shop, (gone, 1), (left, 1))
    before = book.order.total_minor

    less(shop, book, gone, 1)

    order = book.order
    assert order.total_minor <= before
    assert order.receivable_minor == order.total_minor
    [part] = shipping_parts(order)
    assert (part.basis_points, part.tax_minor) == (1_900, round(part.amount_minor * 19 / 119))


@pytest.mark.parametrize("seed", range(40))
def test_no_order_becomes_dearer_by_what_is_taken_away(seed: int) -> None:
    chance = Random(seed)
    shop = shop_of_two_rates(inclusive=chance.random() < 0.2)
    skus = []
    for number in range(chance.randint(2, 5)):
        sku, tax_class = f"S{number}", chance.choice(("standard", "reduced"))
        price = chance.choice((0, 1, 2, 5, 9, 33, 100, 999))
        shop.shared[Product][sku] = Product(sku, sku, "goods", price, "EUR", tax_class=tax_class, weight_g=1)
        shop.stock[sku] = {"main": Stock(sku, "main", 50)}
        skus.append(sku)
    book = reviewed(shop, *((sku, chance.randint(1, 4)) for sku in skus))
    while left := [line for line in book.lines.values() if line.quantity > line.canceled]:
        line = chance.choice(left)
        before = book.order.total_minor

        chance.choice((cancel, lower))(shop, book, line.sku, chance.randint(1, line.quantity - line.canceled))

        assert book.order.total_minor <= before
        assert book.order.receivable_minor == book.order.total_minor
    assert book.order.total_minor == 0
