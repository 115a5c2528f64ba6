"""What screens, scanners and the API read of picking, and what has come due."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.holds import DISPUTE
from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.picking.commands import FinishWave, LeaveWave

FIRST_ID: Final = UUID(int=0)


class WaitingFulfillment(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    number: int
    method: str
    holds: str
    due_at: datetime
    released_at: datetime
    lines: int
    units: int


class Queue(msgspec.Struct, frozen=True):
    location: str
    waiting: int
    oldest_due_at: datetime


class PickListLine(msgspec.Struct, frozen=True):
    """One stop of a walk. `sequence` is None where nobody has said where the SKU lies: those come last."""

    order_id: UUID
    number: int
    fulfillment_id: UUID
    line_id: UUID
    location: str
    bin: str
    sequence: int | None
    sku: str
    name: str
    quantity: int
    picked: int
    tote: str
    dangerous: bool
    fragile: bool


class WaveView(msgspec.Struct, frozen=True):
    id: UUID
    location: str
    status: str
    picker: str
    fulfillments: int
    open_fulfillments: int
    planned_at: datetime
    started_at: datetime | None


class FulfillmentView(msgspec.Struct, frozen=True):
    id: UUID
    location: str
    method: str
    status: str
    wave_id: UUID | None
    due_at: datetime
    released_at: datetime
    picked_at: datetime | None
    picker: str
    tote: str
    items: list[ItemView]


class ItemView(msgspec.Struct, frozen=True):
    line_id: UUID
    sku: str
    quantity: int
    picked: int
    gone: int
    bin: str
    lots: list[str]
    serials: list[str]


class ShortedView(msgspec.Struct, frozen=True):
    fulfillment_id: UUID
    line_id: UUID
    order_id: UUID
    number: int
    location: str
    sku: str
    missing: int
    reason: str
    picker: str
    shorted_at: datetime


class CountToDo(msgspec.Struct, frozen=True):
    """A shelf to be counted. `aside` lie in totes and parcels, so `expected` should lie on the shelf."""

    sku: str
    location: str
    bin: str
    reason: str
    waiting_since: datetime
    aside: int
    expected: int


class BinView(msgspec.Struct, frozen=True):
    sku: str
    bin: str
    sequence: int


class TracedOrder(msgspec.Struct, frozen=True):
    order_id: UUID
    fulfillment_id: UUID
    line_id: UUID
    picked: int


class _Wave(msgspec.Struct, frozen=True):
    id: UUID


class _LeftBehind(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    wave_id: UUID


# What a bank has taken the money of again is not offered: it may stay for weeks, and may never go.
_OFFERED: Final = f"NOT '{DISPUTE}' = ANY (string_to_array(o.holds, ' '))"

WAITING = f"""
    -- The work queue of one location: what was promised first comes first.
    SELECT f.id, f.order_id, o.number, f.method, o.holds, f.due_at, f.released_at,
           (SELECT count(*) FROM fulfillment_item i WHERE i.fulfillment_id = f.id AND i.quantity > i.picked) AS lines,
           (SELECT coalesce(sum(i.quantity - i.picked), 0)::bigint
              FROM fulfillment_item i WHERE i.fulfillment_id = f.id) AS units
      FROM fulfillment f JOIN orders o ON o.id = f.order_id
     WHERE f.status = 'released' AND f.location = $1 AND (f.due_at, f.id) > ($2, $3) AND {_OFFERED}
  ORDER BY f.due_at, f.id
     LIMIT $4
"""


async def waiting_fulfillments(
    read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[WaitingFulfillment]:
    return await read.rows(WaitingFulfillment, WAITING, location, *after, limit)


QUEUES = f"""
    -- How much waits where.
    SELECT f.location, count(*) AS waiting, min(f.due_at) AS oldest_due_at
      FROM fulfillment f JOIN orders o ON o.id = f.order_id
     WHERE f.status = 'released' AND {_OFFERED}
  GROUP BY f.location
  ORDER BY f.location
     LIMIT 1000
