"""`purveyor demo`: a shop at work on this machine. Everything in it is ours, and ends with Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import fasteners
import msgspec
from rich.live import Live

from purveyor.adapters.clocks import SharedClock, SimulatedClock
from purveyor.cli.demo_board import Address, Board
from purveyor.cli.simulate import NEWEST, simulated_house
from purveyor.cli.staff import demo_staff
from purveyor.cli.startup import CannotDo
from purveyor.cli.terminal import PlainConsole
from purveyor.db.database import open_database
from purveyor.db.embedded import EmbeddedServerError
from purveyor.db.outages import may_pass
from purveyor.db.url import read_url
from purveyor.records.staff.commands import CreateApiKey
from purveyor.settings import PREFIX, Settings
from purveyor.simulation.run import FIRST_DAY, Simulation
from purveyor.web.auth.api_keys import make_key
from purveyor.wiring import House

SPEED = 1_440.0
SPEED_IN_WORDS = "a day a minute"
# What only a visitor can do, nobody does for them, so the day must not run away from them meanwhile.
VISITOR_SPEED = 6.0
VISITOR_SPEED_IN_WORDS = "an hour in ten minutes, while an order waits for who placed it"
ZONE = "Europe/Berlin"  # where the shop of the demo is
ORDERS_A_DAY = 150
HISTORY = timedelta(days=4)  # simulated as fast as it goes, while the board is shown already
LONGEST_STEP = timedelta(hours=1)  # on a busy machine time goes slower, rather than leap
TICK_S = 0.3
LOOK_EVERY_S = 0.5
LINE_EVERY_S = 10.0
LINES_UNTIL_REPEATED = 12  # then it is said again where the shop is, and who may come in
PORTS_TO_TRY = 50
STOP_WITHIN_S = 15.0
OWNER = "staff:owner"

out = PlainConsole()


async def demo(settings: Settings, *, seed: int, port: int, orders: int, keep: bool) -> int:
    """Until Ctrl-C, SIGTERM, or so many orders (0: no end). Exit status 2 when a demo is running already."""
    folder = settings.data_dir / "demo"
    settings = msgspec.structs.replace(
        settings,
        database_url=None,
        data_dir=folder,
        fake_dir=folder / "fakes",
        port=_free_port(settings.host, port),
        gateway="fake",
        carrier="fake",
        notifier="fake",
        demo=True,
        timezone=ZONE,
        log_format="text",
    )
    if not _make_room(folder, keep=keep):
        out.print(f"A demo is running already, with its data in {folder}.")
        return 2
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    url = f"http://{settings.host}:{settings.port}"
    show = Show(Board(settings.currency, Address(url, f"{url}/api/docs", folder=str(folder)), ZoneInfo(ZONE)), stopping)
    # Whatever is logged would break the picture.
    with (folder / "demo.log").open("a") as log, contextlib.redirect_stderr(log), show.on_screen():
        try:
            newest = await _newest(settings) if keep else None
            clock = SharedClock.make(folder / "clock", newest or FIRST_DAY)
            live_from = clock.now() if newest else clock.now() + HISTORY
            # The server starts while the database does: both know how to wait for each other.
            async with (
                serving(settings, clock, folder / "serve.log") as server,
                simulated_house(settings, clock) as house,
            ):
                shop = _run_shop(house, clock, show, live_from, seed=seed, orders=orders)
                await _play(show, house, clock, server, shop)
        except Exception as error:
            if not may_pass(error):
                raise
            traceback.print_exception(error)  # into the log
            raise CannotDo(
                f"The demo has ended: its database was shut down, or does not answer. "
                f"`{sys.argv[0]} demo --keep` goes on with this shop; more about it: {folder / 'demo.log'}"
            ) from error
    out.print(show.board.line(), soft_wrap=True, highlight=False)
    out.print(
        f"Everything has stopped. `{sys.argv[0]} demo --keep` goes on with this shop; its data: {folder}",
        soft_wrap=True,
    )
    return 0


async def _play(
    show: Show,
    house: House,
    clock: SimulatedClock,
    server: asyncio.subprocess.Process,
    shop: Coroutine[None, None, None],
) -> None:
    """The shop, the board and the server side by side, until the first of them ends."""
    tasks = [
        asyncio.create_task(shop),
        asyncio.create_task(_announce(house, show, server)),
        asyncio.create_task(show.keep_looking(house, clock)),
        asyncio.create_task(house.webhook_dispatcher.run(show.stopping)),
    ]
    end = asyncio.create_task(show.stopping.wait())
    try:
        running = {*tasks, end}
        while not end.done():
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what went wrong in it
    finally:
        show.board.state = "stopping"
        show.refresh()
        end.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run_shop(
    house: House, clock: SharedClock, show: Show, live_from: datetime, *, seed: int, orders: int
) -> None:
    """Open the shop, hurry through its first days, then live on at the demo's speed."""
    simulation = Simulation(house, clock, seed, per_day=ORDERS_A_DAY)
    await simulation.open()
    most = orders or None
    looked = time.monotonic()
    while most is None or simulation.placed < most:
        before, looked = looked, time.monotonic()
        is_live = clock.now() >= live_from
        speed = VISITOR_SPEED if is_live and await simulation.desk.waits_for_visitor() else SPEED
        in_words = SPEED_IN_WORDS if speed == SPEED else VISITOR_SPEED_IN_WORDS
        show.board.state = in_words if is_live else "the first days, in a hurry"
        clock.advance(step(looked - before, speed) if is_live else LONGEST_STEP)
        await simulation.tick(most)
        if is_live:
            await asyncio.sleep(max(0.0, TICK_S - (time.monotonic() - looked)))
    await show.told.wait()
    await show.board.look(house.read, clock.now())
    show.stopping.set()


