"""The first days of a year of real orders, from the file to `verify`; `make real` takes the whole year."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from tests.real.figures import check
from tests.real.source import the_file
from tests.real.truth import cut, truth_of
from tests.real.year import go_through

ROWS = 6_000


@pytest.fixture
def first_days(tmp_path: Path) -> Path:
    """The first rows of the year; without the file, the test is skipped and says so."""
    source = the_file()
    if not source.is_file():
        message = f"the year of real orders is not here: {source}"
        pytest.skip(message)
    return cut(source, tmp_path / "first_days.csv", ROWS)


async def test_the_first_days_go_through_all_stages_and_agree_with_the_file(
    database: str, first_days: Path, tmp_path: Path
) -> None:
    outcome = await go_through(database, first_days, tmp_path)
    db = await asyncpg.connect(database)
    await check(db, outcome, truth_of(first_days))
    await db.close()
