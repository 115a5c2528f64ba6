"""Every value of every message has a bound, and what is beyond it is refused with its field before anything is done."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import msgspec
import pytest
from msgspec import inspect

from purveyor.core.field_types import LARGEST_AMOUNT
from purveyor.core.messages import Command
from purveyor.core.refusals import Invalid
from purveyor.core.registry import DECIDES
from purveyor.core.validation import check
from purveyor.ports.carrier import TrackingEvent
from purveyor.ports.gateway import GatewayEvent
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.stages.delivery.commands import Scan
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder
from purveyor.web.api.routes import SECTIONS
from tests.bounded import unbounded
from tests.web.conftest import Api, an_order

WITHOUT_END = {
    "SetPolicy.data": "any policy: held against the bounds of its own document, and bounded in its levels",
}


def an_address(**changes: Any) -> dict[str, Any]:
    return {**an_order()["contact"], **changes}


OURS = [kind for kind in DECIDES if kind.__module__.startswith("purveyor.")]  # not those of tests


@pytest.mark.parametrize("command", OURS, ids=lambda each: each.__name__)
def test_every_field_of_every_command_has_a_bound(command: type[Command]) -> None:
    found = list(unbounded(inspect.type_info(command), command.__name__))

    assert [each for each in found if each.rpartition(": ")[0] not in WITHOUT_END] == []


@pytest.mark.parametrize(
    "kind",
    [
        *(endpoint.body for section in SECTIONS for endpoint in section.endpoints),
        *(read.parameters for section in SECTIONS for read in section.reads),
        *(task.parameters for section in SECTIONS for task in section.maintenance),
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_field_of_every_body_and_every_parameter_has_a_bound(kind: type[msgspec.Struct]) -> None:
    found = list(unbounded(inspect.type_info(kind), kind.__name__))

    assert [each for each in found if each.rpartition(": ")[0] not in WITHOUT_END] == []


def ids_from_outside() -> list[tuple[Any, str]]:
    """Texts that are the id of something elsewhere, by which it is known when it comes again."""
    found = []
    for kind in (*OURS, Scan, GatewayEvent, TrackingEvent):
        info = inspect.type_info(kind)
        assert isinstance(info, inspect.StructType)
        for field in info.fields:
            said = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
            if field.name.endswith("_id") and field.required and isinstance(said, inspect.StrType):
                found.append((kind, field.name))
    return found


def test_ids_from_outside_are_found() -> None:
    found = {(kind.__name__, name) for kind, name in ids_from_outside()}

    assert found >= {
        ("Scan", "event_id"),
        ("TrackingEvent", "event_id"),
        ("GatewayEvent", "event_id"),
        ("RecordTrackingEvent", "event_id"),
        ("RecordGatewayEvent", "event_id"),
        ("RecordChargeback", "dispute_id"),
        ("ResolveDispute", "dispute_id"),
        ("RecordBankTransfer", "transfer_id"),
    }


@pytest.mark.parametrize(("kind", "name"), [*ids_from_outside(), (RegisterCustomer, "number")])
@pytest.mark.parametrize("blank", ["", " ", "\u00a0 ", "a\nb", "a\n"])
def test_an_id_from_outside_is_a_line_that_says_something(kind: type[msgspec.Struct], name: str, blank: str) -> None:
    told: Any = msgspec.defstruct("Told", [("id", get_type_hints(kind, include_extras=True)[name])], bases=(Command,))

    with pytest.raises(Invalid) as refusal:
        check(told(id=blank))
    assert refusal.value.data["field"] == "id"
    assert "line of text" in refusal.value.data["expected"]
    check(told(id=" 42 "))
    with pytest.raises(Invalid, match="at most"):
        check(told(id="4" * 201))


LONG = "".join(chr(97 + number * 7 % 26) for number in range(3_000))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference": LONG}, "reference"),
        ({"contact": an_address(name=LONG)}, "contact.name"),
        ({"contact": an_address(email=f"{LONG}@example.com")}, "contact.email"),
        ({"contact": an_address(name="Ann\r\nBcc: all")}, "contact.name"),
        ({"contact": an_address(name="Ann\n")}, "contact.name"),
        ({"contact": an_address(city="\x1b[2JBerlin")}, "contact.city"),
        ({"reference": "a\x9bb"}, "reference"),
        ({"language": "x" * 5_000}, "language"),
        ({"tenders": [{"method": "card", "source": LONG}]}, "tenders[1].source"),
        ({"placed_at": "0001-01-01T00:00:00+14:00"}, "placed_at"),
        ({"placed_at": "0001-01-01T00:00:00Z"}, "placed_at"),
        ({"placed_at": "9999-12-31T23:59:59-14:00"}, "placed_at"),
        ({"placed_at": "2200-01-01T00:00:00Z"}, "placed_at"),
        ({"lines": [{"sku": "MUG", "quantity": 1, "unit_price": {"minor": 2**62, "currency": "EUR"}}]},
         "lines[1].unit_price.minor"),
        ({"discount": {"minor": LARGEST_AMOUNT + 1, "currency": "EUR"}}, "discount.minor"),
        ({"lines": [{"sku": "MUG", "quantity": 10**7}]}, "lines[1].quantity"),
        ({"contact": an_address(country="de")}, "contact.country"),
        ({"currency": "EURO"}, "currency"),
    ],
)  # fmt: skip
async def test_what_is_out_of_its_bounds_is_refused_with_its_field(api: Api, change: Any, field: str) -> None:
    happened = await api.happened()
    response = await api.post("/orders", an_order() | change)

    assert response.status_code == 422, response.text
    assert response.json()["data"]["field"] == field
    assert await api.happened() == happened


async def test_a_sum_that_no_ledger_holds_is_refused(api: Api) -> None:
    price = {"minor": LARGEST_AMOUNT, "currency": "EUR"}
    for lines in (
        [{"sku": "MUG", "quantity": 2, "unit_price": price}],
        [{"sku": "MUG", "quantity": 1, "unit_price": price}, {"sku": "MUG", "quantity": 1, "unit_price": price}],
    ):
        response = await api.post("/orders", an_order() | {"lines": lines})

        assert response.status_code == 422, response.text
        assert "lines" in response.json()["data"]["field"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("name", ["placed_from", "placed_to", "promised_to"])
async def test_a_filter_takes_no_time_that_cannot_be(api: Api, name: str, at: str) -> None:
    response = await api.get("/orders", **{name: at})

    assert response.status_code == 422, response.text
    assert response.json()["data"]["field"] == name


def test_a_command_that_another_door_made_is_held_against_the_same_bounds() -> None:
    line = LineItem(sku="MUG", quantity=1)
    order = PlaceOrder(channel="web", lines=(line,), contact=Address(name="Ann", country="DE"), currency="EUR")
    check(order)

    for change, field in (
        ({"reference": LONG}, "reference"),
        ({"contact": Address(name="A\nB", country="DE")}, "contact.name"),
        ({"contact": Address(name="A\0B", country="DE")}, "contact.name"),
        ({"placed_at": datetime(1, 1, 1, tzinfo=UTC)}, "placed_at"),
        ({"placed_at": datetime(2026, 1, 1)}, "placed_at"),  # noqa: DTZ001 (that is the point)
        ({"lines": (msgspec.structs.replace(line, quantity=0),)}, "lines[1].quantity"),
    ):
        with pytest.raises(Invalid) as refusal:
            check(msgspec.structs.replace(order, **change))
        assert refusal.value.data["field"] == field
    with pytest.raises(Invalid):
        check(RegisterCustomer(number=LONG, address=CustomerAddress(country="DE")))


@pytest.mark.parametrize(
    "body",
    [b"[" * 20_000, b'{"a":' * 20_000, b'{"x":' + b"[" * 20_000, b'{"name":"tax","data":' + b"[" * 20_000],
)
async def test_what_is_nested_without_end_is_no_body(api: Api, body: bytes) -> None:
    headers = {**api.headers, "Idempotency-Key": "deep", "Content-Type": "application/json"}
    for path in ("orders", "policies"):
        response = await api.client.post(f"/api/v1/{path}", content=body, headers=headers)

        assert response.status_code in (400, 422), response.text


async def test_a_free_document_has_a_bounded_number_of_levels(api: Api) -> None:
    nested: Any = 1
    for _ in range(60):
        nested = [nested]
    response = await api.post("/policies", {"name": "tax", "data": {"rates": nested}})

    assert response.status_code == 422
    assert response.json()["data"]["field"] == "data"


async def test_a_clock_that_is_minutes_ahead_places_an_order_now(api: Api) -> None:
    now = datetime.now(UTC)
    soon, later = (now + timedelta(minutes=minutes) for minutes in (4, 15))

    taken = await api.post("/orders", an_order(placed_at=soon.isoformat()))
    refused = await api.post("/orders", an_order(placed_at=later.isoformat()))

    assert taken.status_code == 201, taken.text
    order = (await api.get(f"/orders/{taken.json()['order_id']}")).json()["order"]
    assert datetime.fromisoformat(order["placed_at"]) < soon
    assert (refused.status_code, refused.json()["data"]["field"]) == (422, "placed_at")


OUT_OF_BOUNDS = (
    ('"quantity": 4006381333931', "at most 1000000"),
    (f'"quantity": {10**30}', "at most 1000000"),
    (f'"quantity": {10**500}', "at most 1000000"),
    (f'"quantity": -{10**30}', "at least 1"),
    (f'"quantity": 1, "unit_price": {{"minor": {10**16}, "currency": "EUR"}}', "an amount of at most 1000000000000000"),
    (f'"quantity": 1, "unit_price": {{"minor": {10**30}, "currency": "EUR"}}', "an amount of at most 1000000000000000"),
)


@pytest.mark.parametrize(("fields", "expected"), OUT_OF_BOUNDS, ids=[f"{fields[:60]}" for fields, _ in OUT_OF_BOUNDS])
async def test_a_number_out_of_its_bounds_is_told_the_bound(api: Api, fields: str, expected: str) -> None:
    body = json.dumps(an_order(lines=[])).replace('"lines": []', f'"lines": [{{"sku": "MUG", {fields}}}]')
    headers = {**api.headers, "Idempotency-Key": "bounds", "Content-Type": "application/json"}
    response = await api.client.post("/api/v1/orders", content=body, headers=headers)

    assert response.status_code == 422
    assert f"must be {expected}" in response.json()["detail"]
