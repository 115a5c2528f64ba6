"""What a sheet shows is what is read: zeros in front, per cent, and in which currency an amount is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from purveyor.adapters.channels import old_workbooks, sheet_extents
from purveyor.adapters.channels.files import open_rows
from purveyor.intake.mappings import MAPPINGS, RowRefused
from purveyor.ports.channel import SourceRow, UnreadableFile
from tests.intake.old_workbooks import Cell, an_xls
from tests.intake.test_sheets_that_reach_far import A_CELL, MANIFEST, OFFICE, TABLE, TEXT, an_ods

NUMBER = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
STANDARD = MAPPINGS["standard"]


def an_xlsx(path: Path, code: str, number: float) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "found")
    sheet.write_number(1, 0, number, book.add_format({"num_format": code}))
    book.close()
    return path


def an_old_one(path: Path, code: str, number: float) -> Path:
    return an_xls(path.with_suffix(".xls"), [(0, 0, "found", "General"), (1, 0, number, code)])


CODES = [
    ("00000", 1067, "01067"),
    ("00000;-00000", 1067, "01067"),
    ("00000;-00000", -1067, "-01067"),
    ("00000;00000", -1067, "-01067"),
    ("00000;-00000;00000;@", 0, "00000"),
    ('00000;;"none"', 0, "0"),
    ("[<100]000;00000", 7, "007"),
    ("[<100]000;00000", 1067, "01067"),
    (r"[>=100000]00000\-0000;00000", 10_010_001, "01001-0001"),
    (r"[>=100000]00000\-0000;00000", 1067, "01067"),
    ("[=1]00;[=2]000;0000", 3, "0003"),
    ("[Red]00000;[Blue]-00000", 42, "00042"),
    ("[$-407]00000", 1067, "01067"),
    ("#00000", 67, "00067"),
    ('"DE-"00000', 1067, "DE-01067"),
    ('"DE-"000', 1067, "DE-1067"),
    ("0000-0000", 10_010_001, "1001-0001"),
    ("000.00", 5.5, "005.50"),
    ("000.00", 5.125, "5.125"),
    ("00,000", 1067, "1067"),
    ("00000", 1067.5, "1067.5"),
    ("0%", 0.19, "19%"),
    ("0.00%", 0.195, "19.5%"),
    ('0"%"', 19, "19%"),
    ("[$$-409]#,##0.00", 12, "12 USD"),
    ("[$$-C09]#,##0.00", 12.5, "12.5 AUD"),
    ("#,##0.00 [$€-407]", 12, "12 EUR"),
    ("#,##0.00 [$kr-41D]", 12, "12 SEK"),
    ("[$USD] 0.00", 12, "12 USD"),
    ('"$"#,##0.00', 12, "12 $"),
    (r'_-* #,##0.00\ "€"_-;\-* #,##0.00\ "€"_-;_-* "-"??\ "€"_-', -12, "-12 EUR"),
    ('0.00" EUR"', 12, "12 EUR"),
    ('0" kg"', 5, "5"),
    ("0.0E+00", 5, "5"),
    ("# ?/?", 0.5, "0.5"),
    ("#,##0.00;[Red]-#,##0.00", -12.5, "-12.5"),
]


@pytest.mark.parametrize("write", [an_xlsx, an_old_one])
@pytest.mark.parametrize(("code", "number", "shown"), CODES)
def test_a_number_is_read_as_its_format_shows_it(
    tmp_path: Path, write: Callable[[Path, str, float], Path], code: str, number: float, shown: str
) -> None:
    [row] = open_rows(write(tmp_path / "a.xlsx", code, number)).rows()

    assert row.cells == {"found": shown}


def test_a_percentage_without_a_code_of_its_own_is_one(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "found")
    sheet.write_number(1, 0, 0.19, book.add_format({"num_format": 9}))
    sheet.write_number(2, 0, 0.19, book.add_format({"num_format": 10}))
    book.close()

    assert [row.cells["found"] for row in open_rows(tmp_path / "a.xlsx").rows()] == ["19%", "19%"]


@pytest.mark.parametrize("left_out", [' r="A2"', ' r="2"', ' r="A?2"'], ids=["its cell", "its row", "neither"])
def test_a_cell_is_found_however_it_says_where_it_is(tmp_path: Path, left_out: str) -> None:
    with zipfile.ZipFile(an_xlsx(tmp_path / "a.xlsx", "00000", 1067)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(left_out, "", sheet)
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)

    assert [each.cells for each in open_rows(tmp_path / "b.xlsx").rows()] == [{"found": "01067"}]


STYLES = """
<number:number-style style:name="N1"><number:number number:min-integer-digits="5"/></number:number-style>
<number:number-style style:name="N2"><number:number number:min-integer-digits="3"/></number:number-style>
<number:number-style style:name="N3"><number:number number:min-integer-digits="5"/>
  <style:map style:condition="value()&lt;100" style:apply-style-name="N2"/></number:number-style>
