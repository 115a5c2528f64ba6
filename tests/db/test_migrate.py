"""Migrations: to the newest version, once, whoever asks and how often."""

import asyncio

import asyncpg
from alembic.script import ScriptDirectory

from purveyor.db import migrate
from purveyor.db.version import newest_version

TABLES = """
    SELECT string_agg(format('%s.%s %s', table_name, column_name, data_type), ', ' ORDER BY table_name, column_name)
      FROM information_schema.columns
     WHERE table_schema = 'public'
"""


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_migrating_brings_an_empty_database_up_to_date(empty_database: str) -> None:
    assert not await migrate.is_up_to_date(empty_database)

    await migrate.upgrade(empty_database)

    assert await migrate.is_up_to_date(empty_database)
    assert await ask(empty_database, "SELECT count(*) FROM pgqueuer") == 0


async def test_migrating_twice_changes_nothing(empty_database: str) -> None:
    await migrate.upgrade(empty_database)
    before = await ask(empty_database, TABLES)

    await migrate.upgrade(empty_database)

    assert await ask(empty_database, TABLES) == before


async def test_many_may_migrate_at_once(empty_database: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database) for _ in range(4)))

    assert await migrate.is_up_to_date(empty_database)
    assert await ask(empty_database, "SELECT count(*) FROM alembic_version") == 1


async def test_a_migration_that_fails_leaves_nothing_behind(empty_database: str) -> None:
    # The job queue comes last in the first version, and cannot come where its type already is.
    await ask(empty_database, "CREATE TYPE pgqueuer_status AS ENUM ('other')")
    tables = await ask(empty_database, TABLES)

    try:
        await migrate.upgrade(empty_database)
    except asyncpg.DuplicateObjectError:
        failed = True
    assert failed
    assert await ask(empty_database, TABLES) == tables
    assert not await migrate.is_up_to_date(empty_database)


async def test_every_test_gets_a_migrated_database_of_its_own(database: str) -> None:
    assert await migrate.is_up_to_date(database)


def test_the_newest_version_is_the_one_that_alembic_goes_to() -> None:
    assert newest_version() == ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head()
