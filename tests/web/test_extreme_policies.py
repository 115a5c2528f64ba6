"""Every number of every policy may be the least and the most that is allowed: the shop goes on, and orders are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from msgspec import inspect

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.policies import Policies
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.decide import NAMES
from tests.web.conftest import Api, an_order
from tests.web.console.staff import Colleague, somebody

PAGES = ("/console", "/console/board", "/console/sign-in")
DEFAULTS = msgspec.to_builtins(Policies())
FIELDS = {field.name: field.type for field in inspect.type_info(Policies).fields}  # type: ignore[attr-defined]


def extremes(kind: inspect.Type, value: Any) -> Iterator[Any]:
    """The document once for each number in it that has a bound, with the bound in its place."""
    match kind, value:
        case inspect.Metadata(), _:
            yield from extremes(kind.type, value)
        case inspect.IntType(), int():
            yield from (bound for bound in (kind.ge, kind.le) if bound is not None)
        case inspect.StructType(), dict():
            for field in kind.fields:
                for each in extremes(field.type, value.get(field.encode_name)):
                    yield value | {field.encode_name: each}
        case inspect.VarTupleType(), [first, *others]:
            for each in extremes(kind.item_type, first):
                yield [each, *others]
        case inspect.UnionType(), _:
            for each in kind.types:
                yield from extremes(each, value)
        case _:
            pass


NUMBERED = [name for name in NAMES if any(extremes(FIELDS[name], DEFAULTS[name]))]


async def lives(api: Api, desk: Colleague, name: str, data: Any) -> bool:
    """Set a policy as the operator does; where that is accepted, the shop must go on. Answers whether it was."""
    given = await api.house.committer.submit(SetPolicy(name=name, data=data), key=f"{uuid4()}", actor=OPERATOR)
    if not given.accepted:
        return False
    placed = await api.post("/orders", an_order(("MUG", 1)))
    assert placed.status_code < 500, (data, placed.text)
    await api.house.job_runner.drain()
    await api.house.sweeper.sweep_due()
    if placed.status_code == 201:
        case = {"topic": "question", "text": "Where is it?", "channel": "api"}
        opened = await api.post(f"/orders/{placed.json()['order_id']}/cases", case)
        assert opened.status_code == 201, (data, opened.text)
        shown = await api.get(f"/orders/{placed.json()['number']}")
        assert shown.status_code == 200, (data, shown.text)
    for path in PAGES:
        page = await desk.see(path)
        assert page.status_code < 500, (data, path)
    return True


@pytest.mark.parametrize("name", NUMBERED)
async def test_every_number_of_a_policy_may_be_the_least_and_the_most(api: Api, name: str) -> None:
    await api.place(("MUG", 1))
    desk = await somebody(api, "admin")

    accepted = 0

    for data in extremes(FIELDS[name], DEFAULTS[name]):
        accepted += await lives(api, desk, name, data[0] if name == "returns" else data)  # a new version of one

    assert accepted


async def test_a_shop_that_is_hardly_ever_open_still_reckons(api: Api) -> None:
    await api.place(("MUG", 1))
    desk = await somebody(api, "admin")
    clocks = [{"stage": "picking", "minutes": 1_000_000, "business_hours": True}]

    assert await lives(api, desk, "calendar", {"opens": "09:00", "closes": "09:01", "weekdays": ["monday"]})
    assert await lives(api, desk, "support", {"solve_hours": 87_600, "answer_hours": 87_600})
    assert await lives(api, desk, "stages", {"clocks": clocks})
    shut = [{"day": str(date(2026, 1, 1) + timedelta(days=day))} for day in range(5_000)]
    assert await lives(api, desk, "calendar", {"closing_days": shut})
