"""What is billed may be changed while it waits: what is charged, credited and told agrees at every moment."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from purveyor.core.order_value import SHIPPING, worths
from purveyor.core.policies import ShippingOption, ShippingPolicy
from purveyor.records.stock.commands import CountStock, SetBackorderCap
from purveyor.stages.payment.billing_documents import disagreements
from purveyor.stages.payment.invoice_amounts import creditable
from purveyor.stages.payment.rows import Refund
from purveyor.stages.review.commands import AddLine, ChangeShipping, ChooseWhenMissing, EditOrder, RemoveLine
from tests.pure import SHOP, eur
from tests.stages.payment.sale import Sale
from tests.stages.payment.test_billed_and_kept import bill, cancel, check, credit, pay

OPTIONS = (
    ShippingOption("standard", "Standard", 490, 4),
    ShippingOption("express", "Express", 1_290, 2),
    ShippingOption("slow", "Slow", 290, 9),
    ShippingOption("free", "Free", 0, 7),
)


def ordered(*lines: tuple[str, int, int], inclusive: bool = True, option: str = "standard") -> Sale:
    tax = msgspec.structs.replace(SHOP.tax, inclusive=inclusive)
    shop = msgspec.structs.replace(SHOP, tax=tax, shipping=ShippingPolicy(OPTIONS))
    return Sale(*lines, collected=False, terms="on_delivery", shop=shop, shipping_option=option)


def edit(sale: Sale, *changes: Any) -> bool:
    return sale.world.do(EditOrder(order_id=sale.book.order.id, changes=changes, reason="customer"))


def shipping_of(sale: Sale) -> int:
    return sum(amount.minor for (of, _), amount in worths(sale.book).items() if of == SHIPPING)


def agrees(sale: Sale) -> None:
    check(sale)
    assert list(disagreements(sale.book)) == []
    papers = sum(each.total_minor for each in sale.invoices) - sum(each.amount_minor for each in sale.notes)
    still_to_come = sum(each.minor for each in worths(sale.book).values()) - papers
    assert still_to_come >= 0
    if not any(line.placed + line.allocated + line.backordered for line in sale.lines):
        assert still_to_come == 0


# the shipping


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize(
    ("credited", "option", "left"),
    [
        (490, "free", 0),
        (100, "free", 0),
        (490, "slow", 0),
        (100, "slow", 190),
        (490, "express", 800),
        (100, "express", 1_190),
    ],
)
def test_what_was_taken_off_the_shipping_stays_off_another_option_and_goes_back_once(
    credited: int, option: str, left: int, *, paid: bool, inclusive: bool
) -> None:
    sale = ordered(("FULL", 1, 1_000), ("BOOK", 1, 1_000), inclusive=inclusive)
    bill(sale, 1, 1)
    if paid:
        pay(sale)
    before = shipping_of(sale)
    credit(sale, credited)
    assert shipping_of(sale) == before - credited

    assert edit(sale, ChangeShipping(option=option))

    assert shipping_of(sale) == (left if inclusive else max(0, sale.book.order.shipping_minor - credited))
    agrees(sale)
    billed = sum(each.total_minor for each in sale.invoices) - sum(each.amount_minor for each in sale.notes)
    assert billed == sum(each.minor for each in worths(sale.book).values())
    assert cancel(sale, 1, 1)
    agrees(sale)
    assert shipping_of(sale) == 0


def test_a_credit_moves_to_the_rates_of_what_is_sent_now() -> None:
    sale = ordered(("FULL", 1, 1_000), ("BOOK", 1, 1_000))
    bill(sale, 1, 1)
    credit(sale, 400)
    assert cancel(sale, 0, 1)

    assert edit(sale, ChangeShipping(option="express"))

    assert {thing: each.minor for thing, each in worths(sale.book).items() if thing[0] == SHIPPING and each} == {
        (SHIPPING, 1_900): 890
    }
    agrees(sale)


# another product


def missing(sale: Sale, sku: str = "FULL") -> None:
    """What was promised is not on the shelf, and waits."""
    sale.do(SetBackorderCap(sku=sku, cap=50))
    sale.do(CountStock(sku=sku, location="shop", counted=0, reason="cycle_count"))
    sale.do(CountStock(sku=sku, location="main", counted=0, reason="cycle_count"))


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("credited", [0, 300, 1_500])
@pytest.mark.parametrize("price", [400, 1_000, 1_200])
def test_a_substitute_for_what_was_billed_takes_the_bill_back_and_gets_its_own(
    price: int, credited: int, *, inclusive: bool, paid: bool
) -> None:
    sale = ordered(("FULL", 2, 1_000), inclusive=inclusive)
    product = sale.world.state.product("BOOK")
    product.price_minor = price
    bill(sale, 2)
    if paid:
        pay(sale)
    if credited:
        credit(sale, credited)
    missing(sale)
    agrees(sale)
    [line] = sale.lines

    sale.do(ChooseWhenMissing(order_id=sale.book.order.id, choice="substitute", line_id=line.id, substitute_sku="BOOK"))

    assert (line.canceled, sale.lines[1].quantity) == (2, 2)
    assert sale.lines[1].unit_price_minor == min(price, 1_000 if credited < 1_000 else 495 if inclusive else 614)
    agrees(sale)
    sale.ship(0, 2)
    agrees(sale)
    billed = sum(each.total_minor for each in sale.invoices) - sum(each.amount_minor for each in sale.notes)
    assert billed == sum(each.minor for each in worths(sale.book).values())
    given = sum(row.amount_minor for row in sale.book.rows(Refund).values())
    assert (sale.book.order.receivable_minor + given == 0) if paid else sale.book.order.receivable_minor == billed


def test_another_product_for_the_same_price_takes_the_bill_of_the_first_back() -> None:
    sale = ordered(("FULL", 1, 1_000))
    bill(sale, 1)
    pay(sale)

    assert edit(sale, RemoveLine(line_id=sale.lines[0].id), AddLine(sku="FULL", quantity=1, unit_price=eur(1_000)))

    assert sale.book.order.receivable_minor == 0
    [note] = sale.notes
    assert note.amount_minor == 1_000
    agrees(sale)


@pytest.mark.parametrize("seed", range(60))
def test_papers_and_ledger_agree_whatever_is_changed_before_it_leaves(seed: int) -> None:
    chance = Random(seed)
    lines = [(chance.choice(("FULL", "BOOK")), chance.randint(1, 3), chance.choice((0, 1, 333, 1_000))) for _ in "ab"]
    sale = ordered(*lines, inclusive=chance.random() < 0.7, option=chance.choice(OPTIONS).code)
    for _ in range(10):
        here = [line.placed + line.backordered + line.allocated for line in sale.lines]
        some = [chance.randint(0, each) for each in here]
        match chance.choice(("bill", "credit", "cancel", "pay", "option", "option", "swap", "send")):
            case "bill" if any(some):
                bill(sale, *some)
            case "credit" if most := creditable(sale.book):
                credit(sale, chance.randint(1, most))
            case "cancel" if any(some):
                assert cancel(sale, *some)
            case "pay" if is_open := [at for at, each in enumerate(sale.invoices) if each.open_minor > 0]:
                pay(sale, chance.choice(is_open))
            case "option":
                edit(sale, ChangeShipping(option=chance.choice(OPTIONS).code))
            case "swap" if any(here):
                line = sale.lines[max(range(len(here)), key=here.__getitem__)]
                price = eur(chance.choice((line.unit_price_minor, line.unit_price_minor, 100)))
                if here[sale.lines.index(line)] == line.quantity - line.canceled:
                    edit(sale, RemoveLine(line_id=line.id), AddLine(sku="BOOK", quantity=1, unit_price=price))
            case "send" if any(some) and chance.random() < 0.3:
                sale.ship(*some)
            case _:
                continue
        agrees(sale)
