"""What happens in the shop: people order, staff works, the outside answers, and somebody tries everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import msgspec

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.registry import DECIDES
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer, SetTerms
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.stages.receipt.commands import LineItem, PlaceOrder, Tender
from tests.pure import ADDRESS
from tests.simulation import providers, staff
from tests.simulation.world import World

SKUS = ("MUG", "TEE", "BOOK", "KEY", "SITE", "FIT", "GIFT")  # a gift costs nothing
# Asked by the flow alone, which knows when: no door leads to them.
INSIDE = frozenset(
    {
        "payment.plan",
        "payment.start",
        "payment.capture_for_units",
        "payment.settle_on_delivery",
        "picking.record_left",
        "packing.bring_to_bench",
        "packing.take_off_bench",
        "packing.take_out",
        "packing.record_parcel_left",
        "shipping.call_off_parcel",
        "shipping.request_label",
        "delivery.expect_delivery",
        "delivery.ready_to_collect",
        "delivery.grant_downloads",
        "delivery.issue_license_keys",
        "delivery.switch_access_on",
        "delivery.plan_installation",
        "delivery.revoke_access",
        "review.review_order",
        "review.add_units",
        "returns.expect_return_to_sender",
        "returns.note_delivery",
        "returns.note_credit",
        "returns.note_price_cut",
        "support.note_credit",
        "support.note_price_cut",
        "feedback.plan_survey",
    }
)
DOORS = sorted(
    (kind for kind in DECIDES if kind.__module__.startswith("purveyor.") and kind.kind() not in INSIDE),
    key=lambda kind: kind.kind(),
)


class Told(msgspec.Struct, frozen=True):
    """One command of a story: when it was asked, as which call, and whether it was accepted."""

    command: Command
    at: datetime
    call: int
    accepted: bool


class People:
    """Every method does one thing in the world, chosen by chance, and tells it."""

    def __init__(self) -> None:
        self.world = World()
        self.story: list[Told] = []

    def open(self) -> None:
        """Products, stock, and a customer who may buy on account."""
        kinds = ("goods", "goods", "download", "license", "access", "service", "goods")
        products = tuple(
            ProductData(
                sku=sku,
                name=sku,
                kind=kind,  # type: ignore[arg-type]
                price=Money(0 if sku == "GIFT" else 1_190 + 700 * n, "EUR"),
                tax_class="reduced" if sku in {"TEE", "BOOK"} else "standard",
                asset="x",
                duration_min=60,
                weight_g=200,
            )
            for n, (sku, kind) in enumerate(zip(SKUS, kinds, strict=True))
        )
        stock = tuple(
            ReceivedItem(sku=sku, location=location, quantity=5)
            for sku in ("MUG", "TEE", "GIFT")
            for location in ("main", "shop")
        )
        self.do(SaveProducts(products=products))
        self.do(ReceiveStock(items=stock))
        self.do(SetBackorderCap(sku="MUG", cap=3))
        self.do(RegisterCustomer(number="C1", address=CustomerAddress(name="Ann", country="DE")))
        (customer_id,) = self.world.pools[None].seen["customer_id"]
        self.do(SetTerms(customer_id=customer_id, credit_limit_minor=20_000))
        assert all(told.accepted for told in self.story)

    def buy(self, chance: Random) -> None:
        terms = chance.choice(("prepaid", "prepaid", "invoice", "on_delivery", "at_counter"))
        collects = terms == "at_counter" or chance.random() < 0.2
        split = (Tender(method="store_credit", amount=Money(500, "EUR")), Tender(method="card"))
        given = {
            "channel": "web",
            "lines": tuple(
                LineItem(sku=chance.choice(SKUS), quantity=chance.choice((1, 1, 2, 3)))
                for _ in range(chance.choice((1, 1, 2, 3)))
            ),
            "contact": ADDRESS,
            "currency": "EUR",
            "terms": terms,
            "tenders": split if terms == "prepaid" and chance.random() < 0.1 else (),
            "method": "collect" if collects else "ship",
            "collect_at": "shop" if collects else "",
            "shipping_option": chance.choice(("standard", "express")),
            "customer_id": self.world.pools[None].seen["customer_id"][0] if chance.random() < 0.5 else None,
            "discount": Money(chance.choice((1, 100, 333)), "EUR") if chance.random() < 0.3 else None,
        }
        if chance.random() < 0.5:
            self.do(PlaceOrder(**given))  # type: ignore[arg-type]
        else:  # whatever else an order may say, and will be able to say
            self.do(self.world.maker(chance, ignore=0).make(PlaceOrder, **given))

    def answer_a_job(self, chance: Random) -> None:
        jobs = self.world.jobs
        job = jobs.pop(chance.randrange(len(jobs)))
        if chance.random() < 0.05:
            jobs.append(job)  # at least once, so sometimes twice
        command = providers.answer(job, chance, self.world.now)
        if command is not None:
            self.do(command)

    def work(self, chance: Random, steps: int) -> None:
        book = self.world.state.books[chance.choice(sorted(self.world.state.books))]
        for _ in range(steps):
            possible = list(staff.next_steps(self.world, book, chance))
            if possible:
                self.do(chance.choice(possible))

    def ask_anything(self, chance: Random, kind: type[Command], ignore: int) -> None:
        """`ignore` of ten arguments are made up, the others are lying about."""
        order_id = chance.choice(sorted(self.world.state.books))
        given = {"order_id": order_id} if "order_id" in kind.__struct_fields__ else {}
        self.do(self.world.maker(chance, order_id, ignore).make(kind, **given))

    def wait(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)

    def do(self, command: Command) -> None:
        accepted = self.world.do(command)
        self.story.append(Told(command, self.world.now, self.world.calls, accepted))


def a_story(seed: int, steps: int) -> People:
    """So many things happen, the same for the same seed."""
    chance = Random(seed)
    people = People()
    people.open()
    for _ in range(steps):
        step(people, chance)
    return people


def step(people: People, chance: Random) -> None:
    """One more thing happens."""
    what = chance.random()
    if what < 0.12 or not people.world.state.books:
        people.buy(chance)
    elif what < 0.35 and people.world.jobs:
        people.answer_a_job(chance)
    elif what < 0.7:
        people.work(chance, chance.randint(1, 6))
    elif what < 0.95:
        people.ask_anything(chance, chance.choice(DOORS), chance.choice((0, 0, 0, 1, 1, 3)))
    else:
        people.wait(chance.randint(1, 24 * 20))


def go_on_until(people: People, chance: Random, has_all: Callable[[People], bool], most_steps: int) -> None:
    """The story goes on, and what nobody has managed to do yet is asked for most, until it has all that is wanted."""
    for _ in range(most_steps):
        if has_all(people):
            return
        done = {type(told.command) for told in people.story if told.accepted}
        undone = [kind for kind in DOORS if kind not in done]
        for kind in chance.sample(undone, min(len(undone), 24)):
            people.ask_anything(chance, kind, 0)
        for _ in range(12):
            step(people, chance)
