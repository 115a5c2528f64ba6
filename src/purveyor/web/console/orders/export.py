"""The list of orders as a table for spreadsheets and bookkeeping: all of it, sent while it is read."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar.response.streaming import ASGIStreamingResponse

from purveyor.core.currency_format import plain_amount
from purveyor.core.field_types import kept
from purveyor.web.http.paging import Page
from purveyor.web.reading.order_lists import OrderFilter, OrderSeen

ReadPage = Callable[[OrderFilter], Awaitable[Page[OrderSeen]]]
Note = Callable[[int], Coroutine[Any, Any, None]]

COLUMNS = (
    "number",
    "placed_at",
    "name",
    "country",
    "channel",
    "status",
    "stage",
    "payment_status",
    "fulfillment_status",
)
AMOUNTS = ("total", "receivable")  # in the currency beside them, with its decimals
_under_way: set[asyncio.Task[None]] = set()


def order_table(read: ReadPage, note: Note, asked: OrderFilter, zone: ZoneInfo) -> ASGIStreamingResponse:
    """What was asked for, newest first; times are those of the shop's zone.

    `note` is told how many orders were taken along, also when somebody breaks off.
    """
    return ASGIStreamingResponse(
        iterator=_rows(read, note, asked, zone),
        media_type="text/csv",
        headers={"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="orders.csv"'},
    )


async def _rows(read: ReadPage, note: Note, asked: OrderFilter, zone: ZoneInfo) -> AsyncIterator[bytes]:
    """A page of orders at a time, so that a million of them take no more memory than some hundreds."""
    rows = 0
    try:
        yield _lines([[*COLUMNS, "currency", *AMOUNTS, "units", "tags"]])
        while True:
            found = await read(asked)
            rows += len(found.items)
            yield _lines([_cells(order, zone) for order in found.items])
            if found.next is None:
                return
            asked = msgspec.structs.replace(asked, after=found.next)
    finally:
        noted = asyncio.create_task(note(rows))  # goes on when the reader has hung up
        _under_way.add(noted)
        noted.add_done_callback(_under_way.discard)
        await asyncio.shield(noted)


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(order: OrderSeen, zone: ZoneInfo) -> list[str]:
    amounts = [plain_amount(getattr(order, f"{name}_minor"), order.currency) for name in AMOUNTS]
    cells = [_cell(getattr(order, name), zone) for name in COLUMNS]
    return [*cells, order.currency, *amounts, str(order.units), _cell(", ".join(order.tags), zone)]


def _cell(value: Any, zone: ZoneInfo) -> str:
    """As text. What a spreadsheet would take for a formula is made harmless (OWASP, CSV injection)."""
    text = kept(value).astimezone(zone).isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
