"""Whatever is sent, credited, canceled and sent back, in whatever order: papers and ledger say the same."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from purveyor.core.policies import PaymentPolicy, ReturnPolicy
from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.billing_documents import disagreements, invoice_parts, pending
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.payment.invoice_amounts import creditable
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.commands import CancelUnits
from tests.pure import SHOP, eur
from tests.stages.payment.sale import FREE_BACK, KEEPS_A_FEE, Sale

PRICES = (0, 1, 2, 3, 99, 101, 333, 1_001, 9_990)


class Life:
    """An order of some lines, of which units are here, with the customer, or back."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        lines = [
            (chance.choice(("FULL", "BOOK")), chance.randint(1, 7), chance.choice(PRICES))
            for _ in range(chance.randint(1, 4))
        ]
        total = sum(quantity * price for _, quantity, price in lines)
        tax = msgspec.structs.replace(SHOP.tax, inclusive=chance.random() < 0.7)
        payment = PaymentPolicy(cod_fee_minor=chance.choice((0, 333)))
        at_the_door: dict[str, Any] = {"collected": False, "terms": "on_delivery"} if chance.random() < 0.5 else {}
        self.sale = Sale(
            *lines,
            discount=chance.choice((0, 0, total // 3, min(total, 1), max(0, total - 2))),
            shop=msgspec.structs.replace(SHOP, tax=tax, payment=payment),
            policy=chance.choice((FREE_BACK, KEEPS_A_FEE, ReturnPolicy(label_minor=490))),
            **at_the_door,
        )
        self.here = [quantity for _, quantity, _ in lines]
        self.out = [0] * len(lines)

    def some(self, units: list[int]) -> list[int]:
        taken = [self.chance.randint(0, count) for count in units]
        return taken if any(taken) else []

    def step(self) -> None:
        """One of what can be done; refusals change nothing."""
        match self.chance.choice(("send", "send", "send back", "credit", "credit", "cancel")):
            case "send":
                if taken := self.some(self.here):
                    self.sale.ship(*taken)
                    self.here = [have - gone for have, gone in zip(self.here, taken, strict=True)]
                    self.out = [have + more for have, more in zip(self.out, taken, strict=True)]
            case "send back":
                if taken := self.some(self.out):
                    self.send_back(taken)
            case "credit":
                if most := creditable(self.sale.book):
                    amount = eur(self.chance.randint(1, most))
                    self.sale.do(CreditAmount(order_id=self.sale.book.order.id, amount=amount, reason="late"))
            case _:
                if (taken := self.some(self.here)) and self.sale.world.do(
                    CancelUnits(order_id=self.sale.book.order.id, units=self.units(taken), reason="changed mind")
                ):
                    self.here = [have - gone for have, gone in zip(self.here, taken, strict=True)]

    def units(self, taken: list[int]) -> tuple[UnitsOf, ...]:
        return tuple(UnitsOf(line.id, count) for line, count in zip(self.sale.lines, taken, strict=True) if count)

    def send_back(self, taken: list[int]) -> None:
        order_id = self.sale.book.order.id
        units = self.units(taken)
        items = tuple(
            ReturnItem(
                line_id=each.line_id, quantity=each.quantity, reason=self.chance.choice(("changed_mind", "damaged"))
            )
            for each in units
        )
        if not self.sale.world.do(RequestReturn(order_id=order_id, items=items)):
            return
        rma = list(self.sale.book.rows(Rma).values())[-1]
        self.sale.do(ReceiveReturn(order_id=order_id, rma_id=rma.id, counted=units))
        for each in units:
            self.sale.do(
                InspectReturn(
                    order_id=order_id,
                    rma_id=rma.id,
                    line_id=each.line_id,
                    quantity=each.quantity,
                    condition="used",
                    disposition="scrap",
                )
            )
        self.out = [have - gone for have, gone in zip(self.out, taken, strict=True)]


@pytest.mark.parametrize("seed", range(2, 42))
def test_papers_and_ledger_say_the_same_whatever_happens(seed: int) -> None:
    life = Life(Random(seed))
    sale = life.sale
    for _ in range(life.chance.randint(2, 10)):
        life.step()
        assert list(disagreements(sale.book)) == []
    for invoice in sale.invoices:
        parts = [amount for _, amount in invoice_parts(sale.book, invoice)]
        assert sum(each.minor for each in parts) == invoice.total_minor
        assert sum(each.tax_minor for each in parts) == invoice.tax_minor
    for note in sale.notes:
        assert sum(part.amount_minor for part in note.parts) == note.amount_minor
        assert all(0 <= part.tax_minor <= part.amount_minor for part in note.parts)
    if sale.invoices and not any(life.here):
        said = sum(each.tax_minor for each in sale.invoices) - sum(each.tax_minor for each in sale.notes)
        assert said == -sale.world.balances[sale.book.order.id]["tax"]
        assert not pending(sale.book)
