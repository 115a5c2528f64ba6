"""What does not fit is told by field, what was found, and what was expected; and nothing is done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api, an_order


@pytest.mark.parametrize(
    ("body", "field", "found", "expected"),
    [
        (an_order(chanel="web"), "chanel", "a name that is not known", "channel"),
        (an_order() | {"lines": [{"sku": "MUG", "qty": 1}]}, "lines[0].qty", "a name that is not known", "sku or "),
        (an_order() | {"lines": [{"sku": "MUG"}]}, "lines[0].quantity", "none", "a value"),
        (an_order() | {"lines": [{"sku": "MUG", "quantity": "2"}]}, "lines[0].quantity", '"2"', "int"),
        (an_order(channel="fax"), "channel", '"fax"', "phone or web"),
        (an_order(customer_id="me"), "customer_id", '"me"', "UUID"),
        (an_order(("MUG", 10**30)), "lines[0].quantity", str(10**30), "at most"),
        (an_order(placed_at="2026-03-02T12:00:00"), "placed_at", '"2026-03-02T12:00:00"', "time"),
        ([], "body", "[]", "object"),
    ],
)
async def test_a_field_that_does_not_fit(api: Api, body: Any, field: str, found: str, expected: str) -> None:
    happened = await api.happened()
    response = await api.post("/orders", body)

    assert response.status_code == 422, response.text
    problem = response.json()
    assert problem["code"] == "invalid_body"
    assert problem["data"]["field"] == field
    assert problem["data"]["found"] == found
    assert expected in problem["data"]["expected"]
    assert await api.happened() == happened


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"lines=2", b'{"lines": NaN}'])
async def test_what_is_no_json_is_refused(api: Api, raw: bytes) -> None:
    headers = {**api.headers, "Idempotency-Key": "x", "Content-Type": "application/json"}
    response = await api.client.post("/api/v1/orders", content=raw, headers=headers)

    assert response.status_code == 400
    assert response.json()["code"] == "malformed_json"


async def test_a_form_is_refused_as_the_wrong_media_type(api: Api) -> None:
    headers = {**api.headers, "Idempotency-Key": "x"}
    response = await api.client.post("/api/v1/orders", data={"channel": "web"}, headers=headers)

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


async def test_text_that_no_database_holds_is_refused(api: Api) -> None:
    response = await api.post("/orders", an_order(reference="a\0b"))

    assert response.status_code == 422
    assert response.json()["code"] == "invalid_body"


async def test_a_body_without_end_is_refused(api: Api) -> None:
    headers = {**api.headers, "Idempotency-Key": "x", "Content-Type": "application/json"}
    response = await api.client.post("/api/v1/orders", content=b'"' + b"a" * 5_000_000 + b'"', headers=headers)

    assert response.status_code == 413
    assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"stage": "nowhere"}, "stage"),
        ({"colour": "red"}, "colour"),
        ({"limit": "1000"}, "limit"),
        ({"customer_id": "me"}, "customer_id"),
        ({"placed_from": "2026-03-02T12:00:00"}, "placed_from"),
        ({"after": "elsewhere"}, "after"),
        ({"payment_status": "'; DROP TABLE orders"}, "payment_status"),
    ],
)
async def test_a_parameter_that_does_not_fit(api: Api, params: dict[str, str], field: str) -> None:
    response = await api.get("/orders", **params)

    assert response.status_code == 422, response.text
    assert response.json()["code"] == "invalid_parameter"
    assert response.json()["data"]["field"] == field
