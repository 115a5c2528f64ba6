"""Whatever times are stored, from before there were bounds or by hand: every page of the order can still be read."""

from __future__ import annotations

import pytest

from purveyor.engine.tables import row_kinds, table_of
from purveyor.insight.verify import verify
from tests.web.conftest import Api, an_order
from tests.web.console.staff import somebody


@pytest.mark.parametrize("at", ["infinity", "-infinity", "0001-01-02T00:00:00+00", "9999-12-30T23:00:00+00"])
async def test_an_order_with_times_beyond_all_years_is_read_everywhere(api: Api, at: str) -> None:
    order_id = (await api.post("/orders", an_order(("MUG", 2), ("BOOK", 1)))).json()["order_id"]
    owner = await somebody(api, "admin")
    async with api.house.pool.acquire() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        for kind in row_kinds().values():
            times = [column for column, type_ in table_of(kind).types.items() if type_ == "timestamptz"]
            if "order_id" in kind.__struct_fields__ or kind.table == "orders":
                of = "id" if kind.table == "orders" else "order_id"
                for column in set(times) - set(kind.key) - {"closed_at"}:
                    change = f'UPDATE {kind.table} SET "{column}" = $1::text::timestamptz WHERE {of} = $2'
                    await db.execute(change, at, order_id)
    number = await api.house.pool.fetchval("SELECT number FROM orders")

    for path in (f"/orders/{order_id}", f"/orders/{order_id}/actions", "/orders"):
        answer = await api.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
    pages = (f"/{number}", f"/{number}/timeline", f"/{number}/actions", f"/{number}/as-customer", "", ".csv")
    for page in pages:
        answer = await owner.see(f"/console/orders{page}")
        assert answer.status_code == 200, f"{page}: {answer.text[:2_000]}"
    found = (await verify(api.house.pool, chunk=100)).differences
    assert any(each.table == "orders" and each.column == "placed_at" for each in found)
