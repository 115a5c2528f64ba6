"""Reading orders: lists by any filter, one order as a whole, what can be done, and what changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from purveyor.engine.change_feed import settled_seq
from purveyor.web.api.command_endpoints import ROOT
from purveyor.web.api.routes import SECTIONS
from tests.web.conftest import Api, an_order

SOME_ID = "01900000-0000-7000-8000-000000000000"


async def numbers(api: Api, **filters: Any) -> list[int]:
    response = await api.get("/orders", **filters)
    assert response.status_code == 200, response.text
    return [order["number"] for order in response.json()["items"]]


async def test_pages_give_every_order_once_newest_first(api: Api) -> None:
    placed = [(await api.place())["number"] for _ in range(7)]
    for filters in ({}, {"placed_from": "2020-01-01T00:00:00Z"}, {"sku": "MUG"}):
        seen: list[int] = []
        after: dict[str, str] = {}
        while True:
            page = (await api.get("/orders", limit=3, **filters, **after)).json()
            seen += [order["number"] for order in page["items"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}

        assert seen == placed[::-1]


async def test_filters_can_be_combined(api: Api) -> None:
    other = {"name": "Bob Miller", "email": "bob@example.com", "street": "Weg 1", "city": "Ulm", "country": "DE"}
    mug = (await api.place(("MUG", 1)))["number"]
    both = (await api.place(("MUG", 1), ("TEE", 1), reference="R-7"))["number"]
    tee = (await api.place(("TEE", 1), channel="phone", contact=other | {"postal_code": "89073"}))["number"]

    assert await numbers(api, sku="MUG") == [both, mug]
    assert await numbers(api, sku="TEE", channel="phone") == [tee]
    assert await numbers(api, number=mug) == [mug]
    assert await numbers(api, text=str(mug)) == [mug]
    assert await numbers(api, text="R-7") == [both]
    assert await numbers(api, text="bob@EXAMPLE.com") == [tee]
    assert await numbers(api, text="Bob M") == [tee]
    assert await numbers(api, text="+49 30 123456") == [both, mug]
    assert await numbers(api, text="Ann", sku="TEE", country="DE", status="placed") == [both]
    assert await numbers(api, text="nobody") == []
    assert await numbers(api, country="FR") == []


async def test_orders_are_found_by_hold_stage_customer_and_date(api: Api) -> None:
    customer = (
        await api.post("/customers", {"number": "C1", "address": {"name": "Ann", "email": "ann@example.com"}})
    ).json()["reply"]["customer_id"]
    first, second = await api.place(customer_id=customer), await api.place()
    held = await api.post(f"/orders/{first['order_id']}/hold", {"type": "customer", "why": "asked for"})
    assert held.status_code == 200, held.text
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert await numbers(api, hold="customer") == [first["number"]]
    assert await numbers(api, hold="any", stage="review") == [first["number"]]
    assert await numbers(api, hold="fraud") == []
    assert await numbers(api, customer_id=customer) == [first["number"]]
    assert await numbers(api, placed_to=tomorrow.isoformat(), sku="MUG") == [second["number"], first["number"]]
    assert await numbers(api, placed_from=tomorrow.isoformat()) == []


async def test_one_order_is_found_by_id_and_by_number_with_everything_about_it(api: Api) -> None:
    placed = await api.place(("MUG", 2), ("BOOK", 1), tenders=[{"method": "card", "source": "tok_secret"}])
    response = await api.get(f"/orders/{placed['number']}")
    assert response.status_code == 200, response.text
    order = response.json()

    assert order["order"]["id"] == placed["order_id"]
    assert order["contact"]["email"] == "ann@example.com"
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("MUG", 2), ("BOOK", 1)]
    assert sum(order["units"].values()) == 3
    assert sum(order["money"]["accounts"].values()) == 0
    assert sum(posting["minor"] for posting in order["money"]["postings"]) == 0
    assert [event["kind"] for event in order["timeline"]][-1] == "receipt.order_placed"
    assert order["parts"]["payment"][0]["method"] == "card"
    assert "tok_secret" not in response.text
    assert (await api.get(f"/orders/{placed['order_id']}")).json()["order"] == order["order"]


async def test_an_order_that_is_none_is_not_found(api: Api) -> None:
    for order in ("1", "99999999999999999999", SOME_ID, "nonsense"):
        for path in (f"/orders/{order}", f"/orders/{order}/actions"):
            response = await api.get(path)

            assert response.status_code == 404
            assert response.json()["code"] == "not_found"


async def test_actions_say_what_is_possible_now_and_why_the_rest_is_not(api: Api) -> None:
    placed = await api.place()
    await api.post(f"/orders/{placed['order_id']}/hold", {"type": "customer", "why": "asked for"})
    happened = await api.happened()
    found = (await api.get(f"/orders/{placed['order_id']}/actions")).json()["items"]
    by_name = {action["action"]: action for action in found}

    assert by_name["review.release_hold"]["possible"] is True
    assert by_name["review.cancel_units"]["possible"] is True
    assert by_name["returns.request_return"]["possible"] is False
    assert by_name["returns.request_return"]["why"]
    assert by_name["shipping.dispatch_shipment"] | {"path": ""} == {
        "action": "shipping.dispatch_shipment",
        "stage": "shipping",
        "title": "One parcel was handed to the courier",
        "path": "",
        "scope": "shipping:write",
        "possible": False,
        "code": "nothing_to_act_on",
        "why": "Nothing of the order has been packed for a carrier.",
    }
    assert await api.happened() == happened


async def test_what_is_said_to_be_possible_is_and_what_is_not_is_refused_with_that_code(api: Api) -> None:
    placed = await api.place(("MUG", 1), ("BOOK", 1))
    await api.post(f"/orders/{placed['order_id']}/hold", {"type": "customer", "why": "asked for"})
    happened = await api.happened()
    bodies: dict[str, Any] = {
        "review.approve_order": {},
        "review.reject_order": {"why": "rejected"},
        "review.release_hold": {},
        "review.cancel_units": {"units": "all", "reason": "customer"},
        "review.allocate_backorders": {},
        "payment.settle_balance": {},
        "feedback.answer_survey": {"csat": 5},
    }
    tried = 0
    for action in (await api.get(f"/orders/{placed['order_id']}/actions")).json()["items"]:
        if action["action"] in bodies and action.get("code") != "nothing_to_act_on":
            path = action["path"].removeprefix(ROOT)
            preview = await api.post(path, bodies[action["action"]], dry_run="true")
            assert preview.status_code == 200, preview.text
            assert preview.json()["accepted"] is action["possible"], action
            assert (preview.json().get("refusal") or {}).get("code", "") == action.get("code", ""), action
            tried += 1

    assert tried >= 6
    assert await api.happened() == happened


async def test_a_hold_is_released_at_the_path_that_the_action_names(api: Api) -> None:
    placed = await api.place()
    await api.post(f"/orders/{placed['order_id']}/hold", {"type": "customer", "why": "asked for"})
    actions = (await api.get(f"/orders/{placed['number']}/actions")).json()["items"]
    path = next(action["path"] for action in actions if action["action"] == "review.release_hold")
    released = await api.post(path.removeprefix(ROOT))

    assert released.status_code == 200, released.text
    assert await numbers(api, hold="any") == []


async def test_the_board_shows_every_stage_in_its_order(api: Api) -> None:
    placed = await api.place()
    await api.post(f"/orders/{placed['order_id']}/hold", {"type": "customer", "why": "asked for"})
    board = (await api.get("/board")).json()

    assert [column["stage"] for column in board["stages"]][:2] == ["receipt", "review"]
    assert len(board["stages"]) == 11
    assert board["stages"][1]["orders"] == board["stages"][1]["held"] == 1
    assert board["stages"][1]["oldest_since"] is not None
    assert board["holds"] == [{"type": "customer", "orders": 1}]


async def test_changes_come_once_each_and_in_order(api: Api) -> None:
    for _ in range(3):
        await api.place()
    seen: list[dict[str, Any]] = []
    since = 0
    while True:
        answer = (await api.get("/changes", since=since, limit=4)).json()
        if not answer["items"]:
            break
        seen += answer["items"]
        since = answer["next"]

    assert [change["seq"] for change in seen] == sorted({change["seq"] for change in seen})
    (of_staff,) = await api.house.read.values("SELECT count(*) FROM journal WHERE kind LIKE 'staff.%'")
    assert of_staff, "the key of this test"
    assert len(seen) == await api.happened() - of_staff
    assert not [change for change in seen if change["kind"].startswith("staff.")]
    assert sum(change["kind"] == "receipt.order_placed" for change in seen) == 3


async def test_changes_wait_for_a_transaction_that_may_still_add_a_lower_number(api: Api) -> None:
    insert = """
        INSERT INTO journal_row (at, order_id, order_version, kind, kind_version, actor, key, data)
        VALUES (now(), NULL, 0, 'stock.received', 1, 'test', 'k', '{}') RETURNING seq
    """
    async with api.house.pool.acquire() as slow:
        transaction = slow.transaction()
        await transaction.start()
        lower = await slow.fetchval(insert)
        higher = await api.house.pool.fetchval(insert)
        looking = asyncio.create_task(settled_seq(api.house.read))
        await asyncio.sleep(0.1)
        assert not looking.done()
        await transaction.commit()
    items = (await api.get("/changes", since=lower - 1)).json()["items"]

    assert lower < higher
    assert (await looking or 0) >= higher
    assert [change["seq"] for change in items] == [lower, higher]


async def test_every_list_and_question_can_be_asked(api: Api) -> None:
    values = {
        "email": "ann@example.com",
        "location": "main",
        "sku": "MUG",
        "technician": "tim",
        "since": "2026-01-01T00:00:00Z",
        "until": "2027-01-01T00:00:00Z",
        "scanned": "1",
    }
    placed = await api.place()
    for section in SECTIONS:
        for read in section.reads:
            path = read.path
            for name, value in (("order_id:uuid", placed["order_id"]), ("order:str", str(placed["number"]))):
                path = path.replace(f"{{{name}}}", value)
            unknown = "{" in path
            path = "/".join(part if "{" not in part else "1" if ":int" in part else SOME_ID for part in path.split("/"))
            fields = read.parameters.__struct_fields__
            params: dict[str, Any] = {name: value for name, value in values.items() if name in fields}
            if read.path == "/changes":
                params = {"since": 0}
            response = await api.get(path, **params)

            assert response.status_code == 200 or (unknown and response.status_code == 404), (path, response.text)


async def test_a_label_that_is_none_is_not_found(api: Api) -> None:
    placed = await api.place()
    response = await api.get(f"/orders/{placed['order_id']}/shipments/{SOME_ID}/label")

    assert response.status_code == 404


async def test_an_order_that_came_in_is_shown_as_it_was_sent(api: Api) -> None:
    await api.post("/orders", an_order(("TEE", 3), reference="web-1"))
    (order,) = (await api.get("/orders")).json()["items"]

    assert order["name"] == "Ann Example"
    assert order["reference"] == "web-1"
    assert order["holds"] == []
    assert order["total_minor"] > 0
