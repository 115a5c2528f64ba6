"""The database goes away in the middle: the caller gets the answer or `Undecided`, and the key tells afterwards."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from purveyor.engine import committer as committer_module
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer, Undecided
from tests.engine.conftest import Pool, a_committer
from tests.pure import an_order_for

KILL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_connections_killed_again_and_again_lose_nothing_and_double_nothing(shop: Pool, database: str) -> None:
    admin = await asyncpg.connect(database)
    stopping = asyncio.Event()

    async def kill() -> None:
        while not stopping.is_set():
            await admin.fetchval(KILL)
            await asyncio.sleep(0.03)

    async with a_committer(shop, batch_commands=4) as committer:
        killer = asyncio.create_task(kill())
        first = await asyncio.gather(*(ask(committer, n) for n in range(100)), return_exceptions=True)
        stopping.set()
        await killer
        for each in first:
            assert isinstance(each, (CommandResult, Undecided))
        again = await asyncio.gather(*(ask(committer, n) for n in range(100)))

    await admin.close()
    for before, after in zip(first, again, strict=True):
        assert after.accepted
        if isinstance(before, CommandResult):
            assert before.body == after.body
    assert await shop.fetchval("SELECT count(*) FROM orders") == 100
    assert await shop.fetchval("SELECT count(*) FROM command_log") == 100


async def ask(committer: Committer, number: int) -> CommandResult:
    return await committer.submit(an_order_for(("MUG", 1)), key=f"k{number}", actor="channel:web")


async def test_killed_while_it_waits_for_a_lock_the_batch_is_run_again(shop: Pool, database: str) -> None:
    admin = await asyncpg.connect(database)
    holder = await asyncpg.connect(database)
    lock = holder.transaction()
    await lock.start()
    await holder.execute("LOCK TABLE command_log IN EXCLUSIVE MODE")
    async with a_committer(shop) as committer:
        asked = asyncio.create_task(ask(committer, 1))
        while not await admin.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        waiting = await admin.fetchval("SELECT pid FROM pg_locks WHERE NOT granted")
        assert await admin.fetchval("SELECT pg_terminate_backend($1)", waiting)
        await lock.rollback()
        given = await asyncio.wait_for(asked, 10)

    await admin.close()
    await holder.close()
    assert given.accepted
    assert await shop.fetchval("SELECT count(*) FROM orders") == 1


async def test_a_database_that_stays_away_leaves_the_caller_undecided_and_the_key_tells_later(
    shop: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer_module, "MOST_ATTEMPTS", 2)
    committed = Committer._commit
    broken = True

    async def commit_and_die(self: Committer, *args: object, **options: object) -> list[CommandResult]:
        given = await committed(self, *args, **options)  # type: ignore[arg-type]
        if broken:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
        return given

    monkeypatch.setattr(Committer, "_commit", commit_and_die)
    async with a_committer(shop) as committer:
        with pytest.raises(Undecided):
            await ask(committer, 1)
        broken = False
        given = await ask(committer, 1)

    assert given.accepted
    assert given.repeated  # it had been committed, although nobody could tell
    assert await shop.fetchval("SELECT count(*) FROM orders") == 1
