"""What was in the boxes of an order's returns, what it was like, and what it was credited with: from the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.db.reader import Reader
from purveyor.stages.returns.facts import ReturnCredited, ReturnInspected, ReturnReceived


class Found(msgspec.Struct, frozen=True):
    """Something in the box of a return that nobody had announced."""

    rma_id: UUID
    sku: str
    quantity: int
    at: datetime


class Inspected(msgspec.Struct, frozen=True):
    """Units of an item that somebody looked at, and what will be kept back for the value that they lost."""

    rma_id: UUID
    item_id: UUID
    quantity: int
    condition: str
    disposition: str
    deducted_minor: int


class Credited(msgspec.Struct, frozen=True):
    """Units of an item that were credited: at their price, less what was kept back of it."""

    rma_id: UUID
    item_id: UUID
    amount_minor: int
    fee_minor: int
    deducted_minor: int
    label_minor: int

    @property
    def credit_minor(self) -> int:
        return self.amount_minor - self.fee_minor - self.deducted_minor - self.label_minor


class Findings(msgspec.Struct, frozen=True):
    """Of all returns of an order, the oldest first."""

    found: tuple[Found, ...] = ()
    inspected: tuple[Inspected, ...] = ()
    credited: tuple[Credited, ...] = ()

    def found_in(self, rma_id: UUID) -> list[Found]:
        return [each for each in self.found if each.rma_id == rma_id]

    def found_at(self, at: datetime) -> list[Found]:
        """In the box that was counted at this moment."""
        return [each for each in self.found if each.at == at]

    def inspected_of(self, item_id: UUID) -> list[Inspected]:
        return [each for each in self.inspected if each.item_id == item_id]

    def credited_of(self, item_id: UUID) -> Credited | None:
        """All that was credited of an item, as one sum."""
        of_item = [each for each in self.credited if each.item_id == item_id]
        if not of_item:
            return None
        return Credited(
            of_item[0].rma_id,
            item_id,
            sum(each.amount_minor for each in of_item),
            sum(each.fee_minor for each in of_item),
            sum(each.deducted_minor for each in of_item),
            sum(each.label_minor for each in of_item),
        )


KINDS: Final[dict[str, type[Fact]]] = {kind.kind(): kind for kind in (ReturnReceived, ReturnInspected, ReturnCredited)}


class _Told(msgspec.Struct, frozen=True):
    at: datetime
    kind: str
    kind_version: int
    data: dict[str, Any]

    @property
    def fact(self) -> Fact:
        kind = KINDS[self.kind]
        data = self.data if self.kind_version == kind.version else kind.upcast(self.data, self.kind_version)
        return msgspec.convert(data, kind, strict=False)


TOLD = """
    SELECT at, kind, kind_version, data
      FROM journal
     WHERE order_id = $1 AND kind = ANY($2::text[])
  ORDER BY seq
     LIMIT 1000
"""


async def findings_of(read: Reader, order_id: UUID) -> Findings:
    """What was told about the returns of an order."""
    found: list[Found] = []
    inspected: list[Inspected] = []
    credited: list[Credited] = []
    for told in await read.rows(_Told, TOLD, order_id, list(KINDS)):
        match told.fact:
            case ReturnReceived() as fact:
                found += [Found(fact.rma_id, each.sku, each.quantity, told.at) for each in fact.found]
            case ReturnInspected() as fact:
                inspected += _inspected(fact)
            case ReturnCredited() as fact:
                credited += _credited(fact)
            case _:
                raise AssertionError(told.kind)
    return Findings(tuple(found), tuple(inspected), tuple(credited))


def _inspected(fact: ReturnInspected) -> Iterator[Inspected]:
    for each, deducted in zip(fact.counted, fact.deducted, strict=True):
        yield Inspected(fact.rma_id, each.item_id, each.quantity, fact.condition, fact.disposition, deducted)


def _credited(fact: ReturnCredited) -> Iterator[Credited]:
    for each, kept in zip(fact.credits, fact.kept_back, strict=True):
        less = kept.fee_minor, kept.deducted_minor, kept.label_minor
        yield Credited(fact.rma_id, each.item_id, each.amount_minor, *less)
