"""Which database it is, whether it may be written to, and who starts our own again."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from purveyor.db.database import OnlyReads, open_database, wait_for_database
from purveyor.db.outages import is_gone
from purveyor.settings import Settings

STARTED_AGAIN_WITHIN_S = 240  # a busy disk takes its time to write all that a killed server left


def test_what_passes_is_told_from_what_is_wrong() -> None:
    passes = [
        ConnectionResetError(),
        TimeoutError(),
        asyncpg.TargetServerAttributeNotMatched("no host is a primary"),
        asyncpg.InternalClientError("cannot switch to state 11"),
        asyncpg.ReadOnlySQLTransactionError("cannot execute nextval()"),
        asyncpg.ConnectionDoesNotExistError("closed"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.DiskFullError("no space left"),
    ]
    wrong = [
        asyncpg.DataError("value out of int64 range"),
        asyncpg.ClientConfigurationError("bad"),
        asyncpg.ProgramLimitExceededError("index row size"),
        asyncpg.InvalidPasswordError("no"),
        OverflowError(),
        AssertionError(),
    ]
    assert [each for each in passes if not is_gone(each)] == []
    assert [each for each in wrong if is_gone(each)] == []


async def test_a_host_list_without_a_primary_is_waited_for_and_said_once(database: str) -> None:
    told: list[Exception] = []
    settings = Settings(database_url=f"{database}&target_session_attrs=standby", database_wait_s=1)

    await wait_for_database(settings, told.append)

    assert [type(each) for each in told] == [asyncpg.TargetServerAttributeNotMatched]


async def test_a_replica_is_waited_for_and_then_refused(database: str) -> None:
    admin = await asyncpg.connect(database)
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    told: list[Exception] = []
    with pytest.raises(OnlyReads):
        await wait_for_database(Settings(database_url=database, database_wait_s=1), told.append)
    assert len(told) == 1

    promoting = asyncio.create_task(wait_for_database(Settings(database_url=database), told.append))
    await asyncio.sleep(0)
    await admin.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    await promoting
    await admin.close()


async def test_our_own_server_that_died_is_started_again_while_it_is_used(tmp_path: Path) -> None:
    async with open_database(Settings(data_dir=tmp_path)) as dsn:
        pid = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(STARTED_AGAIN_WITHIN_S):
            while True:
                try:
                    connection = await asyncpg.connect(dsn)
                    assert await connection.fetchval("SELECT 1") == 1
                    await connection.close()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await asyncio.sleep(0.1)
                    continue
                now = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
                if now != pid:
                    break
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
