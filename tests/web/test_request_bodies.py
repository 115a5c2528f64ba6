"""What does not fit is told by field, what was found, and what was expected; and nothing is done."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.refusals import Invalid
from purveyor.stages.delivery.commands import AddSlots
from purveyor.stages.receipt.commands import PlaceOrder
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.request_bodies import BodyReader, body_of, read_parameters
from purveyor.web.reading.order_lists import OrderFilter, orders_statement
from tests.web.conftest import Api, an_order

read_body = BodyReader(body_of(PlaceOrder, ())).read


@pytest.mark.parametrize(
    ("body", "field", "found", "expected"),
    [
        (an_order(chanel="web"), "chanel", "a name that is not known", "channel"),
        (
            an_order() | {"lines": [{"sku": "MUG", "qty": 1}]},
            "lines[1].qty",
            "a name that is not known",
            "sku, quantity",
        ),
        (an_order() | {"lines": [{"sku": "MUG"}]}, "lines[1].quantity", "none", "a value"),
        (an_order() | {"lines": [{"sku": "MUG", "quantity": "2"}]}, "lines[1].quantity", '"2"', "a whole number"),
        (an_order(channel="fax"), "channel", '"fax"', "phone or web"),
        (an_order(customer_id="me"), "customer_id", '"me"', "UUID"),
        (an_order(("MUG", 10**30)), "lines[1].quantity", str(10**30), "at most"),
        (an_order(placed_at="2026-03-02T12:00:00"), "placed_at", '"2026-03-02T12:00:00"', "time"),
        ([], "body", "[]", "object"),
    ],
)
def test_a_field_that_does_not_fit(body: Any, field: str, found: str, expected: str) -> None:
    with pytest.raises(Problem) as refused:
        read_body(msgspec.json.encode(body))

    assert refused.value.status == 422
    problem = msgspec.json.decode(refused.value.body)
    assert problem["code"] == "invalid_body"
    assert problem["data"]["field"] == field
    assert problem["data"]["found"] == found
    assert expected in problem["data"]["expected"]
    assert problem["detail"] == str(Invalid(**problem["data"]))
    assert problem["detail"].startswith(f"{field} ")


async def test_a_body_that_does_not_fit_does_nothing(api: Api) -> None:
    happened = await api.happened()
    response = await api.post("/orders", an_order(chanel="web"))

    assert response.status_code == 422
    assert response.headers["content-type"].startswith("application/problem+json")
    assert await api.happened() == happened


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"lines=2", b'{"lines": NaN}'])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read_body(raw)

    assert (refused.value.status, refused.value.code) == (400, "malformed_json")


async def test_a_form_is_refused_as_the_wrong_media_type(api: Api) -> None:
    headers = {**api.headers, "Idempotency-Key": "x"}
    response = await api.client.post("/api/v1/orders", data={"channel": "web"}, headers=headers)

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_text_that_no_database_holds_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        read_body(msgspec.json.encode(an_order(reference="a\0b")))

    assert refused.value.code == "invalid_body"


def test_times_without_a_zone_are_found_in_nested_structs_too() -> None:
    reader = BodyReader(body_of(AddSlots, ()))
    slot = {"technician": "tim", "starts_at": "2026-03-02T12:00:00", "minutes": 60}
    with pytest.raises(Problem) as refused:
        reader.read(msgspec.json.encode({"slots": [slot]}))

    assert msgspec.json.decode(refused.value.body)["data"]["field"] == "slots[1].starts_at"
    assert reader.read(msgspec.json.encode({"slots": [slot | {"starts_at": "2026-03-02T12:00:00Z"}]}))


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
def test_a_parameter_that_does_not_fit(params: dict[str, str], field: str) -> None:
    with pytest.raises(Problem) as refused:
        orders_statement(read_parameters(OrderFilter, params))

    assert (refused.value.status, refused.value.code) == (422, "invalid_parameter")
    assert msgspec.json.decode(refused.value.body)["data"]["field"] == field


async def test_a_parameter_that_comes_twice_is_refused(api: Api) -> None:
    response = await api.get("/orders", sku=["MUG", "TEE"])

    assert response.status_code == 422
    assert response.json()["data"]["field"] == "sku"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Type": "application/json; charset=utf-16"}, "unsupported_charset"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "unsupported_encoding"),
        ({"Content-Type": "text/plain"}, "unsupported_media_type"),
    ],
)
async def test_a_body_that_is_no_plain_json_in_utf_8_is_refused(api: Api, headers: dict[str, str], code: str) -> None:
    sent = {**api.headers, "Idempotency-Key": "x", **headers}
    response = await api.client.post("/api/v1/orders", content=msgspec.json.encode(an_order()), headers=sent)

    assert (response.status_code, response.json()["code"]) == (415, code)
    sent["Content-Type"] = "application/json; charset=UTF-8"
    sent.pop("Content-Encoding", None)
    good = await api.client.post("/api/v1/orders", content=msgspec.json.encode(an_order()), headers=sent)
    assert good.status_code == 201
