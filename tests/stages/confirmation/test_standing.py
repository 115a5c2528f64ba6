"""When a notice still holds, and when it is over."""

from __future__ import annotations

import re
from datetime import timedelta
from fnmatch import fnmatch
from typing import Any
from uuid import UUID

import msgspec
import pytest

from purveyor.stages.confirmation.notice_validity import (
    HOLDS,
    STANDING,
    Standing,
    as_it_is_now,
    may_be_over,
    still_holds,
)
from purveyor.stages.confirmation.texts.en import TEXTS
from tests.pure import NOON

#: Whatever a notice may ask for or announce is so.
OPEN = Standing(
    message_id=UUID(int=1),
    currency="EUR",
    is_canceled=False,
    is_held=True,
    is_confirmed=False,
    is_at_the_bank=True,
    is_declined=True,
    offered_minor=1_000,
    invoice_open_minor=500,
    may_choose=True,
    is_late=True,
    has_failed_attempt=True,
    has_parcel_at_pickup_point=True,
    has_collection=True,
    has_appointment_to_choose=True,
    booked=[NOON],
    return_status="announced",
    is_invited=True,
)
DETAILS = {"starts_at": NOON.isoformat()}
OVER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("order_received", {"is_canceled": True}),
    ("order_received", {"is_confirmed": True}),
    ("order_confirmed", {"is_canceled": True}),
    ("order_on_hold", {"is_held": False}),
    ("order_on_hold", {"is_canceled": True}),
    ("changed", {"is_canceled": True}),
    ("choice_offered", {"may_choose": False}),
    ("payment_authorized", {"is_canceled": True}),
    ("payment_declined", {"is_declined": False}),
    ("payment_action_required", {"is_at_the_bank": False}),
    ("pay_by_link", {"offered_minor": 0}),
    ("payment_reminder", {"invoice_open_minor": 0}),
    ("invoice_due", {"invoice_open_minor": 0}),
    ("invoice_open", {"invoice_open_minor": 0}),
    ("delayed", {"is_late": False}),
    ("delivery_failed", {"has_failed_attempt": False}),
    ("parcel_waiting", {"has_parcel_at_pickup_point": False}),
    ("ready_to_collect", {"has_collection": False}),
    ("collect_reminder", {"has_collection": False}),
    ("choose_appointment", {"has_appointment_to_choose": False}),
    ("appointment_booked", {"booked": []}),
    ("appointment_booked", {"booked": [NOON + timedelta(days=1)]}),
    ("return_authorized", {"return_status": "received"}),
    ("return_to_counter", {"return_status": "canceled"}),
    ("return_without_goods", {"return_status": "canceled"}),
    ("survey", {"is_invited": False}),
)


@pytest.mark.parametrize(("notice", "now"), OVER)
def test_what_asks_or_announces_is_over_when_it_is_not_so_any_more(notice: str, now: dict[str, Any]) -> None:
    assert still_holds(notice, OPEN, DETAILS)
    assert not still_holds(notice, msgspec.structs.replace(OPEN, **now), DETAILS)


def test_every_rule_is_about_a_notice_and_is_tried() -> None:
    assert set(HOLDS) <= set(TEXTS)
    assert {notice for notice, _ in OVER} == set(HOLDS)


@pytest.mark.parametrize("notice", ["canceled", "refunded", "delivered", "message_from_us", "shipped"])
def test_what_happened_stays_true(notice: str) -> None:
    assert not may_be_over(notice)
    assert still_holds(notice, msgspec.structs.replace(OPEN, is_canceled=True), {})


def test_an_amount_is_said_as_it_is_now() -> None:
    details = {"amount": "28.70 EUR", "invoice": "7"}

    assert as_it_is_now("pay_by_link", OPEN, details) == {"amount": "10.00 EUR", "invoice": "7"}
    assert as_it_is_now("payment_reminder", OPEN, details)["amount"] == "5.00 EUR"
    assert as_it_is_now("invoice_open", OPEN, details)["amount"] == "5.00 EUR"
    assert as_it_is_now("invoice_due", OPEN, details) == details, "an invoice comes to what it came to"


class Looked:
    """Which columns a rule reads."""

    def __init__(self) -> None:
        self.columns: set[str] = set()

    def __getattr__(self, column: str) -> Any:
        self.columns.add(column)
        return getattr(OPEN, column)


@pytest.mark.parametrize("notice", sorted(HOLDS))
def test_what_a_notice_speaks_of_is_looked_up_for_it(notice: str) -> None:
    looked: Any = Looked()
    still_holds(notice, looked, DETAILS)
    as_it_is_now(notice, looked, DETAILS)
    names = "|".join(Standing.__struct_fields__)
    parts = re.split(rf" AS ({names})\b", STANDING)
    looked_up = dict(zip(parts[1::2], parts[0::2], strict=False))

    for column in looked.columns - {"currency"}:
        asked = looked_up[column]
        found = re.findall(r"'(\w+%?)'", asked.partition("EXISTS")[0].partition("(SELECT")[0])
        guards = found if "m.notice" in asked else [notice]
        assert any(fnmatch(notice, guard.replace("%", "*")) for guard in guards), (column, guards)
