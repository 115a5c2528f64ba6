"""Which database it is: the one of `PURVEYOR_DATABASE_URL`, or our own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from purveyor.db import embedded
from purveyor.settings import Settings

NAME = "purveyor"
PAUSE_S = 0.5
# What a database says, or its machine for it, while it starts.
NOT_YET = (ConnectionError, FileNotFoundError, asyncpg.CannotConnectNowError)  # no socket is no file


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


async def wait_for_database(settings: Settings, tell: Callable[[Exception], None]) -> None:
    """Wait until a server that may just be starting takes connections, `database_wait_s` seconds at most.

    `tell` is called once, if it has to wait. What else is wrong shows when the database is opened.
    """
    if settings.database_url is None:
        return
    give_up_at = time.monotonic() + settings.database_wait_s
    told = False
    while True:
        try:
            connection = await asyncpg.connect(settings.database_url)
        except NOT_YET as error:
            if time.monotonic() >= give_up_at:
                return
            if not told:
                tell(error)
                told = True
            await asyncio.sleep(PAUSE_S)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return
        else:
            await connection.close()
            return
