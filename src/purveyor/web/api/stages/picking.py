"""Picking: waves, walks, and what was not where it should be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.messages import Command
from purveyor.core.refusals import mark
from purveyor.core.state import Book
from purveyor.stages.picking.commands import (
    AssignBin,
    ConfirmPick,
    ConfirmPickList,
    DropUnits,
    FinishWave,
    LeaveWave,
    PlanWave,
    RecordCount,
    RecordLeft,
    ReleaseUnits,
    RequestCount,
    ShortPick,
    StartPickList,
    UndoPick,
    WithdrawUnits,
)
from purveyor.stages.picking.queries import (
    BinView,
    CountToDo,
    PickListLine,
    Queue,
    ShortedView,
    WaitingFulfillment,
    WaveView,
    bins,
    counts_to_do,
    open_waves,
    pick_list,
    pick_list_of,
    queues,
    shorted_picks,
    waiting_fulfillments,
)
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem
from purveyor.web.api.command_endpoints import Endpoint, each
from purveyor.web.api.query_endpoints import NoParameters, QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import FIRST, LAST, AtLocation

WRITE = "picking:write"
READ = "picking:read"
FULFILLMENT = "/orders/{order_id:uuid}/fulfillments/{fulfillment_id:uuid}"
NO_WORK = mark("Nothing of the order has been released to be picked.")


class OneWave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wave_id: UUID


class OneFulfillment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fulfillment_id: UUID


class PickList(msgspec.Struct, frozen=True):
    """What is left to be picked, in walking order."""

    items: list[PickListLine]


class QueueList(msgspec.Struct, frozen=True):
    items: list[Queue]


async def _of_wave(house: House, asked: OneWave) -> PickList:
    return PickList(await pick_list(house.read, asked.wave_id))


async def _of_fulfillment(house: House, asked: OneFulfillment) -> PickList:
    return PickList(await pick_list_of(house.read, asked.fulfillment_id))


async def _queues(house: House, _: NoParameters) -> QueueList:
    return QueueList(await queues(house.read))


def _items(book: Book) -> list[FulfillmentItem]:
    return list(book.rows(FulfillmentItem).values())


def _pick(book: Book) -> Iterable[Command]:
    for item in _items(book):
        yield ConfirmPick(
            order_id=item.order_id,
            fulfillment_id=item.fulfillment_id,
            line_id=item.line_id,
            quantity=1,
            scanned=item.sku,
        )


def _short(book: Book) -> Iterable[Command]:
    for item in _items(book):
        yield ShortPick(
            order_id=item.order_id,
            fulfillment_id=item.fulfillment_id,
            line_id=item.line_id,
            missing=1,
            reason="not_found",
        )


def _undo(book: Book) -> Iterable[Command]:
    for item in _items(book):
        yield UndoPick(order_id=item.order_id, fulfillment_id=item.fulfillment_id, line_id=item.line_id, quantity=1)


SECTION = Section(
    name="picking",
    about="Goods are taken off the shelf, in waves or order by order; what is not there is counted and replaced.",
    endpoints=(
        Endpoint(
            path=f"{FULFILLMENT}/pick",
            command=ConfirmPick,
            scope=WRITE,
            summary="Units of one line were taken off the shelf",
            tried=_pick,
            otherwise=NO_WORK,
        ),
        Endpoint(
            path=f"{FULFILLMENT}/pick-all",
            command=ConfirmPickList,
            scope=WRITE,
            summary="All that is left was taken off the shelf",
            tried=each(Fulfillment, lambda row: ConfirmPickList(order_id=row.order_id, fulfillment_id=row.id)),
            otherwise=NO_WORK,
        ),
        Endpoint(
            path=f"{FULFILLMENT}/short",
            command=ShortPick,
            scope=WRITE,
            summary="Units are not on the shelf as they should be",
            tried=_short,
            otherwise=NO_WORK,
        ),
        Endpoint(
            path=f"{FULFILLMENT}/undo",
            command=UndoPick,
            scope=WRITE,
            summary="Units go back to their shelf",
            tried=_undo,
            otherwise=NO_WORK,
        ),
        Endpoint(
            path=f"{FULFILLMENT}/leave-wave",
            command=LeaveWave,
            scope=WRITE,
            summary="Put a fulfillment order back into the queue",
            tried=each(Fulfillment, lambda row: LeaveWave(order_id=row.order_id, fulfillment_id=row.id)),
            otherwise=NO_WORK,
        ),
        Endpoint(path="/waves", command=PlanWave, scope=WRITE, summary="Put work together for one walk", status=201),
        Endpoint(path="/waves/{wave_id:uuid}/start", command=StartPickList, scope=WRITE, summary="Start to walk"),
        Endpoint(path="/waves/{wave_id:uuid}/finish", command=FinishWave, scope=WRITE, summary="The walk is over"),
        Endpoint(path="/bins", command=AssignBin, scope=WRITE, summary="Say where a SKU lies"),
        Endpoint(path="/counts", command=RequestCount, scope=WRITE, summary="Have a shelf counted"),
        Endpoint(path="/counts/record", command=RecordCount, scope=WRITE, summary="So many units lie on the shelf"),
    ),
    reads=(
        QueryEndpoint(
            path="/picking/queues", find=_queues, answer=QueueList, scope=READ, summary="How much waits where"
        ),
        worklist(
            "/fulfillments",
            "The work queue of a location, what was promised first",
            READ,
            WaitingFulfillment,
            waiting_fulfillments,
            lambda row: (row.due_at, row.id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/waves",
            "Walks that are planned or under way",
            READ,
            WaveView,
            open_waves,
            lambda row: (row.planned_at, row.id),
            parameters=AtLocation,
            arguments=lambda _, asked: (asked.location,),
        ),
        QueryEndpoint(
            path="/waves/{wave_id:uuid}/pick-list",
            find=_of_wave,
            answer=PickList,
            scope=READ,
            summary="What is left of a wave, in walking order",
            parameters=OneWave,
        ),
        QueryEndpoint(
            path="/fulfillments/{fulfillment_id:uuid}/pick-list",
            find=_of_fulfillment,
            answer=PickList,
            scope=READ,
            summary="What is left of one fulfillment order",
            parameters=OneFulfillment,
        ),
        worklist(
            "/shorted-picks",
            "What was not where it should be, newest first",
            READ,
            ShortedView,
            shorted_picks,
            lambda row: (row.shorted_at, row.fulfillment_id, row.line_id),
            parameters=AtLocation,
            first=(*LAST, LAST[1]),
            kind=tuple[datetime, UUID, UUID],
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/counts",
            "Shelves to be counted",
            READ,
            CountToDo,
            counts_to_do,
            lambda row: (row.waiting_since, row.sku),
            parameters=AtLocation,
            first=(FIRST[0], ""),
            kind=tuple[datetime, str],
            arguments=lambda _, asked: (asked.location,),
        ),
        worklist(
            "/bins",
            "What lies where, in walking order",
            READ,
            BinView,
            bins,
            lambda row: (row.sequence, row.bin, row.sku),
            parameters=AtLocation,
            first=(-(2**63), "", ""),
            kind=tuple[int, str, str],
            arguments=lambda _, asked: (asked.location,),
        ),
    ),
    internal=(ReleaseUnits, WithdrawUnits, DropUnits, RecordLeft),
)
