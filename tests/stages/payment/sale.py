"""An order of two rates of tax, and what comes back of it: papers are tried on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from purveyor.core.ids import uuid7
from purveyor.core.policies import Policies, ReturnPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Customer, Line, Product, Stock
from purveyor.stages.payment.commands import CaptureForUnits
from purveyor.stages.payment.rows import CreditNote, Invoice
from purveyor.stages.receipt.commands import LineItem, PlaceOrder
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.returns.state import Rma
from tests.pure import ADDRESS, SHOP, a_call, eur
from tests.simulation.random_actions import People
from tests.simulation.shortcuts import leave
from tests.simulation.world import World
from tests.stages.payment.payment_setup import ANN

FREE_BACK = ReturnPolicy(customer_pays_label=False)
KEEPS_A_FEE = ReturnPolicy(restocking_fee_basis_points=1_000, label_minor=490)


class Sale:
    """An order that was delivered in one piece, unless it says otherwise, and what came back of it."""

    def __init__(
        self,
        *lines: tuple[str, int, int],
        policy: ReturnPolicy = FREE_BACK,
        discount: int = 0,
        collected: bool = True,
        shop: Policies = SHOP,
        **changes: Any,
    ) -> None:
        """Lines: SKU (FULL at 19 %, BOOK at 7 %, FILE to download), quantity, price of a unit."""
        people = People()
        self.world: World = people.world
        shop = msgspec.structs.replace(shop, returns=(policy,))
        self.world.state.policies = shop
        for sku, tax_class in (("FULL", "standard"), ("BOOK", "reduced")):
            product = Product(sku, sku, "goods", 1_000, "EUR", tax_class=tax_class, weight_g=100)
            self.world.state.shared[Product][sku] = product
            self.world.state.stock[sku] = {"main": Stock(sku, "main", 1_000), "shop": Stock(sku, "shop", 1_000)}
        self.world.state.shared[Product]["FILE"] = Product("FILE", "File", "download", 1_000, "EUR", asset="x")
        self.world.state.shared[Customer][ANN] = Customer(ANN, "C1", uuid7(1, 2))
        usual: dict[str, Any] = {"terms": "at_counter", "method": "collect", "collect_at": "shop"} if collected else {}
        self.do(
            PlaceOrder(
                channel="web",
                contact=ADDRESS,
                currency="EUR",
                lines=tuple(
                    LineItem(sku=sku, quantity=quantity, unit_price=eur(price)) for sku, quantity, price in lines
                ),
                discount=eur(discount) if discount else None,
                **{**usual, **changes},
            )
        )
        [self.book] = self.world.state.books.values()

    def do(self, command: Any) -> None:
        assert self.world.do(command), self.world.refusals

    @property
    def lines(self) -> list[Line]:
        return list(self.book.lines.values())

    def ship(self, *quantities: int) -> None:
        """So many units of each line leave the house, arrive, and are billed."""
        units = leave(self.world, self.book, quantities)
        self.do(CaptureForUnits(order_id=self.book.order.id, shipment_id=a_call().ids.new(), units=units))

    def back(
        self, *quantities: int, reason: str = "changed_mind", deduct: int = 0, days: int = 0, want: str = "refund"
    ) -> CreditNote:
        """Units come back and are credited."""
        self.world.now += timedelta(days=days)
        items = tuple(
            ReturnItem(line_id=line.id, quantity=quantity, reason=reason, want=want)  # type: ignore[arg-type]
            for line, quantity in zip(self.lines, quantities, strict=True)
            if quantity
        )
        order_id = self.book.order.id
        self.do(RequestReturn(order_id=order_id, items=items))
        rma = list(self.book.rows(Rma).values())[-1]
        counted = tuple(UnitsOf(item.line_id, item.quantity) for item in items)
        self.do(ReceiveReturn(order_id=order_id, rma_id=rma.id, counted=counted))
        for number, item in enumerate(items):
            self.do(
                InspectReturn(
                    order_id=order_id,
                    rma_id=rma.id,
                    line_id=item.line_id,
                    quantity=item.quantity,
                    condition="used",
                    disposition="scrap",
                    deduct=eur(deduct) if deduct and not number else None,
                )
            )
        return self.notes[-1]

    @property
    def notes(self) -> list[CreditNote]:
        return list(self.book.rows(CreditNote).values())

    @property
    def invoices(self) -> list[Invoice]:
        return list(self.book.rows(Invoice).values())
