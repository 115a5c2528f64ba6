"""Streams of an OLE compound file ([MS-CFB]): what an .xls is packed in."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST: Final = 0xFFFFFFFA  # the largest number of a sector; above it are marks
_ENTRY: Final = 128
_IN_HEADER: Final = 109  # sectors of the table of sectors that the header names itself


def stream(data: bytes, *names: str) -> bytes:
    """The content of the first of these streams that is there. Raises `ValueError` for what is no such file."""
    try:
        return _Compound(data).stream(names)
    except (struct.error, IndexError) as error:
        raise ValueError(f"found no workbook ({error})") from error


class _Compound:
    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("found no workbook (it does not begin as one)")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift > shift:
            raise ValueError("found no workbook (its sectors have no size)")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._next = self._table(self._sectors_of_table())
        first, self._cutoff, mini_first = struct.unpack_from("<I4xII", data, 48)
        self._directory = self._chain(first)
        self._mini_next = self._table(self._numbers(mini_first, self._next))

    def stream(self, names: tuple[str, ...]) -> bytes:
        root: bytes = b""
        for at in range(0, len(self._directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", self._directory, at + 64)
            first, size = struct.unpack_from("<II", self._directory, at + 116)
            name = self._directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
            if kind == 5:  # noqa: PLR2004 (the root, which holds the small streams)
                root = self._chain(first)
            elif kind == 2 and name.lower() in names:  # noqa: PLR2004 (a stream)
                found = self._chain(first) if size >= self._cutoff else self._small(first, root)
                return found[:size]
        raise ValueError(f"found no workbook (it has no {names[0]!r} in it)")

    def _sectors_of_table(self) -> Iterator[int]:
        more, count = struct.unpack_from("<II", self._data, 68)
        yield from struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76)
        per_sector = self._size // 4 - 1
        for _ in range(min(count, len(self._data) // self._size)):
            yield from struct.unpack_from(f"<{per_sector}I", self._data, (more + 1) * self._size)
            (more,) = struct.unpack_from("<I", self._data, (more + 1) * self._size + 4 * per_sector)

    def _table(self, sectors: Iterator[int]) -> list[int]:
        table: list[int] = []
        for sector in sectors:
            if sector <= _LAST:
                table += struct.unpack_from(f"<{self._size // 4}I", self._data, (sector + 1) * self._size)
        return table

    def _numbers(self, first: int, following: list[int]) -> Iterator[int]:
        for _ in range(len(following)):
            if first > _LAST:
                return
            yield first
            first = following[first]

    def _chain(self, first: int) -> bytes:
        starts = ((number + 1) * self._size for number in self._numbers(first, self._next))
        return b"".join(self._data[start : start + self._size] for start in starts)

    def _small(self, first: int, root: bytes) -> bytes:
        starts = (number * self._mini_size for number in self._numbers(first, self._mini_next))
        return b"".join(root[start : start + self._mini_size] for start in starts)
