"""Orders in situations that the simulated days may not have brought, each made by commands and known by a name."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries

from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.engine.answers import Answer
from purveyor.engine.job_queue import QueuedPayload
from purveyor.ports.webhooks import secret_of
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.webhooks.commands import AddWebhook
from purveyor.stages.confirmation.commands import WriteToCustomer
from purveyor.stages.delivery.commands import PollCarrier
from purveyor.stages.feedback.commands import WriteProductReview
from purveyor.stages.picking.commands import FulfillmentRef, PlanWave, StartPickList
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.stages.returns.commands import ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.review.commands import HoldOrder
from purveyor.stages.support.commands import AddMessage, OpenCase, OpenClaim
from purveyor.wiring import House

Known = dict[str, UUID]

ANN = Address(
    name="Ann Example",
    email="ann@example.com",
    phone="+493012345678",
    street="Teststr. 1",
    city="Berlin",
    postal_code="10115",
    country="DE",
)
MIXED = ("MUG-ENA-350", "BOOK-ESP", "APP-BREW", "FIT-HOME")  # goods, a download, a license, an installation
DELIVERED = """
    -- Delivered goods that may come back, an order a row.
    SELECT DISTINCT ON (o.number) o.id AS order_id, l.id AS line_id
      FROM orders o JOIN line l ON l.order_id = o.id JOIN product p ON p.sku = l.sku
     WHERE l.kind = 'goods' AND l.delivered = l.quantity AND p.returnable AND o.channel <> 'in_person'
  ORDER BY o.number, l.line_no
     LIMIT 6
"""
TO_WALK = """
    SELECT f.order_id, f.id AS fulfillment_id, f.location
      FROM fulfillment f
     WHERE f.status = 'released' AND f.method = 'ship' AND f.order_id = ANY($1::uuid[])
"""


class Situations:
    """Makes them in a house whose jobs are done at once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._keys = count()
        self.known: Known = {}

    async def make(self) -> Known:
        # Nobody listens there: its log has tries that failed.
        await self._ask(AddWebhook(url="http://127.0.0.1:9/", secret=secret_of(bytes(32)), description="ERP"))
        for name, skus, card in (
            ("mixed", MIXED, "card-good"),
            ("declined", ("TIN-500",), "card-declined"),
            ("bank", ("TIN-500",), "card-3ds"),
            ("held", ("WSK-STL", "TUM-350"), "card-good"),
            ("walked", ("MOK-3", "CLN-BRU"), "card-good"),
            ("walked too", ("TUM-500",), "card-good"),
            ("paid", ("TWL-3",), "card-good"),
        ):
            self.known[name] = await self.order(*skus, card=card)
        await self._ask(HoldOrder(order_id=self.known["held"], type="customer", why="address is being checked"))
        await self._ask(WriteToCustomer(order_id=self.known["mixed"], text="Dear Ann,\n\nall of it leaves today."))
        answers = [
            {"title": "On its way", "language": each, "text": "{name}, {number}: {status}"} for each in ("en", "de")
        ]
        await self._ask(SetPolicy(name="saved_answers", data=answers))
        await self._walk(self.known["walked"], self.known["walked too"])
        await self._after_delivery()
        await self._house.webhook_dispatcher.drain()
        await self._tomorrow()
        return self.known

    async def order(self, *skus: str, card: str = "card-good", contact: Address = ANN) -> UUID:
        command = PlaceOrder(
            channel="web",
            currency="EUR",
            lines=tuple(LineItem(sku=sku, quantity=2 if sku.startswith("MUG") else 1) for sku in skus),
            contact=contact,
            tenders=(Tender(method="card", source=card),),
        )
        answer = await self._ask(command, actor="channel:web")
        assert answer.order_id is not None
        return answer.order_id

    async def _walk(self, *orders: UUID) -> None:
        rows = await self._house.pool.fetch(TO_WALK, list(orders))
        assert rows, "nothing was released for picking"
        refs = tuple(FulfillmentRef(order_id=row["order_id"], fulfillment_id=row["fulfillment_id"]) for row in rows)
        answer = await self._ask(PlanWave(location=rows[0]["location"], fulfillments=refs))
        await self._ask(StartPickList(wave_id=UUID(str(answer.reply["wave_id"]))))

    async def _after_delivery(self) -> None:
        """Customers who have something to say about what they got."""
        rows = await self._house.pool.fetch(DELIVERED)
        names = ("returned", "come back", "claimed", "asked", "praised")
        assert len(rows) >= len(names), f"only {len(rows)} orders were delivered in the simulated days"
        lines = {name: (row["order_id"], row["line_id"]) for name, row in zip(names, rows, strict=False)}
        for name in ("returned", "come back"):
            await self._return(*lines[name], comes=name == "come back")
        order_id, line_id = lines["claimed"]
        damage = OpenClaim(
            order_id=order_id, claim="damaged", contents=(UnitsOf(line_id, 1),), text="The lid is cracked.",
            channel="order_page",
        )  # fmt: skip
        await self._ask(damage, actor="customer")
        order_id, line_id = lines["asked"]
        await self._ask(OpenCase(order_id=order_id, topic="question", text="Is it safe in the oven?"), "customer")
        case_id = await self._house.pool.fetchval("SELECT id FROM support_case WHERE order_id = $1", order_id)
        text = "Yes, up to 200 degrees. Which one do you mean?"
        await self._ask(AddMessage(order_id=order_id, case_id=case_id, author="staff", text=text, asks_customer=True))
        again = OpenCase(order_id=order_id, topic="other", text="Is anybody there?", channel="order_page")
        await self._ask(again, "customer")
        order_id, line_id = lines["praised"]
        await self._ask(
            WriteProductReview(order_id=order_id, line_id=line_id, stars=5, text="It does what it should."), "customer"
        )
        self.known |= {name: order_id for name, (order_id, _line) in lines.items()}

    async def _tomorrow(self) -> None:
        """A job that nobody does while the pages are looked at."""
        order_id = self.known["mixed"]
        job = PollCarrier(order_id=order_id, shipment_id=order_id, tracking_number="T-TOMORROW")
        stored = msgspec.json.encode(QueuedPayload("situation:tomorrow", msgspec.Raw(msgspec.json.encode(job))))
        queue = Queries(AsyncpgPoolDriver(self._house.pool))
        await queue.enqueue(job.kind(), stored, execute_after=timedelta(days=1))

    async def _return(self, order_id: UUID, line_id: UUID, *, comes: bool) -> None:
        item = ReturnItem(line_id=line_id, quantity=1, reason="changed_mind")
        answer = await self._ask(RequestReturn(order_id=order_id, items=(item,)), actor="customer")
        if comes:
            rma_id = UUID(str(answer.reply["rma_id"]))
            await self._ask(ReceiveReturn(order_id=order_id, rma_id=rma_id, counted=(UnitsOf(line_id, 1),)))

    async def _ask(self, command: Command, actor: str = "staff:test") -> Answer:
        given = await self._house.committer.submit(command, key=f"situation:{next(self._keys)}", actor=actor)
        assert given.accepted, (command, given.answer.refusal)
        await self._house.job_runner.drain()
        return given.answer
