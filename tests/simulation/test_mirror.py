"""A story told in memory and on the database: the same answers, the same rows, and `verify` finds nothing."""

from __future__ import annotations

import pytest

from purveyor.insight.verify import verify
from tests.simulation.mirror import Pool, compare, retell
from tests.simulation.random_actions import a_story


@pytest.mark.parametrize("seed", range(6))
async def test_memory_and_database_tell_the_same_story(pool: Pool, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    people = a_story(seed, 120)
    await retell(pool, people, monkeypatch)

    assert await compare(pool, people) == []
    report = await verify(pool, chunk=50)
    assert report.differences == []
    assert report.facts == len(people.world.journal)
    assert report.orders == len(people.world.state.books)
