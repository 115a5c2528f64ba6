"""`make real`: the year of real orders, on a durable database of its own. Exit status 0 when everything agrees."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from purveyor.cli.app import _loop_factory
from purveyor.db import embedded, migrate
from purveyor.intake.report import most_common
from tests.real.figures import check
from tests.real.source import VARIABLE, the_file
from tests.real.truth import Truth, truth_of
from tests.real.year import go_through, megabytes

ORDERS, LINES, PENCE = 19_959, 530_099, 1_065_562_248
MATCHED, UNMATCHED = 7_518, 1_770
NOT_PLACED = 11_810  # rows that were rejected, or are returns


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main() -> int:
    path = the_file()
    if not path.is_file():
        say(f"{path} is not here. {VARIABLE} names the file of the data set.")
        return 2
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="purveyor-real-") as name:
        folder = Path(name)
        server = embedded.start(folder / "data")
        try:
            await run(server, path, folder)
        finally:
            server.stop()
    say(f"{'all of it':32} {time.monotonic() - started:8.1f} s   {megabytes():6.0f} MB at most")
    return 0


async def run(server: embedded.EmbeddedServer, path: Path, folder: Path) -> None:
    """Raises `AssertionError` when anything is not as the file has it."""
    db = await asyncpg.connect(server.dsn("postgres"))
    await db.execute("CREATE DATABASE purveyor")
    await db.close()
    dsn = server.dsn("purveyor")
    await migrate.upgrade(dsn)
    outcome = await go_through(dsn, path, folder, say)
    truth = truth_of(path)
    check_the_year(truth)
    db = await asyncpg.connect(dsn)
    await check(db, outcome, truth)
    size = await db.fetchval("SELECT pg_database_size(current_database())")
    await db.close()
    say(f"{outcome.orders.accepted:,} orders, {outcome.orders.accepted_rows:,} lines, £{truth.pence / 100:,.2f}")
    say(f"{outcome.returns.accepted:,} returns booked, £{truth.refunded_pence / 100:,.2f} paid back")
    for reason, rows in most_common(outcome.returns.refused):  # those that are refused as orders among them
        say(f"    {rows:,} rows refused: {reason}")
    verified = outcome.verified
    say(f"{verified.facts:,} facts replayed, {verified.rows:,} rows compared; the database has {size / 2**20:,.0f} MB")
    say("Everything agrees with the file, by country and month, to the penny.")


def check_the_year(truth: Truth) -> None:
    """The file is the one that we think it is."""
    assert (truth.orders, truth.lines, truth.pence) == (ORDERS, LINES, PENCE)
    assert (truth.matched, truth.unmatched) == (MATCHED, UNMATCHED)
    assert truth.rows - truth.lines == truth.rejected.total() + truth.matched + truth.unmatched == NOT_PLACED


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        sys.exit(runner.run(main()))
