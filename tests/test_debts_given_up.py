"""A debt that was given up was paid by nobody: what is taken off the price later is taken off it, and not paid out."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from purveyor.core.ids import uuid7
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book
from purveyor.stages.payment.amounts import promised
from purveyor.stages.payment.commands import (
    CaptureForUnits,
    CreditAmount,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    SettleOnDelivery,
    WriteOff,
)
from purveyor.stages.payment.rows import Dispute, Payment
from purveyor.stages.payment.state import CreditNote, Invoice, Refund
from purveyor.stages.review.commands import CancelUnits
from purveyor.summary import summarize
from tests.flow.test_flow import a_download
from tests.pure import NOON, an_order_for, eur
from tests.simulation.random_actions import People
from tests.simulation.world import World
from tests.stages.payment.sale import Sale


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


def in_two_parts(paid: int = 0) -> tuple[World, Book, Invoice]:
    """A book that was billed, so much of it paid and the rest given up, and a mug that has not left."""
    people = People()
    people.open()
    [customer_id] = people.world.pools[None].seen["customer_id"]
    command = an_order_for(("BOOK", 1), ("MUG", 1), customer_id=customer_id, terms="invoice")
    assert people.world.do(command)
    [book] = people.world.state.books.values()
    [invoice] = book.rows(Invoice).values()
    if paid:
        transfer(people.world, invoice, paid)
    assert people.world.do(WriteOff(order_id=book.order.id, invoice_id=invoice.id, reason="insolvent"))
    return people.world, book, invoice


def bill_the_rest(world: World, book: Book) -> Invoice:
    [mug] = [line for line in book.lines.values() if line.sku == "MUG"]
    units = (UnitsOf(line_id=mug.id, quantity=1),)
    assert world.do(CaptureForUnits(order_id=book.order.id, shipment_id=uuid7(1, 99), units=units))
    return list(book.rows(Invoice).values())[-1]


@pytest.mark.parametrize("paid", [0, 500])
def test_other_goods_that_are_not_paid_yet_do_not_take_the_place_of_the_debt(paid: int) -> None:
    world, book, invoice = in_two_parts(paid)
    debt = invoice.written_off_minor

    credit(world, book, 200)
    assert invoice.written_off_minor == debt - 200
    assert world.do(CancelUnits(order_id=book.order.id, units="all", reason="changed mind"))

    assert list(book.rows(Refund).values()) == []
    assert book.order.receivable_minor == 0
    world.check_order(book)


def test_a_later_invoice_is_paid_by_nothing_that_was_credited_on_the_debt() -> None:
    world, book, _ = in_two_parts()
    credit(world, book, 200)

    second = bill_the_rest(world, book)
    assert second.paid_minor == 0
    transfer(world, second, second.total_minor)

    assert list(book.rows(Refund).values()) == []


def test_what_is_paid_too_much_of_one_invoice_pays_the_debt_of_another() -> None:
    world, book, invoice = in_two_parts()
    second = bill_the_rest(world, book)

    transfer(world, second, second.total_minor + 300)

    assert list(book.rows(Refund).values()) == []
    assert (book.order.receivable_minor, invoice.paid_minor, invoice.open_minor) == (0, 300, 0)


@pytest.mark.parametrize("seed", range(40))
def test_in_any_order_of_events_no_more_goes_back_than_came_in(seed: int) -> None:
    chance = Random(seed)
    world, book, _ = in_two_parts(chance.choice((0, 300)))
    for step in range(12):
        invoices = list(book.rows(Invoice).values())
        world.do(
            chance.choice(
                (
                    CreditAmount(order_id=book.order.id, amount=eur(chance.randint(1, 900)), reason="damaged"),
                    WriteOff(order_id=book.order.id, invoice_id=chance.choice(invoices).id, reason="insolvent"),
                    RecordBankTransfer(
                        order_id=book.order.id,
                        invoice_id=chance.choice(invoices).id,
                        amount=eur(chance.randint(1, 2_000)),
                        transfer_id=f"s{step}",
                    ),
                    *disputed(book, chance, step),
                    *what_becomes_of_the_mug(book, step),
                )
            ),
            "job:test",
        )
        world.check_order(book)
        back = sum(row.amount_minor for row in book.rows(Refund).values() if row.status != "taken_back")
        assert back <= book.order.captured_minor


def what_becomes_of_the_mug(book: Book, step: int) -> list[CancelUnits | CaptureForUnits]:
    """It is canceled, or it is billed because it leaves."""
    if len(book.rows(Invoice)) > 1:
        return []
    mugs = tuple(UnitsOf(line_id=line.id, quantity=1) for line in book.lines.values() if line.sku == "MUG")
    return [
        CancelUnits(order_id=book.order.id, units="all", reason="changed mind"),
        CaptureForUnits(order_id=book.order.id, shipment_id=uuid7(1, step), units=mugs),
    ]


def disputed(book: Book, chance: Random, step: int) -> list[RecordChargeback | ResolveDispute]:
    """Something of a payment goes back by the bank, and is decided."""
    paid = [payment for payment in book.rows(Payment).values() if payment.captured_minor]
    told = list(book.rows(Dispute).values())
    order_id = book.order.id
    return [
        *(
            RecordChargeback(
                order_id=order_id, payment_id=each.id, amount=eur(chance.randint(1, 500)), dispute_id=f"d{step}"
            )
            for each in paid[:1]
        ),
        *(
            ResolveDispute(
                order_id=order_id,
                payment_id=each.payment_id,
                dispute_id=each.dispute_id,
                outcome=chance.choice(("won", "lost")),
            )
            for each in told[:1]
        ),
    ]


# cash at the door


def at_the_door(*quantities: int, mugs: int = 2, books: int = 1) -> Sale:
    """Paid in cash at the door, parcel by parcel: so many units of each line have left and were billed."""
    sale = Sale(("FULL", mugs, 1_000), ("BOOK", books, 500), collected=False, terms="on_delivery")
    if quantities:
        sale.ship(*quantities)
    return sale


def hand_over(sale: Sale, *quantities: int, invoice: Invoice | None = None) -> None:
    units = tuple(UnitsOf(line.id, quantity) for line, quantity in zip(sale.lines, quantities, strict=True) if quantity)
    shipment_id = invoice.shipment_id if invoice else None
    sale.do(SettleOnDelivery(order_id=sale.book.order.id, units=units, shipment_id=shipment_id))


def give_up(sale: Sale, invoice: int = 0) -> None:
    sale.do(WriteOff(order_id=sale.book.order.id, invoice_id=sale.invoices[invoice].id, reason="insolvent"))


def test_cash_taken_at_the_door_for_a_debt_that_was_given_up_on_the_way_counts() -> None:
    sale = at_the_door(2, 1)
    [invoice] = sale.invoices
    give_up(sale)
    assert (status(sale.book), sale.book.order.captured_minor) == ("written_off", 0)

    hand_over(sale, 2, 1)

    assert sale.book.order.captured_minor == invoice.total_minor == invoice.paid_minor
    assert (invoice.written_off_minor, invoice.open_minor, sale.book.order.receivable_minor) == (0, 0, 0)
    assert status(sale.book) == "paid"
    hand_over(sale, 2, 1)  # told again
    assert sale.book.order.captured_minor == invoice.total_minor


def test_of_a_debt_that_was_given_up_counts_what_was_handed_over() -> None:
    sale = at_the_door(2, 1)
    [invoice] = sale.invoices
    give_up(sale)

    hand_over(sale, 1, 0)
    first = sale.book.order.captured_minor
    assert first == 1_000 + invoice.shipping_minor
    assert invoice.written_off_minor == invoice.total_minor - first

    hand_over(sale, 1, 1)
    assert (sale.book.order.captured_minor, invoice.written_off_minor) == (invoice.total_minor, 0)


def test_the_parcels_whose_debt_stands_are_paid_as_before() -> None:
    sale = at_the_door(1, 0)
    sale.ship(1, 1)
    first, second = sale.invoices
    give_up(sale)

    hand_over(sale, 1, 0)
    assert sale.book.order.captured_minor == first.total_minor
    hand_over(sale, 1, 1)

    assert sale.book.order.captured_minor == first.total_minor + second.total_minor
    assert (sale.book.order.receivable_minor, first.written_off_minor, second.open_minor) == (0, 0, 0)


def test_what_was_credited_after_it_was_given_up_is_not_taken_at_the_door() -> None:
    sale = at_the_door(2, 1)
    [invoice] = sale.invoices
    give_up(sale)
    credit(sale.world, sale.book, 300)

    hand_over(sale, 2, 1)

    assert (sale.book.order.captured_minor, sale.book.order.receivable_minor) == (invoice.total_minor - 300, 0)
    assert list(sale.book.rows(Refund).values()) == []


def test_what_was_credited_after_it_was_taken_goes_back() -> None:
    sale = at_the_door(2, 1)
    give_up(sale)
    hand_over(sale, 2, 1)

    credit(sale.world, sale.book, 300)

    assert [(refund.way, refund.amount_minor) for refund in sale.book.rows(Refund).values()] == [("manual", 300)]


def test_a_debt_that_a_transfer_has_paid_meanwhile_is_not_taken_at_the_door() -> None:
    sale = at_the_door(2, 1)
    [invoice] = sale.invoices
    give_up(sale)
    transfer(sale.world, invoice, invoice.total_minor)

    hand_over(sale, 2, 1)

    assert sale.book.order.captured_minor == invoice.total_minor
    assert list(sale.book.rows(Refund).values()) == []


def test_a_debt_on_account_is_not_taken_by_a_courier() -> None:
    world, book, invoice = billed()
    units = tuple(UnitsOf(line.id, line.quantity) for line in book.lines.values())

    assert world.do(SettleOnDelivery(order_id=book.order.id, units=units))

    assert (book.order.captured_minor, invoice.written_off_minor) == (0, invoice.total_minor)


def test_of_what_never_arrived_nothing_stays_given_up() -> None:
    sale = at_the_door(2, 1)
    [invoice] = sale.invoices
    give_up(sale)
    assert invoice.written_off_minor == invoice.total_minor

    sale.back(2, 1)

    assert (sale.book.order.receivable_minor, invoice.written_off_minor) == (0, 0)
    assert sum(note.amount_minor for note in sale.notes) == invoice.total_minor
    assert list(sale.book.rows(Refund).values()) == []


def test_the_promise_for_what_has_not_left_stays_whole_when_a_debt_is_credited() -> None:
    sale = at_the_door(1, 0)
    give_up(sale)
    promise = sum(promised(each) for each in sale.book.rows(Payment).values())
    assert promise == sale.book.order.receivable_minor > 0

    credit(sale.world, sale.book, 300)

    assert sum(promised(each) for each in sale.book.rows(Payment).values()) == promise
    assert len(sale.book.rows(Payment)) == 1


def test_a_parcel_that_was_credited_whole_does_not_stand_in_for_the_next_one() -> None:
    sale = at_the_door(1, 0, mugs=2)
    credit(sale.world, sale.book, sale.invoices[0].total_minor)
    hand_over(sale, 1, 0)
    assert sale.book.order.captured_minor == 0

    sale.ship(1, 1)
    hand_over(sale, 1, 1)

    assert sale.book.order.captured_minor == sale.invoices[1].total_minor
    assert sale.book.order.receivable_minor == 0


def test_the_second_parcel_may_arrive_first() -> None:
    sale = at_the_door(1, 0)
    sale.ship(1, 1)
    first, second = sale.invoices
    give_up(sale)
    units = tuple(UnitsOf(line.id, 1) for line in sale.lines)

    sale.do(SettleOnDelivery(order_id=sale.book.order.id, units=units, shipment_id=second.shipment_id))

    assert (second.open_minor, first.written_off_minor) == (0, first.total_minor)
    hand_over(sale, 1, 0)
    assert (sale.book.order.receivable_minor, first.written_off_minor) == (0, 0)


@pytest.mark.parametrize("seed", range(40))
def test_at_the_door_in_any_order_of_events_the_cash_that_was_taken_counts_once(seed: int) -> None:
    chance = Random(seed)
    sale = at_the_door(mugs=3, books=2)
    book = sale.book
    in_the_house = [3, 2]
    on_the_road: list[tuple[Invoice, list[int]]] = []
    for step in range(14):
        if any(in_the_house) and chance.random() < 0.3:
            send(sale, on_the_road, some_of(in_the_house, chance))
        elif on_the_road and chance.random() < 0.3:
            invoice, units = chance.choice(on_the_road)
            hand_over(sale, *some_of(units, chance), invoice=invoice)
            on_the_road = [each for each in on_the_road if any(each[1])]
        else:
            sale.world.do(something_about_money(sale, [each for each, _ in on_the_road], chance, step), "job:test")
        sale.world.check_order(book)
        back = sum(row.amount_minor for row in book.rows(Refund).values() if row.status != "taken_back")
        assert back <= book.order.captured_minor
        assert all(min(each.written_off_minor, each.open_minor) >= 0 for each in sale.invoices)
    if any(in_the_house):
        send(sale, on_the_road, list(in_the_house))
    for invoice, units in on_the_road:
        hand_over(sale, *units, invoice=invoice)
    assert book.order.receivable_minor + sum(row.amount_minor for row in open_refunds(book)) == 0
    assert sum(each.written_off_minor for each in sale.invoices) == 0


def send(sale: Sale, on_the_road: list[tuple[Invoice, list[int]]], units: list[int]) -> None:
    before = len(sale.invoices)
    sale.ship(*units)
    on_the_road += [(invoice, units) for invoice in sale.invoices[before:]]


def open_refunds(book: Book) -> list[Refund]:
    return [row for row in book.rows(Refund).values() if row.status not in {"done", "taken_back"}]


def some_of(quantities: list[int], chance: Random) -> list[int]:
    """They are taken off."""
    some = [chance.randint(0, each) for each in quantities]
    if not any(some):
        some = list(quantities)
    quantities[:] = [each - taken for each, taken in zip(quantities, some, strict=True)]
    return some


def something_about_money(
    sale: Sale, on_the_road: list[Invoice], chance: Random, step: int
) -> CreditAmount | WriteOff | RecordBankTransfer:
    order_id = sale.book.order.id
    amount = eur(chance.randint(1, 900))
    choices: list[CreditAmount | WriteOff | RecordBankTransfer] = [
        CreditAmount(order_id=order_id, amount=amount, reason="damaged")
    ]
    for each in on_the_road:
        choices += [
            WriteOff(order_id=order_id, invoice_id=each.id, reason="insolvent"),
            RecordBankTransfer(order_id=order_id, invoice_id=each.id, amount=amount, transfer_id=f"t{step}"),
        ]
    return chance.choice(choices)
