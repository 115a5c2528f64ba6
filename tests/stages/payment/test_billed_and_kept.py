"""Units that were billed and have not left may be credited, canceled and sent in any order: nothing goes back twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec
import pytest

from purveyor.core.order_value import worths
from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.billing_documents import invoice_parts
from purveyor.stages.payment.commands import CaptureForUnits, CreditAmount, RecordBankTransfer
from purveyor.stages.payment.invoice_amounts import creditable
from purveyor.stages.payment.rows import Refund
from purveyor.stages.review.commands import CancelUnits, EditOrder, RemoveLine, SetQuantity
from tests.pure import SHOP, a_call, eur
from tests.stages.payment.sale import Sale


def ordered(*lines: tuple[str, int, int], fee: int = 0, inclusive: bool = True) -> Sale:
    tax = msgspec.structs.replace(SHOP.tax, inclusive=inclusive)
    shop = msgspec.structs.replace(SHOP, tax=tax, payment=PaymentPolicy(cod_fee_minor=fee))
    return Sale(*lines, collected=False, terms="on_delivery", shop=shop)


def bill(sale: Sale, *quantities: int) -> None:
    """Units are billed where they are."""
    units = tuple(UnitsOf(line.id, quantity) for line, quantity in zip(sale.lines, quantities, strict=True) if quantity)
    sale.do(CaptureForUnits(order_id=sale.book.order.id, shipment_id=a_call().ids.new(), units=units))


def pay(sale: Sale, invoice: int = 0) -> None:
    paid = sale.invoices[invoice]
    sale.do(
        RecordBankTransfer(
            order_id=paid.order_id, invoice_id=paid.id, amount=eur(paid.open_minor), transfer_id=f"t{sale.world.calls}"
        )
    )


def credit(sale: Sale, minor: int) -> None:
    sale.do(CreditAmount(order_id=sale.book.order.id, amount=eur(minor), reason="late"))


def cancel(sale: Sale, *quantities: int) -> bool:
    units = tuple(UnitsOf(line.id, quantity) for line, quantity in zip(sale.lines, quantities, strict=True) if quantity)
    return sale.world.do(CancelUnits(order_id=sale.book.order.id, units=units, reason="changed mind"))


def edit(sale: Sale, *quantities: int) -> bool:
    """So many units less are wanted of each line."""
    changes = tuple(
        SetQuantity(line_id=line.id, quantity=left)
        if (left := line.quantity - line.canceled - less)
        else RemoveLine(line_id=line.id)
        for line, less in zip(sale.lines, quantities, strict=True)
        if less
    )
    return sale.world.do(EditOrder(order_id=sale.book.order.id, changes=changes, reason="changed mind"))


def gone_back(sale: Sale) -> int:
    return sum(row.amount_minor for row in sale.book.rows(Refund).values() if row.status != "taken_back")


def check(sale: Sale) -> None:
    """No price is below nothing, and no rate gives back more than it was asked for."""
    for thing, amount in worths(sale.book).items():
        assert 0 <= amount.tax_minor <= amount.minor, (thing, amount)
    asked: Counter[int] = Counter()
    for invoice in sale.invoices:
        for (_, points), amount in invoice_parts(sale.book, invoice):
            asked[points] += amount.minor
    for note in sale.notes:
        for part in note.parts:
            asked[part.basis_points] -= part.amount_minor
    assert min(asked.values(), default=0) >= 0, asked
    assert gone_back(sale) <= sale.book.order.captured_minor
    sale.world.check_order(sale.book)


@pytest.mark.parametrize("less", [cancel, edit])
@pytest.mark.parametrize("credited", [100, 490, 500, 1_490, 2_990])
def test_what_was_credited_is_not_given_back_once_more_when_all_is_canceled(
    credited: int, less: Callable[..., bool]
) -> None:
    sale = ordered(("FULL", 2, 1_000), ("BOOK", 1, 500))
    bill(sale, 2, 1)
    pay(sale)
    credit(sale, credited)
    check(sale)

    assert less(sale, 2, 1)

    check(sale)
    assert gone_back(sale) == 2_990 == sale.book.order.captured_minor
    assert sum(note.amount_minor for note in sale.notes) == sale.invoices[0].total_minor


def test_shipping_that_was_credited_does_not_go_back_a_second_time_out_of_what_others_paid() -> None:
    sale = ordered(("FULL", 1, 1_000), ("BOOK", 1, 500))
    bill(sale, 1, 0)
    pay(sale)
    credit(sale, 490)

    assert cancel(sale, 1, 0)
    assert cancel(sale, 0, 1)

    check(sale)
    assert gone_back(sale) == 1_490


@pytest.mark.parametrize("seed", range(90))
def test_in_any_order_no_more_goes_back_than_came_in_at_any_rate(seed: int) -> None:
    chance = Random(seed)
    lines = [
        (chance.choice(("FULL", "BOOK")), chance.randint(1, 4), chance.choice((0, 1, 333, 1_000))) for _ in range(2)
    ]
    sale = ordered(*lines, fee=chance.choice((0, 333)), inclusive=chance.random() < 0.7)
    here = [quantity for _, quantity, _ in lines]
    for _ in range(12):
        some = [chance.randint(0, each) for each in here]
        match chance.choice(("bill", "leave", "credit", "credit", "cancel", "edit", "pay")):
            case "bill" if any(some):
                bill(sale, *some)
            case "leave" if any(some):
                sale.ship(*some)
                here = [have - gone for have, gone in zip(here, some, strict=True)]
            case "credit" if most := creditable(sale.book):
                credit(sale, chance.randint(1, most))
            case "cancel" if any(some):
                assert cancel(sale, *some)
                here = [have - gone for have, gone in zip(here, some, strict=True)]
            case "edit" if any(some) and edit(sale, *some):  # what has left is edited no more
                here = [have - gone for have, gone in zip(here, some, strict=True)]
            case "pay" if is_open := [at for at, each in enumerate(sale.invoices) if each.open_minor > 0]:
                pay(sale, chance.choice(is_open))
            case _:
                continue
        check(sale)