"""


async def queues(read: Reader) -> list[Queue]:
    return await read.rows(Queue, QUEUES)


_STOP = """
    SELECT f.order_id, o.number, f.id AS fulfillment_id, i.line_id, f.location, coalesce(b.bin, '') AS bin, b.sequence,
           i.sku, coalesce(p.name, i.sku) AS name, i.quantity, i.picked, f.tote,
           coalesce(p.dangerous, false) AS dangerous, coalesce(p.fragile, false) AS fragile
      FROM fulfillment f
      JOIN fulfillment_item i ON i.fulfillment_id = f.id
      JOIN orders o ON o.id = f.order_id
 LEFT JOIN bin b ON b.sku = i.sku AND b.location = f.location
 LEFT JOIN product p ON p.sku = i.sku
"""

PICK_LIST = f"""
    -- What is left to be picked of a wave, in walking order. A wave is bounded, and so is its list.
    {_STOP}
     WHERE f.wave_id = $1 AND f.status IN ('in_wave', 'picking') AND i.quantity > i.picked
  ORDER BY f.location, b.sequence NULLS LAST, b.bin, i.sku, o.number, i.line_id
"""


async def pick_list(read: Reader, wave_id: UUID) -> list[PickListLine]:
    return await read.rows(PickListLine, PICK_LIST, wave_id)


PICKED = f"""
    -- What was picked of a wave, in walking order: its sheet once the walk is over.
    {_STOP}
     WHERE f.id IN (SELECT (named->>'fulfillment_id')::uuid
                      FROM wave w, jsonb_array_elements(w.fulfillments) AS named WHERE w.id = $1)
       AND f.wave_id = $1 AND i.picked > 0
  ORDER BY f.location, b.sequence NULLS LAST, b.bin, i.sku, o.number, i.line_id
"""


async def picked_of_wave(read: Reader, wave_id: UUID) -> list[PickListLine]:
    return await read.rows(PickListLine, PICKED, wave_id)


PICK_LIST_OF_FULFILLMENT = f"""
    -- The same for one fulfillment order that is picked by itself.
    {_STOP}
     WHERE f.id = $1 AND f.status IN ('released', 'in_wave', 'picking') AND i.quantity > i.picked
  ORDER BY b.sequence NULLS LAST, b.bin, i.sku, i.line_id
"""


async def pick_list_of(read: Reader, fulfillment_id: UUID) -> list[PickListLine]:
    return await read.rows(PickListLine, PICK_LIST_OF_FULFILLMENT, fulfillment_id)


OPEN_WAVES = """
    -- Walks of a location that are planned or under way, oldest first.
    SELECT w.id, w.location, w.status, w.picker, w.planned_at, w.started_at,
           jsonb_array_length(w.fulfillments) AS fulfillments,
           (SELECT count(*) FROM fulfillment f
             WHERE f.wave_id = w.id AND f.status IN ('in_wave', 'picking')) AS open_fulfillments
      FROM wave w
     WHERE w.status <> 'finished' AND w.location = $1 AND (w.planned_at, w.id) > ($2, $3)
  ORDER BY w.planned_at, w.id
     LIMIT $4
"""


async def open_waves(read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 50) -> list[WaveView]:
    return await read.rows(WaveView, OPEN_WAVES, location, *after, limit)


OF_ORDER = """
    -- All work for one order, with what is in it.
    SELECT f.id, f.location, f.method, f.status, f.wave_id, f.due_at, f.released_at, f.picked_at, f.picker, f.tote,
           coalesce((SELECT jsonb_agg(jsonb_build_object(
                                'line_id', i.line_id, 'sku', i.sku, 'quantity', i.quantity, 'picked', i.picked,
                                'gone', i.gone, 'bin', i.bin, 'lots', i.lots, 'serials', i.serials)
                            ORDER BY i.line_id)
                       FROM fulfillment_item i WHERE i.fulfillment_id = f.id), '[]') AS items
      FROM fulfillment f
     WHERE f.order_id = $1
  ORDER BY f.id
"""


async def fulfillments_of(read: Reader, order_id: UUID) -> list[FulfillmentView]:
    return await read.rows(FulfillmentView, OF_ORDER, order_id)


SHORTED = """
    -- What was not where it should be, newest first.
    SELECT s.fulfillment_id, s.line_id, s.order_id, o.number, s.location, s.sku, s.missing, s.reason, s.picker,
           s.shorted_at
      FROM shorted_pick s JOIN orders o ON o.id = s.order_id
     WHERE s.location = $1 AND (s.shorted_at, s.fulfillment_id, s.line_id) < ($2, $3, $4)
  ORDER BY s.shorted_at DESC, s.fulfillment_id DESC, s.line_id DESC
     LIMIT $5