def step(seconds: float, speed: float = SPEED) -> timedelta:
    """How far the shop's time goes on in so many seconds of ours."""
    return min(timedelta(seconds=seconds * speed), LONGEST_STEP)


async def _announce(house: House, show: Show, server: asyncio.subprocess.Process) -> None:
    """Make a key, and tell the address as soon as somebody answers there."""
    key = make_key()
    expires = house.outside.clock.now() + timedelta(days=1_000)  # in the shop's own time, which is quick here
    command = CreateApiKey(name="demo", prefix=key.prefix, hash=key.hash, scopes=("*",), expires_at=expires)
    await house.committer.submit(command, key=f"demo:key:{key.prefix}", actor=OWNER)
    address = show.board.address
    address.key = key.secret
    logins = await demo_staff(house)
    address.logins = tuple((each.login, each.role) for each in logins)
    address.password = logins[0].password
    while server.returncode is None:
        if await _answers(house.settings.host, house.settings.port):
            address.is_up = True
            show.tell()
            return
        await asyncio.sleep(0.1)
    show.board.state = "the API has stopped: see serve.log"
    show.told.set()


# the screen


class Show:
    """The board on a terminal, or a line now and then where there is none."""

    def __init__(self, board: Board, stopping: asyncio.Event) -> None:
        self.board = board
        self.stopping = stopping
        self.told = asyncio.Event()  # that the API is up, or will not be
        self._live: Live | None = None

    @contextmanager
    def on_screen(self) -> Iterator[None]:
        if not out.is_terminal:
            out.print("Simulated shop: payments, carrier, mail and SMS are simulated.")
            self._say_where()
            yield
            return
        with Live(self.board, console=out, screen=True, auto_refresh=False, redirect_stderr=False) as live:
            self._live = live
            live.refresh()
            try:
                yield
            finally:
                self._live = None

    def refresh(self) -> None:
        if self._live is not None:
            self._live.refresh()

    def tell(self) -> None:
        """Say where the API is."""
        self.told.set()
        self.refresh()
        if self._live is None:
            self._say_where()
            out.print(f"Key: {self.board.address.key}", soft_wrap=True, highlight=False)
            out.print(self.board.curl, soft_wrap=True, highlight=False)

    def _say_where(self) -> None:
        """The addresses, and who may sign in as soon as somebody may."""
        address = self.board.address
        where = f"Shop {address.url}   console {address.console}   mails {address.inbox}   API docs {address.docs}"
        out.print(where, soft_wrap=True, highlight=False)
        who = f"Sign in as {address.who} with the password {address.password}"
        out.print(who if address.is_up else "It is starting.", soft_wrap=True, highlight=False)
        out.print(f"Data and logs: {address.folder}", soft_wrap=True, highlight=False)

    async def keep_looking(self, house: House, clock: SimulatedClock) -> None:
        """Look at the database again and again, and show what is there."""
        lines = 0
        while True:
            await self.board.look(house.read, clock.now())
            if self._live is not None:
                self.refresh()
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            if self.board.sums.placed:
                out.print(self.board.line(), soft_wrap=True, highlight=False)
                lines += 1
            if lines % LINES_UNTIL_REPEATED == LINES_UNTIL_REPEATED - 1:  # else they would have left the screen
                self._say_where()
            await asyncio.sleep(LINE_EVERY_S)


# the server


@asynccontextmanager
async def serving(settings: Settings, clock: SimulatedClock, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The server as a process of its own, on the same database and by the same clock."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | {
        f"{PREFIX}DATA_DIR": str(settings.data_dir),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}CLOCK": str(clock),
        f"{PREFIX}TIMEZONE": settings.timezone,
        f"{PREFIX}LOG_LEVEL": "warning",
    }
    with log.open("ab") as output:
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "purveyor.cli.demo_server",
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # so that Ctrl-C comes to us alone, and we end it in order
        )
    try:
        yield server
    finally:
        if server.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                server.terminate()
        try:
            await asyncio.wait_for(server.wait(), STOP_WITHIN_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            await server.wait()
            with contextlib.suppress(EmbeddedServerError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with open_database(settings):  # who is killed ends no database: we come back, to leave it last
                    pass


async def _newest(settings: Settings) -> datetime | None:
    """When the last demo was stopped, by its own time."""
    async with open_database(settings) as dsn:
        db = await read_url(dsn).connect()
        try:
            newest: datetime | None = await db.fetchval(NEWEST)
        except asyncpg.UndefinedTableError:
            return None
        finally:
            await db.close()
    return newest


async def _answers(host: str, port: int) -> bool:
    """Whether the API says that it is up."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 1)
        writer.write(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), 2)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status


def _free_port(host: str, wanted: int) -> int:
    """The port that is wanted, or the next one that nobody has."""
    for port in range(wanted, wanted + PORTS_TO_TRY):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free from {wanted} to {wanted + PORTS_TO_TRY - 1}")


def _make_room(folder: Path, *, keep: bool) -> bool:
    """A folder for this demo, empty unless the last one is to go on; False while another demo has it."""
    lock = folder / "postgres.in-use"
    if lock.exists():
        held = fasteners.InterProcessReaderWriterLock(lock)
        if not held.acquire_write_lock(blocking=False):
            return False
        held.release_write_lock()
    if not keep and (folder / "postgres").exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return True
