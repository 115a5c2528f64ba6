"""The API over the real database, without a socket between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from purveyor.adapters.clocks import SystemClock
from purveyor.core.policies import Policies
from purveyor.db.reader import Reader
from purveyor.engine.committer import Committer
from purveyor.rooms import open_rooms
from purveyor.web.app import create_app
from purveyor.web.keys import make_key
from tests.pure import SHOP


class SmallHouse(msgspec.Struct, frozen=True):
    pool: Any
    read: Reader
    committer: Committer
    outside: Any = None
    settings: Any = None


@pytest.fixture
async def house(pool: asyncpg.Pool[asyncpg.Record]) -> AsyncIterator[SmallHouse]:
    open_rooms()

    async def policies(_: Any) -> Policies:
        return SHOP

    async with Committer(pool, SystemClock(), load_policies=policies, summarize=lambda book, at: None) as committer:
        yield SmallHouse(pool=pool, read=Reader(pool), committer=committer)
