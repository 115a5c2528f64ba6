"""Goods that cost nothing are sent and billed like others: the charges that go with them are paid, once and in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.commands import RecordAnswer, SettleBalance, SettleOnDelivery, StartPayments
from purveyor.stages.payment.rows import Invoice, Payment
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.review.commands import CancelUnits
from tests.pure import SHOP
from tests.stages.payment.sale import Sale
from tests.stages.payment.test_billed_and_kept import cancel, edit

SHIPPING = 490


def sold(*lines: tuple[str, int, int], terms: str = "prepaid", fee: int = 0, **changes: Any) -> Sale:
    shop = msgspec.structs.replace(SHOP, payment=PaymentPolicy(cod_fee_minor=fee))
    sale = Sale(*lines, collected=False, terms=terms, shop=shop, **changes)
    sale.do(StartPayments(order_id=sale.book.order.id))
    return sale


def the_bank_says_yes(sale: Sale) -> None:
    """To everything that it was asked about the card."""
    for job in [each for each in sale.world.jobs if hasattr(each, "key") and hasattr(each, "payment_id")]:
        sale.world.jobs.remove(job)
        sale.do(
            RecordAnswer(
                order_id=sale.book.order.id,
                payment_id=job.payment_id,
                key=job.key,
                outcome="done",
                reference="p1",
            )
        )


def paid_at_the_door(sale: Sale, invoice: Invoice) -> None:
    units = tuple(UnitsOf(line.line_id, line.quantity) for line in invoice.lines)
    sale.do(SettleOnDelivery(order_id=invoice.order_id, units=units, shipment_id=invoice.shipment_id))


def charged(invoice: Invoice) -> list[tuple[str, int]]:
    return [(charge.of, charge.amount_minor) for charge in invoice.charges]


def test_a_card_pays_the_shipping_of_free_goods_when_they_leave() -> None:
    sale = sold(("FULL", 2, 0), tenders=(Tender(method="card", source="card_ok"),))
    the_bank_says_yes(sale)
    sale.do(SettleBalance(order_id=sale.book.order.id))
    assert not sale.invoices  # nothing has left

    sale.ship(2)
    the_bank_says_yes(sale)

    [invoice] = sale.invoices
    assert (invoice.total_minor, invoice.tax_minor, invoice.open_minor) == (SHIPPING, 78, 0)
    assert sale.book.order.captured_minor == SHIPPING
    sale.world.check_order(sale.book)


@pytest.mark.parametrize("price", [0, 1])
def test_free_goods_on_account_are_billed_with_their_shipping_alone(price: int) -> None:
    sale = sold(("FULL", 3, price), ("BOOK", 1, 0), terms="invoice", discount=3 * price)

    sale.ship(1, 1)
    sale.ship(2, 0)

    [invoice] = sale.invoices
    assert (invoice.total_minor, invoice.open_minor, charged(invoice)) == (SHIPPING, SHIPPING, [("shipping", SHIPPING)])
    sale.world.check_order(sale.book)


def test_the_courier_takes_the_charges_of_free_goods() -> None:
    sale = sold(("FULL", 2, 0), terms="on_delivery", fee=333)
    assert not sale.invoices

    sale.ship(2)
    [invoice] = sale.invoices
    paid_at_the_door(sale, invoice)

    assert (invoice.total_minor, invoice.open_minor) == (SHIPPING + 333, 0)
    assert sale.book.order.captured_minor == SHIPPING + 333
    sale.world.check_order(sale.book)


def test_the_shipping_goes_on_the_bill_of_the_first_goods_also_when_these_are_free() -> None:
    sale = sold(("FULL", 1, 0), ("BOOK", 1, 1_000), terms="invoice")

    sale.ship(1, 0)
    sale.ship(0, 1)

    assert [each.total_minor for each in sale.invoices] == [SHIPPING, 1_000]
    assert [charged(each) for each in sale.invoices] == [[("shipping", SHIPPING)], []]


def test_the_fee_goes_on_the_bill_of_the_first_goods_also_when_these_are_free() -> None:
    options = tuple(msgspec.structs.replace(each, free_from_minor=0) for each in SHOP.shipping.options)
    free = msgspec.structs.replace(SHOP.shipping, options=options)
    shop = msgspec.structs.replace(SHOP, shipping=free, payment=PaymentPolicy(cod_fee_minor=333))
    sale = Sale(("FULL", 1, 0), ("BOOK", 2, 1_000), collected=False, terms="on_delivery", shop=shop)
    sale.ship(1, 0)
    sale.ship(0, 1)
    assert [each.total_minor for each in sale.invoices] == [333, 1_000]
    assert [charged(each) for each in sale.invoices] == [[("fee", 333)], []]

    sale.do(CancelUnits(order_id=sale.book.order.id, units=(UnitsOf(sale.lines[1].id, 1),), reason="changed mind"))

    assert sum(each.total_minor for each in sale.invoices) == 1_333
    assert sum(each.open_minor for each in sale.invoices) == sale.book.order.receivable_minor
    sale.world.check_order(sale.book)


def test_free_goods_that_are_canceled_leave_nothing_to_pay() -> None:
    sale = sold(("FULL", 2, 0), terms="on_delivery", fee=333)

    sale.do(CancelUnits(order_id=sale.book.order.id, units=(UnitsOf(sale.lines[0].id, 2),), reason="changed mind"))

    assert not sale.invoices
    assert sale.book.order.receivable_minor == 0
    assert all(each.status == "voided" for each in sale.book.rows(Payment).values())


@pytest.mark.parametrize("less", [cancel, edit])
@pytest.mark.parametrize("terms", ["prepaid", "invoice"])
def test_a_download_is_billed_without_the_shipping_of_goods_that_are_not_sent(
    terms: str, less: Callable[..., bool]
) -> None:
    sale = sold(("FILE", 7, 500), ("BOOK", 1, 10_000), terms=terms, shipping_option="express")

    assert less(sale, 0, 1)
    sale.ship(7, 0)
    sale.do(SettleBalance(order_id=sale.book.order.id))

    [invoice] = sale.invoices
    assert (invoice.total_minor, charged(invoice), sale.book.order.receivable_minor) == (3_500, [], 3_500)
    sale.world.check_order(sale.book)


def test_a_download_is_billed_while_free_goods_with_their_shipping_are_still_to_be_sent() -> None:
    sale = sold(("FILE", 7, 500), ("BOOK", 1, 0), terms="invoice")

    sale.ship(7, 0)
    sale.world.check_order(sale.book)
    sale.ship(0, 1)

    assert [each.total_minor for each in sale.invoices] == [3_500, SHIPPING]
    assert charged(sale.invoices[1]) == [("shipping", SHIPPING)]
    sale.world.check_order(sale.book)
