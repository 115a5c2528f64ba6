"""Files of rows, as they come."""

from __future__ import annotations

import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
import xlsxwriter
from msgspec import UNSET

from purveyor.adapters.channels.files import open_rows
from purveyor.cli.imports import _stem
from purveyor.core.money import Money
from purveyor.intake.grouping import SourceOrder, contradiction, grouped, key_of, whole
from purveyor.intake.mappings import MAPPINGS, RowRefused, SourceLine
from purveyor.intake.orders import Reading, silently
from purveyor.intake.report import RefusedFile, Report
from purveyor.intake.return_matching import Taken, match_returns
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
        ("unit_price", "1,190", "at most 2 decimals"),
        ("unit_price", "5,5", "at most 2 decimals"),
        ("unit_price", "1.190,50", "at most 2 decimals"),
        ("unit_price", "1,190.50", "at most 2 decimals"),
        ("shipping", "free", "at most 2 decimals"),
        ("shipping", "-1.00", "not negative"),
        ("placed_at", "11.21.2026", "a date"),
        ("placed_at", "31.2.2026", "a date"),
        ("placed_at", "3/4/2026", "a date"),
        ("placed_at", "1.3.26", "a date"),
        ("placed_at", "1.3.1899", "from 1900"),
        ("placed_at", "1.3.2026 24:30", "a date"),
        ("quantity", "1E9999999", "a whole number"),
        ("quantity", "1e2", "a whole number"),
        ("quantity", "1_000", "a whole number"),
        ("quantity", "\u0661\u0662", "a whole number"),
        ("unit_price", "1E9999999", "at most 2 decimals"),
        ("unit_price", "9999999999999999", "at most 10000000000000.00 EUR"),
        ("unit_price", "99999999999999999999", "at most 10000000000000.00 EUR"),
        ("unit_price", "10000000000000.01", "at most 10000000000000.00 EUR"),
        ("unit_price", "9" * 5_000, "at most 10000000000000.00 EUR"),
        ("unit_price", "-99999999999999999999", "at most 10000000000000.00 EUR"),
        ("quantity", "4006381333931", "a whole number from 1 to 1000000"),
        ("quantity", "1000001", "a whole number from 1 to 1000000"),
        ("quantity", "9" * 5_000, "a whole number from 1 to 1000000"),
        ("quantity", "-4006381333931.0", "a whole number from 1 to 1000000"),
        ("placed_at", "0001-01-01T00:00:00+14:00", "from 1900"),
        ("placed_at", "9999-12-31T23:59:59-14:00", "from 1900"),
        ("postal_code", "1067", "a code of DE"),
        ("currency", "euro", "ISO 4217"),
        ("country", "Germany", "ISO 3166"),
        ("placed_at", "yesterday", "a date"),
        ("sku", "", "is missing"),
    ],
)
def test_a_bad_cell_is_named_with_what_would_be_right(column: str, value: str, expected: str) -> None:
    with pytest.raises(RowRefused, match=expected) as refusal:
        STANDARD.read(SourceRow(2, {**GOOD, column: value}))
    assert refusal.value.column == column
    assert STANDARD.read(SourceRow(2, GOOD)).unit_minor == 150


@pytest.mark.parametrize(
    ("written", "currency", "found"),
    [
        ("5,50", "EUR", 550),
        ("1234,00", "EUR", 123_400),
        ("5,50 €", "EUR", 550),
        ("0,05", "USD", 5),
        ("5.50", "EUR", 550),
    ],
)
def test_a_decimal_comma_is_taken_where_it_can_be_nothing_else(written: str, currency: str, found: int) -> None:
    assert STANDARD.read(SourceRow(2, {**GOOD, "unit_price": written, "currency": currency})).unit_minor == found


@pytest.mark.parametrize(
    ("written", "currency"), [("1,190", "KWD"), ("1,19", "KWD"), ("1,190", "JPY"), ("5,50", "JPY")]
)
def test_a_comma_that_may_divide_thousands_is_refused(written: str, currency: str) -> None:
    with pytest.raises(RowRefused):
        STANDARD.read(SourceRow(2, {**GOOD, "unit_price": written, "currency": currency}))


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("21.11.2026 11:02", "2026-11-21T11:02:00"),
        ("21.11.2026 11:02:03", "2026-11-21T11:02:03"),
        ("21.11.2026", "2026-11-21T00:00:00"),
        ("1.3.2026 9:05", "2026-03-01T09:05:00"),
        ("01.03.2026 9:05:07", "2026-03-01T09:05:07"),
    ],
)
def test_a_date_with_points_has_the_day_first(written: str, iso: str) -> None:
    assert STANDARD.read(SourceRow(2, {**GOOD, "placed_at": written})).at == datetime.fromisoformat(iso)


def test_shipping_is_said_on_any_row_of_an_order_and_once() -> None:
    said = msgspec.structs.replace(a_line(), shipping_minor=490)
    other = msgspec.structs.replace(a_line(), shipping_minor=0)

    assert whole("A1", [a_line(), said]).shipping == Money(490, "EUR")
    assert whole("A1", [other, a_line()]).shipping == Money(0, "EUR")
    assert whole("A1", [a_line()]).shipping is UNSET
    assert contradiction(SourceOrder("A1", [a_line(), said, said])) is None
    assert contradiction(SourceOrder("A1", [said, other])) == ("shipping", "4.90 EUR and 0.00 EUR")


