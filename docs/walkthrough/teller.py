# ruff: noqa: INP001 (a script of the documents, no part of a package)
"""Walks an order through the real house, and writes down what was asked, what happened, and the ledgers after it."""

from __future__ import annotations

import random
import tempfile
import textwrap
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.cli.orders import Happened, Shown, look_up
from purveyor.core.approval_limits import OPERATOR
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import POSITIONS
from purveyor.engine.answers import Answer
from purveyor.insight.verify import verify
from purveyor.settings import Settings
from purveyor.stages.picking.commands import FulfillmentRef, PlanWave, StartPickList
from purveyor.stages.returns.commands import RequestReturn
from purveyor.stages.shipping.commands import DispatchShipments, ShipmentRef
from purveyor.wiring import House, open_house
from purveyor.worker.job_runner import JobRunner

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WIDTH = 118

NEWS = "SELECT at, kind, actor, data FROM journal WHERE seq > $1 ORDER BY seq"
LAST = "SELECT coalesce(max(seq), 0) FROM journal"
JOBS = "SELECT entrypoint FROM pgqueuer WHERE status = 'queued' ORDER BY id"
STOCK = "SELECT sku, location, on_hand, allocated FROM stock WHERE on_hand > 0 OR allocated > 0 ORDER BY sku, location"
RELEASED = "SELECT id FROM fulfillment WHERE location = $1 AND status = 'released' ORDER BY released_at, id"
WAVE = "SELECT id FROM wave WHERE status = 'planned' AND location = $1"
LABELED = "SELECT id FROM shipment WHERE location = $1 AND status = 'labeled' ORDER BY asked_at, id"
# What is worth telling of a fact beside its moves.
TOLD = {
    "review.order_held": ("type", "owner"),
    "review.hold_released": ("type",),
    "review.risk_assessed": ("score", "reasons"),
    "review.choice_offered": ("default",),
    "review.choice_made": ("choice",),
    "payment.in_doubt": ("verb",),
    "payment.invoice_issued": ("number", "total_minor"),
    "payment.credit_note_issued": ("number", "amount_minor"),
    "picking.fulfillment_released": ("method", "location"),
    "picking.pick_shorted": ("missing", "reason"),
    "packing.parcel_packed": ("carton", "weight_g"),
    "shipping.label_bought": ("carrier", "service"),
    "delivery.tracking_recorded": ("status",),
    "delivery.delivery_failed": ("attempt",),
    "support.case_opened": ("topic",),
    "support.claim_opened": ("claim",),
    "support.claim_resolved": ("remedy",),
    "returns.return_inspected": ("condition", "disposition"),
    "returns.return_credited": ("settle_to",),
    "feedback.survey_answered": ("csat", "nps"),
    "feedback.survey_planned": ("locations", "carriers", "promise_kept"),
}
# Facts about messages are told as messages.
QUIET = ("confirmation.notice",)


class StockRow(msgspec.Struct):
    sku: str
    location: str
    on_hand: int
    allocated: int


