"""`purveyor import ...`: with progress, a report, and the rows that came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from purveyor.adapters.channels.files import open_rows
from purveyor.db.zones import shop_zone
from purveyor.intake.catalog import CatalogReport, import_catalog
from purveyor.intake.mappings import MAPPINGS, Mapping
from purveyor.intake.orders import import_orders
from purveyor.intake.report import Report
from purveyor.intake.returns import import_returns
from purveyor.ports.channel import RowFile, UnreadableFile
from purveyor.settings import Settings
from purveyor.verbs.house import house_of
from purveyor.verbs.operate import print_json
from purveyor.verbs.tables import plain
from purveyor.verbs.terminal import PlainConsole
from purveyor.wiring import House

out = PlainConsole()
err = PlainConsole(stderr=True)
Done = TypeVar("Done")
FORMATS = (".csv", ".txt", ".tsv", ".gz", ".xz", ".xlsx", ".xls", ".ods")
Import = Callable[[House, RowFile, Mapping, Callable[[int], None]], Awaitable[Done]]


def _stem(path: Path) -> str:
    """The name of a file without what says its format: `a.2025` of `a.2025.csv.gz`."""
    stem = path.name
    while Path(stem).suffix.lower() in FORMATS:
        stem = Path(stem).stem
    return stem


async def orders(settings: Settings, path: Path, mapping: str, refused: Path | None, *, json: bool) -> int:
    came_back = refused or Path(f"{_stem(path)}.refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> Report:
        return await import_orders(house.committer, house.read, file, how, came_back, tick, await shop_zone(house.read))

    report = await _import(settings, path, mapping, work)
    return 2 if report is None else _tell(report, "orders", json=json)


async def returns(settings: Settings, path: Path, mapping: str, refused: Path | None, *, json: bool) -> int:
    came_back = refused or Path(f"{_stem(path)}.returns.refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> Report:
        return await import_returns(
            house.committer, house.read, file, how, came_back, tick, await shop_zone(house.read)
        )

    report = await _import(settings, path, mapping, work)
    return 2 if report is None else _tell(report, "returns", json=json)


async def catalog(
    settings: Settings, path: Path, mapping: str, location: str, refused: Path | None, *, json: bool
) -> int:
    came_back = refused or Path(f"{_stem(path)}.catalog.refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> CatalogReport:
        return await import_catalog(house.committer, file, how, location, came_back, tick)

    report = await _import(settings, path, mapping, work)
    if report is None:
        return 2
    if json:
        print_json(report)
    else:
        out.print(
            f"{report.products:,} products, {report.customers:,} customers, {report.units:,} units at {location}."
        )
        if report.refused_file:
            count = (f"{report.refused + report.refused_rows:,} refused", "red")
            out.print(Text.assemble(count, f"; they are in {report.refused_file}:"))
            for reason, rows in sorted(report.reasons.items(), key=lambda each: -each[1]):
                out.print(plain(f"  {rows:,}  {reason}"))
    return 1 if report.refused_file else 0


async def _import(settings: Settings, path: Path, name: str, work: Import[Done]) -> Done | None:
    mapping = MAPPINGS.get(name)
    if mapping is None:
        err.print(f"--mapping: found {name!r}, expected one of {', '.join(MAPPINGS)}", style="red")
        return None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        file = open_rows(path)
        async with house_of(settings) as house:
            with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
                task = bar.add_task(f"Reading {path.name}", total=file.rows_expected)
                return await work(house, file, mapping, lambda rows: bar.update(task, completed=rows))
    except UnreadableFile as unreadable:
        err.print(plain(str(unreadable)), style="red")
        return None


def _tell(report: Report, what: str, *, json: bool) -> int:
    """Exit status 1 when rows came back."""
    if json:
        print_json(msgspec.to_builtins(report))
        return 1 if report.refused_rows else 0
    out.print(f"{report.rows:,} rows read.")
    accepted = (f"{report.accepted:,} {what}", "green")
    out.print(Text.assemble(accepted, f" accepted, from {report.accepted_rows:,} rows."))
    if report.repeated:
        out.print(
            f"{report.repeated:,} {what} were there before, from {report.repeated_rows:,} rows: nothing done twice."
        )
    if report.set_aside:
        out.print(f"{report.set_aside:,} rows are of another kind and were left alone.")
    if report.refused_rows:
        refused = (f"{report.refused_rows:,} rows refused", "red")
        out.print(Text.assemble(refused, f"; they are in {report.refused_file}:"))
        for reason, rows in report.most_common():
            out.print(plain(f"  {rows:,}  {reason}"))
        out.print("Correct them there and import that file.")
    return 1 if report.refused_rows else 0
