"""How stages say what they do outside: jobs that call a port, and sweeps that find what is due.

A job handler gets the job, its key and the outside; it answers with the command that brings the news home, or None.
A sweep is a query for rows whose time has come (a cart expired, a hold past its deadline, a request that nobody
answered) with the command for each. There are no timers to lose: what is due stands in the rows themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from purveyor.core.messages import Command, Job
from purveyor.db.reader import Reader
from purveyor.ports.access import AccessSystem
from purveyor.ports.carrier import Carrier
from purveyor.ports.clock import Clock
from purveyor.ports.files import FileStore
from purveyor.ports.gateway import Gateway
from purveyor.ports.notifier import Notifier

OrderUrl = Callable[[UUID, int], str]


def no_order_url(_order_id: UUID, _version: int) -> str:
    """Where no pages are served: messages go without an address."""
    return ""


class Ports(msgspec.Struct, frozen=True):
    """Everything a job may touch: the ports, a clock, and reading (never writing) the database."""

    gateway: Gateway
    carrier: Carrier
    notifier: Notifier
    access: AccessSystem
    files: FileStore
    clock: Clock
    read: Reader
    language: str = "en"  # of the shop
    order_url: OrderUrl = no_order_url  # what customers are sent: the signed address of an order's page


class DueCommand(msgspec.Struct, frozen=True):
    """A command whose time has come, and the key that makes it happen once."""

    key: str
    command: Command


class Sweep(msgspec.Struct, frozen=True):
    name: str
    every_s: int
    find: Callable[[Reader, datetime, int], Awaitable[list[DueCommand]]]


JobHandler = Callable[[Any, str, Ports], Awaitable[Command | None]]
P = TypeVar("P", bound=JobHandler)
S = TypeVar("S", bound=Callable[[Reader, datetime, int], Awaitable[list[DueCommand]]])

JOB_HANDLERS: dict[type[Job], JobHandler] = {}
SWEEPS: list[Sweep] = []


def job_handler(job: type[Job]) -> Callable[[P], P]:
    """The one handler of a job: `async (job, key, outside) -> Command | None`.

    Raises `TemporaryFailure` to be tried again.
    """

    def register(handler: P) -> P:
        assert job not in JOB_HANDLERS, f"{job.__name__} is performed twice"
        JOB_HANDLERS[job] = handler
        return handler

    return register


def sweep(name: str, *, every_s: int) -> Callable[[S], S]:
    """Find what is due: `async (read, now, limit) -> [Due]`, run every so many seconds by one of the workers."""

    def register(find: S) -> S:
        SWEEPS.append(Sweep(name, every_s, find))
        return find

    return register
