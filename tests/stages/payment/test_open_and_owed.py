"""What invoices say is open is what is owed, whatever is paid, credited, sent back and given up in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest

from purveyor.core.messages import Command
from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.amounts import capturing, disputed, open_on_paper, refunding
from purveyor.stages.payment.billing_documents import pending
from purveyor.stages.payment.commands import (
    CapturePayment,
    CreditAmount,
    PayAgain,
    RecordAnswer,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    RetryCapture,
    RetryRefund,
    SettleOnDelivery,
    SettleRefundManually,
    StartPayments,
    WriteOff,
)
from purveyor.stages.payment.invoice_amounts import creditable
from purveyor.stages.payment.rows import Capture, Dispute, Invoice, MoneyRequest, Payment, Refund
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.commands import AddLine, CancelUnits, ChangeShipping, EditOrder
from purveyor.stages.support.commands import OpenClaim, ResolveClaim
from purveyor.stages.support.state import Case
from tests.pure import SHOP, eur
from tests.stages.payment.payment_setup import ANN
from tests.stages.payment.sale import FREE_BACK, KEEPS_A_FEE, Sale
from tests.stages.payment.test_billed_and_kept import bill


def three_parcels(terms: str) -> Sale:
    return Sale(("FULL", 3, 1_190), collected=False, terms=terms)


def pay(sale: Sale, number: int) -> None:
    invoice = sale.invoices[number]
    sale.do(
        RecordBankTransfer(
            order_id=invoice.order_id, invoice_id=invoice.id, amount=eur(invoice.open_minor), transfer_id=f"t{number}"
        )
    )


def at_the_door(sale: Sale, number: int) -> None:
    """The courier hands over what this invoice is about."""
    invoice = sale.invoices[number]
    units = tuple(UnitsOf(line.line_id, line.quantity) for line in invoice.lines)
    command = SettleOnDelivery(order_id=invoice.order_id, units=units, shipment_id=invoice.shipment_id)
    assert sale.world.do(command, actor="system")


@pytest.mark.parametrize(("terms", "paid"), [("invoice", pay), ("on_delivery", at_the_door)])
def test_a_credit_that_paid_the_next_invoice_is_not_taken_off_the_one_after_it(
    terms: str, paid: Callable[[Sale, int], None]
) -> None:
    sale = three_parcels(terms)
    order = sale.book.order
    sale.ship(1)
    paid(sale, 0)
    sale.do(CreditAmount(order_id=order.id, amount=eur(260), reason="late"))
    sale.ship(1)
    assert sale.invoices[1].open_minor == 930
    paid(sale, 1)
    sale.ship(1)

    sale.do(CreditAmount(order_id=order.id, amount=eur(700), reason="late"))

    last = sale.invoices[2]
    assert (last.credited_minor, last.open_minor, order.receivable_minor) == (700, 490, 490)
    paid(sale, 2)
    assert (last.open_minor, order.receivable_minor) == (0, 0)
    assert order.captured_minor == sum(each.total_minor for each in sale.invoices) - 960


def test_what_is_bought_while_money_goes_back_is_asked_for_in_full() -> None:
    sale = three_parcels("invoice")
    order = sale.book.order
    bill(sale, 3)
    pay(sale, 0)
    sale.do(CreditAmount(order_id=order.id, amount=eur(500), reason="late"))
    [refund] = sale.book.rows(Refund).values()

    sale.do(EditOrder(order_id=order.id, changes=(AddLine(sku="FULL", quantity=1, unit_price=eur(700)),), reason="!"))
    bill(sale, 0, 1)

    second = sale.invoices[1]
    assert (second.paid_minor, second.open_minor) == (0, 700)
    sale.do(SettleRefundManually(order_id=order.id, refund_id=refund.id, reference="r"))
    assert order.receivable_minor == 700
    pay(sale, 1)
    assert (order.receivable_minor, second.open_minor, len(sale.book.rows(Refund))) == (0, 0, 1)


PRICES = (0, 1, 333, 1_001, 9_990)


class Story:
    """An order of several parcels, each with its invoice, and all that may happen to its money."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.terms = chance.choice(("invoice", "on_delivery", "prepaid"))
        lines = [
            ("FULL" if chance.random() < 0.6 else "BOOK", chance.randint(2, 5), chance.choice(PRICES)) for _ in "ab"
        ]
        total = sum(quantity * price for _, quantity, price in lines)
        payment = PaymentPolicy(cod_fee_minor=chance.choice((0, 333)))
        card = Tender(method="card", source="card_ok")
        first = Tender(method="card", amount=eur(1), source="card_ok")
        self.sale = Sale(
            *lines,
            collected=False,
            terms=self.terms,
            customer_id=ANN if chance.random() < 0.7 else None,
            discount=chance.choice((0, 0, total // 3)),
            tenders=((card, first) if chance.random() < 0.3 else (card,)) if self.terms == "prepaid" else (),
            shop=msgspec.structs.replace(SHOP, payment=payment),
            policy=chance.choice((FREE_BACK, KEEPS_A_FEE)),
        )
        self.order_id = self.sale.book.order.id
        self.sale.world.do(StartPayments(order_id=self.order_id))
        for each in list(self.rows(Payment)):
            if each.status == "authorizing":
                self.answer(each, each.request_key, "done")

    def rows(self, kind: Any) -> list[Any]:
        return list(self.sale.book.rows(kind).values())

    def some(self, have: list[int]) -> list[int]:
        taken = [self.chance.randint(0, count) for count in have]
        return taken if any(taken) else []

    def here(self) -> list[int]:
        return [line.allocated for line in self.sale.lines]

    def units(self, taken: list[int]) -> tuple[UnitsOf, ...]:
        return tuple(UnitsOf(line.id, count) for line, count in zip(self.sale.lines, taken, strict=True) if count)

    def amount(self, most: int) -> int:
        return self.chance.choice((most, self.chance.randint(1, most)))

    def answer(self, row: Any, key: str, outcome: str) -> None:
        self.sale.world.do(
            RecordAnswer(
                order_id=self.order_id,
                payment_id=UUID(key[:36]),
                key=key,
                outcome=outcome,  # type: ignore[arg-type]
                reference="r",
                reason="" if outcome == "done" else "no",
            ),
            actor="system",
        )

    def step(self) -> None:
        what = self.chance.choice(
            (
                "send",
                "send",
                "send",
                "pay",
                "credit",
                "back",
                "claim",
                "less",
                "more",
                "gateway",
                "gateway",
                "by hand",
                "bank",
            )
        )
        match what:
            case "send" if taken := self.some(self.here()):
                self.sale.ship(*taken)
                if self.terms == "on_delivery" and self.chance.random() < 0.7:
                    for bill in self.sale.invoices[-1:]:
                        command = SettleOnDelivery(
                            order_id=self.order_id, units=self.units(taken), shipment_id=bill.shipment_id
                        )
                        self.sale.world.do(command, actor="system")
            case "back" if taken := self.some([line.delivered for line in self.sale.lines]):
                self.send_back(taken)
            case "claim" if not self.rows(MoneyRequest) and (
                taken := self.some([line.delivered for line in self.sale.lines])
            ):
                self.claim(taken)
            case "gateway":
                self.gateway()
            case _:
                if possible := list(self.possible(what)):
                    self.sale.world.do(self.chance.choice(possible))

    def possible(self, what: str) -> Iterator[Command]:
        given: dict[str, Any] = {"order_id": self.order_id}
        match what:
            case "pay":
                yield from self.transfers(given)
            case "credit" if most := creditable(self.sale.book):
                yield CreditAmount(**given, amount=eur(self.amount(most)), reason="late")
            case "less" if taken := self.some(self.here()):
                yield CancelUnits(**given, units=self.units(taken), reason="changed mind")
            case "more":
                other = ChangeShipping(option=self.chance.choice(("standard", "express")))
                yield EditOrder(**given, changes=(other,), reason="!")
                if not sum(line.delivered for line in self.sale.lines):
                    new = AddLine(sku="FULL", quantity=1, unit_price=eur(700))
                    yield EditOrder(**given, changes=(new,), reason="!")
            case "by hand":
                yield from self.by_hand(given)
            case "bank":
                yield from self.disputes(given)
            case _:
                return

    def transfers(self, given: dict[str, Any]) -> Iterator[Command]:
        for each in self.sale.invoices:
            whole = max(1, each.open_minor)
            amount = eur(self.chance.choice((whole, whole, self.chance.randint(1, 12_000))))
            yield RecordBankTransfer(
                **given, invoice_id=each.id, amount=amount, transfer_id=f"t{self.sale.world.calls}"
            )

    def by_hand(self, given: dict[str, Any]) -> Iterator[Command]:
        for each in self.sale.invoices:
            yield WriteOff(**given, invoice_id=each.id, reason="lost")
        for refund in self.rows(Refund):
            yield SettleRefundManually(**given, refund_id=refund.id, reference="r")
            yield RetryRefund(**given, refund_id=refund.id)
        for capture in self.rows(Capture):
            yield RetryCapture(**given, capture_id=capture.id)
        for payment in self.rows(Payment):
            yield PayAgain(**given, payment_id=payment.id, source="card_ok")
            yield CapturePayment(**given, payment_id=payment.id, amount=eur(self.chance.randint(1, 2_000)))

    def disputes(self, given: dict[str, Any]) -> Iterator[Command]:
        for payment in self.rows(Payment):
            if payment.method == "card" and payment.captured_minor:
                amount = eur(self.chance.randint(1, payment.captured_minor))
                name = f"d{self.sale.world.calls % 2}"
                yield RecordChargeback(**given, payment_id=payment.id, amount=amount, dispute_id=name)
        for row in self.rows(Dispute):
            outcome: Literal["won", "lost"] = "won" if self.chance.random() < 0.5 else "lost"
            yield ResolveDispute(**given, payment_id=row.payment_id, dispute_id=row.dispute_id, outcome=outcome)

    def gateway(self) -> None:
        for row in (*self.rows(Payment), *self.rows(Capture), *self.rows(Refund)):
            waits = row.request if isinstance(row, Payment) else row.status == "pending" and row.request_key
            if waits:
                self.answer(row, row.request_key, self.chance.choice(("done", "done", "declined")))
                return

    def claim(self, taken: list[int]) -> None:
        given: dict[str, Any] = {"order_id": self.order_id}
        self.sale.world.do(OpenClaim(**given, claim="damaged", contents=self.units(taken), text="!", channel="email"))
        for case in self.rows(Case):
            if case.status != "closed":
                self.sale.world.do(ResolveClaim(**given, case_id=case.id, remedy="refund"))

    def send_back(self, taken: list[int]) -> None:
        given: dict[str, Any] = {"order_id": self.order_id}
        units = self.units(taken)
        want = self.chance.choice(("refund", "store_credit"))
        items = tuple(
            ReturnItem(line_id=each.line_id, quantity=each.quantity, reason="changed_mind", want=want)  # type: ignore[arg-type]
            for each in units
        )
        if not self.sale.world.do(RequestReturn(**given, items=items)):
            return
        rma = self.rows(Rma)[-1]
        self.sale.do(ReceiveReturn(**given, rma_id=rma.id, counted=units))
        for each in units:
            self.sale.do(
                InspectReturn(
                    **given,
                    rma_id=rma.id,
                    line_id=each.line_id,
                    quantity=each.quantity,
                    condition="used",
                    disposition="scrap",
                )
            )


@pytest.mark.parametrize("seed", [*range(60), 491])  # the last: claimed unit by unit while one is not billed
def test_what_is_open_is_what_is_owed_whatever_happens(seed: int) -> None:
    story = Story(Random(seed))
    book = story.sale.book
    for _ in range(story.chance.randint(8, 30)):
        story.step()  # the world holds what invoices say is open against the ledger after each command
        if book.rows(Invoice) and not pending(book):
            owed = book.order.receivable_minor + refunding(book) - disputed(book)
            assert open_on_paper(book) == max(0, owed - capturing(book))
