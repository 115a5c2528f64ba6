"""What customers do after they have ordered. They hear of what happened, and act on it in their own time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.engine.journal import FACTS_OF_A_ROW
from purveyor.simulation.buyers import GOOD_CARD
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.customer_texts import COMPLAINTS, OPINIONS, QUESTIONS, REPLIES, REVIEWS
from purveyor.simulation.seeded_random import SeededRandom, weighted
from purveyor.stages.delivery.commands import Download
from purveyor.stages.feedback.commands import AnswerSurvey, WriteProductReview
from purveyor.stages.payment.commands import CompleteAction, PayAgain
from purveyor.stages.returns.commands import RequestReturn, ReturnItem
from purveyor.stages.review.commands import CancelUnits, ChooseWhenMissing, EditOrder, SetQuantity
from purveyor.stages.support.commands import AddMessage, ClaimKind, OpenCase, OpenClaim

DAY = 24.0  # hours
CLAIMS: tuple[tuple[ClaimKind, float], ...] = (("damaged", 6.0), ("missing", 3.0), ("wrong", 2.0))
AT_ONCE = 20_000

HEARD = f"""
    -- What has happened since the last look, in order.
    SELECT j.seq, j.order_id, j.kind, md5(j.data::text) AS digest, j.at, j.data,
           coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM journal j JOIN orders o ON o.id = j.order_id
     WHERE j.row_seq > $1 - {FACTS_OF_A_ROW} AND j.seq > $1 AND j.kind = ANY($2::text[])
  ORDER BY j.seq
     LIMIT $3
"""
NEWEST = f"SELECT coalesce(max(seq) + {FACTS_OF_A_ROW - 1}, 0) FROM journal_row"
REFERENCES = "SELECT reference FROM payment WHERE id = $1"
LINES = """
    SELECT id, sku, kind, quantity, delivered, backordered
      FROM line
     WHERE order_id = $1 AND total_minor > 0
  ORDER BY line_no
"""


class Heard(msgspec.Struct, frozen=True):
    """One fact of an order, as it comes to its customer's ears. `about` names the order in every draw."""

    seq: int
    order_id: UUID
    kind: str
    digest: str  # tells it from others of its kind; the same in every run, unlike its place in the journal
    at: datetime
    data: dict[str, Any]
    about: str


class _Line(msgspec.Struct, frozen=True):
    id: UUID
    sku: str
    kind: str
    quantity: int
    delivered: int
    backordered: int


class Intention(msgspec.Struct, frozen=True):
    """Something that a customer will do: `what` is the name of the method that knows how."""

    what: str
    hours: float


