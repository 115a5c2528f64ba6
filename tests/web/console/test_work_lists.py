"""Work lists say who, what and how much; a case and a return say enough to be decided."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.order_page.conftest import Counter


async def test_the_support_inbox_says_who_writes_and_what(api: Api) -> None:
    order = await api.place(("MUG", 2), ("TEE", 1))
    body = {"topic": "question", "text": "Where is my parcel? I wait since Monday.", "channel": "email"}
    opened = await api.post(f"/orders/{order['order_id']}/cases", body)
    assert opened.status_code == 201, opened.text
    support, analyst = await somebody(api, "support"), await somebody(api, "analyst")
    page = (await support.see("/console/support")).text

    assert "Ann Example" in page
    assert "Where is my parcel?" in page
    assert "Ann Example" not in (await analyst.see("/console/support")).text


async def test_a_case_shows_its_customer_the_order_and_earlier_cases(api: Api) -> None:
    first, second = await api.place(), await api.place()
    for order, text in ((first, "An older question"), (second, "A new one")):
        body = {"topic": "question", "text": text, "channel": "email"}
        assert (await api.post(f"/orders/{order['order_id']}/cases", body)).status_code == 201
    cases = (await api.get("/cases")).json()["items"]
    older = next(case for case in cases if case["order_id"] == first["order_id"])
    newer = next(case for case in cases if case["order_id"] == second["order_id"])
    support = await somebody(api, "support")
    path = f"/console/support/{second['order_id']}/{newer['id']}"
    page = (await support.see(path)).text

    for expected in ("Ann Example", "mailto:ann@example.com", "tel:+4930123456", "Other cases"):
        assert expected in page
    assert f"/console/support/{first['order_id']}/{older['id']}" in page
    taken = await support.send(f"{path}/assign", seen_at=path, to="me")
    assert "It is yours now." in (await support.see(taken.headers["location"])).text


async def test_the_review_queue_says_who_what_and_how_much(api: Api) -> None:
    order = await api.place(("MUG", 2), ("TEE", 1))
    await api.post(f"/orders/{order['order_id']}/hold", {"type": "customer", "why": "asked for"})
    reviewer = await somebody(api, "reviewer")
    page = (await reviewer.see("/console/review")).text

    assert re.search(r"Ann Example</bdi> · €\d\d\.\d\d · <bdi>2 x Mug, 1 x T-shirt</bdi>", page)


async def test_a_return_is_found_by_what_stands_on_the_box(api: Api) -> None:
    desk = await somebody(api, "returns")
    found = await desk.see("/console/returns?scan=999999")
    assert "No return has the order, RMA or tracking number 999999." in found.text
    order = await api.place()
    rma = "0190abcd-1234-7000-8000-000000000001"
    async with api.house.pool.acquire() as db:
        await insert_return(db, order["order_id"], rma)

    for text in (str(order["number"]), f"#{order['number']}", rma, rma.upper(), rma[:8], rma.replace("-", "")[:12]):
        seen = await desk.see(f"/console/returns?scan={quote(text)}")
        assert seen.status_code == 303, text
        assert seen.headers["location"] == f"/console/returns/{order['order_id']}/{rma}"
    assert 'name="scan"' in (await desk.see("/console/returns")).text


async def insert_return(db: Any, order_id: str, rma: str) -> None:
    """A row as short as it can be: returns are tested in their own stage."""
    columns = await db.fetch(
        "SELECT column_name AS name, data_type AS kind FROM information_schema.columns"
        " WHERE table_name = 'rma' AND is_nullable = 'NO' AND column_default IS NULL"
    )
    given = {
        "id": f"'{rma}'",
        "order_id": f"'{order_id}'",
        "status": "'announced'",
        "kind": "'return'",
        "refund_on": "'receipt'",
        "settle_to": "'original'",
        "location": "'main'",
    }
    empty = {"uuid": "gen_random_uuid()", "text": "''", "bigint": "0", "boolean": "false", "jsonb": "'[]'"}
    names = [*(row["name"] for row in columns), "expires_at"]
    values = [
        *(given.get(row["name"], empty.get(row["kind"], "now()")) for row in columns),
        "now() + interval '9 days'",
    ]
    await db.execute(f"INSERT INTO rma ({', '.join(names)}) VALUES ({', '.join(values)})")


async def test_the_returns_desk_shows_the_sum_before_it_is_given(api: Api) -> None:
    desk = await somebody(api, "returns", "support")
    sales = await somebody(api, "sales")
    item = {"sku": "MUG", "location": "shop", "quantity": 5}
    assert (await api.post("/stock/receive", {"items": [item]})).status_code in (200, 201)
    sold = {"channel": "in_person", "method": "collect", "collect_at": "shop", "pay": "cash", "hand_over": "1"}
    sold |= {"name": "Ann", "country": "DE", "sku.0": "MUG", "quantity.0": "2", "step": "place"}
    assert (await sales.send("/console/new-order", **sold)).status_code == 303
    (number,) = await api.house.read.values("SELECT max(number) FROM orders")
    detail = (await api.get(f"/orders/{number}")).json()
    assert detail["units"]["delivered"] == 2, detail["units"]
    order, line = {"order_id": detail["order"]["id"], "number": number}, detail["lines"][0]["id"]
    body = {"items": [{"line_id": line, "quantity": 2, "reason": "damaged"}]}
    asked = await api.post(f"/orders/{order['order_id']}/returns", body)
    assert asked.status_code == 201, asked.text
    rma = (await api.get(f"/orders/{order['number']}")).json()["parts"]["rma"][0]["id"]
    path = f"/console/returns/{order['order_id']}/{rma}"
    counted = {f"quantity.{line}": "2"}
    await desk.send(f"{path}/receive", seen_at=path, **counted)
    happened = await api.happened()
    page = (await desk.see(path)).text

    assert "Goes back at once:" in page
    assert "<strong>€23.80</strong>" in page
    looked = await desk.send(
        f"{path}/inspect", seen_at=path, line=line, quantity="1", condition="new", disposition="restock", step="look"
    )
    assert looked.status_code == 200
    assert "Nothing goes back with this alone." in looked.text
    assert await api.happened() == happened, "nothing was inspected yet"


async def test_a_declined_payment_is_asked_for_again_from_the_list_of_payments(api: Api) -> None:
    order = await api.place(tenders=[{"method": "card", "source": "card-declined"}])
    await api.house.job_runner.drain()
    finance, analyst = await somebody(api, "finance"), await somebody(api, "analyst")
    page = (await finance.see("/console/payments")).text
    before = await told_to(api, order["order_id"])
    sent = await finance.send("/console/payments/links", seen_at="/console/payments", order=order["order_id"])

    assert "Send the link to pay again" in page
    assert "Send the link to pay again" not in (await analyst.see("/console/payments")).text
    assert sent.status_code == 303, sent.text
    assert before.count("payment_declined") == 1
    assert (await told_to(api, order["order_id"])).count("payment_declined") == 2


async def test_nobody_is_asked_to_pay_for_what_was_canceled(api: Api) -> None:
    order = await api.place(tenders=[{"method": "card", "source": "card-declined"}])
    await api.house.job_runner.drain()
    refused = await api.post(f"/orders/{order['order_id']}/reject", {"why": "not wanted"})
    assert refused.status_code == 200, refused.text
    finance = await somebody(api, "finance")
    happened = await api.happened()
    sent = await finance.send("/console/payments/links", seen_at="/console/payments", order=order["order_id"])

    assert "Send the link to pay again" not in (await finance.see("/console/payments")).text
    assert sent.status_code == 404
    assert await api.happened() == happened


async def told_to(api: Api, order_id: str) -> list[str]:
    return await api.house.read.values("SELECT notice FROM message WHERE order_id = $1", order_id)


async def test_whoever_sells_at_the_counter_takes_a_return_in_there(api: Api) -> None:
    shop = Counter(api)
    await shop.collected()
    order, line = await shop.order_id(), await shop.line_id()
    item = {"line_id": line, "quantity": 1, "reason": "changed_mind"}
    announced = await api.post(f"/orders/{order}/returns", {"items": [item]})
    assert announced.status_code == 201, announced.text
    (rma,) = await api.house.read.values("SELECT id FROM rma")
    page = f"/console/returns/{order}/{rma}"
    sales, analyst = await somebody(api, "sales"), await somebody(api, "finance")

    assert f'formaction="{page}/counter"' not in (await analyst.see(page)).text
    refused = await analyst.send(f"{page}/counter", seen_at="/console/account", at_counter="shop")
    assert refused.status_code == 403
    seen = (await sales.see(page)).text
    assert f'formaction="{page}/counter"' in seen
    assert "It came as a parcel" not in seen
    done = await sales.send(f"{page}/counter", seen_at=page, at_counter="shop", **{f"quantity.{line}": "1"})
    assert done.status_code == 303, done.text

    assert await api.house.read.values("SELECT (way, location, label_minor)::text FROM rma") == ["(counter,shop,0)"]
    assert "handed in at the counter" in (await sales.see(page)).text
