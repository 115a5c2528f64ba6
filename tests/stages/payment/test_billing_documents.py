"""Invoices and credit notes say what the ledger says: thing by thing, rate by rate, to the cent, at every moment."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.money import Money
from purveyor.core.order_value import worths
from purveyor.core.policies import PaymentPolicy, ReturnPolicy, TaxPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book
from purveyor.core.vat_rates import TaxRate
from purveyor.stages.payment.billing_documents import disagreements, invoice_parts, pending
from purveyor.stages.payment.commands import CreditAmount, WriteOff
from purveyor.stages.payment.rows import CreditNote, Invoice, Payment
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.returns.commands import CreditReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.commands import CancelUnits
from purveyor.stages.support.commands import OpenCase, OpenClaim, ResolveClaim
from purveyor.stages.support.state import Case
from tests.pure import SHOP, eur
from tests.stages.payment.sale import KEEPS_A_FEE, Sale


def rates(book: Book) -> dict[int, int]:
    """The tax on the papers by rate: of invoices less that of credit notes."""
    found: dict[int, int] = {}
    for invoice in book.rows(Invoice).values():
        for (_, points), amount in invoice_parts(book, invoice):
            found[points] = found.get(points, 0) + amount.tax_minor
    for note in book.rows(CreditNote).values():
        for part in note.parts:
            found[part.basis_points] = found.get(part.basis_points, 0) - part.tax_minor
    return found


def ledger_tax(sale: Sale) -> int:
    return -sale.world.balances[sale.book.order.id]["tax"]


def paper_tax(sale: Sale) -> int:
    return sum(invoice.tax_minor for invoice in sale.invoices) - sum(note.tax_minor for note in sale.notes)


def test_a_credit_note_takes_back_the_tax_of_the_very_line() -> None:
    sale = Sale(("BOOK", 1, 10_000), ("FULL", 1, 10_000))
    sale.ship(1, 1)
    assert sale.invoices[0].tax_minor == 654 + 1_597

    note = sale.back(1, 0)

    assert (note.amount_minor, note.tax_minor) == (10_000, 654)
    [part] = note.parts
    assert (part.of, part.basis_points, part.quantity) == (str(sale.lines[0].id), 700, 1)
    assert paper_tax(sale) == ledger_tax(sale) == 1_597
    assert rates(sale.book) == {700: 0, 1_900: 1_597}


@pytest.mark.parametrize(
    ("parts", "taxes"), [((3, 3, 4), (896, 897, 1_195)), ((1,) * 10, None), ((9, 1), None), ((10,), (2_988,))]
)
def test_parts_that_come_back_give_back_exactly_what_the_invoice_said(
    parts: tuple[int, ...], taxes: tuple[int, ...] | None
) -> None:
    tax = TaxPolicy(rates=(TaxRate(country="DE", tax_class="standard", basis_points=2_000),))
    sale = Sale(("FULL", 10, 2_390), discount=5_975, shop=msgspec.structs.replace(SHOP, tax=tax))
    sale.ship(10)
    assert (sale.invoices[0].total_minor, sale.invoices[0].tax_minor) == (17_925, 2_988)

    notes = [sale.back(count) for count in parts]

    assert sum(note.amount_minor for note in notes) == 17_925
    assert sum(note.tax_minor for note in notes) == 2_988
    assert taxes is None or tuple(note.tax_minor for note in notes) == taxes
    assert [note.parts[0].quantity for note in notes] == list(parts)
    assert paper_tax(sale) == ledger_tax(sale) == 0


def test_what_is_kept_back_is_a_smaller_reduction_in_ledger_and_paper() -> None:
    tax = TaxPolicy(rates=(TaxRate(country="DE", tax_class="standard", basis_points=2_000),))
    policy = ReturnPolicy(label_minor=490)
    sale = Sale(("FULL", 1, 36_899), policy=policy, shop=msgspec.structs.replace(SHOP, tax=tax))
    sale.ship(1)

    note = sale.back(1, deduct=10_000)

    assert note.amount_minor == 36_899 - 10_000 - 490
    assert note.tax_minor == 4_402  # 264.09 / 6
    assert ledger_tax(sale) == paper_tax(sale) == 6_150 - 4_402
    assert sale.world.balances[sale.book.order.id]["fees"] == 0


def test_a_fee_and_a_label_over_two_rates_are_kept_at_both() -> None:
    sale = Sale(("BOOK", 1, 10_000), ("FULL", 1, 10_000), policy=KEEPS_A_FEE)
    sale.ship(1, 1)

    note = sale.back(1, 1, days=20)

    assert note.amount_minor == 20_000 - 2_000 - 490
    assert [(part.basis_points, part.amount_minor) for part in note.parts] == [(700, 8_755), (1_900, 8_755)]
    assert [part.tax_minor for part in note.parts] == [573, 1_398]  # 8755 * 7 / 107, 8755 * 19 / 119
    assert paper_tax(sale) == ledger_tax(sale)


def test_something_off_the_price_takes_the_tax_of_all_lines_by_value() -> None:
    sale = Sale(("BOOK", 1, 10_000), ("FULL", 1, 30_000))
    sale.ship(1, 1)

    sale.do(CreditAmount(order_id=sale.book.order.id, amount=eur(4_000), reason="late"))

    [note] = sale.notes
    assert [(part.basis_points, part.amount_minor, part.tax_minor, part.quantity) for part in note.parts] == [
        (700, 1_000, 65, 0),
        (1_900, 3_000, 479, 0),
    ]
    sale.back(1, 0)
    sale.back(0, 1)
    assert sum(note.tax_minor for note in sale.notes) == sale.invoices[0].tax_minor
    assert sum(note.amount_minor for note in sale.notes) == 40_000
    assert paper_tax(sale) == ledger_tax(sale) == 0


@pytest.mark.parametrize("amounts", [(1,), (333, 333), (1, 2, 3, 5_000)])
def test_however_often_something_is_taken_off_the_rest_gives_back_all_tax(amounts: tuple[int, ...]) -> None:
    sale = Sale(("BOOK", 3, 1_001), ("FULL", 7, 333))
    sale.ship(3, 7)
    for amount in amounts:
        sale.do(CreditAmount(order_id=sale.book.order.id, amount=eur(amount), reason="late"))
    for _ in range(3):
        sale.back(1, 2)
    sale.back(0, 1)

    assert sum(note.amount_minor for note in sale.notes) == sale.invoices[0].total_minor
    assert sum(note.tax_minor for note in sale.notes) == sale.invoices[0].tax_minor
    assert rates(sale.book) == {700: 0, 1_900: 0}


def test_goodwill_is_a_gift_and_has_no_tax() -> None:
    sale = Sale(("FULL", 1, 10_000))
    sale.ship(1)
    order_id = sale.book.order.id
    sale.do(OpenCase(order_id=order_id, topic="complaint"))
    [case] = sale.book.rows(Case).values()

    sale.do(ResolveClaim(order_id=order_id, case_id=case.id, remedy="goodwill", amount=eur(1_000)))

    [note] = sale.notes
    assert (note.amount_minor, note.tax_minor, note.parts[0].of) == (1_000, 0, "goodwill")
    assert paper_tax(sale) == ledger_tax(sale) == 1_597


def test_a_claim_is_paid_back_with_the_tax_of_its_line() -> None:
    sale = Sale(("BOOK", 2, 10_000), ("FULL", 1, 10_000))
    sale.ship(2, 1)
    order_id = sale.book.order.id
    contents = (UnitsOf(sale.lines[0].id, 1),)
    sale.do(OpenClaim(order_id=order_id, claim="damaged", contents=contents, text="broken"))
    [case] = sale.book.rows(Case).values()

    sale.do(ResolveClaim(order_id=order_id, case_id=case.id, remedy="refund"))

    [note] = sale.notes
    assert (note.amount_minor, note.tax_minor, note.parts[0].basis_points) == (10_000, 654, 700)
    assert paper_tax(sale) == ledger_tax(sale)


def test_while_units_are_to_come_the_papers_have_the_tax_of_those_that_came() -> None:
    sale = Sale(("BOOK", 3, 333), ("FULL", 3, 501), discount=100)
    book = sale.book
    for _ in range(2):
        sale.ship(1, 1)
        assert list(disagreements(book)) == []
    sale.back(1, 0)
    assert sale.notes[0].parts[0].basis_points == 700
    before = paper_tax(sale)
    assert before < ledger_tax(sale), "one unit of each line is not billed yet"

    sale.do(CancelUnits(order_id=book.order.id, units="all", reason="changed mind"))

    assert paper_tax(sale) == before == ledger_tax(sale)
    assert sum(each.minor for each in worths(book).values()) == sum(i.total_minor for i in sale.invoices) - sum(
        n.amount_minor for n in sale.notes
    )


def test_units_that_cost_less_than_half_a_cent_are_billed_with_the_last_of_them() -> None:
    sale = Sale(("FULL", 3, 1), discount=2)
    for _ in range(2):
        sale.ship(1)
        assert not sale.invoices

    sale.ship(1)

    [invoice] = sale.invoices
    assert (invoice.total_minor, invoice.lines[0].quantity) == (1, 3)
    assert not pending(sale.book)


def test_the_fee_for_cash_at_the_door_follows_the_rates_of_the_goods() -> None:
    shop = msgspec.structs.replace(SHOP, payment=PaymentPolicy(cod_fee_minor=400))
    sale = Sale(
        ("BOOK", 1, 10_000), ("FULL", 1, 30_000), shop=shop, collected=False, terms="on_delivery",
        tenders=(Tender(method="cash_on_delivery"),),
    )  # fmt: skip
    sale.ship(1, 1)

    [invoice] = sale.invoices
    assert [(each.basis_points, each.amount_minor, each.tax_minor) for each in invoice.charges if each.of == "fee"] == [
        (700, 100, 7),
        (1_900, 300, 48),
    ]
    assert paper_tax(sale) == ledger_tax(sale)


def test_a_debt_that_is_given_up_changes_neither_paper_nor_tax() -> None:
    sale = Sale(("FULL", 1, 10_000), collected=False, terms="on_delivery")
    sale.ship(1)
    [invoice] = sale.invoices
    assert next(iter(sale.book.rows(Payment).values())).captured_minor == 0

    sale.do(WriteOff(order_id=sale.book.order.id, invoice_id=invoice.id, reason="uncollectible"))

    assert not sale.notes
    assert paper_tax(sale) == ledger_tax(sale)
    assert Money(invoice.written_off_minor, "EUR") == eur(invoice.total_minor)


def test_a_return_that_is_credited_by_hand_says_so_too() -> None:
    sale = Sale(("BOOK", 1, 10_000), ("FULL", 1, 10_000))
    sale.ship(1, 1)
    order_id = sale.book.order.id
    items = (ReturnItem(line_id=sale.lines[1].id, quantity=1, reason="changed_mind"),)
    sale.do(RequestReturn(order_id=order_id, items=items))
    [rma] = sale.book.rows(Rma).values()
    sale.do(ReceiveReturn(order_id=order_id, rma_id=rma.id, counted=(UnitsOf(sale.lines[1].id, 1),)))

    sale.do(CreditReturn(order_id=order_id, rma_id=rma.id))

    assert (sale.notes[0].tax_minor, sale.notes[0].parts[0].basis_points) == (1_597, 1_900)


def test_a_credit_note_keeps_apart_what_the_goods_had_cost_and_what_was_kept_of_it() -> None:
    sale = Sale(("BOOK", 1, 10_000), ("FULL", 2, 10_000), policy=KEEPS_A_FEE)
    sale.ship(1, 2)

    note = sale.back(1, 1, deduct=500, days=20)  # after the time in which the law lets nobody keep a fee

    kept = {part.of: (part.fee_minor, part.deducted_minor, part.label_minor) for part in note.parts}
    assert [kept[str(line.id)][:2] for line in sale.lines] == [(1_000, 500), (1_000, 0)]
    assert sum(label for *_, label in kept.values()) == KEEPS_A_FEE.label_minor
    assert [part.amount_minor + sum(kept[part.of]) for part in note.parts] == [10_000, 10_000]
    assert list(disagreements(sale.book)) == []
