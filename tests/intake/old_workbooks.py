"""An .xls as its format describes it ([MS-CFB], [MS-XLS]), as small as readers take it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Cell = tuple[int, int, float | str, str]  # row and column from 0, what is in it, and its format


def an_xls(path: Path, *sheets: Sequence[Cell], declared: tuple[int, int] | None = None) -> Path:
    """`declared`: rows and columns that every sheet says it has."""
    codes = sorted({code for cells in sheets for *_, code in cells})
    parts = [_sheet(cells, codes, declared) for cells in sheets]
    starts = [0] * len(parts)
    for _ in range(2):  # where sheets begin does not change how long it is
        head = _globals(codes, starts)
        starts = [len(head) + sum(map(len, parts[:number])) for number in range(len(parts))]
    path.write_bytes(_packed(head + b"".join(parts)))
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(what: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0x0DBB, 0x07CC, 0, 6))


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _globals(codes: list[str], starts: list[int]) -> bytes:
    formats = [_record(0x041E, struct.pack("<H", 164 + at) + _text(code, "H")) for at, code in enumerate(codes)]
    styles = [_record(0x00E0, struct.pack("<HH16x", 0, 164 + at)) for at in range(len(codes))]
    sheets = [
        _record(0x0085, struct.pack("<IBB", at, 0, 0) + _text(f"s{number}", "B")) for number, at in enumerate(starts)
    ]
    return b"".join((_begin(5), _record(0x0042, struct.pack("<H", 1200)), *formats, *styles, *sheets, _record(0x000A)))


def _sheet(cells: Sequence[Cell], codes: list[str], declared: tuple[int, int] | None) -> bytes:
    rows, columns = declared or (max(row for row, *_ in cells) + 1, max(column for _, column, *_ in cells) + 1)
    written = [_cell(row, column, value, codes.index(code)) for row, column, value, code in cells]
    return b"".join(
        (_begin(0x10), _record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0)), *written, _record(0x000A))
    )


def _cell(row: int, column: int, value: float | str, style: int) -> bytes:
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, str):
        return _record(0x0204, place + _text(value, "H"))
    return _record(0x0203, place + struct.pack("<d", value))


def _packed(stream: bytes) -> bytes:
    """One table of sectors, the directory, and the stream: too long to be a small one."""
    stream = stream.ljust(max(4_096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table = [TABLE, END, *range(3, 2 + count), END]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4_096,
        END,
        0,
        END,
        0,
        0,
    )
    header = header.ljust(SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, END, 0, 1) + _entry("Workbook", 2, 2, len(stream), FREE)
    assert len(table) <= SECTOR // 4, "one table has no room for more"
    return (
        header + struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff") + directory.ljust(SECTOR, b"\0") + stream
    )


def _entry(name: str, kind: int, first: int, size: int, child: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return head + struct.pack("<36xIQ", first, size)
