"""Whatever is asked, in whatever order: units, stock and money always add up, and the journal rebuilds every row."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.rules import DECIDES
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import RegisterCustomer, SetTerms, CustomerAddress
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.rooms import open_rooms
from purveyor.stages.receipt.commands import LineItem, PlaceOrder, Tender
from tests.pure import ADDRESS
from tests.simulation import outside, staff
from tests.simulation.world import World

open_rooms()

SKUS = ("MUG", "TEE", "BOOK", "KEY", "SITE", "FIT")
# Asked by `flow.py` alone, which knows when: no door leads to them.
INSIDE = frozenset(
    {
        "payment.plan",
        "payment.start",
        "payment.capture_for_units",
        "payment.settle_on_delivery",
        "picking.record_left",
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
SEEDS = st.integers(0, 2**32)
SEEN: Counter[str] = Counter()


class Shop(RuleBasedStateMachine):
    """People order, staff works, the outside answers, and somebody tries everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize()
    def open(self) -> None:
        kinds = ("goods", "goods", "download", "license", "access", "service")
        products = tuple(
            ProductData(sku=sku, name=sku, kind=kind, price=Money(1_190 + 700 * n, "EUR"), asset="x", duration_min=60)  # type: ignore[arg-type]
            for n, (sku, kind) in enumerate(zip(SKUS, kinds, strict=True))
        )
        assert self.world.do(SaveProducts(products=products))
        stock = tuple(
            ReceivedItem(sku=sku, location=location, quantity=5) for sku in SKUS[:2] for location in ("main", "shop")
        )
        assert self.world.do(ReceiveStock(items=stock))
        assert self.world.do(SetBackorderCap(sku="MUG", cap=3))
        assert self.world.do(RegisterCustomer(number="C1", address=CustomerAddress(name="Ann", country="DE")))
        (customer_id,) = self.world.pools[None].seen["customer_id"]
        assert self.world.do(SetTerms(customer_id=customer_id, credit_limit_minor=20_000))

    @rule(seed=SEEDS)
    def somebody_buys(self, seed: int) -> None:
        chance = Random(seed)
        terms = chance.choice(("prepaid", "prepaid", "invoice", "on_delivery", "at_counter"))
        collects = terms == "at_counter" or chance.random() < 0.2
        split = (Tender(method="store_credit", amount=Money(500, "EUR")), Tender(method="card"))
        self._do(
            PlaceOrder(
                channel="web",
                lines=tuple(
                    LineItem(sku=chance.choice(SKUS), quantity=chance.choice((1, 1, 2, 3)))
                    for _ in range(chance.choice((1, 1, 2, 3)))
                ),
                contact=ADDRESS,
                currency="EUR",
                terms=terms,  # type: ignore[arg-type]
                tenders=split if terms == "prepaid" and chance.random() < 0.1 else (),
                method="collect" if collects else "ship",
                collect_at="shop" if collects else "",
                shipping_option=chance.choice(("standard", "express")),
                customer_id=self.world.pools[None].seen["customer_id"][0] if chance.random() < 0.5 else None,
                discount=Money(chance.choice((1, 100, 333)), "EUR") if chance.random() < 0.3 else None,
            )
        )

    @precondition(lambda self: self.world.jobs)
    @rule(seed=SEEDS)
    def the_outside_answers(self, seed: int) -> None:
        chance = Random(seed)
        job = self.world.jobs.pop(chance.randrange(len(self.world.jobs)))
        if chance.random() < 0.05:
            self.world.jobs.append(job)  # at least once, so sometimes twice
        command = outside.answer(job, chance, self.world.now)
        if command is not None:
            self._do(command)

    @precondition(lambda self: self.world.state.books)
    @rule(seed=SEEDS, steps=st.integers(1, 6))
    def staff_works(self, seed: int, steps: int) -> None:
        chance = Random(seed)
        book = self.world.state.books[chance.choice(sorted(self.world.state.books))]
        for _ in range(steps):
            possible = list(staff.next_steps(self.world, book, chance))
            if possible:
                self._do(chance.choice(possible))

    @precondition(lambda self: self.world.state.books)
    @rule(seed=SEEDS, kind=st.sampled_from(DOORS), ignore=st.integers(0, 5))
    def somebody_asks_anything(self, seed: int, kind: type[Command], ignore: int) -> None:
        chance = Random(seed)
        order_id = chance.choice(sorted(self.world.state.books))
        given = {"order_id": order_id} if "order_id" in kind.__struct_fields__ else {}
        self._do(self.world.maker(chance, order_id, ignore).make(kind, **given))

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)

    @invariant()
    def stock_adds_up(self) -> None:
        self.world.check_stock()

    def _do(self, command: Command) -> None:
        note(repr(command))
        self.world.do(command)

    def teardown(self) -> None:
        SEEN.update(kind for _, kind, _ in self.world.journal)
        self.world.check_rows_fit_their_tables()
        self.world.check_replay()


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=60, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
