"""Ids of others are known again, however they were copied."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from purveyor.core.field_types import NO_BLANK_LINE, trimmed
from purveyor.core.refusals import Invalid
from purveyor.core.registry import DECIDES
from purveyor.core.validation import check
from purveyor.discovery import load_stages
from purveyor.ports.carrier import TrackingEvent
from purveyor.ports.gateway import GatewayEvent
from purveyor.stages.delivery.commands import Scan
from purveyor.stages.payment.commands import RecordChargeback
from tests.pure import NOON, a_call, eur
from tests.simulation.arguments import Maker

load_stages()


def ids_of(kind: type[msgspec.Struct]) -> list[str]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return [
        field.encode_name
        for field in info.fields
        if isinstance(field.type, inspect.Metadata) and field.type.extra_json_schema == NO_BLANK_LINE
    ]


MESSAGES: list[type[msgspec.Struct]] = [*DECIDES, Scan, TrackingEvent, GatewayEvent]
WITH_IDS = sorted(
    {(kind, name) for kind in MESSAGES if kind.__module__.startswith("purveyor.") for name in ids_of(kind)},
    key=lambda each: (each[0].__name__, each[1]),
)


def test_messages_with_ids_of_others_are_found() -> None:
    assert {name for _, name in WITH_IDS} >= {"dispute_id", "transfer_id", "event_id", "number"}


@pytest.mark.parametrize(("kind", "name"), WITH_IDS)
@pytest.mark.parametrize("told", [" A 1", "A 1 ", "\u00a0A 1\u2003", "\ufeffA 1\u200b"])
def test_no_message_has_blanks_around_an_id_of_others(kind: type[msgspec.Struct], name: str, told: str) -> None:
    made: Any = Maker(Random(1), NOON).make(kind, **{name: told})

    assert getattr(made, name) == "A 1"


def test_what_is_read_from_json_is_cut_too() -> None:
    given = {"event_id": " e1 ", "status": "delivered", "at": "2026-03-02T12:00:00Z"}

    assert msgspec.convert(given, Scan, strict=False).event_id == "e1"


@pytest.mark.parametrize("told", ["", " ", "\u00a0", "A1\n", "\tA1"])
def test_what_was_refused_is_refused(told: str) -> None:
    call = a_call()
    command = RecordChargeback(order_id=call.ids.new(), payment_id=call.ids.new(), amount=eur(1), dispute_id=told)

    with pytest.raises(Invalid, match="dispute_id"):
        check(command)
    assert trimmed(told) == told
