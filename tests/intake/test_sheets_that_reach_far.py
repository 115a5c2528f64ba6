"""Workbooks whose cells reach further than is read: refused with a sentence, before room is made for all between."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from purveyor.adapters.channels import sheet_extents
from purveyor.adapters.channels.files import open_rows
from purveyor.adapters.channels.sheet_extents import MOST_COLUMNS, MOST_ROWS, check_extents
from purveyor.ports.channel import UnreadableFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
TOO_WIDE = rf"found a cell in column 1001, expected at most {MOST_COLUMNS} columns"
TOO_LONG = rf"found a cell in row 1000001, expected at most {MOST_ROWS} rows"


def an_xlsx(path: Path, rows: str, *, target: str = "worksheets/sheet1.xml", prefix: str = "") -> Path:
    """A workbook with these rows, as another program may write them."""
    name = f"{prefix}:" if prefix else ""
    space = f"xmlns:{prefix}" if prefix else "xmlns"
    part = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="a" sheetId="1" r:id="rId7"/></sheets>'
            "</workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId7" Target="{target}"/></Relationships>',
        )
        sheet = f"<{name}worksheet {space}='{MAIN}'><{name}sheetData>{rows}</{name}sheetData></{name}worksheet>"
        book.writestr(part, sheet)
    return path


def an_ods(path: Path, *tables: str) -> Path:
    inside = "".join(f'<table:table table:name="{number}">{rows}</table:table>' for number, rows in enumerate(tables))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{MANIFEST}"/>')
        book.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}"><office:body>'
            f"<office:spreadsheet>{inside}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


@pytest.mark.parametrize("ending", ["xlsx", "xlsm"])
@pytest.mark.parametrize(("row", "column", "told"), [(0, 1_000, TOO_WIDE), (1_000_000, 0, TOO_LONG)])
def test_a_cell_too_far_is_told_by_its_place(tmp_path: Path, ending: str, row: int, column: int, told: str) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "rows.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "order")
    sheet.write(row, column, "far")
    book.close()
    path = (tmp_path / "rows.xlsx").rename(tmp_path / f"rows.{ending}")

    with pytest.raises(UnreadableFile, match=told):
        open_rows(path)


FAR = {
    "by its place": '<row r="1"><c r="ALM1"><v>1</v></c></row>',
    "in small letters": '<row r="1"><c r="alm1"><v>1</v></c></row>',
    "by those before": "<row>" + "<c/>" * 1_000 + "<c><v>1</v></c></row>",
    "as text in itself": '<row r="1"><c r="ALM1" t="inlineStr"><is><t>x</t></is></c></row>',
    "as a formula": '<row r="1"><c r="ALM1"><f>1+1</f></c></row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
def test_however_a_cell_says_where_it_is(tmp_path: Path, rows: str) -> None:
    with pytest.raises(ValueError, match=TOO_WIDE):
        check_extents(an_xlsx(tmp_path / "a.xlsx", rows), 10**6)


@pytest.mark.parametrize("target", ["/xl/worksheets/s.xml", "xl/worksheets/s.xml", "worksheets/s.xml"])
def test_however_the_workbook_names_its_first_sheet(tmp_path: Path, target: str) -> None:
    with pytest.raises(ValueError, match=TOO_WIDE):
        check_extents(an_xlsx(tmp_path / "a.xlsx", FAR["by its place"], target=target), 10**6)


def test_however_its_names_are_written(tmp_path: Path) -> None:
    rows = '<x:row r="1"><x:c r="ALM1"><x:v>1</x:v></x:c></x:row>'
    with pytest.raises(ValueError, match=TOO_WIDE):
        check_extents(an_xlsx(tmp_path / "a.xlsx", rows, prefix="x"), 10**6)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('<row r="many"><c/></row>', "found 'many', expected a number of rows or columns"),
        ('<row r="1"><c r="1A"><v>1</v></c></row>', "found a cell at '1A', expected a place such as B2"),
        (f'<row r="{"9" * 50}"><c><v>1</v></c></row>', "expected at most 1000000 rows"),
    ],
)
def test_a_place_that_is_none_is_told(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_extents(an_xlsx(tmp_path / "a.xlsx", rows), 10**6)


def test_cells_with_nothing_in_them_may_reach_to_the_end(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>order</v></c><c r="XFD1" s="0"/></row>'
    rows += '<row r="1048576" s="0" customFormat="1"/>'
    check_extents(an_xlsx(tmp_path / "a.xlsx", rows), 10**6)


def test_what_lies_between_the_cells_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_extents, "MOST_CELLS", 1_000)
    rows = '<row r="{first}"><c r="A{first}"><v>1</v></c></row><row r="{last}"><c r="J{last}"><v>1</v></c></row>'
    check_extents(an_xlsx(tmp_path / "a.xlsx", rows.format(first=5_001, last=5_100)), 10**6)
    with pytest.raises(ValueError, match="found cells as far as row 5101 and column 10, expected at most 1000 cells"):
        check_extents(an_xlsx(tmp_path / "a.xlsx", rows.format(first=5_001, last=5_101)), 10**6)


A_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
A_ROW = f"<table:table-row>{A_CELL}</table:table-row>"
WIDE = f'{A_ROW}<table:table-row><table:table-cell table:number-columns-repeated="1000"/>{A_CELL}</table:table-row>'
MANY = 'table:number-columns-repeated="1001"'
AGAIN = f'<table:table-row><table:table-cell {MANY} office:value="1"/></table:table-row>'
FAR_ODS = {
    "after empty ones": ((WIDE,), TOO_WIDE),
    "again and again": (
        (AGAIN,),
        TOO_WIDE,
    ),
    "in the second sheet": ((A_ROW, WIDE), TOO_WIDE),
    "after empty rows": (('<table:table-row table:number-rows-repeated="1000000"/>' + A_ROW,), TOO_LONG),
    "the same row again": (
        (f'<table:table-row table:number-rows-repeated="1000001">{A_CELL}</table:table-row>',),
        TOO_LONG,
    ),
}


@pytest.mark.parametrize(("tables", "told"), FAR_ODS.values(), ids=FAR_ODS)
def test_an_open_document_reaches_as_far_as_it_repeats(tmp_path: Path, tables: tuple[str, ...], told: str) -> None:
    with pytest.raises(UnreadableFile, match=told):
        open_rows(an_ods(tmp_path / "a.ods", *tables))


def test_an_open_document_may_be_empty_to_its_end(tmp_path: Path) -> None:
    row = f'<table:table-row>{A_CELL}<table:table-cell table:number-columns-repeated="16383"/></table:table-row>'
    rest = '<table:table-row table:number-rows-repeated="1048575"/>'
    check_extents(an_ods(tmp_path / "a.ods", row + rest, row + rest), 10**6)


@pytest.mark.parametrize("name", ["a.xls", "a.XLSX", "a.ods"])
def test_a_workbook_is_known_by_what_is_in_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=TOO_WIDE):
        open_rows(an_xlsx(tmp_path / name, FAR["by its place"]))


def test_a_workbook_that_is_too_large_unpacked_is_refused_whatever_it_is(tmp_path: Path) -> None:
    for path in (an_xlsx(tmp_path / "a.xlsx", ""), an_ods(tmp_path / "a.ods", A_ROW)):
        with pytest.raises(ValueError, match="more than 100 bytes in it"):
            check_extents(path, 100)
