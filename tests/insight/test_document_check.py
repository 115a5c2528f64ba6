"""`verify` holds the papers of every order against its ledger, rate by rate."""

from __future__ import annotations

import pytest

from purveyor.insight.document_check import disagreements_of
from purveyor.insight.replayed_orders import Replayed
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.payment.facts import NotedPart
from tests.pure import eur
from tests.stages.payment.sale import Sale


def replayed(sale: Sale) -> Replayed:
    told = Replayed(sale.book, 0)
    tax = sale.world.balances[sale.book.order.id]["tax"]
    told.tax_minor = tax
    return told


def sold() -> Sale:
    sale = Sale(("BOOK", 2, 10_000), ("FULL", 2, 10_000))
    sale.ship(2, 1)
    sale.back(1, 0)
    return sale


def test_what_the_rules_wrote_agrees() -> None:
    assert list(disagreements_of(replayed(sold()))) == []


def test_the_tax_of_another_rate_on_a_credit_note_is_found() -> None:
    sale = sold()
    [note] = sale.notes
    [part] = note.parts
    note.parts = (NotedPart(part.of, part.basis_points, 1, part.amount_minor, part.tax_minor + 471),)

    [found] = disagreements_of(replayed(sale))

    assert (found.table, found.column, found.journal, found.found) == ("papers", "tax", 654, 654 - 471)
    assert "at 700 basis points" in found.key


def test_an_amount_that_is_credited_for_another_thing_is_found() -> None:
    sale = sold()
    [note] = sale.notes
    [part] = note.parts
    note.parts = (NotedPart(str(sale.lines[1].id), 1_900, 1, part.amount_minor, part.tax_minor),)

    assert {(each.column, each.found) for each in disagreements_of(replayed(sale))} >= {("amount", 20_000)}


@pytest.mark.parametrize("more", [-1, 1])
def test_a_ledger_whose_tax_is_not_that_of_its_things_is_found(more: int) -> None:
    told = replayed(sold())
    told.tax_minor += more

    [found] = disagreements_of(told)

    assert (found.table, found.found - found.journal) == ("posting", -more)


@pytest.mark.parametrize("more", [-1, 1])
def test_an_invoice_that_asks_for_something_else_than_what_is_owed_is_found(more: int) -> None:
    sale = Sale(("FULL", 2, 10_000), collected=False, terms="invoice")
    sale.ship(2)
    sale.do(CreditAmount(order_id=sale.book.order.id, amount=eur(300), reason="late"))
    assert list(disagreements_of(replayed(sale))) == []

    sale.invoices[0].credited_minor -= more

    [found] = disagreements_of(replayed(sale))
    owed = sale.book.order.receivable_minor
    assert (found.table, found.journal, found.found) == ("papers", owed, owed + more)
    assert found.key == str(sale.book.order.number)
