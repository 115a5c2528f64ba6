"""Which database it is: the one of `PURVEYOR_DATABASE_URL`, or our own."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import structlog

from purveyor.db import embedded
from purveyor.db.outages import Outage, is_gone
from purveyor.db.url import Address, read_url
from purveyor.settings import Settings

NAME = "purveyor"
PAUSE_S = 0.5
LONGEST_TRY_S = 10.0
LOOK_EVERY_S = 1.0
ONLY_READS = "SELECT current_setting('transaction_read_only') = 'on'"

log = structlog.get_logger()


class OnlyReads(Exception):  # noqa: N818 (a state of the world)
    """The database takes no writing: it is a replica, or was told to be like one."""


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[str]:
    """The DSN of a database that is there and takes connections; its tables are the business of `migrate`.

    The embedded server is started if it does not run, and ends with the last process that leaves this context.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = await asyncio.to_thread(embedded.start, settings.data_dir)
    keeping: asyncio.Task[None] | None = None
    try:
        await _create_if_missing(server.dsn("postgres"))
        keeping = asyncio.create_task(_keep_running(server), name="embedded-server")
        yield server.dsn(NAME)
    finally:
        if keeping is not None:
            keeping.cancel()
            await asyncio.wait([keeping])
        await asyncio.to_thread(server.stop)


async def _keep_running(server: embedded.EmbeddedServer) -> None:
    """Start our own server again when it died while processes use it: nobody else looks after it."""
    outage = Outage("database.not_started_again")
    wait_s = LOOK_EVERY_S
    while True:
        await asyncio.sleep(wait_s)
        try:
            if not server.is_alive and await asyncio.to_thread(server.start_again):
                log.warning("database.started_again", folder=str(server.pgdata))
        except Exception as error:  # noqa: BLE001 (a full disk may have room later)
            wait_s = max(outage.begin(error), LOOK_EVERY_S)
        else:
            outage.end()
            wait_s = LOOK_EVERY_S


async def _create_if_missing(admin_dsn: str) -> None:
    admin = await read_url(admin_dsn).connect()
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
            await admin.execute(f"CREATE DATABASE {NAME}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another process was faster
    finally:
        await admin.close()


async def wait_for_database(settings: Settings, tell: Callable[[Exception], None]) -> None:
    """Wait until a server that may just be starting takes connections, `database_wait_s` seconds at most.

    `tell` is called once, if it has to wait. Raises `OnlyReads` when all that came is a replica; what else is wrong
    shows when the database is opened.
    """
    if settings.database_url is None:
        return
    address = read_url(settings.database_url)
    give_up_at = time.monotonic() + settings.database_wait_s
    told = False
    while True:
        try:
            await _check_writes(address, give_up_at - time.monotonic())
        except Exception as error:
            if time.monotonic() >= give_up_at or not _may_pass(error):
                if isinstance(error, OnlyReads):
                    raise
                return
            if not told:
                tell(error)
                told = True
            await asyncio.sleep(PAUSE_S)
        else:
            return


async def _check_writes(address: Address, left_s: float) -> None:
    longest_s = min(address.timeout_s or LONGEST_TRY_S, max(left_s, 1.0))
    connection = await address.connect(timeout=longest_s)
    try:
        if await connection.fetchval(ONLY_READS, timeout=longest_s):
            raise OnlyReads("it only reads")
    finally:
        await connection.close(timeout=longest_s)


def _may_pass(error: Exception) -> bool:
    """Whether a database says so, or its machine for it, while it starts or another one becomes the primary."""
    if isinstance(error, socket.gaierror | PermissionError):
        return False
    return isinstance(error, OnlyReads) or is_gone(error)
