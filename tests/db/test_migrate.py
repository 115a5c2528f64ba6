"""Migrations: to the newest version, once, whoever asks and how often."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from alembic.script import ScriptDirectory

from purveyor.db import migrate
from purveyor.db.version import newest_version

AT = datetime(2026, 11, 1, tzinfo=UTC)
TABLES = """
    SELECT string_agg(format('%s.%s %s', table_name, column_name, data_type), ', ' ORDER BY table_name, column_name)
      FROM information_schema.columns
     WHERE table_schema = 'public'
"""
INDEXES = (
    "SELECT array_agg(indexrelid::regclass::text ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indisvalid"
)
SECURITY = "(seq) WHERE order_id IS NULL AND split_part(kind, '.', 1) IN ('staff', 'policies', 'webhooks')"
WITH_INDEXES = "0016"  # what comes later cannot be done twice
SEARCH = "contact_search_folded"
CONTACT = """
    INSERT INTO contact VALUES (gen_random_uuid(), NULL, 'Ann', '', '', '', '', '', '', '', 'DE', NULL, false, NULL)
"""
BUILD_WAITS = "SELECT true FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'"


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


async def test_the_journal_of_the_version_before_is_read_and_written_on(empty_database: str) -> None:
    await migrate.upgrade(empty_database, "0025")
    facts = [(AT, uuid4(), 1, "receipt.order_placed", 1, "channel:web", f"k{n}", f'{{"n": {n}}}') for n in range(40)]
    columns = ("at", "order_id", "order_version", "kind", "kind_version", "actor", "key", "data")
    before = await asyncpg.connect(empty_database)  # a process that is not started again yet
    told = f"SELECT seq, {', '.join(columns)}, recorded_at FROM journal ORDER BY seq"
    try:
        await before.copy_records_to_table("journal", records=facts[:39], columns=columns)
        there = await before.fetch(told)
        assert len(there) == 39

        await migrate.upgrade(empty_database)

        assert await before.fetch(told) == there
        await before.copy_records_to_table("journal", records=facts[39:], columns=columns)
        *same, added = await before.fetch(told)
    finally:
        await before.close()
    assert same == there
    assert added["seq"] > there[-1]["seq"] + 31  # no row reaches over the next
    assert tuple(added)[1:-1] == facts[39]


async def test_orders_come_in_while_indexes_are_built(empty_database: str) -> None:
    await migrate.upgrade(empty_database, WITH_INDEXES)
    for undo in ("DROP INDEX contact_search", "UPDATE alembic_version SET version_num = '0014'"):
        await ask(empty_database, undo)
    slow, quick = await asyncpg.connect(empty_database), await asyncpg.connect(empty_database)
    try:
        async with slow.transaction():
            await slow.execute(CONTACT)  # an order that takes its time: the build waits for it
            migrating = asyncio.create_task(migrate.upgrade(empty_database))
            while not migrating.done() and not await quick.fetchval(BUILD_WAITS):  # noqa: ASYNC110 (it is another process)
                await asyncio.sleep(0.02)

            await quick.execute("SET lock_timeout = '10s'")
            await quick.execute(CONTACT)  # and another one does not wait behind it
        await migrating
    finally:
        await slow.close()
        await quick.close()
    assert await migrate.is_up_to_date(empty_database)
    assert await ask(empty_database, f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{SEARCH}'::regclass")


async def test_what_a_build_that_was_cut_off_has_left_is_built_anew(empty_database: str) -> None:
    await migrate.upgrade(empty_database, WITH_INDEXES)
    indexes = await ask(empty_database, INDEXES)
    for undo in (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contact_search'::regclass",
        "DROP INDEX orders_reference_any_case",
        "DROP INDEX journal_security",
        f"CREATE INDEX journal_security ON ONLY journal {SECURITY}",
        f"CREATE INDEX journal_security_of_journal_0 ON journal_0 {SECURITY}",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'journal_security_of_journal_0'::regclass",
        "UPDATE alembic_version SET version_num = '0014'",
    ):
        await ask(empty_database, undo)

    await migrate.upgrade(empty_database, WITH_INDEXES)

    assert await ask(empty_database, INDEXES) == indexes
    assert await ask(empty_database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
