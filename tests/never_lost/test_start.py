"""What starts with the machine waits for a database that starts as well."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from purveyor.db import embedded
from tests.never_lost.cluster import a_cluster

SAID_WITHIN_S = 60
TO_FAIL_S = 1  # that a process would need to end because of what it found


@pytest.mark.parametrize("verb", ["serve", "work"])
async def test_what_starts_before_the_database_waits_for_it(verb: str) -> None:
    async with a_cluster(serve=0) as cluster:
        await asyncio.to_thread(cluster.server.stop)
        process = await cluster.add(verb)
        log = cluster.folder / f"{verb}-0.log"
        assert await asyncio.to_thread(says, log, "does not answer yet")
        cluster.server = await asyncio.to_thread(embedded.start, cluster.data)
        await process.ready()
        await asyncio.sleep(TO_FAIL_S)

        assert await process.stop() in {0, -signal.SIGTERM}, log.read_text()


def says(log: Path, words: str) -> bool:
    deadline = time.monotonic() + SAID_WITHIN_S
    while words not in log.read_text():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
