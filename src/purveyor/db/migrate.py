"""Bring a database to the tables of this version: forward only, by Alembic, over asyncpg.

The statements are plain SQL: `migrations/sql/NNNN_name/*.sql`, run in the order of their names by
`migrations/versions/NNNN_name.py`.
"""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from purveyor.db.url import Address, read_url
from purveyor.db.version import TABLES_ARE, newest_version

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number that nobody else locks: "purv" in ASCII.
LOCK_KEY = 0x70757276


async def upgrade(dsn: str, to: str = "head") -> None:
    """Bring the database to the newest version, or leave it there. Processes that do so at once take turns."""
    address = read_url(dsn)
    lock = await address.connect()
    try:
        # Asked again and again instead of waited for: a statement that waits holds a snapshot, and CREATE INDEX
        # CONCURRENTLY in the process that has the lock would wait for that in turn.
        while not await lock.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        engine = _engine(address)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(_upgrade, to)
        except DBAPIError as error:
            raise _of_driver(error) from error
        finally:
            await engine.dispose()
        # PgQueuer keeps its own tables up to date; a no-op unless a newer PgQueuer was installed.
        await Queries(AsyncpgDriver(lock)).upgrade()
    finally:
        await lock.close()


async def is_up_to_date(dsn: str) -> bool:
    """Whether the database has the tables that this version of Purveyor works with."""
    connection = await read_url(dsn).connect()
    try:
        found = [row[0] for row in await connection.fetch(TABLES_ARE)]
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
    return found == [newest_version()]


def _engine(address: Address) -> AsyncEngine:
    # The address goes to asyncpg as it is: SQLAlchemy would read it by rules of its own.
    return create_async_engine("postgresql+asyncpg://", poolclass=NullPool, async_creator=address.connect)


def _of_driver(error: DBAPIError) -> BaseException:
    """What the database said, without what SQLAlchemy made of it."""
    said: BaseException = error
    while said.__cause__ is not None and not isinstance(said, asyncpg.PostgresError):
        said = said.__cause__
    return said if isinstance(said, asyncpg.PostgresError) else error


def _upgrade(connection: Connection, to: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
