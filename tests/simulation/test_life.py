"""Whatever is asked, in whatever order: units, stock and money always add up, and the journal rebuilds every row."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, note, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from purveyor.core.messages import Command
from tests.simulation.random_actions import DOORS, People

SEEDS = st.integers(0, 2**32)


class NotingPeople(People):
    """Failures show what was asked."""

    def do(self, command: Command) -> None:
        note(repr(command))
        super().do(command)


class Shop(RuleBasedStateMachine):
    """Every step is checked by the world itself; the replay at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.people = NotingPeople()

    @initialize()
    def open(self) -> None:
        self.people.open()

    @rule(seed=SEEDS)
    def somebody_buys(self, seed: int) -> None:
        self.people.buy(Random(seed))

    @precondition(lambda self: self.people.world.jobs)
    @rule(seed=SEEDS)
    def the_outside_answers(self, seed: int) -> None:
        self.people.answer_a_job(Random(seed))

    @precondition(lambda self: self.people.world.state.books)
    @rule(seed=SEEDS, steps=st.integers(1, 6))
    def staff_works(self, seed: int, steps: int) -> None:
        self.people.work(Random(seed), steps)

    @precondition(lambda self: self.people.world.state.books)
    @rule(seed=SEEDS, kind=st.sampled_from(DOORS), ignore=st.integers(0, 5))
    def somebody_asks_anything(self, seed: int, kind: type[Command], ignore: int) -> None:
        self.people.ask_anything(Random(seed), kind, ignore)

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.people.wait(hours)

    def teardown(self) -> None:
        self.people.world.check_rows_fit_their_tables()
        self.people.world.check_replay()


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=40, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
