"""`purveyor serve`: the application in a server process."""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from litestar import Litestar

from purveyor.settings import Settings
from purveyor.web.app import create_app
from purveyor.web.house import House

APPLICATION = "purveyor.web.serve:application"
# Named, not imported: the web looks down only. Whoever starts a server has put the house together above it.
OPEN_HOUSE = "purveyor.verbs.house:house_of"
SERVERS = ("granian", "uvicorn")
STOP_WITHIN_S = 20


def application() -> Litestar:
    """Made inside the server's worker process, with settings from its environment."""
    open_house: Callable[[Settings], AbstractAsyncContextManager[House]] = pkgutil.resolve_name(OPEN_HOUSE)
    return create_app(open_house(Settings.from_environment(os.environ)))


def serve(settings: Settings, *, host: str | None = None, port: int | None = None, server: str = "granian") -> int:
    """Until a signal. One worker a process: it keeps one core busy; start more processes for more cores."""
    host, port = host or settings.host, port or settings.port
    match server:
        case "granian":
            _serve_granian(host, port, settings.log_level)
        case "uvicorn":
            _serve_uvicorn(host, port, settings.log_level)
        case _:
            sys.stderr.write(f"--server: found {server!r}, expected one of {', '.join(SERVERS)}\n")
            return 2
    return 0


def _serve_granian(host: str, port: int, log_level: str) -> None:
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.uvloop if sys.platform != "win32" else Loops.asyncio,
        websockets=False,
        factory=True,
        log_level=LogLevels(log_level),
        workers_kill_timeout=STOP_WITHIN_S,
    ).serve()


def _serve_uvicorn(host: str, port: int, log_level: str) -> None:
    import uvicorn

    uvicorn.run(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        lifespan="on",
        ws="none",
        access_log=False,
        log_level=log_level,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