class Walk:
    """One order's way, as Markdown. Time stands still between the steps."""

    def __init__(self, house: House, clock: SimulatedClock, title: str, opening: str) -> None:
        self.house = house
        self.clock = clock
        self.pages: list[str] = [f"# {title}", _filled(opening)]
        self.number = 0
        self.order_id = UUID(int=0)
        self._steps = 0
        self._asked = 0
        self._told_messages = 0
        self._block: list[str] = []
        # One job at a time, so that a run is like every other.
        self._job_runner = JobRunner(house.pool, house.committer, house.outside, batch=1)

    # asking

    async def prepare(self, *commands: Command) -> None:
        """What the shop has before the order comes, told nowhere."""
        for number, command in enumerate(commands):
            given = await self.house.committer.submit(command, key=f"shop:{number}", actor=OPERATOR)
            assert given.accepted, given.body

    async def ask(self, actor: str, command: Command, about: str) -> Answer:
        """Somebody asks for something; what follows from it is told, its jobs are done and told."""
        seq = await self._last()
        self._asked += 1
        given = await self.house.committer.submit(command, key=f"walk:{self._asked}", actor=actor)
        answer = given.answer
        self._block.append(f"{actor} asks {type(command).__name__}: {about}")
        assert answer.refusal is None, answer.refusal
        await self._tell_facts(seq)
        await self._do_jobs()
        return answer

    async def preview(self, actor: str, command: RequestReturn, about: str) -> None:
        """What a return would come to; nothing happens."""
        preview = await self.house.committer.preview(command, actor=actor)
        assert preview.refusal is None, preview.refusal
        outcome = preview.facts[0]["outcome"]
        parts = " | ".join(
            f"{name} {Money(outcome[f'{name}_minor'], preview.currency)}"
            for name in ("goods", "fee", "label", "credit")
        )
        self._block.append(f"{actor} asks for a preview of {type(command).__name__}: {about}")
        self._block.append(f"    would be {preview.facts[0]['kind']}: {parts}")

    async def refused(self, actor: str, command: Command, about: str) -> None:
        """Somebody asks for what cannot be."""
        self._asked += 1
        given = await self.house.committer.submit(command, key=f"walk:{self._asked}", actor=actor)
        refusal = given.answer.refusal
        assert refusal is not None
        self._block.append(f"{actor} asks {type(command).__name__}: {about}")
        self._block.append(f"    refused, {refusal.code}: {refusal.sentence}")

    async def wait(self, **time: float) -> None:
        """Time passes; sweeps find what is due."""
        self.clock.advance(timedelta(**time))
        seq = await self._last()
        await self.house.sweeper.sweep_due()
        self._block.append(f"{_span(**time)}; it is {self.clock.now():%A, %d %B, %H:%M}")
        await self._tell_facts(seq)
        await self._do_jobs()

    # what people at a location do

    async def pick_up(self, location: str, picker: str) -> UUID:
        """Plan a wave of all that is released at a location, and start to walk. Answers the fulfillment order."""
        (fulfillment_id,) = await self.house.read.values(RELEASED, location)
        ref = FulfillmentRef(order_id=self.order_id, fulfillment_id=fulfillment_id)
        await self.ask(picker, PlanWave(location=location, fulfillments=(ref,)), f"one order at {location}")
        (wave_id,) = await self.house.read.values(WAVE, location)
        await self.ask(picker, StartPickList(wave_id=wave_id), "the list is taken")
        fulfillment: UUID = fulfillment_id
        return fulfillment

    async def hand_to_courier(self, location: str) -> list[UUID]:
        """Everything with a label leaves a location, on one manifest."""
        ids: list[UUID] = await self.house.read.values(LABELED, location)
        refs = tuple(ShipmentRef(order_id=self.order_id, shipment_id=each) for each in ids)
        await self.ask("staff:dock", DispatchShipments(location=location, shipments=refs), f"{len(refs)} at {location}")
        return ids

    # telling

    async def step(self, title: str, text: str) -> None:
        """Close a step: its title and paragraph, what was asked and happened, and the ledgers."""
        self._steps += 1
        self.pages.append(f"## {self._steps}. {title}")
        self.pages.append(_filled(text))
        self.pages.append("```text\n" + "\n".join([*self._block, "", *await self._ledgers()]) + "\n```")
        self._block = []

    async def end(self, text: str) -> str:
        """Let the journal prove it, and give the page."""
        report = await verify(self.house.pool)
        assert report.is_clean, report.differences
        self.pages.append("## The proof")
        self.pages.append(_filled(text))
        proof = f"{report.facts} facts replayed, {report.rows} rows compared: no difference."
        self.pages.append(f"```text\n$ purveyor verify\n{proof}\n```")
        return "\n\n".join(self.pages) + "\n"

    async def shown(self) -> Shown:
        shown = await look_up(self.house.read, str(self.order_id))
        assert shown is not None
        return shown

    async def line(self, sku: str, number: int = 0) -> UUID:
        """The id of a line by SKU (the first, unless another of them is wanted)."""
        return [line.id for line in (await self.shown()).lines if line.sku == sku][number]

    async def _last(self) -> int:
        (seq,) = await self.house.read.values(LAST)
        return int(seq)

    async def _do_jobs(self) -> None:
        """Do what is to be done outside, one job at a time, and tell what came of it."""
        while jobs := await self.house.read.values(JOBS):
            seq = await self._last()
            assert await self._job_runner.run_batch() == 1
            if jobs[0] != "confirmation.deliver_notice":
                self._block.append(f"  job {jobs[0]}")
            await self._tell_facts(seq)
            self._tell_messages()

    async def _tell_facts(self, seq: int) -> None:
        for fact in await self.house.read.rows(Happened, NEWS, seq):
            if fact.kind.startswith(QUIET):
                continue
            details = ", ".join(_detail(name, fact.data[name]) for name in TOLD.get(fact.kind, ()) if name in fact.data)
            self._block.append(f"    {fact.kind}{': ' if details else ''}{details}")
            for told in (*fact.moves(), *_stock(fact)):
                self._block.append(f"        {told}")
            self._block += _listed(" " * 8, fact.postings("EUR"))
            if fact.why:
                self._block += textwrap.wrap(
                    f"because: {fact.why}", WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 10
                )

    def _tell_messages(self) -> None:
        notifier = self.house.outside.notifier
        assert isinstance(notifier, FakeNotifier)
        messages = notifier.messages()
        for sent in messages[self._told_messages :]:
            self._block.append(f"  message to the customer by {sent.message.channel}: {sent.message.subject}")
        self._told_messages = len(messages)

    async def _ledgers(self) -> list[str]:
        shown = await self.shown()
        order = shown.order
        units = []
        for line in shown.lines:
            where = [f"{getattr(line, position)} {position}" for position in POSITIONS if getattr(line, position)]
            units.append(f"{line.sku}: {', '.join(where)}")
        money = [f"{each.account} {Money(each.minor, order.currency)}" for each in shown.money if each.minor]
        stock = [
            f"{row.sku} at {row.location}: {row.on_hand} on hand, {row.allocated} allocated"
            for row in await self.house.read.rows(StockRow, STOCK)
            if row.location != "backorder" or row.allocated
        ]
        about = [
            f"{order.status} at stage {order.stage}",
            f"payment {order.payment_status}",
            f"goods {order.fulfillment_status}",
            *([f"return {order.return_status}"] if order.return_status != "none" else []),
            *([f"held: {order.holds}"] if order.holds else []),
        ]
        ledgers = (("units", units), ("stock", stock), ("money", money), ("order", about))
        return [line for name, parts in ledgers for line in _listed(name, parts)]