"""


async def shorted_picks(
    read: Reader, location: str, before: tuple[datetime, UUID, UUID], limit: int = 100
) -> list[ShortedView]:
    return await read.rows(ShortedView, SHORTED, location, *before, limit)


COUNTS_TO_DO = """
    -- Shelves of a location that wait to be counted, longest waiting first.
    SELECT c.sku, c.location, coalesce(b.bin, '') AS bin, c.reason, c.waiting_since, a.aside,
           s.on_hand - a.aside AS expected
      FROM bin_count c
      JOIN stock s ON s.sku = c.sku AND s.location = c.location
      JOIN LATERAL (SELECT coalesce(sum(i.picked - i.gone), 0)::bigint AS aside
                      FROM fulfillment_item i
                     WHERE i.sku = c.sku AND i.location = c.location AND i.picked > i.gone) a ON true
 LEFT JOIN bin b ON b.sku = c.sku AND b.location = c.location
     WHERE c.waiting_since IS NOT NULL AND c.location = $1 AND (c.waiting_since, c.sku) > ($2, $3)
  ORDER BY c.waiting_since, c.sku
     LIMIT $4
"""


async def counts_to_do(read: Reader, location: str, after: tuple[datetime, str], limit: int = 100) -> list[CountToDo]:
    return await read.rows(CountToDo, COUNTS_TO_DO, location, *after, limit)


BINS = """
    -- What lies where at a location, in walking order.
    SELECT sku, bin, sequence
      FROM bin
     WHERE location = $1 AND (sequence, bin, sku) > ($2, $3, $4)
  ORDER BY sequence, bin, sku
     LIMIT $5
"""


async def bins(read: Reader, location: str, after: tuple[int, str, str], limit: int = 200) -> list[BinView]:
    return await read.rows(BinView, BINS, location, *after, limit)


WITH_LOT = """
    -- Who got units of a lot: for a recall.
    SELECT order_id, fulfillment_id, line_id, picked
      FROM fulfillment_item
     WHERE lots <> '[]' AND sku = $1 AND lower(lots::text)::jsonb @> to_jsonb(lower($2::text))
       AND (fulfillment_id, line_id) > ($3, $4)
  ORDER BY fulfillment_id, line_id
     LIMIT $5
"""


async def orders_with_lot(
    read: Reader, sku: str, lot: str, after: tuple[UUID, UUID] = (FIRST_ID, FIRST_ID), limit: int = 500
) -> list[TracedOrder]:
    return await read.rows(TracedOrder, WITH_LOT, sku, lot.strip(), *after, limit)


WALKED = """
    -- Waves of which nothing is left to be picked.
    SELECT w.id
      FROM wave w
     WHERE w.status <> 'finished' AND w.planned_at < $1
       AND NOT EXISTS (SELECT FROM fulfillment f WHERE f.wave_id = w.id AND f.status IN ('in_wave', 'picking'))
  ORDER BY w.planned_at, w.id
     LIMIT $2
"""


@sweep("picking.walked", every_s=60)
async def walked(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """A wave ends by itself with its last pick."""
    waves = await read.rows(_Wave, WALKED, now, limit)
    return [DueCommand(f"picking.walked:{wave.id}", FinishWave(wave_id=wave.id)) for wave in waves]


LEFT_BEHIND = """
    -- In a wave that was finished before everything of them was picked.
    SELECT f.id, f.order_id, f.wave_id
      FROM fulfillment f JOIN wave w ON w.id = f.wave_id
     WHERE f.status IN ('in_wave', 'picking') AND w.status = 'finished' AND w.finished_at < $1
  ORDER BY f.id
     LIMIT $2
"""


@sweep("picking.left_behind", every_s=60)
async def left_behind(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """What a finished walk did not get to goes back into the queue."""
    return [
        DueCommand(
            f"picking.left_behind:{row.id}:{row.wave_id}",
            LeaveWave(order_id=row.order_id, fulfillment_id=row.id),
        )
        for row in await read.rows(_LeftBehind, LEFT_BEHIND, now, limit)
    ]
