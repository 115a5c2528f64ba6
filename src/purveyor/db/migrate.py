"""Bring a database to the tables of this version: forward only, by Alembic, over asyncpg.

The statements are plain SQL: `migrations/sql/NNNN_name/*.sql`, run in the order of their names by
`migrations/versions/NNNN_name.py`.
"""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number that nobody else locks: "purv" in ASCII.
LOCK_KEY = 0x70757276


async def upgrade(dsn: str) -> None:
    """Bring the database to the newest version, or leave it there. Processes that do so at once take turns."""
    lock = await asyncpg.connect(dsn)
    try:
        # Asked again and again instead of waited for: a statement that waits holds a snapshot, and CREATE INDEX
        # CONCURRENTLY in the process that has the lock would wait for that in turn.
        while not await lock.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        engine = _engine(dsn)
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
        await engine.dispose()
        # PgQueuer keeps its own tables up to date; a no-op unless a newer PgQueuer was installed.
        await Queries(AsyncpgDriver(lock)).upgrade()
    finally:
        await lock.close()


async def is_up_to_date(dsn: str) -> bool:
    """Whether the database has the tables that this version of Purveyor works with."""
    engine = _engine(dsn)
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    await engine.dispose()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _engine(dsn: str) -> AsyncEngine:
    # The DSN goes to asyncpg as it is: SQLAlchemy would read it by rules of its own.
    return create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(dsn, timeout=60)
    )


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