@asynccontextmanager
async def a_house(dsn: str) -> AsyncIterator[tuple[House, SimulatedClock]]:
    """A house on an empty, migrated database whose days and ids are the same in every run."""
    random.seed(20260302)
    clock = SimulatedClock(MONDAY)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), log_level="error")
        async with open_house(settings, dsn, clock=clock) as house:
            yield house, clock


def _stock(fact: Happened) -> list[str]:
    """Changes of stock that no unit move implies."""
    told = []
    for sku, location, *changes in fact.data.get("stock", ()):
        names = zip(("on hand", "allocated", "held"), changes, strict=False)
        told.append(f"{sku} at {location}: " + ", ".join(f"{name} {change:+}" for name, change in names if change))
    return told


def _detail(name: str, value: Any) -> str:
    """`carton S`, `total 14.80 EUR`."""
    if name.endswith("_minor"):
        return f"{name.removesuffix('_minor')} {Money(value, 'EUR')}"
    if name.endswith("_g"):
        return f"{value} g"
    return f"{name.replace('_', ' ')} {' and '.join(sorted(map(str, value))) if isinstance(value, list) else value}"


def _span(**time: float) -> str:
    (unit, count), *_ = time.items()
    return f"1 {unit.removesuffix('s')} passes" if count == 1 else f"{count:g} {unit} pass"


def _listed(head: str, parts: Sequence[str]) -> list[str]:
    """`units   MUG: 2 picked | BOOK: 1 delivered`, in as many lines as it takes; parts stay whole."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= WIDTH:
            lines[-1] += f" | {part}"
        else:
            lines.append(f"{head if not lines else '':<8}{part}")
    return lines


def _filled(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH)
