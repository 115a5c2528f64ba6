"""Files of rows, as they come."""

from __future__ import annotations

import lzma
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from purveyor.adapters.channels.files import open_rows
from purveyor.intake.grouping import NEAR, grouped, key_of
from purveyor.intake.mappings import MAPPINGS, RowRefused, SourceLine
from purveyor.intake.matching import Taken, match_returns
from purveyor.intake.orders import Reading, silently
from purveyor.intake.report import RefusedFile, Report
from purveyor.ports.channel import SourceRow, UnreadableFile

STANDARD = MAPPINGS["standard"]
RETAIL = MAPPINGS["online-retail"]


def a_line(
    reference: str = "A1", sku: str = "MUG", quantity: int = 1, *, what: str = "sale", day: int = 1, customer: str = "7"
) -> SourceLine:
    at = datetime(2026, 3, day, tzinfo=UTC)
    return SourceLine(0, what, reference, at, sku, "", quantity, 100, "EUR", customer, "DE", {})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.xz"])
def test_text_files_are_read_whatever_stands_between_the_cells(tmp_path: Path, name: str) -> None:
    text = 'order;sku;note\nA1;MUG;"two\nlines"\n\nA2;TEE\n'
    path = tmp_path / name
    path.write_bytes(lzma.compress(text.encode()) if name.endswith("xz") else text.encode("utf-8-sig"))

    file = open_rows(path)

    assert file.columns == ("order", "sku", "note")
    assert [row.cells["note"] for row in file.rows()] == ["two\nlines", ""]


def test_a_sheet_gives_the_same_rows_as_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for number, row in enumerate([["order", "quantity"], ["A1", 6.0], ["A2", 2]]):
        sheet.write_row(number, 0, row)
    book.close()

    assert [row.cells for row in open_rows(path).rows()] == [
        {"order": "A1", "quantity": "6"},
        {"order": "A2", "quantity": "2"},
    ]


def test_what_is_no_file_of_rows_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    (tmp_path / "x.csv").write_bytes(b"")
    (tmp_path / "x.csv.xz").write_bytes(b"not xz")
    for name in ("x.pdf", "x.csv", "x.csv.xz", "missing.csv"):
        with pytest.raises(UnreadableFile, match=name):
            open_rows(tmp_path / name)


GOOD = {
    "order": "A1",
    "placed_at": "2026-03-01",
    "sku": "MUG",
    "quantity": "2",
    "unit_price": "1.50",
    "currency": "EUR",
    "country": "DE",
}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("quantity", "two", "a whole number"),
        ("quantity", "0", "from 1"),
        ("quantity", "1.5", "a whole number"),
        ("unit_price", "1.005", "at most 2 decimals"),
        ("unit_price", "NaN", "at most 2 decimals"),
        ("currency", "euro", "ISO 4217"),
        ("country", "Germany", "ISO 3166"),
        ("placed_at", "yesterday", "a date"),
        ("sku", "", "a value"),
    ],
)
def test_a_bad_cell_is_named_with_what_would_be_right(column: str, value: str, expected: str) -> None:
    with pytest.raises(RowRefused, match=expected) as refusal:
        STANDARD.read(SourceRow(2, {**GOOD, column: value}))
    assert refusal.value.column == column
    assert STANDARD.read(SourceRow(2, GOOD)).unit_minor == 150


def test_the_key_of_an_order_is_what_it_says_and_not_where_it_stood() -> None:
    first, again = (next(grouped([a_line(), a_line(sku="TEE")])) for _ in range(2))
    other = next(grouped([a_line(), a_line(sku="TEE", quantity=2)]))

    assert key_of(STANDARD, first) == key_of(STANDARD, again) != key_of(STANDARD, other)


def test_rows_of_one_order_may_stand_apart_but_not_without_end() -> None:
    between = [a_line(f"B{n}") for n in range(NEAR)]

    near = [order for order in grouped([a_line(), *between[:-1], a_line(), *between]) if order.reference == "A1"]
    far = [order for order in grouped([a_line(), *between, a_line("C"), a_line()]) if order.reference == "A1"]

    assert [len(order.lines) for order in near] == [2]
    assert [len(order.lines) for order in far] == [1, 1]


def test_a_return_takes_back_the_oldest_units_whole_or_not_at_all() -> None:
    lines = [
        a_line("A1", quantity=2, day=1),
        a_line("A2", quantity=2, day=2),
        a_line("C1", quantity=3, day=3, what="return"),
        a_line("C2", quantity=2, day=4, what="return"),
        a_line("C3", quantity=1, day=5, what="return"),
    ]

    matches = [match for _, match in match_returns(lines)]

    assert matches[0] is not None
    assert matches[0].taken == (Taken("A1", "MUG", 0, 2), Taken("A2", "MUG", 0, 1))
    assert matches[1] is None
    assert matches[2] is not None


def test_nobody_returns_what_another_bought_or_before_it_was_bought() -> None:
    lines = [
        a_line("A1", day=2, customer="8"),
        a_line("C1", day=3, customer="9", what="return"),
        a_line("C2", day=1, customer="8", what="return"),
        a_line("C3", day=3, customer="", what="return"),
    ]

    assert [match for _, match in match_returns(lines)] == [None, None, None]


@pytest.mark.parametrize(
    ("written", "zone", "meant"),
    [
        ("2026-11-01 00:30", "Europe/Berlin", "2026-10-31T23:30:00+00:00"),
        ("2026-11-01 00:30", "UTC", "2026-11-01T00:30:00+00:00"),
        ("2026-11-01", "Asia/Tokyo", "2026-10-31T15:00:00+00:00"),
        ("2026-10-25 12:00", "America/New_York", "2026-10-25T16:00:00+00:00"),
        ("2026-11-01T00:30:00Z", "Europe/Berlin", "2026-11-01T00:30:00+00:00"),
        ("2026-11-01T00:30:00-03:00", "Europe/Berlin", "2026-11-01T03:30:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_of_the_shops(tmp_path: Path, written: str, zone: str, meant: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(",".join(GOOD) + "\n" + ",".join((GOOD | {"placed_at": written}).values()) + "\n")
    file = open_rows(path)
    with RefusedFile(tmp_path / "refused.csv", file.columns) as refused:
        reading = Reading(file, STANDARD, Report(), refused, silently, ZoneInfo(zone))

        assert [line.at for line in reading.lines("sale")] == [datetime.fromisoformat(meant)]