def test_the_key_of_an_order_is_what_it_says_and_not_where_it_stood() -> None:
    first, again = (next(grouped([a_line(), a_line(sku="TEE")], {})) for _ in range(2))
    other = next(grouped([a_line(), a_line(sku="TEE", quantity=2)], {}))

    assert key_of(STANDARD, first) == key_of(STANDARD, again) != key_of(STANDARD, other)


def test_rows_of_one_order_are_one_order_wherever_they_stand() -> None:
    references = ["A1", *(f"B{number}" for number in range(6_000)), "A1", "C"]
    lines = [msgspec.structs.replace(a_line(each), line_no=number) for number, each in enumerate(references, 2)]

    orders = list(grouped(lines, {line.reference: line.line_no for line in lines}))

    assert [len(order.lines) for order in orders if order.reference == "A1"] == [2]
    assert [order.reference for order in orders][-2:] == ["A1", "C"]


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


@pytest.mark.parametrize("column", ["country", "currency", "customer"])
def test_rows_of_one_order_that_contradict_each_other_are_told(column: str) -> None:
    lines = [a_line(), msgspec.structs.replace(a_line(), **{column: "XX"})]
    said = contradiction(SourceOrder("A1", lines))

    assert said is not None
    assert said[0] == column
    assert contradiction(SourceOrder("A1", lines[:1] * 2)) is None


def rows_of(tmp_path: Path, text: str | bytes, name: str = "rows.csv") -> list[SourceRow]:
    path = tmp_path / name
    raw = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(raw) if name.endswith("gz") else raw)
    return list(open_rows(path).rows())


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, 'order,name\nA1,"Ann\nA2,Ben\nA3,"Cy"\n')

    assert [(row.line_no, row.cells.get("order", ""), bool(row.fault)) for row in rows] == [
        (2, "", True),
        (3, "A2", False),
        (4, "A3", False),
    ]
    assert "never closed" in rows[0].fault or "told apart" in rows[0].fault


def test_bytes_that_are_no_text_cost_their_own_row_and_the_line_is_right(tmp_path: Path) -> None:
    good = b"".join(b"A%d,x\n" % number for number in range(3_000))
    rows = rows_of(tmp_path, b"order,name\n" + good + b"B,\xff\n" + b"C,y\n")

    assert [(row.line_no, row.fault) for row in rows if row.fault] == [
        (3_002, "found bytes that are no UTF-8 (invalid start byte)")
    ]
    assert rows[-1].cells == {"order": "C", "name": "y"}


def test_the_line_of_a_row_is_where_it_begins_though_cells_have_several(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, 'order,name\nA1,"two\nlines"\nA2,x\nA3,x,y\n')

    assert [(row.line_no, row.fault) for row in rows] == [(2, ""), (4, ""), (5, "found 3 cells, expected 2")]


def test_a_very_long_cell_is_read_as_any_other(tmp_path: Path) -> None:
    assert [len(row.cells["name"]) for row in rows_of(tmp_path, f"order,name\nA,{'x' * 200_000}\nB,y\n")] == [
        200_000,
        1,
    ]


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match="no line end"):
        rows_of(tmp_path, "x" * 9_000_000, name)
    with pytest.raises(UnreadableFile, match="line 2: found no line end"):
        rows_of(tmp_path, "order,name\n" + "x" * 9_000_000, name)


def test_a_packed_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="200 times"):
        rows_of(tmp_path, b"order,name\n" + (b"A1," + b"x" * 3_900_000 + b"\n") * 30, "rows.csv.gz")


def test_a_column_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="'sku' 2 times"):
        rows_of(tmp_path, "order,sku,sku\nA,B,C\n")


def test_numbers_of_a_sheet_have_the_zeros_that_people_see(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    five, plus_four = book.add_format({"num_format": "00000"}), book.add_format({"num_format": r"00000\-0000"})
    sheet.write_row(0, 0, ["postal_code", "zip", "sku", "quantity", "order"])
    sheet.write_number(1, 0, 1067, five)
    sheet.write_number(1, 1, 10_010_001, plus_four)
    sheet.write_number(1, 2, 123, five)
    sheet.write_number(1, 3, 2)
    sheet.write_number(2, 4, 1e18)
    book.close()

    first, second = open_rows(path).rows()

    assert first.cells == {"postal_code": "01067", "zip": "01001-0001", "sku": "00123", "quantity": "2", "order": ""}
    assert "15 digits" in second.fault


def test_refused_rows_hold_no_formula_and_can_be_imported_again(tmp_path: Path) -> None:
    with RefusedFile(tmp_path / "x.refused.csv", ("order", "name", "price")) as refused:
        refused.write(SourceRow(2, {"order": "=cmd()", "name": "@x", "price": "-5.00"}), "wrong")

    row = next(iter(open_rows(tmp_path / "x.refused.csv").rows()))
    assert (row.cells["order"], row.cells["name"], row.cells["price"]) == ("'=cmd()", "'@x", "-5.00")


@pytest.mark.parametrize(
    ("name", "stem"), [("a.2025.csv", "a.2025"), ("a.2026.csv.gz", "a.2026"), ("a.xlsx", "a"), ("a", "a")]
)
def test_every_file_has_refused_rows_of_its_own(name: str, stem: str) -> None:
    assert _stem(Path(name)) == stem
