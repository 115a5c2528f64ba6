"""Canceling, editing, adding: the difference in units and in money, to the cent."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from purveyor.core.policies import SellerPolicy, TaxPolicy
from purveyor.core.positions import BACKORDER, UnitsOf
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Contact, Line, Product, Stock
from purveyor.core.state import Book, State
from purveyor.core.taxes import shipping_parts
from purveyor.engine.answers import Refused
from purveyor.stages.review.commands import (
    AddedItem,
    AddLine,
    AddUnits,
    CancelUnits,
    Change,
    ChangeAddress,
    ChangeShipping,
    EditOrder,
    HoldOrder,
    NewAddress,
    RemoveLine,
    ReviewOrder,
    SetQuantity,
)
from purveyor.stages.review.facts import OrderApproved, OrderEdited, UnitsAdded, UnitsCanceled
from purveyor.stages.review.refusals import (
    AlreadyPacked,
    CountryCannotChange,
    NotCancelable,
    OrderHasLeft,
    OrderIsOver,
    OutOfStock,
    TaxAreaCannotChange,
    UnknownSku,
)
from purveyor.stages.review.state import open_holds
from tests.pure import ADDRESS, SHOP, a_shop, do, eur, later, order_id, placed, walk

HOME = NewAddress(**msgspec.structs.asdict(ADDRESS))


def reviewed(shop: State, *lines: tuple[str, int], **changes: object) -> Book:
    book = placed(shop, *lines, **changes)
    do(shop, ReviewOrder(order_id=order_id(book)))
    return book


def line_of(book: Book, sku: str) -> Line:
    return next(line for line in book.lines.values() if line.sku == sku)


def cancel(shop: State, book: Book, sku: str, quantity: int) -> UnitsCanceled:
    units = (UnitsOf(line_of(book, sku).id, quantity),)
    facts = do(shop, CancelUnits(order_id=order_id(book), units=units, reason="changed mind"))
    assert isinstance(facts[-1], UnitsCanceled)
    return facts[-1]


def edit(shop: State, book: Book, *changes: Change) -> OrderEdited:
    facts = do(shop, EditOrder(order_id=order_id(book), changes=changes))
    return next(fact for fact in facts if isinstance(fact, OrderEdited))


def sums_are_right(book: Book) -> None:
    order = book.order
    worth = sum(line.total_minor for line in book.lines.values() if not line.canceled)
    if not any(line.canceled for line in book.lines.values()):
        assert order.goods_minor == worth
    assert order.total_minor == order.goods_minor + order.shipping_minor == order.receivable_minor


# canceling


def test_a_canceled_unit_is_not_owed_and_its_stock_is_free() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 3))

    fact = cancel(shop, book, "MUG", 1)

    assert {(posting.account, posting.minor) for posting in fact.postings} == {
        ("receivable", -1_190),
        ("revenue", 1_000),
        ("tax", 190),
    }
    assert (book.units("canceled"), book.units("allocated")) == (1, 2)
    assert shop.stock["MUG"]["main"].allocated == 2
    assert book.order.total_minor == 2 * 1_190 + 490
    sums_are_right(book)


def test_with_the_last_unit_the_shipping_charge_goes_as_well() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 2), ("TEE", 1))

    cancel(shop, book, "MUG", 2)
    assert book.order.shipping_minor == 490
    cancel(shop, book, "TEE", 1)
    assert (book.order.shipping_minor, book.order.total_minor, book.order.receivable_minor) == (0, 0, 0)
    assert book.order.tax_minor == 0


def test_one_unit_too_many_is_refused_with_how_many_there_are() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 2))

    with pytest.raises(NotCancelable) as refusal:
        cancel(shop, book, "MUG", 3)
    assert (refusal.value.wanted, refusal.value.cancelable) == (3, 2)
    assert book.order.total_minor == 2_870
    cancel(shop, book, "MUG", 2)


def test_units_are_canceled_up_to_the_parcel_and_not_after_it_has_left() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))
    walk(book, shop, "picked", "packed")
    cancel(shop, book, "MUG", 1)
    assert shop.stock["MUG"]["main"].allocated == 0
    assert shop.stock["MUG"]["main"].on_hand == 100

    gone = reviewed(shop, ("MUG", 1))
    walk(gone, shop, "picked", "packed", "shipped")
    with pytest.raises(NotCancelable):
        cancel(shop, gone, "MUG", 1)
    with pytest.raises(OrderIsOver):
        do(shop, CancelUnits(order_id=order_id(gone), units="all", reason="x"))


def test_what_waits_is_canceled_before_what_is_on_the_shelf() -> None:
    shop = a_shop(MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    book = reviewed(shop, ("MUG", 3))

    cancel(shop, book, "MUG", 2)

    assert (book.units("allocated"), book.units("backordered")) == (1, 0)
    assert shop.stock["MUG"][BACKORDER].allocated == 0


def test_to_cancel_nothing_or_another_orders_line_is_refused() -> None:
    shop = a_shop()
    book, other = reviewed(shop, ("MUG", 1)), reviewed(shop, ("TEE", 1))
    with pytest.raises(Invalid):
        do(shop, CancelUnits(order_id=order_id(book), units=(), reason="x"))
    with pytest.raises(Invalid, match="quantity"):
        cancel(shop, book, "MUG", 0)
    units = (UnitsOf(line_of(other, "TEE").id, 1),)
    with pytest.raises(NotFound):
        do(shop, CancelUnits(order_id=order_id(book), units=units, reason="x"))
    assert book.units("canceled") == other.units("canceled") == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9_999), st.integers(0, 500), st.data())
def test_however_a_line_is_canceled_bit_by_bit_the_parts_add_up(
    quantity: int, price: int, off: int, data: st.DataObject
) -> None:
    shop = a_shop()
    book = placed(shop, ("BOOK", 1), ("MUG", quantity), discount=eur(min(off, price)))
    do(shop, ReviewOrder(order_id=order_id(book)))
    goods, tax = book.order.goods_minor, book.order.tax_minor - book.order.shipping_tax_minor
    mug, ebook = line_of(book, "MUG"), line_of(book, "BOOK")
    left = quantity
    while left:
        step = data.draw(st.integers(1, left))
        cancel(shop, book, "MUG", step)
        left -= step
    assert book.order.goods_minor == goods - mug.total_minor == ebook.total_minor
    assert book.order.tax_minor == tax - mug.tax_minor
    assert book.order.shipping_minor == 0, "nothing is sent any more"
    assert book.order.receivable_minor == book.order.total_minor
    cancel(shop, book, "BOOK", 1)
    assert (book.order.goods_minor, book.order.tax_minor, book.order.discount_minor) == (0, 0, 0)
    assert (book.order.receivable_minor, book.order.total_minor) == (0, 0)


# editing


def test_a_line_grows_at_its_frozen_price() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))
    shop.product("MUG").price_minor = 9_999

    fact = edit(shop, book, SetQuantity(line_id=line_of(book, "MUG").id, quantity=3))

    line = line_of(book, "MUG")
    assert (line.quantity, line.placed, line.total_minor, line.tax_minor) == (3, 2, 3_570, 570)
    assert fact.totals.total_minor == 3_570 + 490
    sums_are_right(book)


def test_a_discount_stays_what_it_was_when_a_line_grows() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1), discount=eur(190))

    edit(shop, book, SetQuantity(line_id=line_of(book, "MUG").id, quantity=2))

    assert line_of(book, "MUG").total_minor == 2 * 1_190 - 190
    assert book.order.discount_minor == 190
    sums_are_right(book)


def test_prices_without_tax_stay_without_tax() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, tax=TaxPolicy(inclusive=False)))
    book = reviewed(shop, ("MUG", 1))
    assert line_of(book, "MUG").total_minor == 1_416
    shop.policies = SHOP

    edit(shop, book, SetQuantity(line_id=line_of(book, "MUG").id, quantity=2))

    assert (line_of(book, "MUG").total_minor, line_of(book, "MUG").tax_minor) == (2_832, 452)
    sums_are_right(book)


def test_several_changes_are_one_difference() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 2), ("TEE", 1))

    fact = edit(
        shop,
        book,
        SetQuantity(line_id=line_of(book, "MUG").id, quantity=1),
        RemoveLine(line_id=line_of(book, "TEE").id),
        AddLine(sku="BOOK", quantity=2, unit_price=eur(500)),
    )

    assert book.order.goods_minor == 1_190 + 1_000
    assert sum(posting.minor for posting in fact.postings if posting.account == "receivable") == -1_190 - 2_500 + 1_000
    assert (line_of(book, "BOOK").line_no, line_of(book, "BOOK").placed) == (3, 2)
    sums_are_right(book)


def test_canceled_units_keep_their_value_when_the_line_grows_again() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 3), discount=eur(100))
    cancel(shop, book, "MUG", 2)

    edit(shop, book, SetQuantity(line_id=line_of(book, "MUG").id, quantity=4))

    assert line_of(book, "MUG").quantity == 6
    sums_are_right(book)
    do(shop, CancelUnits(order_id=order_id(book), units="all", reason="x"))
    assert (book.order.receivable_minor, book.order.total_minor, book.order.tax_minor) == (0, 0, 0)


def test_what_is_added_must_be_there_or_may_wait() -> None:
    shop = a_shop(MUG=3)
    book = reviewed(shop, ("MUG", 1))
    line = line_of(book, "MUG")

    with pytest.raises(OutOfStock) as refusal:
        edit(shop, book, SetQuantity(line_id=line.id, quantity=4))
    assert (refusal.value.wanted, refusal.value.available) == (3, 2)
    assert Refused.of(refusal.value).instead == ("order fewer",)
    assert line.quantity == 1
    edit(shop, book, SetQuantity(line_id=line.id, quantity=3))
    with pytest.raises(UnknownSku):
        edit(shop, book, AddLine(sku="CUP", quantity=1))


def test_an_edit_that_is_refused_changes_nothing_at_all() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 2))

    with pytest.raises(UnknownSku):
        edit(shop, book, RemoveLine(line_id=line_of(book, "MUG").id), AddLine(sku="CUP", quantity=1))
    assert (book.units("allocated"), book.order.total_minor) == (2, 2_870)


def test_a_new_address_is_a_new_version_and_ends_the_hold_for_it() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, HoldOrder(order_id=order_id(book), type="address"))
    do(shop, ReviewOrder(order_id=order_id(book)))
    before = book.order.contact_id

    change = ChangeAddress(contact=msgspec.structs.replace(HOME, street="Neue Str. 5"))
    facts = do(shop, EditOrder(order_id=order_id(book), changes=(change,)))

    assert isinstance(facts[-1], OrderApproved)
    assert not open_holds(book)
    assert book.order.contact_id != before
    assert shop.row(Contact, book.order.contact_id).street == "Neue Str. 5"
    assert shop.row(Contact, before).street == "Teststr. 1"
    assert "Neue" not in str(msgspec.to_builtins(facts))


def test_an_address_in_another_country_or_on_a_closed_parcel_is_refused() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))
    with pytest.raises(CountryCannotChange):
        edit(shop, book, ChangeAddress(contact=msgspec.structs.replace(HOME, country="FR")))
    with pytest.raises(Invalid, match="postal_code_shape"):
        edit(shop, book, ChangeAddress(contact=msgspec.structs.replace(HOME, postal_code="1")))
    with pytest.raises(Invalid, match="phone"):
        edit(shop, book, ChangeAddress(contact=msgspec.structs.replace(HOME, phone="030")))
    walk(book, shop, "picked", "packed")
    with pytest.raises(AlreadyPacked):
        edit(shop, book, ChangeAddress(contact=HOME))


def test_another_shipping_option_has_its_price_and_its_promise() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))

    edit(shop, book, ChangeShipping(option="express"))

    assert (book.order.shipping_minor, book.order.shipping_tax_minor) == (1_290, 206)
    assert book.order.promised_at == later(days=2)
    sums_are_right(book)
    with pytest.raises(Invalid, match="standard, express, free"):
        edit(shop, book, ChangeShipping(option="teleport"))


def test_an_order_that_has_left_or_is_over_cannot_be_edited() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))
    walk(book, shop, "picked", "packed", "shipped")
    with pytest.raises(OrderHasLeft):
        edit(shop, book, AddLine(sku="TEE", quantity=1))

    over = reviewed(shop, ("MUG", 1))
    do(shop, CancelUnits(order_id=order_id(over), units="all", reason="x"))
    with pytest.raises(OrderIsOver):
        edit(shop, over, AddLine(sku="TEE", quantity=1))
    with pytest.raises(Invalid, match="changes"):
        edit(shop, reviewed(shop, ("MUG", 1)))


# adding


def test_what_was_lost_is_sent_again_free_of_charge() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 2))
    before = book.order.total_minor

    units = (UnitsOf(line_of(book, "MUG").id, 1),)
    (fact,) = do(shop, AddUnits(order_id=order_id(book), units=units, free=True))

    assert isinstance(fact, UnitsAdded)
    assert not fact.postings
    assert (book.order.total_minor, book.units("placed")) == (before, 1)
    assert [line.total_minor for line in book.lines.values()] == [2_380, 0]


def test_an_exchange_costs_what_the_catalog_says() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))

    do(shop, AddUnits(order_id=order_id(book), items=(AddedItem(sku="TEE", quantity=2),)))

    assert book.order.total_minor == 1_190 + 490 + 5_000
    sums_are_right(book)
    with pytest.raises(Invalid, match="at least one unit or item"):
        do(shop, AddUnits(order_id=order_id(book)))
    with pytest.raises(NotFound):
        do(shop, AddUnits(order_id=order_id(book), items=(AddedItem(sku="CUP", quantity=1),)))


def test_an_address_where_other_taxes_hold_is_refused_although_it_is_in_the_same_country() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1))
    helgoland = msgspec.structs.replace(HOME, city="Helgoland", postal_code="27498")

    with pytest.raises(TaxAreaCannotChange) as refusal:
        edit(shop, book, ChangeAddress(contact=helgoland))

    assert (refusal.value.found, refusal.value.expected) == ("DE-HGL", "DE")
    assert book.order.tax_area == "DE"


def test_another_way_of_shipping_is_taxed_as_what_is_sent_by_then() -> None:
    shop = a_shop()
    shop.shared[Product]["NOVEL"] = Product("NOVEL", "Novel", "goods", 1_000, "EUR", tax_class="reduced", weight_g=300)
    shop.stock["NOVEL"] = {"main": Stock("NOVEL", "main", 5)}
    book = reviewed(shop, ("MUG", 1))

    edit(
        shop,
        book,
        AddLine(sku="NOVEL", quantity=1),
        RemoveLine(line_id=line_of(book, "MUG").id),
        ChangeShipping(option="express"),
    )

    assert [(part.basis_points, part.amount_minor) for part in shipping_parts(book.order)] == [(700, 1_290)]
    assert book.order.shipping_tax_minor == 84
    sums_are_right(book)


def test_what_is_added_bears_the_tax_that_the_order_bears() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, seller=SellerPolicy(country="DE")))
    abroad = msgspec.structs.replace(ADDRESS, country="FR", postal_code="75001")
    book = reviewed(shop, ("MUG", 1), contact=abroad, vat_id="FR40303265045")

    edit(shop, book, AddLine(sku="TEE", quantity=1))

    assert (line_of(book, "TEE").tax_basis_points, line_of(book, "TEE").tax_reason) == (0, "intra_community_supply")
    sums_are_right(book)


def test_without_goods_nothing_of_the_shipping_is_left() -> None:
    shop = a_shop()
    book = reviewed(shop, ("MUG", 1), ("BOOK", 1))

    cancel(shop, book, "MUG", 1)

    assert (book.order.shipping_minor, shipping_parts(book.order)) == (0, ())
    sums_are_right(book)
