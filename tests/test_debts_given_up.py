"""A debt that was given up was paid by nobody: what is taken off the price later is taken off it, and not paid out."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.state import Book
from purveyor.stages.payment.commands import CreditAmount, RecordBankTransfer, WriteOff
from purveyor.stages.payment.state import CreditNote, Invoice, Refund
from purveyor.summary import summarize
from tests.pure import NOON, eur
from tests.simulation.world import World
from tests.test_flow import a_download


def billed(paid: int = 0) -> tuple[World, Book, Invoice]:
    """A book on account of 20.00, so much of it paid, and the rest given up."""
    world, book = a_download(terms="invoice")
    [invoice] = book.rows(Invoice).values()
    if paid:
        transfer(world, invoice, paid)
    assert world.do(WriteOff(order_id=book.order.id, invoice_id=invoice.id, reason="insolvent"))
    return world, book, invoice


def transfer(world: World, invoice: Invoice, minor: int) -> None:
    pay = RecordBankTransfer(
        order_id=invoice.order_id, invoice_id=invoice.id, amount=eur(minor), transfer_id=f"t{minor}"
    )
    assert world.do(pay)


def credit(world: World, book: Book, minor: int) -> None:
    assert world.do(CreditAmount(order_id=book.order.id, amount=eur(minor), reason="damaged"), "job:test")


def status(book: Book) -> str:
    summarize(book, NOON)
    return book.order.payment_status


@pytest.mark.parametrize(
    ("paid", "credited", "given_up", "back"),
    [
        (0, 300, -300, 0),  # nothing came in, so nothing goes back
        (0, "all", "all", 0),
        (500, 300, -300, 0),  # he has not paid for what he has kept
        (500, "all", "all", 500),  # he keeps nothing: what he paid is his
    ],
)
def test_what_is_credited_is_taken_off_the_debt_before_anything_goes_back(
    paid: int, credited: Any, given_up: Any, back: int
) -> None:
    world, book, invoice = billed(paid)
    debt = invoice.total_minor - paid
    assert (invoice.written_off_minor, invoice.open_minor, book.order.receivable_minor) == (debt, 0, 0)

    amount = invoice.total_minor if credited == "all" else credited
    credit(world, book, amount)

    assert sum(refund.amount_minor for refund in book.rows(Refund).values()) == back
    assert book.order.receivable_minor == -back
    assert invoice.written_off_minor == (0 if given_up == "all" else debt + given_up)
    assert invoice.open_minor == 0
    assert [note.amount_minor for note in book.rows(CreditNote).values()] == [amount]
    world.check_order(book)


def test_who_pays_after_all_gets_back_what_was_credited_and_paid() -> None:
    world, book, invoice = billed()
    credit(world, book, 300)

    transfer(world, invoice, invoice.total_minor)

    assert (invoice.written_off_minor, book.order.receivable_minor) == (0, -300)
    assert [refund.amount_minor for refund in book.rows(Refund).values()] == [300]


def test_it_is_not_called_paid() -> None:
    world, book, _ = billed()
    assert status(book) == "written_off"
    credit(world, book, 300)
    assert status(book) == "written_off"

    assert status(billed(paid=500)[1]) == "written_off"


def test_what_was_credited_whole_and_never_paid_is_not_called_paid() -> None:
    world, book = a_download(terms="invoice")
    [invoice] = book.rows(Invoice).values()
    credit(world, book, invoice.total_minor)

    assert status(book) == "none"
