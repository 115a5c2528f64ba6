"""A small shop that is open: what a customer, its staff and the courier can do, and what then is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from purveyor.adapters.access.fake import FakeAccessSystem
from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.gateways.fake_ledger import Charge
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.core.approval_limits import OPERATOR
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.policies import Location, RoutingPolicy
from purveyor.core.positions import POSITIONS
from purveyor.engine.answers import Answer, Refused
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.simulation.command_batches import CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.staff import Staff
from purveyor.stages.delivery.commands import AddLicenseKeys, AddSlots, SlotItem
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.wiring import House

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MAIN = Location("main", "Main", "DE", "Leipzig", "04109", "Lagerweg 4", priority=1)
NORTH = Location("north", "North", "DE", "Hamburg", "20457", "Am Speicher 11", priority=2)
COUNTER = Location("shop", "The shop", "DE", "Berlin", "10119", "Torgasse 7", priority=3, ships=False, collects=True)
ANN = Address(
    name="Ann Example", email="ann@example.com", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE"
)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


PRODUCTS = (
    ProductData(sku="MUG", name="Mug", price=eur(1_200), weight_g=350, length_mm=120, width_mm=90, height_mm=100),
    ProductData(sku="POT", name="Pot", price=eur(4_000), weight_g=900, length_mm=250, width_mm=150, height_mm=150),
    ProductData(sku="BOOK", name="Book", price=eur(900), kind="download", asset="book.epub"),
    ProductData(sku="APP", name="App", price=eur(3_000), kind="license"),
    ProductData(sku="CLUB", name="Club", price=eur(2_000), kind="access", asset="club"),
    ProductData(sku="FITTING", name="Fitting", price=eur(8_000), kind="service", duration_min=120),
)


class Placed(msgspec.Struct, frozen=True):
    """An order that was acknowledged, and its lines by SKU."""

    id: UUID
    number: int
    lines: dict[str, UUID]


class Shop:
    """Everything is done by commands, each with a key of its own, and what follows in jobs is done at once."""

    def __init__(self, house: House, clock: SimulatedClock) -> None:
        self.house = house
        self.clock = clock
        outside = house.outside
        assert isinstance(outside.gateway, FakeGateway)
        assert isinstance(outside.carrier, FakeCarrier)
        assert isinstance(outside.notifier, FakeNotifier)
        assert isinstance(outside.access, FakeAccessSystem)
        self.gateway, self.carrier = outside.gateway, outside.carrier
        self.notifier, self.access = outside.notifier, outside.access
        self.staff = Staff(CommandBatcher(house, "staff"), SeededRandom(0, share=0.0), is_paced=False)
        self._keys = count()

    async def open(self) -> None:
        """Two warehouses and a counter; nothing on the shelves yet."""
        await self.set_policy("locations", [msgspec.to_builtins(each) for each in (MAIN, NORTH, COUNTER)])
        await self.set_policy("routing", msgspec.to_builtins(RoutingPolicy(backorder_cap=100)))
        await self.ask(SaveProducts(products=PRODUCTS))
        await self.ask(AddLicenseKeys(sku="APP", keys=("AAAA-1111", "BBBB-2222", "CCCC-3333")))
        slot = SlotItem(technician="tariq", starts_at=self.clock.now() + timedelta(days=10), minutes=240)
        await self.ask(AddSlots(slots=(slot,)))

    async def set_policy(self, name: str, data: Any) -> None:
        await self.ask(SetPolicy(name=name, data=data), OPERATOR)

    async def receive(self, sku: str, quantity: int, location: str = "main") -> None:
        """Goods come in, and who waits for them is served."""
        await self.ask(ReceiveStock(items=(ReceivedItem(sku=sku, location=location, quantity=quantity),)))
        await self.wait(minutes=1)

    # asking

    async def ask(self, command: Command, actor: str = "staff:test") -> Answer:
        """It must be accepted; its jobs are done when this comes back."""
        given = await self.house.committer.submit(command, key=f"test:{next(self._keys)}", actor=actor)
        assert given.accepted, given.answer.refusal
        await self.house.job_runner.drain()
        return given.answer

    async def refusal(self, command: Command) -> Refused:
        """It must be refused."""
        given = await self.house.committer.submit(command, key=f"test:{next(self._keys)}", actor="staff:test")
        refusal = given.answer.refusal
        assert refusal is not None, given.answer.facts
        return refusal

    async def order(self, *, card: str = "card-good", **quantities: int) -> Placed:
        """Ann orders by card, to be sent: `MUG=2`."""
        return await self.place(self.an_order(Tender(method="card", source=card), **quantities))

    def an_order(self, *tenders: Tender, **quantities: int) -> PlaceOrder:
        return PlaceOrder(
            channel="web",
            lines=tuple(LineItem(sku=sku, quantity=quantity) for sku, quantity in quantities.items()),
            contact=ANN,
            currency="EUR",
            tenders=tenders,
            shipping_option="standard",
        )

    async def place(self, command: PlaceOrder) -> Placed:
        answer = await self.ask(command, actor="channel:web")
        assert answer.order_id is not None
        lines = {line["sku"]: UUID(line["line_id"]) for line in answer.reply["lines"]}
        return Placed(answer.order_id, answer.number, lines)

    # time and work

    async def wait(self, *, days: float = 0, minutes: float = 0) -> None:
        """Time goes by: parcels travel, whatever is due happens."""
        for _ in range(max(1, int(days * 2))):
            self.clock.advance(timedelta(days=min(days, 0.5), minutes=minutes))
            await self.house.job_runner.drain()
            await self.staff.road.tell_of_scans()
            await self.house.sweeper.sweep_due()
            await self.house.job_runner.drain()

    async def pick_and_pack(self) -> None:
        """Whatever is released is picked, packed and labeled."""
        for _ in range(2):
            await self.staff.floor.work()
            await self.house.job_runner.drain()

    async def send(self) -> None:
        """Whatever is released is handed to the courier."""
        await self.pick_and_pack()
        await self.staff.floor.work()
        await self.house.job_runner.drain()

    async def deliver(self) -> None:
        """Whatever is released is sent and arrives."""
        await self.send()
        await self.wait(days=6)

    async def until_closed(self, order: Placed) -> None:
        """The survey is sent, runs out, and the book is closed."""
        for _ in range(30):
            if (await self.row(order))["status"] in {"closed", "canceled"}:
                return
            await self.wait(days=2)
        raise AssertionError(dict(await self.row(order)))

    # what is

    async def row(self, order: Placed) -> asyncpg.Record:
        row = await self.house.pool.fetchrow("SELECT * FROM orders WHERE id = $1", order.id)
        assert row is not None
        return row

    async def rows(self, order: Placed, table: str, by: str = "id") -> list[asyncpg.Record]:
        """Rows of an order in a table, the oldest first."""
        return list(await self.house.pool.fetch(f"SELECT * FROM {table} WHERE order_id = $1 ORDER BY {by}", order.id))

    async def one(self, order: Placed, table: str, by: str = "id") -> asyncpg.Record:
        (row,) = await self.rows(order, table, by)
        return row

    async def units(self, order: Placed, sku: str | None = None) -> dict[str, int]:
        """How many units are where."""
        units: Counter[str] = Counter()
        for line in await self.rows(order, "line"):
            if sku in {None, line["sku"]}:
                units.update({position: line[position] for position in POSITIONS if line[position]})
        return dict(units)

    async def stock(self, sku: str, location: str = "main") -> tuple[int, int]:
        """On hand and allocated."""
        row = await self.house.pool.fetchrow(
            "SELECT on_hand, allocated FROM stock WHERE sku = $1 AND location = $2", sku, location
        )
        return (row["on_hand"], row["allocated"]) if row else (0, 0)

    async def facts(self, order: Placed, kind: str) -> list[dict[str, Any]]:
        rows = await self.house.pool.fetch(
            "SELECT data FROM journal WHERE order_id = $1 AND kind = $2 ORDER BY seq", order.id, kind
        )
        return [row["data"] for row in rows]

    async def notices(self, order: Placed) -> list[str]:
        """What the customer was told, in order; each of it was really sent."""
        rows = await self.rows(order, "message", by="queued_at, id")
        sent = {message.key for message in self.notifier.messages(str(order.number))}
        assert {str(row["id"]) for row in rows if row["status"] == "sent"} == sent
        return [row["notice"] for row in rows]

    def charges(self, order: Placed) -> list[Charge]:
        """What the bank knows of an order."""
        return self.gateway.charges(str(order.number))
