"""What needs no key, and errors before any route is found."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.engine import committer
from purveyor.web import handling
from tests.web.conftest import Api, an_order


async def test_it_is_up_and_ready(api: Api) -> None:
    assert (await api.client.get("/health")).json()["status"] == "up"
    assert (await api.client.get("/ready")).json() == {"status": "ready"}


async def test_it_is_not_ready_without_its_tables(api: Api) -> None:
    await api.house.pool.execute("UPDATE alembic_version SET version_num = 'older'")
    response = await api.client.get("/ready")

    assert response.status_code == 503
    assert response.json()["code"] == "not_migrated"
    assert (await api.client.get("/health")).status_code == 200


async def test_it_is_not_ready_without_its_database(api: Api) -> None:
    await api.house.pool.close()
    response = await api.client.get("/ready")

    assert response.status_code == 503
    assert response.json()["code"] == "database_unreachable"


async def test_on_a_replica_it_is_not_ready_and_orders_come_again_later(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "MOST_ATTEMPTS", 2)
    name = await api.house.pool.fetchval("SELECT current_database()")
    alter = f'ALTER DATABASE "{name}"'
    await api.house.pool.execute(f"{alter} SET default_transaction_read_only = on")
    await api.house.pool.expire_connections()
    happened = await api.happened()

    ready = await api.client.get("/ready")
    assert (ready.status_code, ready.json()["code"]) == (503, "database_read_only")
    assert "replica" in ready.json()["detail"]
    order = await api.post("/orders", an_order(), key="1")
    assert order.status_code == 503
    assert order.headers["Retry-After"]
    assert await api.happened() == happened

    async with api.house.pool.acquire() as db:
        await db.execute("SET default_transaction_read_only = off")
        await db.execute(f"{alter} RESET default_transaction_read_only")
    await api.client.get("/ready")  # sees the replica for the last time
    assert (await api.client.get("/ready")).status_code == 200
    assert (await api.post("/orders", an_order(), key="1")).status_code == 201


async def test_figures_count_commands_by_outcome_and_requests_by_status(api: Api) -> None:
    await api.post("/orders", an_order(), key="1")
    await api.post("/orders", an_order(), key="1")
    await api.post("/orders", an_order(("NOTHING", 1)))
    text = (await api.client.get("/metrics")).text

    for outcome in ("accepted", "replayed", "refused"):
        assert f'purveyor_commands_total{{kind="receipt.place_order",outcome="{outcome}"}} 1.0' in text
    assert 'purveyor_http_requests_total{method="POST",route="/api/v1/orders",status="422"} 1.0' in text
    assert 'purveyor_http_request_seconds_count{method="POST",route="/api/v1/orders"} 3.0' in text
    assert "purveyor_waiting_commands 0.0" in text
    assert "purveyor_batches_total" in text


async def test_an_address_that_is_none_is_a_problem_too(api: Api) -> None:
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/orders", 405, "method_not_allowed"),
        ("POST", "/api/v1/orders/not-an-id/approve", 404, "not_found"),
    ):
        response = await api.client.request(method, path, headers=api.headers)

        assert response.status_code == status
        assert response.headers["content-type"].startswith("application/problem+json")
        assert response.json()["code"] == code


async def test_a_bug_leaks_nothing_but_its_number(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(handling.log, "error", lambda event, **about: logged.append(about), raising=False)

    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret is hunter2")

    monkeypatch.setattr(api.house.committer, "submit", broken)
    response = await api.post("/orders", an_order())

    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert response.json()["data"]["error_id"] == logged[0]["error_id"]
    assert str(logged[0]["exc_info"]) == "the secret is hunter2"


async def test_a_full_line_sends_callers_away_with_a_time_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = await api.happened()
    monkeypatch.setattr(api.house.committer._line, "_most", 0)
    response = await api.post("/orders", an_order())

    assert response.status_code == 503
    assert response.json()["code"] == "overloaded"
    assert response.headers["Retry-After"] == "1"
    assert await api.happened() == happened
