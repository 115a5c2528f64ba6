"""`POST /api/v1/orders`: what every channel relies on."""

from __future__ import annotations

import asyncio

import pytest

from tests.web.conftest import Api, an_order


async def test_an_order_is_placed_and_answered_with_its_number(api: Api) -> None:
    response = await api.post("/orders", an_order(("MUG", 2)))

    assert response.status_code == 201
    answer = response.json()
    assert answer["accepted"] is True
    assert answer["number"] > 0
    assert answer["facts"][0] == "receipt.order_placed"


async def test_the_same_key_gets_the_first_answer_to_the_letter(api: Api) -> None:
    first = await api.post("/orders", an_order(), key="order 1")
    happened = await api.happened()
    second = await api.post("/orders", an_order(), key="order 1")

    assert second.status_code == first.status_code
    assert second.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await api.happened() == happened


async def test_the_same_checkout_sent_many_times_at_once_is_one_order(api: Api) -> None:
    responses = await asyncio.gather(*[api.post("/orders", an_order(), key="checkout 7") for _ in range(20)])

    assert {response.content for response in responses} == {responses[0].content}
    assert await api.house.read.values("SELECT count(*) FROM orders") == [1]


async def test_a_refusal_is_a_problem_with_code_sentence_and_data_and_is_repeated_to_the_letter(api: Api) -> None:
    happened = await api.happened()
    first = await api.post("/orders", an_order(("NOTHING", 1)), key="order 2")
    second = await api.post("/orders", an_order(("NOTHING", 1)), key="order 2")

    assert first.status_code == 422
    assert first.headers["content-type"].startswith("application/problem+json")
    assert first.json() == {
        "type": "urn:purveyor:problem:unknown_sku",
        "title": "Unknown sku",
        "status": 422,
        "code": "unknown_sku",
        "detail": "Line 1: there is no product NOTHING for sale.",
        "data": {"sku": "NOTHING", "line_no": 1},
    }
    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await api.happened() == happened


async def test_a_refusal_names_what_is_possible_instead(api: Api) -> None:
    response = await api.post("/orders", an_order(("MUG", 101)))

    assert response.status_code == 409
    assert response.json()["data"] == {"sku": "MUG", "wanted": 101, "available": 100, "held": 0}
    assert "order fewer" in response.json()["instead"]


async def test_a_key_used_for_another_order_is_refused_and_told_as_it_was_sent(api: Api) -> None:
    await api.post("/orders", an_order(("MUG", 1)), key="order 3")
    happened = await api.happened()
    response = await api.post("/orders", an_order(("MUG", 2)), key="order 3")

    assert response.status_code == 422
    assert response.json()["code"] == "key_reused"
    assert response.json()["data"] == {"key": "order 3"}
    assert await api.happened() == happened


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "  "}])
async def test_a_write_without_a_key_is_refused(api: Api, key: dict[str, str]) -> None:
    happened = await api.happened()
    response = await api.client.post("/api/v1/orders", json=an_order(), headers=api.headers | key)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_missing"
    assert await api.happened() == happened


async def test_a_dry_run_tells_what_would_happen_and_does_nothing(api: Api) -> None:
    happened = await api.happened()
    response = await api.client.post("/api/v1/orders?dry_run=true", json=an_order(("MUG", 2)), headers=api.headers)

    assert response.status_code == 200
    preview = response.json()
    assert preview["accepted"] is True
    assert preview["facts"][0]["kind"] == "receipt.order_placed"
    assert preview["total_after_minor"] > 0
    assert await api.happened() == happened


async def test_a_misspelled_dry_run_does_not_do_it(api: Api) -> None:
    happened = await api.happened()
    for params in ({"dryrun": "true"}, {"dry_run": "yes"}):
        response = await api.post("/orders", an_order(), **params)

        assert response.status_code == 422
    assert await api.happened() == happened
