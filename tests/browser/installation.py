"""A shop with a history on this machine, served by processes of its own: what all tests of this folder look at."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from purveyor.adapters.clocks import SimulatedClock
from purveyor.cli.staff import DEMO, demo_staff
from purveyor.core.messages import Command
from purveyor.db import embedded, migrate
from purveyor.engine.answers import Answer
from purveyor.settings import PREFIX, Settings
from purveyor.simulation.run import FIRST_DAY, Simulation
from purveyor.simulation.shop import write_stand_ins
from purveyor.stages.confirmation.queries import link_version
from purveyor.web.pages.order_links import order_token
from purveyor.wiring import FILES, House, open_house
from tests.browser.prepared_orders import Known, Situations
from tests.never_lost.cluster import Process

SEED = 7
PER_DAY = 30
HOURS = (4, 6, 14)  # from 5 o'clock: nobody looks at the shop more than three times a day
STEPS = tuple(timedelta(hours=hours) for hours in (*HOURS * 4, HOURS[0]))  # ends on a Friday morning
ZONE = "Europe/Berlin"
PASSWORD = "correct horse battery staple"
LOGINS = {role: login for login, _name, role in DEMO}

_keys = count()


class Installation:
    """Where it listens, and a house in this very process for what others do at the same time."""

    def __init__(self, folder: Path, url: str, house: House, known: Known) -> None:
        self._folder = folder
        self.url = url
        self.house = house
        self.known = known

    def bugs(self) -> str:
        """What server and worker have logged of errors that they did not expect."""
        return "".join(log.read_text() for log in self._folder.glob("*.log"))

    async def ask(self, command: Command, actor: str = "staff:test") -> Answer:
        """Ask as somebody who needs no page: a courier, a colleague. It must be accepted."""
        given = await self.house.committer.submit(command, key=f"test:{next(_keys)}", actor=actor)
        assert given.accepted, given.answer.refusal
        return given.answer

    async def value(self, sql: str, *arguments: Any) -> Any:
        """The first value of the first row, or None."""
        return await self.house.pool.fetchval(sql, *arguments)

    async def eventually(self, sql: str, *arguments: Any, within_s: float = 20) -> Any:
        """The same, as soon as it is true: what a worker does takes a moment."""
        until = time.monotonic() + within_s
        while not (found := await self.value(sql, *arguments)):
            assert time.monotonic() < until, f"not within {within_s} s: {sql} {arguments}"
            await asyncio.sleep(0.1)
        return found

    async def order_page(self, order_id: UUID | str) -> str:
        """The path of an order's page, signed with the key of the installation."""
        order_id = self.known[order_id] if isinstance(order_id, str) else order_id
        version = await link_version(self.house.read, order_id)
        assert version is not None, "there is no such order"
        return f"/o/{order_token(self, order_id, version)}"  # type: ignore[arg-type]


@asynccontextmanager
async def an_installation() -> AsyncIterator[Installation]:
    """Some days of a shop are simulated; then its time goes on as ours does, with a server and a worker."""
    folder = Path(tempfile.mkdtemp(prefix="purveyor-test-"))
    server = await asyncio.to_thread(embedded.start, folder / "postgres", durable=False)
    processes: list[Process] = []
    try:
        dsn = await _database(server)
        settings = Settings(data_dir=folder, timezone=ZONE, demo=True)
        now, known = await _history(settings, dsn)
        clock = SimulatedClock(now, 1, time.time())
        environment = _environment(folder, dsn, clock)
        for verb in ("demo", "work"):
            process = Process(verb, environment, folder / f"{verb}.log")
            processes.append(process)
            await process.start()
        async with open_house(settings, dsn, clock=clock) as house:
            for process in processes:
                await process.ready()
            yield Installation(folder, f"http://127.0.0.1:{processes[0].port}", house, known)
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                await process.stop()
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def _database(server: embedded.EmbeddedServer) -> str:
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute("CREATE DATABASE purveyor")
    await admin.close()
    dsn = server.dsn("purveyor")
    await migrate.upgrade(dsn)
    return dsn


async def _history(settings: Settings, dsn: str) -> tuple[datetime, Known]:
    """The first days of the shop, and everybody who works there. Answers what time it is then, and known orders."""
    clock = SimulatedClock(FIRST_DAY)
    async with open_house(msgspec.structs.replace(settings, runners=1), dsn, clock=clock) as house:
        simulation = Simulation(house, clock, SEED, per_day=PER_DAY)
        await simulation.open()
        assets = await house.read.values("SELECT DISTINCT asset FROM product WHERE kind = 'download'")
        write_stand_ins(settings.data_dir / FILES, assets)  # the worker is no demo, and looks for them
        for step in STEPS:
            clock.advance(step)
            await simulation.tick()
        known = await Situations(house).make()
        await demo_staff(house, PASSWORD)
    return clock.now(), known


def _environment(folder: Path, dsn: str, clock: SimulatedClock) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return ours | {
        "PURVEYOR_DATABASE_URL": dsn,
        "PURVEYOR_DATA_DIR": str(folder),
        "PURVEYOR_CLOCK": str(clock),
        "PURVEYOR_TIMEZONE": ZONE,
        "PURVEYOR_LOG_LEVEL": "warning",
        "PYTHONWARNINGS": "",
    }
