"""Opening the house for a verb: database, tables, committer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from purveyor.db.database import open_database
from purveyor.logs import configure_logs
from purveyor.settings import Settings
from purveyor.wiring import House, open_house


@asynccontextmanager
async def house_of(settings: Settings) -> AsyncIterator[House]:
    """The house on a migrated database; everything is closed at the end."""
    from purveyor.db import migrate

    configure_logs(settings)
    async with open_database(settings) as dsn:
        await migrate.upgrade(dsn)
        async with open_house(settings, dsn) as house:
            yield house
