"""A server that is told to stop ends in order, although pages are open."""

from __future__ import annotations

import asyncio
import signal
from uuid import UUID

import httpx
import pytest

from purveyor.settings import Settings
from purveyor.web.pages.order_links import order_url
from tests.never_lost.cluster import a_cluster, an_order
from tests.never_lost.test_last_units import stocked

LONG_BEFORE_IT_IS_KILLED_S = 10


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
async def test_open_pages_do_not_keep_a_server_from_stopping(server: str) -> None:
    async with a_cluster(serve=1, arguments=("--server", server)) as cluster:
        await stocked(cluster, 1)
        process = cluster.processes[0]
        async with cluster.client(process) as api:
            answer = await api.post("/orders", json=an_order("LAST"), headers={"Idempotency-Key": "one"})
            order_id = UUID(answer.json()["order_id"])
            settings = Settings.from_environment(cluster.environment)
            path = httpx.URL(order_url(settings, order_id)).path
            async with api.stream("GET", f"http://127.0.0.1:{process.port}{path}/live") as stream:
                assert stream.status_code == 200
                told = stream.aiter_text()
                assert (await anext(told)).startswith("retry: ")

                async with asyncio.timeout(LONG_BEFORE_IT_IS_KILLED_S):
                    status = await process.stop()
                    assert [each async for each in told if "event" in each] == []

    assert status in {0, -signal.SIGTERM}  # uvicorn raises the signal once more at its end