class Customers:
    """All customers of the simulated world. Everything they do follows from the seed and the order's reference."""

    def __init__(self, desk: CommandBatcher, chance: SeededRandom) -> None:
        self._desk = desk
        self._chance = chance
        self._plans: list[tuple[datetime, int, str, Heard]] = []
        self._number = count()
        self._cursor = 0
        self._reactions: dict[str, Callable[[Heard, Random], Iterator[Intention]]] = {
            "receipt.order_placed": self._regret,
            "review.choice_offered": self._choose,
            "payment.declined": self._pay_again,
            "payment.link_offered": self._pay_again,
            "payment.action_required": self._prove,
            "delivery.downloads_granted": self._read,
            "delivery.shipment_delivered": self._unpack,
            "delivery.collected": self._unpack,
            "support.message_added": self._answer,
            "feedback.survey_invited": self._judge,
        }

    @property
    def intentions(self) -> int:
        """How much is still to be done some day."""
        return len(self._plans)

    async def listen_from_now(self) -> None:
        """What happened before is none of their business."""
        (self._cursor,) = await self._desk.house.read.values(NEWEST)

    async def live(self) -> None:
        """Hear what happened, and do what is due."""
        kinds = sorted(self._reactions)
        while True:
            news = await self._desk.house.read.rows(Heard, HEARD, self._cursor, kinds, AT_ONCE)
            for heard in news:
                random = self._chance.random(heard.about, heard.kind, heard.digest)
                for intention in self._reactions[heard.kind](heard, random):
                    due = heard.at + timedelta(hours=intention.hours)
                    heapq.heappush(self._plans, (due, next(self._number), intention.what, heard))
            if news:
                self._cursor = news[-1].seq
            if len(news) < AT_ONCE:
                break
        await self._act()

    async def _act(self) -> None:
        now = self._desk.now
        acts: list[Act] = []
        while self._plans and self._plans[0][0] <= now:
            _, _, what, heard = heapq.heappop(self._plans)
            act = await getattr(self, f"do_{what}")(heard)
            if act is not None:
                acts.append(act)
        await self._desk.hand_in(acts)

    def _by(self, heard: Heard, what: str, command: Command, channel: str = "web") -> Act:
        return Act(command, f"customer:{what}:{heard.about}:{heard.digest}", f"channel:{channel}")

    async def _lines(self, heard: Heard) -> list[_Line]:
        return await self._desk.house.read.rows(_Line, LINES, heard.order_id)

    def _happens(self, probability: float, what: str, heard: Heard) -> bool:
        return self._chance.happens(probability, what, heard.about, heard.digest)

    # what they make of it

    def _regret(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if heard.data["channel"] == "in_person":
            return
        if self._happens(0.018, "cancels", heard):
            yield Intention("cancel", random.uniform(0.2, 5))
        elif self._happens(0.012, "edits", heard):
            yield Intention("edit", random.uniform(0.2, 2))

    def _choose(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if self._happens(0.75, "chooses", heard):
            yield Intention("choose", random.uniform(1, 30))

    def _pay_again(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if heard.kind == "payment.link_offered" or not self._happens(0.2, "gives up", heard):
            yield Intention("pay", random.uniform(0.2, 20))

    def _prove(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if not self._happens(0.03, "forgets the bank", heard):
            yield Intention("prove", random.uniform(0.02, 0.4))

    def _read(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if not self._happens(0.1, "never reads", heard):
            yield Intention("download", random.uniform(0.1, 30))

    def _unpack(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if self._happens(0.025, "claims", heard):
            yield Intention("claim", random.uniform(1, 2 * DAY))
        elif self._happens(0.10, "returns", heard):
            yield Intention("return", random.uniform(0.5 * DAY, 12 * DAY))
        if self._happens(0.04, "asks", heard):
            yield Intention("ask", random.uniform(1, 4 * DAY))
        if self._happens(0.12, "praises", heard):
            yield Intention("praise", random.uniform(DAY, 9 * DAY))

    def _answer(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if heard.data.get("status") == "waiting":
            yield Intention("reply", random.uniform(0.5, DAY))

    def _judge(self, heard: Heard, random: Random) -> Iterator[Intention]:
        if self._happens(0.42, "answers", heard):
            yield Intention("judge", random.uniform(0.3, 4 * DAY))

    # what they do

    async def do_cancel(self, heard: Heard) -> Act | None:
        command = CancelUnits(order_id=heard.order_id, units="all", reason="changed mind")
        return self._by(heard, "cancel", command)

    async def do_edit(self, heard: Heard) -> Act | None:
        lines = await self._lines(heard)
        line = self._chance.random("edit", heard.about).choice(lines)
        change = SetQuantity(line_id=line.id, quantity=line.quantity + 1)
        return self._by(heard, "edit", EditOrder(order_id=heard.order_id, changes=(change,), reason="one more"))

    async def do_choose(self, heard: Heard) -> Act | None:
        waiting = [line for line in await self._lines(heard) if line.backordered]
        if not waiting:
            return None
        drawn = self._chance.draw("choice", heard.about)
        if drawn < 0.5:  # noqa: PLR2004
            command = ChooseWhenMissing(order_id=heard.order_id, choice="wait")
        elif drawn < 0.75:  # noqa: PLR2004
            command = ChooseWhenMissing(order_id=heard.order_id, choice="ship_available")
        else:
            command = ChooseWhenMissing(order_id=heard.order_id, choice="cancel_line", line_id=waiting[0].id)
        return self._by(heard, "choose", command)

    async def do_pay(self, heard: Heard) -> Act | None:
        good = not self._chance.happens(0.12, "second card", heard.about, heard.digest)
        payment_id = UUID(heard.data["payment_id"])
        source = GOOD_CARD if good else "card-declined"
        return self._by(heard, "pay", PayAgain(order_id=heard.order_id, payment_id=payment_id, source=source))

    async def do_prove(self, heard: Heard) -> Act | None:
        gateway = self._desk.house.outside.gateway
        assert isinstance(gateway, FakeGateway), "only the fake gateway can be simulated"
        if heard.order_id in self._desk.visitors:
            return None  # the bank asks whoever ordered, and only they answer it
        try:
            gateway.answer_challenge(heard.data["reference"], passed=not self._happens(0.05, "fails the bank", heard))
        except LookupError:
            return None
        command = CompleteAction(order_id=heard.order_id, payment_id=UUID(heard.data["payment_id"]))
        return self._by(heard, "prove", command)

    async def do_download(self, heard: Heard) -> Act | None:
        grant_id = UUID(heard.data["grants"][0][0])
        return self._by(heard, "download", Download(order_id=heard.order_id, grant_id=grant_id))

    async def do_claim(self, heard: Heard) -> Act | None:
        random = self._chance.random("claim", heard.about)
        units = heard.data.get("contents") or heard.data.get("units")
        if not units:
            return None
        unit = random.choice(units)
        kind: ClaimKind = weighted(random, CLAIMS)
        command = OpenClaim(
            order_id=heard.order_id,
            claim=kind,
            contents=(UnitsOf(UUID(unit["line_id"]), 1),),
            text=random.choice(COMPLAINTS[kind]),
            channel="order_page",
        )
        return self._by(heard, "claim", command)

    async def do_return(self, heard: Heard) -> Act | None:
        random = self._chance.random("return", heard.about)
        lines = [line for line in await self._lines(heard) if line.kind == "goods" and line.delivered]
        if not lines:
            return None
        line = random.choice(lines)
        item = ReturnItem(
            line_id=line.id,
            quantity=random.randint(1, line.delivered),
            reason=random.choices(("changed_mind", "not_as_described", "damaged", "wrong_item"), (60, 18, 14, 8))[0],
        )
        return self._by(heard, "return", RequestReturn(order_id=heard.order_id, items=(item,)))

    async def do_ask(self, heard: Heard) -> Act | None:
        text = self._chance.random("ask", heard.about).choice(QUESTIONS)
        command = OpenCase(order_id=heard.order_id, topic="question", text=text, channel="order_page")
        return self._by(heard, "ask", command)

    async def do_reply(self, heard: Heard) -> Act | None:
        command = AddMessage(
            order_id=heard.order_id,
            case_id=UUID(heard.data["case_id"]),
            author="customer",
            text=self._chance.random("reply", heard.about).choice(REPLIES),
        )
        return self._by(heard, "reply", command)

    async def do_praise(self, heard: Heard) -> Act | None:
        random = self._chance.random("praise", heard.about)
        lines = [line for line in await self._lines(heard) if line.delivered]
        if not lines:
            return None
        stars = random.choices((5, 4, 3, 2, 1), (55, 25, 10, 6, 4))[0]
        command = WriteProductReview(
            order_id=heard.order_id, line_id=random.choice(lines).id, stars=stars, text=random.choice(REVIEWS[stars])
        )
        return self._by(heard, "praise", command)

    async def do_judge(self, heard: Heard) -> Act | None:
        random = self._chance.random("judge", heard.about)
        csat = random.choices((5, 4, 3, 2, 1), (52, 27, 10, 6, 5))[0]
        nps = max(0, min(10, 2 * csat + random.randint(-1, 0)))
        text = random.choice(OPINIONS[csat])
        return self._by(heard, "judge", AnswerSurvey(order_id=heard.order_id, csat=csat, nps=nps, text=text))
