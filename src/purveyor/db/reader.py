"""Plain SQL in, typed structs out: what every `queries.py` reads with."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class _Fetches(Protocol):
    async def fetch(self, query: str, *args: Any) -> list[Any]: ...  # noqa: ANN401


class Reader:
    """Reads on a pool or a connection. Columns are matched to the struct's fields by name."""

    def __init__(self, source: _Fetches) -> None:
        self._source = source

    async def rows(self, kind: type[S], query: str, *args: Any) -> list[S]:  # noqa: ANN401
        """All rows of a query, each as a `kind`."""
        return [msgspec.convert(dict(record), kind, strict=False) for record in await self._source.fetch(query, *args)]

    async def row(self, kind: type[S], query: str, *args: Any) -> S | None:  # noqa: ANN401
        """The first row of a query, or None."""
        rows = await self.rows(kind, query, *args)
        return rows[0] if rows else None

    async def values(self, query: str, *args: Any) -> list[Any]:  # noqa: ANN401
        """The first column of all rows."""
        return [record[0] for record in await self._source.fetch(query, *args)]
