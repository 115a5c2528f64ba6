"""What a running Purveyor takes: memory of `serve` after load, and the time until a demo shows its address."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
import time

import psutil

from bench.setup_shop import Figure, database, seed
from bench.web import api_key, free_port, load, serving
from purveyor.db.pool import connect_pool


async def measure() -> list[Figure]:
    figures = []
    async with database() as dsn:
        pool = await connect_pool(dsn, 2)
        await seed(pool)
        await pool.close()
        key = await api_key(dsn)
        async with serving(dsn, "granian") as (port, process):
            await load(port, key, 5_000, 0)
            main = psutil.Process(process.pid)
            memory = [each.memory_full_info().uss for each in (main, *main.children(recursive=True))]
            figures.append(
                Figure("memory of serve after 5,000 orders", sum(memory) / 2**20, None, None, "MiB", goal="< 150 MiB")
            )
    figures.append(Figure("demo shows its address after", await demo_address_s(), None, None, "s", goal="< 10 s"))
    return figures


async def demo_address_s() -> float:
    """From the command to the line with the address, on an empty data folder."""
    with tempfile.TemporaryDirectory(prefix="purveyor-demo-", ignore_cleanup_errors=True) as folder:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "purveyor",
            "demo",
            "--port",
            str(free_port()),
            env=os.environ | {"PURVEYOR_DATA_DIR": folder},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        seconds = float("nan")
        async for line in process.stdout:
            if re.search(rb"http://127\.0\.0\.1:\d+", line):
                seconds = time.perf_counter() - started
                break
        process.send_signal(signal.SIGINT)
        await process.communicate()
        return seconds
