"""Opening the house for a verb: database, tables, committer; and the two ways in which a verb ends early."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import msgspec

from purveyor.cli.terminal import PlainConsole, escaped
from purveyor.core.messages import Command
from purveyor.db.database import OnlyReads, open_database, wait_for_database
from purveyor.db.embedded import EmbeddedServerError
from purveyor.db.pool import REFUSED_BY_PGBOUNCER
from purveyor.engine.answers import Answer
from purveyor.logs import configure_logs
from purveyor.settings import Settings
from purveyor.wiring import House, open_house

OPERATOR = "staff:operator"
out = PlainConsole()


class CannotDo(Exception):  # noqa: N818 (an answer to a person, not an error)
    """It cannot be done as it was asked. The message is for the person who asked; the exit status is 2."""


@asynccontextmanager
async def house_of(settings: Settings, *, providers: bool = True) -> AsyncIterator[House]:
    """The house on a migrated database; everything is closed at the end. Raises `CannotDo` if there is no database.

    Whoever performs no job needs no `providers`.
    """
    async with _opened(settings, migrated=False, providers=providers) as house:
        yield house


@asynccontextmanager
async def migrated_house_of(settings: Settings) -> AsyncIterator[House]:
    """The same, where somebody else has just seen to the tables: without all that migrating takes in memory."""
    await wait_at_start(settings)
    async with _opened(settings, migrated=True, providers=True) as house:
        yield house


@asynccontextmanager
async def _opened(settings: Settings, *, migrated: bool, providers: bool) -> AsyncIterator[House]:
    configure_logs(settings)
    async with AsyncExitStack() as stack:
        with reachable(settings):
            dsn = await stack.enter_async_context(open_database(settings))
            if not migrated:
                await bring_up_to_date(settings, dsn)
            house = await stack.enter_async_context(open_house(settings, dsn, providers=providers))
        yield house


async def check_database(settings: Settings) -> None:
    """See that there is a database with our tables, and providers, for those who open them later in another process.

    Raises `CannotDo`, so that a server that cannot work says why instead of starting.
    """
    await wait_at_start(settings)
    with reachable(settings):
        async with open_database(settings) as dsn:
            await bring_up_to_date(settings, dsn)
            async with open_house(settings, dsn):  # as they will
                pass


async def wait_at_start(settings: Settings) -> None:
    """For a process that is started with the machine: its database may need a moment."""

    def tell(error: Exception) -> None:
        longest = settings.database_wait_s
        sys.stderr.write(f"{_where(settings)} does not answer yet ({error}): waiting for it, {longest} s at most.\n")

    try:
        await wait_for_database(settings, tell)
    except OnlyReads as error:
        message = (
            f"{_where(settings)} only reads: it is a replica. Let PURVEYOR_DATABASE_URL lead to the primary; with "
            "several hosts in it, add target_session_attrs=read-write."
        )
        raise CannotDo(message) from error


async def bring_up_to_date(settings: Settings, dsn: str) -> None:
    """The tables of this version, where they are older. Raises `CannotDo` where they are newer."""
    from alembic.util import CommandError  # late: what migrates takes much memory

    from purveyor.db import migrate

    try:
        if settings.database_url is None or not await migrate.is_up_to_date(dsn):
            await migrate.upgrade(dsn)
    except CommandError as error:
        message = (
            f"The tables of {_where(settings)} are not those of this version: {error}. Is Purveyor too old for them?"
        )
        raise CannotDo(message) from error


@contextmanager
def reachable(settings: Settings) -> Iterator[None]:
    """Say in words that the database cannot be used."""
    try:
        yield
    except EmbeddedServerError as error:
        raise CannotDo(str(error)) from error
    except (
        OSError,  # nobody listens, a name nobody knows, a folder that cannot be made
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as error:
        message = f"The database cannot be used: {_where(settings)}: {str(error) or type(error).__name__}"
        raise CannotDo(message + _advice(error)) from error


def _advice(error: Exception) -> str:
    """What helps with a pooler that stands before the database."""
    if isinstance(error, asyncpg.ProtocolViolationError) and "startup parameter" in str(error):
        return (
            f". PgBouncer needs `ignore_startup_parameters = {', '.join(REFUSED_BY_PGBOUNCER)}`: see docs/operating.md"
        )
    if isinstance(error, asyncpg.DuplicatePreparedStatementError | asyncpg.InvalidSQLStatementNameError):
        return (
            ". A pooler in transaction mode must know prepared statements: PgBouncer 1.21 or later with "
            "`max_prepared_statements = 200`, or session mode"
        )
    return ""


def _where(settings: Settings) -> str:
    return _without_password(settings.database_url) if settings.database_url else "our own PostgreSQL"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


async def ask(house: House, command: Command) -> Answer:
    """Carry out a command of the operator's, and answer. Raises `CannotDo` with the sentence of a refusal."""
    given = await house.committer.submit(command, key=f"operator:{uuid4()}", actor=OPERATOR)
    answer = given.answer
    if answer.refusal is not None:
        raise CannotDo(answer.refusal.sentence)
    return answer


def print_json(value: Any) -> None:
    """One line on standard output, for scripts."""
    sys.stdout.write(escaped(msgspec.json.encode(value).decode()) + "\n")
