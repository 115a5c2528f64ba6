"""An order that is collected, by the API alone: picked, packed, and handed over to whoever says the code."""

from __future__ import annotations

import asyncio
from collections import Counter

from purveyor.stages.delivery.decide.counter import MOST_WRONG_CODES
from purveyor.web.api.command_endpoints import ROOT
from tests.web.conftest import Api
from tests.web.console.staff import somebody


async def a_waiting_parcel(api: Api) -> tuple[str, str]:
    """Order and parcel of something that waits at the counter; paths as the actions give them."""
    received = await api.post("/stock/receive", {"items": [{"sku": "MUG", "location": "shop", "quantity": 1}]})
    assert received.status_code == 200, received.text
    placed = await api.place(
        ("MUG", 1),
        method="collect",
        collect_at="shop",
        terms="at_counter",
        tenders=[{"method": "cash"}],
    )
    order = placed["order_id"]
    for action in ("picking.confirm_pick_list", "packing.pack_parcel"):
        actions = (await api.get(f"/orders/{order}/actions")).json()["items"]
        path = next(each["path"] for each in actions if each["action"] == action and each["possible"])
        done = await api.post(path.removeprefix(ROOT))
        assert done.status_code in (200, 201), done.text
    (parcel,) = (await api.get(f"/orders/{order}")).json()["parts"]["collection"]
    return order, parcel["parcel_id"]


async def test_a_wrong_code_is_refused_and_counted_once_however_often_it_is_sent(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    path = f"/orders/{order}/collections/{parcel}/hand-over"
    for _ in range(3):
        response = await api.post(path, {"code": "wrong"}, key="hand over 1")
        assert response.status_code == 409
        assert response.json()["code"] == "wrong_code"

    (row,) = (await api.get("/collections", location="shop")).json()["items"]
    assert row["wrong_codes"] == 1
    assert "code" not in row


async def test_guesses_that_come_at_once_are_no_more_than_those_that_come_one_by_one(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    path = f"/orders/{order}/collections/{parcel}/hand-over"
    answers = await asyncio.gather(*(api.post(path, {"code": f"WRONG{number}"}) for number in range(12)))
    said = Counter(answer.json()["code"] for answer in answers)

    assert said == {"wrong_code": MOST_WRONG_CODES, "collect_locked": 12 - MOST_WRONG_CODES}


async def test_a_wrong_code_that_is_typed_at_the_counter_counts(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    shipper = await somebody(api, "shipper")
    page = await shipper.send(
        "/console/delivery/hand-over", seen_at="/console/delivery", order=order, parcel=parcel, code="WRONG"
    )
    (row,) = (await api.get("/collections", location="shop")).json()["items"]

    assert page.status_code == 409
    assert row["wrong_codes"] == 1


async def test_whoever_says_the_code_gets_the_parcel(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    (code,) = await api.house.read.values("SELECT text FROM private_text WHERE what = 'collect_code'")
    response = await api.post(f"/orders/{order}/collections/{parcel}/hand-over", {"code": code})
    shown = await api.get(f"/orders/{order}")

    assert response.status_code == 200, response.text
    assert shown.json()["units"]["delivered"] == 1
    assert '"code"' not in str(shown.json()["parts"]["collection"])


async def test_nobody_finds_the_code_by_trying(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    happened = await api.happened()
    response = await api.post(f"/orders/{order}/collections/{parcel}/hand-over", {"code": "guess"}, dry_run="true")

    assert response.status_code == 422
    assert response.json()["code"] == "no_dry_run"
    assert await api.happened() == happened
