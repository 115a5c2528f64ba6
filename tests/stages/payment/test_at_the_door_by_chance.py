"""Whatever becomes of the parcels of an order that is paid at the door: nothing stays open that nobody asks for."""

from __future__ import annotations

from random import Random

import pytest

from purveyor.core.positions import IN_THE_HOUSE, UnitsOf
from purveyor.stages.payment.billing_documents import disagreements
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.review.commands import AddUnits, CancelUnits
from purveyor.stages.support.commands import Remedy, ResolveClaim
from purveyor.stages.support.state import Case
from tests.pure import eur
from tests.stages.payment.test_at_the_door import Courier, Sent

PRICES = (0, 1, 333, 1_001, 9_990)
REMEDIES: tuple[Remedy, ...] = ("resend", "resend", "refund")
STEPS = ("send", "arrive", "arrive", "lose", "come back", "claim", "credit", "cancel", "give")


class Life:
    """An order of some lines, and the parcels of it that are on their way."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        lines = [(sku, chance.randint(1, 3), chance.choice(PRICES)) for sku in ("FULL", "BOOK")[: chance.randint(1, 2)]]
        self.courier = Courier(*lines, fee=chance.choice((0, 333)))
        self.book = self.courier.book
        self.away: list[Sent] = []

    def send(self, *, everything: bool = False) -> None:
        here = [line.allocated for line in self.courier.sale.lines]
        taken = here if everything else [self.chance.randint(0, count) for count in here]
        if any(taken):
            self.away.append(self.courier.send(*taken))

    def step(self) -> None:
        sale, order_id = self.courier.sale, self.book.order.id
        match self.chance.choice(
            ("send", "arrive", "arrive", "lose", "come back", "claim", "credit", "cancel", "give")
        ):
            case "send":
                self.send()
            case "claim":
                self.resolve()
            case "credit":
                sale.world.do(CreditAmount(order_id=order_id, amount=eur(self.chance.randint(1, 400)), reason="late"))
            case "cancel":
                units = UnitsOf(self.chance.choice(sale.lines).id, 1)
                sale.world.do(CancelUnits(order_id=order_id, units=(units,), reason="changed mind"))
            case "give":
                units = UnitsOf(self.chance.choice(sale.lines).id, 1)
                if self.chance.random() < 0.3:
                    sale.do(AddUnits(order_id=order_id, units=(units,), free=True, reason="late"))
            case what:
                self.end_of_a_parcel(what)

    def end_of_a_parcel(self, what: str) -> None:
        if not self.away:
            return
        parcel = self.away.pop(self.chance.randrange(len(self.away)))
        if what == "arrive":
            self.courier.hand_over(parcel)
        elif what == "lose":
            self.courier.lose(parcel)
        else:
            self.courier.bring_back(parcel)

    def resolve(self) -> None:
        for case in list(self.book.rows(Case).values()):
            if case.status == "open" and case.claim == "lost":
                remedy: Remedy = self.chance.choice(REMEDIES)
                self.courier.sale.do(ResolveClaim(order_id=self.book.order.id, case_id=case.id, remedy=remedy))

    def end(self) -> None:
        """Everything that is left is sent and arrives."""
        self.resolve()
        self.send(everything=True)
        while self.away:
            self.courier.hand_over(self.away.pop())


@pytest.mark.parametrize("seed", range(50))
def test_nothing_stays_open_that_nobody_asks_for(seed: int) -> None:
    life = Life(Random(seed))
    book, sale = life.book, life.courier.sale
    for _ in range(life.chance.randint(3, 14)):
        life.step()
        assert list(disagreements(book)) == []
    life.end()
    assert not book.units(*IN_THE_HOUSE, "shipped", "returning")
    for number, _ in enumerate(sale.invoices):
        life.courier.make_due(number)

    still_open = [invoice for invoice in sale.invoices if invoice.open_minor]
    assert sum(invoice.open_minor for invoice in still_open) == max(0, book.order.receivable_minor)
    has_case = any(case.status == "open" for case in book.rows(Case).values())
    assert all(invoice.due_at is not None or has_case for invoice in still_open)
    assert list(disagreements(book)) == []
    sale.world.check_order(book)
