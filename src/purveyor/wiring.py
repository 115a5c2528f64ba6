"""Puts everything together: settings in, a house with a pool, ports, committer and worker out. Knows everybody."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import cache, partial
from inspect import isawaitable
from urllib.parse import unquote, urlsplit

import asyncpg
import msgspec

from purveyor.adapters.access.fake import FakeAccessSystem
from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.clocks import SimulatedClock, SystemClock
from purveyor.adapters.files.fake import FakeFiles
from purveyor.adapters.files.folder import FileFolder
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.adapters.notifiers.smtp import SmtpNotifier
from purveyor.adapters.webhooks.http import HttpSender
from purveyor.core.policies import Policies
from purveyor.db.pool import connect_pool
from purveyor.db.reader import Reader
from purveyor.discovery import load_stages
from purveyor.engine.committer import Committer
from purveyor.engine.jobs import Ports
from purveyor.engine.unit_of_work import Connection
from purveyor.ports.clock import Clock
from purveyor.ports.notifier import Notifier
from purveyor.records.policies.queries import load_policies
from purveyor.secret_key import seal_of
from purveyor.settings import Settings, SettingsError
from purveyor.summary import summarize
from purveyor.web.pages.order_links import order_url
from purveyor.worker.job_runner import JobRunner
from purveyor.worker.sweeper import Sweeper
from purveyor.worker.webhook_dispatcher import WebhookDispatcher

FILES = "assets"  # in the data folder: what downloads hand out


class House(msgspec.Struct, frozen=True):
    """A running Purveyor without its doors: what API, worker, command line and tests are given."""

    settings: Settings
    pool: asyncpg.Pool[asyncpg.Record]
    read: Reader
    outside: Ports
    committer: Committer
    job_runner: JobRunner
    sweeper: Sweeper
    webhook_dispatcher: WebhookDispatcher


@asynccontextmanager
async def open_house(
    settings: Settings, dsn: str, *, clock: Clock | None = None, outside: Ports | None = None, providers: bool = True
) -> AsyncIterator[House]:
    """Connect everything to a database that is there and migrated; close it in the opposite order.

    Without `providers` no file of a simulated one is opened: for whoever performs no job.
    """
    load_stages()
    _collect_seldom()
    async with AsyncExitStack() as closing:
        pool = await connect_pool(dsn, settings.pool_size)
        closing.push_async_callback(pool.close)
        read = Reader(pool, settings.timezone)
        if outside is None:
            outside = open_ports(settings, read, clock or open_clock(settings), in_memory=not providers)
            closing.push_async_callback(close_ports, outside)
        committer = Committer(
            pool,
            outside.clock,
            load_policies=partial(current_policies, zone=settings.timezone),
            summarize=summarize,
            runners=settings.runners,
            batch_commands=settings.batch_commands,
            batch_rows=settings.batch_rows,
            max_waiting=settings.max_waiting,
            kept_rows=settings.kept_rows,
        )
        async with committer:
            yield House(
                settings=settings,
                pool=pool,
                read=read,
                outside=outside,
                committer=committer,
                job_runner=JobRunner(pool, committer, outside, first_delay=timedelta(seconds=1)),
                sweeper=Sweeper(pool, committer, outside),
                webhook_dispatcher=WebhookDispatcher(
                    pool,
                    committer,
                    HttpSender(reach=settings.webhook_reach),
                    partial(seal_of, settings.secret_key, settings.data_dir),
                ),
            )


async def close_ports(outside: Ports) -> None:
    """Let go of the files and connections that adapters hold."""
    for adapter in (outside.gateway, outside.carrier, outside.notifier, outside.access):
        close = getattr(adapter, "close", None)
        closed = close() if close is not None else None
        if isawaitable(closed):
            await closed


@cache
def _collect_seldom() -> None:
    """Rows and facts hold no circles: the collector of these finds nothing, however often it looks.

    Once a process: freezing again would keep for ever what an earlier house has left behind.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def current_policies(db: Connection, zone: str = "UTC") -> Policies:
    """All policies as they stand in the database now. `zone` is that of the installation."""
    return await load_policies(Reader(db, zone))


def open_clock(settings: Settings) -> Clock:
    """The clock that the settings name."""
    if settings.clock == "system":
        return SystemClock()
    try:
        return SimulatedClock.read(settings.clock)
    except ValueError as error:
        raise SettingsError(f"PURVEYOR_CLOCK is {settings.clock!r}: {error}.") from error


def open_ports(settings: Settings, read: Reader, clock: Clock, *, in_memory: bool = False) -> Ports:
    """The adapters that the settings name. `in_memory`: what simulated providers remember is not kept."""
    for name, known in (("gateway", ("fake",)), ("carrier", ("fake",)), ("notifier", ("fake", "smtp"))):
        found = getattr(settings, name)
        if found not in known:
            message = f"PURVEYOR_{name.upper()}: found {found!r}, expected one of {', '.join(known)}"
            raise SettingsError(message)

    def path(name: str) -> str:
        return ":memory:" if in_memory else str(settings.fake_dir / f"{name}.sqlite")

    return Ports(
        gateway=FakeGateway(path("gateway"), clock),
        carrier=FakeCarrier(path("carrier"), clock, settings.currency),
        notifier=_notifier(settings, path("notifier"), clock),
        access=FakeAccessSystem(path("access")),
        files=(FakeFiles if in_memory or settings.demo else FileFolder)(settings.data_dir / FILES),
        clock=clock,
        read=read,
        language=settings.language,
        order_url=partial(order_url, settings),
    )


def _notifier(settings: Settings, path: str, clock: Clock) -> Notifier:
    if settings.notifier == "smtp":
        if settings.smtp_url is None:
            message = "PURVEYOR_SMTP_URL: not set, expected the mail server, such as smtps://user:password@mail.example"
            raise SettingsError(message)
        server = urlsplit(settings.smtp_url)
        secure = server.scheme == "smtps"
        return SmtpNotifier(
            server.hostname or "localhost",
            server.port or (465 if secure else 587),
            settings.mail_from,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=secure,
            start_tls=server.scheme == "smtp",
        )
    return FakeNotifier(path, clock)
