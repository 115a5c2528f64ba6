"""Which database it is: the one of `PURVEYOR_DATABASE_URL`, or our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from purveyor.db import embedded
from purveyor.settings import Settings

NAME = "purveyor"


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[str]:
    """The DSN of a database that is there and takes connections; its tables are the business of `migrate`.

    The embedded server is started if it does not run, and ends with the last process that leaves this context.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = await asyncio.to_thread(embedded.start, settings.data_dir)
    try:
        await _create_if_missing(server.dsn("postgres"))
        yield server.dsn(NAME)
    finally:
        await asyncio.to_thread(server.stop)


async def _create_if_missing(admin_dsn: str) -> None:
    admin = await asyncpg.connect(admin_dsn)
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
            await admin.execute(f"CREATE DATABASE {NAME}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another process was faster
    finally:
        await admin.close()
