"""Whoever reads orders reads no more than that: each stage, contacts and secrets are for those who may."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.rows import Line
from purveyor.engine.tables import parts
from purveyor.records.staff.scopes import allows
from purveyor.web.api.orders import may_read
from purveyor.web.auth.roles import SCOPES, scopes_of
from tests.web.conftest import Api, key_for
from tests.web.console.staff import somebody
from tests.web.test_at_the_counter import a_waiting_parcel

CODE = "SELECT text FROM private_text WHERE what = 'collect_code'"
RISK = {"hold_from": 10, "rules": [{"name": "known", "test": "email", "score": 5, "values": ["eve@example.com"]}]}


async def as_key(api: Api, *scopes: str, name: str = "reader") -> Api:
    return Api(api.client, api.house, await key_for(api.house, *scopes, name=name))


async def changes(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    since = 0
    while True:
        answer = (await api.get("/changes", since=since, limit=3)).json()
        found += answer["items"]
        if answer["next"] == since:
            return found
        since = answer["next"]


async def test_the_code_for_collection_is_told_nowhere_but_to_the_customer(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    await api.post(f"/orders/{order}/collections/{parcel}/renew-code")
    codes = await api.house.read.values(CODE)
    told = str(await changes(api)) + (await api.get(f"/orders/{order}")).text
    preview = await api.post(f"/orders/{order}/collections/{parcel}/renew-code", dry_run="true")
    journal = await api.house.read.values("SELECT data::text FROM journal")

    assert len(codes) == 2
    assert all(len(code) == 6 and code not in told and code not in str(journal) for code in codes)
    assert "delivery.collect_ready" in told
    assert preview.json()["facts"][0]["kind"] == "delivery.collect_code_renewed"
    assert "code" not in preview.json()["facts"][0]


async def test_the_message_says_the_code_that_its_fact_does_not(api: Api) -> None:
    await a_waiting_parcel(api)
    (code,) = await api.house.read.values(CODE)
    (details,) = await api.house.read.values("SELECT details FROM message WHERE notice = 'ready_to_collect'")

    assert code not in str(details)
    assert "code_text_id" in str(details)


async def test_who_reads_orders_follows_orders_and_no_other_room(api: Api) -> None:
    await api.place(tenders=[{"method": "card", "source": "tok_secret"}])
    set_ = await api.post("/policies", {"name": "risk", "data": RISK})
    assert set_.status_code == 200, set_.text
    reader, payer = await as_key(api, "orders:read"), await as_key(api, "orders:read", "payment:read", name="payer")
    everything = await changes(api)
    seen, paid = await changes(reader), await changes(payer)

    assert {change["kind"].partition(".")[0] for change in seen} == {"receipt"}
    assert {change["kind"].partition(".")[0] for change in paid} == {"receipt", "payment"}
    assert [change for change in everything if change["kind"].startswith(("receipt.", "payment."))] == paid
    assert "eve@example.com" not in str(seen + paid)
    assert "tok_secret" not in str(everything)


async def test_an_order_shows_the_parts_of_the_stages_that_a_key_reads(api: Api) -> None:
    placed = await api.place(tenders=[{"method": "card", "source": "tok_secret"}])
    path = f"/orders/{placed['order_id']}"
    await api.post(f"{path}/hold", {"type": "customer", "why": "asked for"})
    bare = (await (await as_key(api, "orders:read")).get(path)).json()
    more = (await (await as_key(api, "orders:read", "review:read", "payment:read", name="more")).get(path)).json()

    assert (bare["contact"], bare["money"], bare["parts"]) == (None, None, {})
    assert {event["kind"].partition(".")[0] for event in bare["timeline"]} == {"receipt"}
    assert set(more["parts"]) >= {"hold", "payment"}
    assert "message" not in more["parts"]
    assert sum(more["money"]["accounts"].values()) == 0
    assert more["contact"] is None
    seen = (await (await as_key(api, "orders:read", name="third")).get(f"{path}/timeline")).json()["items"]
    assert {event["kind"].partition(".")[0] for event in seen} == {"receipt"}


async def test_contacts_are_for_those_who_may_read_them_and_packers_see_where_it_goes(api: Api) -> None:
    placed = await api.place()
    path = f"/orders/{placed['order_id']}"
    full = await as_key(api, "orders:read", "contacts:read")
    packer = await as_key(api, "orders:read", "packing:write", name="packer")
    bare = await as_key(api, "orders:read", name="bare")

    assert (await full.get(path)).json()["contact"]["email"] == "ann@example.com"
    where = (await packer.get(path)).json()["contact"]
    assert where["street"] == "Teststr. 1"
    assert not {"email", "phone", "billing"} & set(where)
    assert [(await each.get("/orders")).json()["items"][0]["name"] for each in (full, packer, bare)] == [
        "Ann Example",
        "Ann Example",
        "",
    ]


@pytest.mark.parametrize(
    ("search", "finds"), [("ann@example.com", False), ("+49 30 123456", False), ("Ann Ex", False), ("R-77", True)]
)
async def test_nobody_looks_for_people_whom_he_may_not_know(api: Api, search: str, finds: bool) -> None:
    await api.place(reference="R-77")
    bare, full = await as_key(api, "orders:read"), await as_key(api, "orders:read", "contacts:read", name="full")

    assert len((await full.get("/orders", text=search)).json()["items"]) == 1
    assert len((await bare.get("/orders", text=search)).json()["items"]) == finds


@pytest.mark.parametrize("role", sorted(SCOPES))
async def test_the_console_shows_a_role_no_more_of_a_person_than_it_needs(api: Api, role: str) -> None:
    placed = await api.place()
    colleague = await somebody(api, role)
    page = (await colleague.see(f"/console/orders/{placed['number']}")).text
    listed = (await colleague.see("/console/orders")).text
    found = (await colleague.see("/console/orders?text=ann@example.com")).text
    may, goes = allows(scopes_of([role]), "contacts:read"), role in ("packer", "shipper")

    assert ("ann@example.com" in page, "+4930123456" in page) == (may, may)
    assert ("Teststr. 1" in page, "Ann Example" in page, "Ann Example" in listed) == (may or goes,) * 3
    assert (f">{placed['number']}<" in found) == may
    assert may == (role not in ("picker", "packer", "shipper", "analyst"))


async def test_the_export_is_for_those_who_may_and_is_written_down(api: Api) -> None:
    await api.place()
    happened = await api.happened()
    refused = await (await somebody(api, "support")).see("/console/orders.csv")
    assert refused.status_code == 403
    finance, analyst = await somebody(api, "finance"), await somebody(api, "analyst")
    address = "/console/orders.csv?text=Ann%20Ex&status=placed"
    with_names, without = await finance.see(address), await analyst.see("/console/orders.csv")

    assert "Ann Example" in with_names.text
    assert "Ann Example" not in without.text
    kinds = "SELECT data::text FROM journal WHERE kind = 'staff.orders_exported' ORDER BY seq"
    first, second = await api.house.read.values(kinds)
    assert '"rows": 1' in first
    assert "placed" in first
    assert "text" in first
    assert "Ann" not in first
    assert '"rows": 1' in second
    assert await api.happened() > happened


async def test_nobody_has_others_told_what_the_key_may_not_read(api: Api) -> None:
    teller = await as_key(api, "webhooks:write", "webhooks:read", "orders:read", "delivery:read")
    address = "https://93.184.216.34/hook"
    refused = [
        await teller.post("/webhooks", {"url": address, "topics": topics})
        for topics in (["*"], ["payment.*"], ["delivery.*", "payment.captured"])
    ]
    taken = await teller.post("/webhooks", {"url": address, "topics": ["receipt.order_placed", "delivery.*"]})
    everything = await api.post("/webhooks", {"url": address, "topics": ["*"]})
    theirs = everything.json()["reply"]["webhook_id"]

    assert [each.status_code for each in refused] == [403, 403, 403]
    assert refused[1].json()["data"]["needs"] == ["payment:read"]
    assert taken.status_code == 201, taken.text
    moved = await teller.post(f"/webhooks/{theirs}/change", {"url": "https://93.184.216.34/mine"})
    assert moved.status_code == 403
    narrowed = {"url": "https://93.184.216.34/mine", "topics": ["delivery.*"]}
    assert (await teller.post(f"/webhooks/{theirs}/change", narrowed)).status_code == 200
    paused = await teller.post(f"/webhooks/{theirs}/change", {"active": False})
    assert paused.status_code == 200, paused.text


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/hook", "https://[fd00:ec2::254]/", "https://[64:ff9b::a9fe:a9fe]/", "http://localhost:8420/"],
)
async def test_a_webhook_is_not_sent_into_our_own_network(api: Api, url: str) -> None:
    refused = await api.post("/webhooks", {"url": url})
    assert refused.status_code == 422, refused.text
    assert refused.json()["data"]["field"] == "url"


def test_what_was_given_back_is_for_those_who_read_payments() -> None:
    bare, payer = frozenset({"orders:read"}), frozenset({"orders:read", "payment:read"})
    of_all = [kind for kind in parts().values() if kind.__module__.startswith("purveyor.core.")]
    with_money = [kind for kind in of_all if any(name.endswith("_minor") for name in kind.__struct_fields__)]

    assert {kind for kind in with_money if may_read(kind, bare)} == {Line}  # the prices that it was ordered at
    assert all(may_read(kind, payer) for kind in with_money)
