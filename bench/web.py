"""Placing through HTTP: one worker, 64 connections, the load generator on the same machine; Granian against uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import psutil

from bench.load import Result
from bench.setup_shop import Figure, Timing, database, seed
from purveyor.db.pool import connect_pool

ORDERS = 2_500
ROUNDS = 5
CONNECTIONS = 64


async def measure() -> list[Figure]:
    """Both servers are up, and measured in turn, so that both meet the same weather."""
    async with database() as dsn, serving(dsn, "granian") as granian, serving(dsn, "uvicorn") as uvicorn:
        ready = await connect_pool(dsn, 2)
        await seed(ready)
        await ready.close()
        key = await api_key(dsn)
        servers = {"granian": granian, "uvicorn": uvicorn}
        totals = {name: Timing() for name in servers}
        busy_s = dict.fromkeys(servers, 0.0)
        first = 0
        for turn in range(ROUNDS + 1):
            for name, (port, process) in servers.items():
                before = cpu_s(process.pid)
                timing = await load(port, key, ORDERS, first)
                first += ORDERS
                if turn:  # the first is for connections, prepared statements and caches
                    totals[name] += timing
                    busy_s[name] += cpu_s(process.pid) - before
        for name, total in totals.items():
            print(f"{name}: {busy_s[name] / total.done * 1e6:.0f} us of CPU an order", file=sys.stderr)
        return [
            Figure(
                f"placing through HTTP, {name}, {CONNECTIONS} connections",
                total.rate,
                None,
                None,
                "orders/s",
                total.percentile_ms(0.5),
                total.percentile_ms(0.99),
                ">= 1,200/s, p99 < 100 ms",
            )
            for name, total in totals.items()
        ]


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    main = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:2]) for each in (main, *main.children(recursive=True)))


async def load(port: int, key: str, count: int, first: int) -> Timing:
    """One run of the load generator."""
    arguments = (str(port), key, str(count), str(CONNECTIONS), str(first))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    result = msgspec.json.decode(output, type=Result)
    assert not result.failed, f"{result.failed} of {count} requests failed"
    return Timing(count, result.seconds, result.waits_s)


@asynccontextmanager
async def serving(dsn: str, server: str, **more: str) -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    """`purveyor serve` as an operator starts it, on a free port. `more`: of its environment."""
    port = free_port()
    environment = os.environ | {"PURVEYOR_DATABASE_URL": dsn, "PURVEYOR_LOG_LEVEL": "warning"} | more
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "purveyor", "serve", "--port", str(port), "--server", server, env=environment
    )
    try:
        await answering(port)
        yield port, process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def answering(port: int, within_s: float = 30) -> float:
    """Wait until `/ready` says so; how long that took, in seconds."""
    started = time.perf_counter()
    while time.perf_counter() - started < within_s:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = await reader.read(64)
            writer.close()
            if b" 200 " in answer:
                return time.perf_counter() - started
        except OSError:
            pass
        await asyncio.sleep(0.05)
    message = f"nobody answered on port {port} within {within_s} s"
    raise TimeoutError(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def api_key(dsn: str) -> str:
    """A key that may do everything, made as an operator makes it."""
    environment = os.environ | {"PURVEYOR_DATABASE_URL": dsn, "PURVEYOR_LOG_LEVEL": "error"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "purveyor",
        "keys",
        "create",
        "bench",
        "--scopes",
        "*",
        "--json",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return str(msgspec.json.decode(output)["key"])
