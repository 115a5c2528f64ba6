"""What couriers take at the door, parcel by parcel: also for what is sent once more after a loss."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.engine.ledger import apply_moves
from purveyor.stages.payment.commands import CaptureForUnits, SettleOnDelivery, StartPayments, WriteOff
from purveyor.stages.payment.papers import disagreements
from purveyor.stages.payment.rows import Payment
from purveyor.stages.review.commands import AddUnits
from tests.pure import SHOP, a_call
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
        order_id = self.book.order.id
        self.sale.do(CaptureForUnits(order_id=order_id, shipment_id=parcel.shipment_id, units=units))
        return parcel

    def hand_over(self, parcel: Sent, was: str = "shipped") -> int:
        """The parcel is delivered. Gives what the courier took for it."""
        before = self.book.order.captured_minor
        self.moves(parcel.units, was, "delivered")
        order_id = self.book.order.id
        self.sale.do(SettleOnDelivery(order_id=order_id, units=parcel.units, shipment_id=parcel.shipment_id))
        assert list(disagreements(self.book)) == []
        return self.book.order.captured_minor - before

    def lose(self, parcel: Sent) -> None:
        self.moves(parcel.units, "shipped", "lost")

    def send_again(self, *quantities: int, of: int = 0) -> Sent:
        """So many units of a line once more, free of charge."""
        units = (UnitsOf(self.sale.lines[of].id, *quantities),)
        self.sale.do(AddUnits(order_id=self.book.order.id, units=units, free=True, reason="claim"))
        return self.send(*([0] * (len(self.sale.lines) - 1)), *quantities)

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
    assert courier.hand_over(lost, was="lost") == 2_000 + SHIPPING + FEE
    assert courier.hand_over(again) == 0

    courier = Courier(("FULL", 2, 1_000))
    lost = courier.send(2)
    courier.lose(lost)
    assert courier.hand_over(courier.send_again(2)) == 2_000 + SHIPPING + FEE
    assert courier.hand_over(lost, was="lost") == 0


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
    half = Sent(parcel.shipment_id, (UnitsOf(units.line_id, 1),))

    assert courier.hand_over(half) == 1_000 + SHIPPING + FEE
    assert courier.hand_over(half) == 1_000
    assert courier.open_minor == 0
