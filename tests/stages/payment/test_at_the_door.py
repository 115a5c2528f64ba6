"""What couriers take at the door, parcel by parcel: also for what is sent once more after a loss."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import Adjustment, Posting, UnitMove, UnitsOf
from purveyor.engine.ledger import apply_moves
from purveyor.stages.confirmation.state import Message
from purveyor.stages.delivery.commands import DeclareLost, ExpectDelivery, RecordTrackingEvent, ScanStatus
from purveyor.stages.payment.billing_documents import disagreements
from purveyor.stages.payment.commands import (
    CaptureForUnits,
    MakeInvoiceDue,
    RecordBankTransfer,
    SendReminder,
    SettleBalance,
    SettleOnDelivery,
    StartPayments,
    WriteOff,
)
from purveyor.stages.payment.refusals import NoDueDay, PaidAtTheDoor
from purveyor.stages.payment.rows import Invoice, Payment
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.commands import AddUnits
from purveyor.stages.support.commands import ResolveClaim
from purveyor.stages.support.state import Case
from tests.pure import SHOP, a_call, a_shop, do, eur
from tests.stages.payment.payment_setup import authorized, shipped, the
from tests.stages.payment.sale import Sale

SHIPPING, FEE = 490, 333


class Sent(NamedTuple):
    shipment_id: UUID
    units: tuple[UnitsOf, ...]


class Courier:
    """Takes parcels of an order that is paid at the door."""

    def __init__(self, *lines: tuple[str, int, int], fee: int = FEE, **changes: Any) -> None:
        shop = msgspec.structs.replace(SHOP, payment=PaymentPolicy(cod_fee_minor=fee))
        self.sale = Sale(*lines, collected=False, terms="on_delivery", shop=shop, **changes)
        self.book = self.sale.book
        self.sale.do(StartPayments(order_id=self.book.order.id))

    def moves(self, units: tuple[UnitsOf, ...], *path: str) -> None:
        moves = []
        for each in units:
            line = self.book.line(each.line_id)
            for source, target in pairwise(path):
                place = "main" if source in {"allocated", "picked", "packed"} else None
                moves.append(UnitMove(line.id, line.sku, source, target, each.quantity, place))  # type: ignore[arg-type]
        apply_moves(self.sale.world.state, Fact(order_id=self.book.order.id, moves=tuple(moves)))

    def send(self, *quantities: int) -> Sent:
        """So many units of each line are handed to the courier, and billed."""
        lines = self.sale.lines
        units = tuple(UnitsOf(line.id, count) for line, count in zip(lines, quantities, strict=False) if count)
        self.moves(units, "allocated", "picked", "packed", "shipped")
        parcel = Sent(a_call().ids.new(), units)
        order_id, shipment_id = self.book.order.id, parcel.shipment_id
        self.sale.do(CaptureForUnits(order_id=order_id, shipment_id=shipment_id, units=units))
        number = f"T{shipment_id.int}"[:20]
        expects = ExpectDelivery(order_id=order_id, shipment_id=shipment_id, tracking_number=number, contents=units)
        self.sale.do(expects)
        return parcel

    def scan(self, parcel: Sent, status: ScanStatus) -> None:
        self.sale.world.now += timedelta(hours=1)
        self.sale.do(
            RecordTrackingEvent(
                order_id=self.book.order.id,
                shipment_id=parcel.shipment_id,
                event_id=str(a_call().ids.new()),
                status=status,
                at=self.sale.world.now,
            )
        )

    def hand_over(self, parcel: Sent) -> int:
        """The parcel is delivered. Gives what the courier took for it."""
        before = self.book.order.captured_minor
        self.scan(parcel, "delivered")
        assert list(disagreements(self.book)) == []
        return self.book.order.captured_minor - before

    def lose(self, parcel: Sent) -> None:
        self.sale.do(DeclareLost(order_id=self.book.order.id, shipment_id=parcel.shipment_id))

    def send_again(self, *quantities: int, of: int = 0) -> Sent:
        """So many units of a line once more, free of charge."""
        units = (UnitsOf(self.sale.lines[of].id, *quantities),)
        self.sale.do(AddUnits(order_id=self.book.order.id, units=units, free=True, reason="claim"))
        return self.send(*([0] * (len(self.sale.lines) - 1)), *quantities)

    def bring_back(self, parcel: Sent) -> None:
        """Nobody took the parcel: it is here again, and the goods are paid back."""
        order_id = self.book.order.id
        self.scan(parcel, "returned_to_sender")
        rma_id = list(self.book.rows(Rma))[-1]
        self.sale.do(ReceiveReturn(order_id=order_id, rma_id=rma_id, counted=parcel.units))
        for each in parcel.units:
            self.sale.do(
                InspectReturn(
                    order_id=order_id,
                    rma_id=rma_id,
                    line_id=each.line_id,
                    quantity=each.quantity,
                    condition="new",
                    disposition="restock",
                )
            )

    def make_due(self, number: int = 0) -> Invoice:
        """Nobody collects what is open of an invoice, as a sweep has found."""
        invoice = self.sale.invoices[number]
        self.sale.do(MakeInvoiceDue(order_id=self.book.order.id, invoice_id=invoice.id))
        return invoice

    def told(self) -> list[tuple[str, str]]:
        rows = self.book.rows(Message).values()
        return [(each.notice, each.details.get("amount", "")) for each in rows if each.notice == "invoice_open"]

    @property
    def open_minor(self) -> int:
        is_open = sum(each.open_minor for each in self.sale.invoices)
        assert is_open == self.book.order.receivable_minor
        return is_open


def test_what_is_sent_once_more_is_paid_in_place_of_what_was_lost() -> None:
    courier = Courier(("FULL", 2, 1_000))
    courier.lose(courier.send(2))

    assert courier.hand_over(courier.send_again(2)) == 2_000 + SHIPPING + FEE

    assert courier.open_minor == 0
    assert [each.status for each in courier.book.rows(Payment).values()] == ["captured"]


def test_one_of_two_parcels_that_was_lost_is_paid_when_it_is_sent_once_more() -> None:
    courier = Courier(("FULL", 2, 1_000))
    lost, second = courier.send(1), courier.send(1)
    courier.lose(lost)
    assert courier.hand_over(second) == 1_000

    assert courier.hand_over(courier.send_again(1)) == 1_000 + SHIPPING + FEE
    assert courier.open_minor == 0


def test_the_lost_parcel_alone_is_paid_while_another_one_is_still_on_its_way() -> None:
    courier = Courier(("FULL", 3, 1_000))
    lost, second = courier.send(1), courier.send(2)
    courier.lose(lost)

    assert courier.hand_over(courier.send_again(1)) == 1_000 + SHIPPING + FEE
    assert courier.hand_over(second) == 2_000
    assert courier.open_minor == 0


def test_a_parcel_with_units_of_both_kinds_is_paid_for_both() -> None:
    courier = Courier(("FULL", 3, 1_000))
    courier.lose(courier.send(1))
    again = UnitsOf(courier.sale.lines[0].id, 1)
    courier.sale.do(AddUnits(order_id=courier.book.order.id, units=(again,), free=True, reason="claim"))

    assert courier.hand_over(courier.send(1, 1)) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(courier.send(1)) == 1_000
    assert courier.open_minor == 0


def test_a_parcel_that_is_lost_twice_is_paid_when_it_arrives_at_last() -> None:
    courier = Courier(("FULL", 2, 1_000), ("BOOK", 1, 500))
    courier.lose(courier.send(2, 1))
    courier.lose(courier.send_again(2))
    assert courier.open_minor == 2_500 + SHIPPING + FEE

    assert courier.hand_over(courier.send_again(2, of=2)) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(courier.send_again(1, of=1)) == 500
    assert courier.open_minor == 0


def test_some_of_the_lost_units_are_paid_when_some_are_sent_once_more() -> None:
    courier = Courier(("FULL", 3, 1_001))
    courier.lose(courier.send(3))

    assert courier.hand_over(courier.send_again(1)) == 1_001 + SHIPPING + FEE
    assert courier.hand_over(courier.send_again(2)) == 2_002
    assert courier.open_minor == 0


def test_a_lost_parcel_that_turns_up_is_paid_once() -> None:
    courier = Courier(("FULL", 2, 1_000))
    lost = courier.send(2)
    courier.lose(lost)
    again = courier.send_again(2)
    assert courier.hand_over(lost) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(again) == 0

    courier = Courier(("FULL", 2, 1_000))
    lost = courier.send(2)
    courier.lose(lost)
    assert courier.hand_over(courier.send_again(2)) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(lost) == 0


def test_free_goods_are_paid_by_nobody_as_long_as_nothing_is_lost() -> None:
    courier = Courier(("FULL", 2, 1_000), ("FULL", 1, 0))
    first = courier.send(2, 0)
    given = courier.send_again(1)  # a present, while the others are on their way

    assert courier.hand_over(given) == 0
    assert courier.hand_over(courier.send(0, 1)) == 0  # bought for nothing
    assert courier.hand_over(first) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(courier.send_again(1)) == 0  # for a broken one
    assert courier.open_minor == 0


def test_free_goods_of_the_order_do_not_take_the_place_of_lost_ones() -> None:
    courier = Courier(("FULL", 2, 1_000), ("FULL", 1, 0))
    courier.lose(courier.send(2, 0))

    assert courier.hand_over(courier.send(0, 1)) == 0
    assert courier.open_minor == 2_000 + SHIPPING + FEE


def test_a_debt_that_was_given_up_counts_when_what_is_sent_once_more_is_paid() -> None:
    courier = Courier(("FULL", 2, 1_000))
    courier.lose(courier.send(2))
    [invoice] = courier.sale.invoices
    courier.sale.do(WriteOff(order_id=courier.book.order.id, invoice_id=invoice.id, reason="not_delivered"))

    assert courier.hand_over(courier.send_again(2)) == 2_000 + SHIPPING + FEE
    assert (courier.open_minor, invoice.written_off_minor) == (0, 0)


def test_the_fee_is_paid_with_the_first_parcel() -> None:
    courier = Courier(("FULL", 2, 1_000), ("BOOK", 1, 500))

    assert courier.hand_over(courier.send(1, 0)) == 1_000 + SHIPPING + FEE
    assert courier.hand_over(courier.send(1, 1)) == 1_500
    assert [(each.shipping_minor, each.other_minor) for each in courier.sale.invoices] == [(SHIPPING, FEE), (0, 0)]


def test_a_parcel_in_two_parts_is_paid_with_all_charges_at_the_first() -> None:
    courier = Courier(("FULL", 2, 1_000))
    parcel = courier.send(2)
    [units] = parcel.units
    half = SettleOnDelivery(
        order_id=courier.book.order.id, shipment_id=parcel.shipment_id, units=(UnitsOf(units.line_id, 1),)
    )

    courier.sale.do(half)
    assert courier.book.order.captured_minor == 1_000 + SHIPPING + FEE
    courier.sale.do(half)
    assert courier.open_minor == 0


# what nobody collects


def a_first_parcel_that_came_back() -> Courier:
    """The second one was taken and paid for: shipping and fee of the first are open."""
    courier = Courier(("FULL", 2, 1_000))
    first, second = courier.send(1), courier.send(1)
    courier.bring_back(first)
    courier.make_due()
    assert courier.sale.invoices[0].due_at is None, "the second one is on its way"
    assert courier.hand_over(second) == 1_000
    assert courier.open_minor == SHIPPING + FEE
    return courier


def test_what_no_courier_collects_any_more_is_asked_for_with_a_day() -> None:
    courier = a_first_parcel_that_came_back()

    invoice = courier.make_due()

    assert invoice.due_at is not None
    assert invoice.due_at == invoice.remind_at
    assert invoice.due_at > courier.sale.world.now
    assert courier.told() == [("invoice_open", "8.23 EUR")]
    courier.make_due()
    assert len(courier.told()) == 1


def test_a_parcel_is_paid_though_another_one_of_the_same_goods_was_lost_and_paid_back() -> None:
    courier = Courier(("FULL", 2, 1_000))
    first, second = courier.send(1), courier.send(1)
    courier.lose(first)
    [case] = courier.book.rows(Case).values()
    courier.sale.do(ResolveClaim(order_id=courier.book.order.id, case_id=case.id, remedy="refund"))

    assert courier.hand_over(second) == 1_000
    assert courier.sale.invoices[1].open_minor == 0
    invoice = courier.make_due()
    assert (invoice.due_at is None) == (courier.open_minor == 0)


def test_what_was_asked_for_is_reminded_of_and_paid_by_transfer() -> None:
    courier = a_first_parcel_that_came_back()
    invoice = courier.make_due()
    order_id = courier.book.order.id
    assert invoice.due_at is not None
    courier.sale.world.now = invoice.due_at

    courier.sale.do(SendReminder(order_id=order_id, invoice_id=invoice.id, level=1))
    pays = RecordBankTransfer(order_id=order_id, invoice_id=invoice.id, amount=eur(SHIPPING + FEE), transfer_id="T1")
    courier.sale.do(pays)

    assert courier.open_minor == 0
    assert [(each.method, each.status) for each in courier.book.rows(Payment).values()] == [
        ("cash_on_delivery", "captured"),
        ("invoice", "captured"),
    ]


def test_lost_goods_that_nothing_is_sent_in_place_of_are_asked_of_nobody_and_put_before_somebody() -> None:
    courier = Courier(("FULL", 2, 1_000))
    courier.lose(courier.send(2))

    invoice = courier.make_due()

    assert invoice.due_at is None
    assert [(each.topic, each.claim) for each in courier.book.rows(Case).values()] == [
        ("claim", "lost"),
        ("delivery", ""),
    ]
    assert courier.told() == []


def test_what_is_sent_once_more_is_waited_for() -> None:
    courier = Courier(("FULL", 2, 1_000))
    courier.lose(courier.send(2))
    again = courier.send_again(2)

    assert courier.make_due().due_at is None
    courier.hand_over(again)
    assert courier.make_due().due_at is None
    assert courier.told() == []


def test_a_bill_that_comes_with_no_parcel_is_due_at_once() -> None:
    courier = Courier(("FULL", 2, 1_000), ("BOOK", 1, 500))
    courier.send(2, 0)
    [line, _] = courier.sale.lines
    dearer = Adjustment(str(line.id), line.tax_basis_points, 300, 48)
    postings = (Posting("receivable", 300), Posting("revenue", -252), Posting("tax", -48))
    apply_moves(
        courier.sale.world.state, Fact(order_id=courier.book.order.id, postings=postings, adjustments=(dearer,))
    )
    courier.sale.world.balances[courier.book.order.id].update({each.account: each.minor for each in postings})

    courier.sale.do(SettleBalance(order_id=courier.book.order.id))

    first, second = courier.sale.invoices
    assert (first.due_at, second.total_minor) == (None, 300)
    assert second.due_at is not None


def test_a_reminder_of_what_has_no_due_day_is_refused_with_the_reason() -> None:
    courier = Courier(("FULL", 2, 1_000))
    courier.send(2)
    [invoice] = courier.sale.invoices
    command = SendReminder(order_id=courier.book.order.id, invoice_id=invoice.id, level=1)

    with pytest.raises(PaidAtTheDoor) as refusal:
        do(courier.sale.world.state, command)
    assert (
        str(refusal.value) == "This invoice is paid at the door. It has no due day, so there is nothing to remind of."
    )

    shop = a_shop()
    book = authorized(shop, ("MUG", 1))
    shipped(shop, book, 1)
    with pytest.raises(NoDueDay) as none:
        do(shop, SendReminder(order_id=book.order.id, invoice_id=the(book, Invoice).id, level=1))
    assert str(none.value) == "This invoice has no due day, so there is nothing to remind of."
