"""What an open page is told, and when."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from purveyor.stages.review.commands import HoldOrder
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.live_updates import MOST_OF_AN_ADDRESS, MOST_OF_ONE, Live
from tests.web.conftest import Api

CHANGED = b"event: changed\ndata: now\n\n"


class Asked:
    """A browser's request for events."""

    def __init__(self, *, seen: str | None = None, again: bool = False) -> None:
        self.headers = {"last-event-id": "here"} if again else {}
        self.query_params = {} if seen is None else {"seen": seen}


async def placed(api: Api) -> UUID:
    return UUID((await api.place())["order_id"])


async def hold(api: Api, order_id: UUID, kind: str) -> None:
    command = HoldOrder(order_id=order_id, type=kind)
    given = await api.house.committer.submit(command, key=kind, actor="staff:test")
    assert given.accepted, given.body


async def heard(live: Live, asked: Asked, order_id: UUID | None, within_s: float = 0.05) -> bool:
    """Whether the first event comes at once."""
    response: Any = live.stream(asked, order_id)
    events = response.iterator
    assert (await anext(events)).startswith(b"retry: ")
    try:
        async with asyncio.timeout(within_s):
            return bool(await anext(events) == CHANGED)
    except TimeoutError:
        return False


async def test_what_happened_before_the_page_could_listen_is_told_at_once(api: Api) -> None:
    live = Live(api.house.read)
    try:
        order = await placed(api)
        version = await api.house.read.values("SELECT version FROM orders WHERE id = $1", order)
        seen = str(version[0])

        assert not await heard(live, Asked(seen=seen), order)
        await hold(api, order, "customer")
        assert await heard(live, Asked(seen=seen), order)
    finally:
        live.close()


@pytest.mark.parametrize("of_an_order", [True, False])
async def test_a_browser_that_comes_again_may_have_missed_something(api: Api, *, of_an_order: bool) -> None:
    live = Live(api.house.read)
    order = await placed(api) if of_an_order else None
    try:
        assert await heard(live, Asked(again=True), order)
        assert not await heard(live, Asked(), order)
    finally:
        live.close()


async def test_two_changes_in_a_row_are_not_swallowed(api: Api) -> None:
    live = Live(api.house.read)
    order = await placed(api)
    response: Any = live.stream(Asked(), order)
    events = response.iterator
    await anext(events)
    try:
        for kind in ("customer", "address"):
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.1)
            await hold(api, order, kind)
            async with asyncio.timeout(5):
                assert await waiting == CHANGED
    finally:
        live.close()


async def test_neither_a_link_nor_an_address_takes_the_places_of_others(api: Api) -> None:
    live = Live(api.house.read)
    opened: list[Any] = []

    async def open_page(whose: str, address: str) -> None:
        response: Any = live.stream(Asked(), None, whose=whose, address=address)
        await anext(response.iterator)
        opened.append(asyncio.ensure_future(anext(response.iterator)))
        await asyncio.sleep(0)  # from here on it counts

    try:
        for _ in range(MOST_OF_ONE):
            await open_page("link 1", "192.0.2.1")
        with pytest.raises(Problem) as refusal:
            live.stream(Asked(), None, whose="link 1", address="192.0.2.2")
        assert refusal.value.status == 429
        for number in range(MOST_OF_AN_ADDRESS - MOST_OF_ONE):
            await open_page(f"link {number + 2}", "192.0.2.1")
        with pytest.raises(Problem):
            live.stream(Asked(), None, whose="link 99", address="192.0.2.1")
        await open_page("link 99", "192.0.2.2")
    finally:
        live.close()
        await asyncio.gather(*opened, return_exceptions=True)
