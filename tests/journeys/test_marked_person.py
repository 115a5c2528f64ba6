"""One person in every text of every command about an order or a customer: after the erasure, nowhere any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from purveyor.core.ids import uuid7
from purveyor.core.messages import Command
from purveyor.core.registry import DECIDES
from purveyor.discovery import load_stages
from purveyor.records.customers.commands import CustomerAddress, EraseCustomer, EraseOrderPerson, RegisterCustomer
from tests.journeys.shop import Shop
from tests.journeys.test_erasure import GUEST, SPOKEN, a_guests_order, a_life_of_a_guest, places_that_know

# Fields whose words identify a deal, a place of the house, a scan, or somebody of the staff.
OF_THE_DEAL = {"reference", "number", "serial", "tracking_number", "transfer_id", "dispute_id", "document"}
OF_THE_HOUSE = {
    "tote",
    "location",
    "assignee",
    "event_id",
    "sku",
    "exchange_sku",
    "notice",
    "remedy",
    "add",  # tags sort many orders, and say so where they are typed
    "remove",
}
SAYINGS = (
    "Ottilie Querfurth, Nachtigallenweg 93, ottilie.querfurth@example.org, +493055501234",
    "ottilie.querfurth@example.org",
    "Querfurth",
    "querfurth",
)
ENDS = (EraseCustomer, EraseOrderPerson)


class Filler:
    """Makes a value of a type, with the person in every text that may be free."""

    def __init__(self, ids: dict[str, UUID], saying: str) -> None:
        self.ids = ids
        self.saying = saying

    def command(self, kind: type[Command]) -> Command | None:
        """The command, if texts like this fit its bounds."""
        about = inspect.type_info(kind)
        assert isinstance(about, inspect.StructType)
        try:
            return msgspec.convert(self._struct(about), kind, strict=False)
        except (msgspec.ValidationError, LookupError):
            return None

    def _struct(self, about: inspect.StructType) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if about.tag is not None:
            said[about.tag_field or "type"] = about.tag
        for field in about.fields:
            if field.name in OF_THE_DEAL | OF_THE_HOUSE and not field.required:
                continue
            said[field.encode_name] = self._value(field.type, field.name)
        return said

    def _value(self, kind: inspect.Type, name: str) -> Any:  # noqa: C901, PLR0911, PLR0912 (one for each kind)
        match kind:
            case inspect.Metadata():
                return self._value(kind.type, name)
            case inspect.StrType():
                return "plain-1" if name in OF_THE_DEAL | OF_THE_HOUSE else "EUR" if name == "currency" else self.saying
            case inspect.UUIDType():
                return str(self.ids.get(name, uuid7(1, 1)))
            case inspect.BoolType():
                return False
            case inspect.IntType() | inspect.FloatType():
                return 1
            case inspect.LiteralType():
                return kind.values[0]
            case inspect.StructType():
                return self._struct(kind)
            case inspect.VarTupleType() | inspect.ListType():
                return [self._value(kind.item_type, name)]
            case inspect.UnionType():
                return self._value(next(each for each in kind.types if not isinstance(each, inspect.NoneType)), name)
            case inspect.DictType():
                return {"word": "plain"}
            case inspect.DateTimeType():
                return "2026-03-02T12:00:00Z"
            case inspect.DateType():
                return "2026-03-02"
            case _:
                raise LookupError(kind)


def commands_about_people() -> Iterator[type[Command]]:
    load_stages()
    for kind in DECIDES:
        if kind not in ENDS and {"order_id", "customer_id"} & set(kind.__struct_fields__):
            yield kind


async def test_a_person_who_stands_in_every_text_of_every_command_is_forgotten_everywhere(shop: Shop) -> None:
    known = await shop.ask(RegisterCustomer(number="K1", address=CustomerAddress(**GUEST)))
    customer_id = UUID(known.reply["customer_id"])
    placed = await a_life_of_a_guest(shop, a_guests_order(customer_id=customer_id))
    ids = {"order_id": placed.id, "customer_id": customer_id, "line_id": placed.lines["MUG"]}
    for table in ("payment", "invoice", "parcel", "shipment", "hold", "support_case", "fulfillment"):
        found = await shop.house.read.values(f"SELECT id FROM {table} WHERE order_id = $1 LIMIT 1", placed.id)
        ids |= {f"{'case' if table == 'support_case' else table}_id": each for each in found}
    asked = accepted = 0
    for kind in sorted(commands_about_people(), key=lambda kind: kind.kind()):
        for number, saying in enumerate(SAYINGS):
            command = Filler(ids, saying).command(kind)
            if command is not None:
                asked += 1
                key = f"mark {kind.kind()} {number}"
                given = await shop.house.committer.submit(command, key=key, actor="staff:anna")
                accepted += given.accepted
    assert asked > 150
    assert accepted > 15
    await shop.ask(EraseCustomer(customer_id=customer_id, reason="asked"))

    assert await places_that_know(shop, SPOKEN) == set()