<number:number-style style:name="N4"><number:text>DE-</number:text><number:number number:min-integer-digits="9">
  <number:embedded-text number:position="4">-</number:embedded-text></number:number></number:number-style>
<number:currency-style style:name="N5">
  <number:currency-symbol number:language="en" number:country="US">$</number:currency-symbol>
  <number:number number:min-integer-digits="1" number:decimal-places="2"/></number:currency-style>
<number:percentage-style style:name="N6"><number:number number:min-integer-digits="1"/><number:text>%</number:text>
</number:percentage-style>
<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="ce3" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="ce4" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="ce5" style:family="table-cell" style:data-style-name="N5"/>
<style:style style:name="ce6" style:family="table-cell" style:data-style-name="N6"/>
<style:style style:name="ce7" style:family="table-cell" style:parent-style-name="ce1"/>
"""


def an_open_one(path: Path, cell: str, *, columns: str = "", row: str = "") -> Path:
    named = '<table:table-cell office:value-type="string"><text:p>found</text:p></table:table-cell>'
    table = f"{columns}<table:table-row>{named}</table:table-row><table:table-row {row}>{cell}</table:table-row>"
    names = {"office": OFFICE, "table": TABLE, "text": TEXT, "number": NUMBER, "style": STYLE}
    spaces = " ".join(f'xmlns:{name}="{each}"' for name, each in names.items())
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{MANIFEST}"/>')
        book.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{STYLES}</office:automatic-styles>"
            f'<office:body><office:spreadsheet><table:table table:name="a">{table}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return path


def a_number(value: float, style: str = "", text: str = "", kind: str = "float", more: str = "") -> str:
    named = f'table:style-name="{style}"' if style else ""
    inside = f"<text:p>{text}</text:p>" if text else ""
    given = f'{named} office:value-type="{kind}" office:value="{value}" {more}'
    return f"<table:table-cell {given}>{inside}</table:table-cell>"


OPEN = {
    "as it is written": (a_number(1067, text="01067"), "01067"),
    "of nothing": (a_number(0, text="00000"), "00000"),
    "by its style": (a_number(1067, "ce1"), "01067"),
    "by the parent of its style": (a_number(1067, "ce7"), "01067"),
    "by a condition": (a_number(7, "ce3"), "007"),
    "by the rest of a condition": (a_number(1067, "ce3"), "01067"),
    "with text between": (a_number(10_010_001, "ce4"), "DE-01001-0001"),
    "per cent": (a_number(0.19, kind="percentage", text="19%"), "19%"),
    "per cent by its style": (a_number(0.19, "ce6"), "19%"),
    "of a currency": (a_number(12, kind="currency", more='office:currency="USD"', text="$12.00"), "12 USD"),
    "of a currency by its style": (a_number(12, "ce5", kind="currency", text="$12.00"), "12 USD"),
    "as any other": (a_number(12.5, text="12.50"), "12.5"),
    "half": (a_number(0.5, text="0.5"), "0.5"),
}


@pytest.mark.parametrize(("cell", "shown"), OPEN.values(), ids=OPEN)
def test_a_number_of_an_open_document_is_read_as_it_is_shown(tmp_path: Path, cell: str, shown: str) -> None:
    [row] = open_rows(an_open_one(tmp_path / "a.ods", cell)).rows()

    assert row.cells == {"found": shown}


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ('<table:table-column table:default-cell-style-name="ce1" table:number-columns-repeated="3"/>', ""),
        ('<table:table-column table:default-cell-style-name="ce5"/>', 'table:default-cell-style-name="ce1"'),
    ],
)
def test_a_cell_without_a_style_has_that_of_its_row_or_column(tmp_path: Path, columns: str, row: str) -> None:
    [found] = open_rows(an_open_one(tmp_path / "a.ods", a_number(1067), columns=columns, row=row)).rows()

    assert found.cells == {"found": "01067"}


def test_rows_that_repeat_are_shown_alike(tmp_path: Path) -> None:
    path = an_open_one(tmp_path / "a.ods", a_number(1067, "ce1"), row='table:number-rows-repeated="3"')

    assert [row.cells["found"] for row in open_rows(path).rows()] == ["01067"] * 3


ROW = {
    "order": "A1",
    "placed_at": "2026-03-01",
    "sku": "MUG",
    "quantity": "2",
    "unit_price": "1.50",
    "currency": "EUR",
    "country": "DE",
}


@pytest.mark.parametrize(
    ("column", "written", "told"),
    [
        ("unit_price", "19%", 'an amount with at most 2 decimals, such as 1.25 EUR; you sent "19%"'),
        ("unit_price", "12 USD", 'unit_price must be an amount in EUR, such as 1.25 EUR; you sent "12 USD"'),
        ("unit_price", "12 $", "must be an amount in EUR"),
        ("unit_price", "12 BTC", "must be an amount in EUR"),
        ("quantity", "300%", "must be a whole number"),
        ("quantity", "3 EUR", "must be a whole number"),
    ],
)
def test_what_a_column_cannot_be_is_refused_with_what_would_be_right(column: str, written: str, told: str) -> None:
    with pytest.raises(RowRefused, match=told):
        STANDARD.read(SourceRow(2, ROW | {column: written}))


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [("12 EUR", "EUR", 1_200), ("12.5 $", "CAD", 1_250), ("12 kr", "SEK", 1_200), ("12", "EUR", 1_200)],
)
def test_an_amount_in_the_currency_of_the_order_is_taken(written: str, currency: str, minor: int) -> None:
    line = STANDARD.read(SourceRow(2, ROW | {"unit_price": written, "currency": currency}))

    assert (line.unit_minor, line.currency) == (minor, currency)


TOLD = "found cells as far as row 101 and column 6, expected at most 1000 cells between the first and the last of each"


def test_all_sheets_of_an_old_workbook_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_extents, "MOST_CELLS", 1_000)
    sheet: list[Cell] = [(0, 0, "found", "General"), (100, 5, 1.0, "General")]  # 101 rows, 6 columns
    open_rows(an_xls(tmp_path / "a.xls", sheet))

    with pytest.raises(UnreadableFile, match=TOLD):
        open_rows(an_xls(tmp_path / "b.xls", sheet, sheet))


def test_all_sheets_of_an_open_document_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_extents, "MOST_CELLS", 1_000)
    empty = '<table:table-row table:number-rows-repeated="99"/>'
    wide = f'<table:table-row><table:table-cell table:number-columns-repeated="5"/>{A_CELL}</table:table-row>'
    sheet = f"<table:table-row>{A_CELL}</table:table-row>{empty}{wide}"
    open_rows(an_ods(tmp_path / "a.ods", sheet))

    with pytest.raises(UnreadableFile, match=TOLD):
        open_rows(an_ods(tmp_path / "b.ods", sheet, sheet))


@pytest.mark.parametrize("declared", [(101, 1), (1, 11)])
def test_room_is_not_made_for_more_than_an_old_workbook_can_have(
    tmp_path: Path, declared: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_workbooks, "MOST_ROWS", 100)
    monkeypatch.setattr(old_workbooks, "MOST_COLUMNS", 10)
    sheet = [(0, 0, "found", "General")]
    open_rows(an_xls(tmp_path / "a.xls", sheet, declared=(100, 10)))

    with pytest.raises(UnreadableFile, match=f"found a sheet of {declared[0]} rows and {declared[1]} columns"):
        open_rows(an_xls(tmp_path / "b.xls", sheet, declared=declared))


@pytest.mark.parametrize("kept", [0, 8, 40, 500, 700, 1_100, 1_600, 3_000])
def test_an_old_workbook_that_breaks_off_is_no_workbook(tmp_path: Path, kept: int) -> None:
    path = an_xls(tmp_path / "a.xls", [(0, 0, "found", "General")])
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(UnreadableFile):
        open_rows(path)
