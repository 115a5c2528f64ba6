"""`purveyor serve`: the application in a server process, and one beside it that holds little and looks after it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import msgspec

from purveyor.settings import Settings
from purveyor.web.server.shutdown import announce_shutdown

# Named, so that only the worker process holds it in memory.
APPLICATION = "purveyor.web.server.worker_app:application"
DEMONSTRATION = "purveyor.web.server.worker_app:demonstration"
SERVERS = ("granian", "uvicorn")
STOP_WITHIN_S = 20
LAST_PORT = 65_535
_REASONS = {
    errno.EADDRINUSE: "it is in use. Stop who listens there, or choose another with --port",
    errno.EACCES: "this user may not. Choose one from 1024 with --port",
    errno.EADDRNOTAVAIL: "that is no address of this machine. Choose one with --host",
}


def serve(settings: Settings, *, host: str | None = None, port: int | None = None, server: str = "granian") -> int:
    """Until a signal. One worker a process: it keeps one core busy; start more processes for more cores."""
    host, port = host or settings.host, settings.port if port is None else port
    if server not in SERVERS:
        sys.stderr.write(f"--server: found {server!r}, expected one of {', '.join(SERVERS)}\n")
        return 2
    wrong = _why_not_simulated(msgspec.structs.replace(settings, host=host)) or _why_not(host, port)
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    sys.stderr.write("".join(f"{line}\n" for line in settings.warnings))
    application = DEMONSTRATION if settings.demo else APPLICATION
    with claim_port(port) as is_ours:
        if not is_ours:
            sys.stderr.write(f"{_taken(host, port, errno.EADDRINUSE)}\n")
            return 2
        (_serve_granian if server == "granian" else _serve_uvicorn)(application, host, port, settings.log_level)
    return 0


@contextmanager
def claim_port(port: int) -> Iterator[bool]:
    """Be the only one who is about to listen there, until this is left or the process ends; whether that is so.

    Whatever the address is called: 0.0.0.0, 127.0.0.1, ::1 and localhost are one machine, and two shops on one of its
    ports are a mistake.

    Granian lets several processes listen on one port, and begins to when others have long looked whether it is free. On
    Linux the claim is a name that the system keeps beside the ports of a network, without a file; elsewhere, a port
    belongs to one process anyway.
    """
    if sys.platform != "linux":
        yield True
        return
    with socket.socket(socket.AF_UNIX) as claim:
        try:
            claim.bind(f"\0purveyor-serve-{port}")
        except OSError:
            yield False
        else:
            yield True


def _address(host: str, port: int) -> tuple[Any, ...]:
    """Family, kind, protocol and address of where to listen."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return family, kind, protocol, address


def _why_not_simulated(settings: Settings) -> str:
    """Why no shop may be open to others like this; empty where it may."""
    if not settings.simulated or settings.allow_simulated or settings.demo or not settings.is_public:
        return ""
    names = ", ".join(f"PURVEYOR_{name.upper()}" for name in settings.simulated)
    return (
        f"Others can reach this shop ({settings.public_url or settings.host}), but it has simulated providers"
        f" ({names}): nobody would really be charged, sent anything or told. Set real ones, or"
        " PURVEYOR_ALLOW_SIMULATED=true for a trial."
    )


def _why_not(host: str, port: int) -> str:
    """Why nobody can listen there, as a sentence; empty where it is possible."""
    if not 0 <= port <= LAST_PORT:  # the system would take it modulo 65,536
        return f"--port: found {port}, expected 1 to {LAST_PORT}."
    try:
        family, kind, protocol, address = _address(host, port)
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what was closed just now does not count
            probe.bind(address)
            probe.listen()
    except socket.gaierror as error:
        return f"--host: found {host!r}, expected an address of this machine, such as 127.0.0.1 ({error.strerror})."
    except OSError as error:
        return _taken(host, port, error.errno or 0, str(error.strerror))
    return ""


def _taken(host: str, port: int, number: int, said: str = "") -> str:
    return f"Nobody can listen on port {port} of {host}: {_REASONS.get(number, said)}."


def _serve_granian(application: str, host: str, port: int, log_level: str) -> None:
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    class Stoppable(MPServer):
        def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
            for worker in multiprocessing.active_children():
                announce_shutdown(worker.pid)
            super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    Stoppable(
        application,
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


def _serve_uvicorn(application: str, host: str, port: int, log_level: str) -> None:
    import uvicorn

    class Stoppable(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            announce_shutdown(os.getpid())
            super().handle_exit(sig, frame)

    Stoppable(
        uvicorn.Config(
            application,
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
    ).run()
