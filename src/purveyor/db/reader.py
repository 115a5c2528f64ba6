"""Plain SQL in, typed structs out: what every `queries.py` reads with."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from itertools import chain
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from purveyor.core.field_types import zoned

S = TypeVar("S", bound=msgspec.Struct)


class NotHeld(ValueError):  # noqa: N818 (an answer to whoever asked)
    """Something was looked for that no column holds: the character U+0000, half a character, a number too large."""


class _Fetches(Protocol):
    async def fetch(self, query: str, *args: Any) -> list[Any]: ...


def _values(record: Any) -> dict[str, Any]:
    """The columns of a record by name; all times with their zone."""
    return {name: zoned(each) if isinstance(each, datetime) else each for name, each in record.items()}


class _Gathering:
    """Keys that are asked for at the same moment, and everybody who waits for each."""

    def __init__(self) -> None:
        self.waiting: defaultdict[UUID, list[asyncio.Future[Any]]] = defaultdict(list)
        self.task: asyncio.Task[None] | None = None


class Reader:
    """Reads on a pool or a connection. Columns are matched to the struct's fields by name.

    `zone` is that of the installation, for days and hours where the shop's calendar names none.
    """

    def __init__(self, source: _Fetches, zone: str = "UTC") -> None:
        self._source = source
        self.zone = zone
        self._gatherings: dict[str, _Gathering] = {}

    def on(self, source: _Fetches) -> Reader:
        """The same on one connection."""
        return Reader(source, self.zone)

    async def rows(self, kind: type[S], query: str, *args: Any) -> list[S]:
        """All rows of a query, each as a `kind`."""
        return [msgspec.convert(_values(record), kind, strict=False) for record in await self._fetch(query, *args)]

    async def row(self, kind: type[S], query: str, *args: Any) -> S | None:
        """The first row of a query, or None."""
        rows = await self.rows(kind, query, *args)
        return rows[0] if rows else None

    async def rows_of(self, kind: type[S], query: str, key: UUID, by: str) -> list[S]:
        """The rows of one key, of a query for many (`= ANY($1)`). `by` is the field of the row that holds the key.

        Asked for many keys at the same moment, as the jobs of a batch do, it is one query.
        """
        gathering = self._gatherings.get(query)
        if gathering is None:
            gathering = self._gatherings[query] = _Gathering()
            asyncio.get_running_loop().call_soon(self._ask, kind, query, by, gathering)
        answer: asyncio.Future[list[S]] = asyncio.get_running_loop().create_future()
        gathering.waiting[key].append(answer)
        return await answer

    def _ask(self, kind: type[S], query: str, by: str, gathering: _Gathering) -> None:
        del self._gatherings[query]
        gathering.task = asyncio.create_task(self._answer(kind, query, by, gathering))

    async def _answer(self, kind: type[S], query: str, by: str, gathering: _Gathering) -> None:
        found: dict[UUID, list[S]] = {key: [] for key in gathering.waiting}
        try:
            for row in await self.rows(kind, query, list(found)):
                found[getattr(row, by)].append(row)
        except Exception as error:  # noqa: BLE001 (everybody who waits must learn of it)
            for answer in chain.from_iterable(gathering.waiting.values()):
                if not answer.done():  # who has gone away does not wait any more
                    answer.set_exception(error)
        else:
            for key, answers in gathering.waiting.items():
                for answer in answers:
                    if not answer.done():
                        answer.set_result(found[key])

    async def values(self, query: str, *args: Any) -> list[Any]:
        """The first column of all rows."""
        return [record[0] for record in await self._fetch(query, *args)]

    async def _fetch(self, query: str, *args: Any) -> list[Any]:
        """Raises `NotHeld` for arguments that neither the driver nor the server can take."""
        try:
            return await self._source.fetch(query, *args)
        except (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError) as error:
            raise NotHeld(str(error)) from error
        except (asyncpg.DataError, asyncpg.InterfaceError) as error:  # the driver's words for what it cannot send
            if not isinstance(error.__cause__, OverflowError | UnicodeEncodeError):
                raise
            raise NotHeld(str(error)) from error
