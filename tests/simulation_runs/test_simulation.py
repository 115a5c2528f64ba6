"""A shop that is simulated goes through all stages, comes to an end, and comes to the same end again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from gettext import NullTranslations
from typing import get_args

import pytest
from babel import Locale

from purveyor.adapters.clocks import SimulatedClock
from purveyor.core.service_levels import Stage
from purveyor.db.embedded import EmbeddedServer
from purveyor.insight.verify import verify
from purveyor.simulation.buyers import GOOD_CARD, Buyers
from purveyor.simulation.run import work_off
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.web.pages.labels.hold_reasons import Reader, reason_of
from purveyor.web.pages.translations import translations
from tests.conftest import run_as_admin
from tests.simulation_runs.conftest import Playing

STAGES = set(get_args(Stage))
REASONS = """
    -- Those that the rules write down, not what people typed: goods that come in have the reference of their supplier.
    SELECT DISTINCT reason FROM journal, LATERAL (VALUES (data->>'why'), (data->>'reason')) given (reason)
     WHERE kind <> 'stock.received' AND reason NOT LIKE 'text:%' AND reason ~ '[a-z]' ORDER BY reason
"""
GERMAN = Reader(translations("de"), Locale("de"))
ENGLISH = Reader(NullTranslations(), GERMAN.locale)


@pytest.fixture
async def second_database(server: EmbeddedServer, template: str) -> AsyncIterator[str]:
    await run_as_admin(server, f"CREATE DATABASE second_run TEMPLATE {template} STRATEGY file_copy")
    yield server.dsn("second_run")
    await run_as_admin(server, "DROP DATABASE second_run WITH (FORCE)")


async def test_every_order_ends_and_every_stage_is_visited(playing: Playing, database: str) -> None:
    async with playing(database, 7) as simulation:
        await simulation.open()
        figures = await simulation.run(60)
        report = await verify(simulation.house.pool)
        reasons = await simulation.house.read.values(REASONS)

    assert figures.total == 60
    assert figures.open == 0, figures.orders
    assert set(figures.stages) >= STAGES
    assert figures.orders["closed"] > 40
    assert report.is_clean, report.differences[:5]
    assert len(reasons) > 20
    assert [each for each in reasons if reason_of(each, GERMAN) == reason_of(each, ENGLISH)] == []


async def test_the_same_seed_makes_the_same_figures(playing: Playing, database: str, second_database: str) -> None:
    figures = []
    for dsn in (database, second_database):
        async with playing(dsn, 3) as simulation:
            await simulation.open()
            figures.append(await simulation.run(25))

    assert figures[0] == figures[1]


def a_visitors_order(card: str) -> PlaceOrder:
    return PlaceOrder(
        channel="web",
        currency="EUR",
        lines=(LineItem(sku="BEAN-HSE-500", quantity=1),),
        contact=Address(
            name="Ann", email="ann@example.com", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE"
        ),
        tenders=(Tender(method="card", source=card),),
        reference="MINE-1",
    )


async def test_what_the_bank_asks_a_visitor_is_answered_by_nobody_else(playing: Playing, database: str) -> None:
    async with playing(database, 7) as simulation:
        await simulation.open()
        mine = a_visitors_order("card-3ds")
        given = await simulation.house.committer.submit(mine, key="visitor", actor="channel:web")
        for _ in range(4):
            simulation.clock.advance(timedelta(minutes=10))
            await simulation.tick(40)
        payment = "SELECT status FROM payment WHERE order_id = $1"

        assert await simulation.house.read.values(payment, given.answer.order_id) == ["action_required"]


async def test_orders_of_visitors_are_left_to_them(playing: Playing, database: str) -> None:
    mine = a_visitors_order(GOOD_CARD)
    async with playing(database, 7) as simulation:
        await simulation.open()
        read = simulation.house.read
        assert not await simulation.desk.waits_for_visitor()
        given = await simulation.house.committer.submit(mine, key="visitor", actor="channel:web")
        simulation.clock.advance(timedelta(hours=1))
        await simulation.tick(40)
        assert await simulation.desk.waits_for_visitor(), "it is paid, and nobody else picks it"
        for _ in range(47):
            simulation.clock.advance(timedelta(hours=1))
            await simulation.tick(40)
        my_stage = await read.values("SELECT stage FROM orders WHERE id = $1", given.answer.order_id)
        sent = await read.values(
            "SELECT sum(shipped + delivered) FROM line WHERE order_id <> $1", given.answer.order_id
        )

        assert not await simulation.desk.waits_for_visitor(), "who does nothing for a day has gone"

    assert my_stage == ["picking"]
    assert sent[0] > 0


async def test_a_shop_that_is_opened_twice_is_opened_once(playing: Playing, database: str) -> None:
    async with playing(database, 7) as simulation:
        await simulation.open()
        facts = await simulation.house.read.values("SELECT count(*) FROM journal")
        await simulation.open()

        assert await simulation.house.read.values("SELECT count(*) FROM journal") == facts
        assert not simulation.desk.refused


async def test_a_second_run_goes_on_where_the_first_one_stopped(playing: Playing, database: str) -> None:
    async with playing(database, 7) as simulation:
        await simulation.open()
        await simulation.run(5)
        now = simulation.clock.now()
    async with playing(database, 7) as simulation:
        simulation.clock.advance(now - simulation.clock.now())
        await simulation.open()
        figures = await simulation.run(5)

    assert figures.total == 10
    assert figures.open == 0


async def test_orders_from_elsewhere_are_worked_off_without_a_mishap(playing: Playing, database: str) -> None:
    async with playing(database, 5) as simulation:
        await simulation.open()
        buyers = Buyers(SeededRandom(5, share=0.0), simulation.shop)
        given = await simulation.desk.hand_in([buyers.order(number) for number in range(1, 41)])
        assert isinstance(simulation.clock, SimulatedClock)
        figures = await work_off(simulation.house, simulation.clock)

    assert all(each.accepted for each in given)
    assert figures.orders == {"closed": 40}
    assert figures.events["short picks"] == figures.events["payments declined"] == 0
