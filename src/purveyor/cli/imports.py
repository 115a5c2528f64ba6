"""`purveyor import ...`: with progress, a report, and the rows that came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from purveyor.adapters.channels.files import open_rows
from purveyor.cli.operations import print_json
from purveyor.cli.startup import CannotDo, house_of
from purveyor.cli.tables import plain
from purveyor.cli.terminal import PlainConsole
from purveyor.db.shop_timezone import shop_zone
from purveyor.intake.catalog import CatalogReport, import_catalog
from purveyor.intake.mappings import MAPPINGS, Mapping
from purveyor.intake.orders import import_orders
from purveyor.intake.report import Report, most_common
from purveyor.intake.returns import import_returns
from purveyor.ports.channel import RowFile, UnreadableFile
from purveyor.settings import Settings
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


class Refused(NamedTuple):
    """Where refused rows go. Without a path of one's own: beside the file's name, here."""

    path: Path | None = None
    overwrite: bool = False

    def beside(self, source: Path, ending: str) -> Path:
        """Raises `CannotDo` for a file that is there and may not be replaced."""
        path = self.path or Path(f"{_stem(source)}{ending}")
        if path.exists() and source.exists() and path.samefile(source):
            raise CannotDo(f"--refused: {path} is the file that is imported. Take another name.")
        if self.path is not None and path.exists() and not self.overwrite:
            raise CannotDo(f"--refused: {path} is there already. Take another name, or replace it with --overwrite.")
        return path


async def orders(settings: Settings, path: Path, mapping: str, refused: Refused, *, json: bool) -> int:
    came_back = refused.beside(path, ".refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> Report:
        zone, overwrite = await shop_zone(house.read), refused.overwrite
        return await import_orders(house.committer, house.read, file, how, came_back, tick, zone, overwrite=overwrite)

    report = await _import(settings, path, mapping, work)
    return 2 if report is None else _tell(report, "order", json=json)


async def returns(settings: Settings, path: Path, mapping: str, refused: Refused, *, json: bool) -> int:
    came_back = refused.beside(path, ".returns.refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> Report:
        zone, overwrite = await shop_zone(house.read), refused.overwrite
        return await import_returns(house.committer, house.read, file, how, came_back, tick, zone, overwrite=overwrite)

    report = await _import(settings, path, mapping, work)
    return 2 if report is None else _tell(report, "return", json=json)


async def catalog(
    settings: Settings, path: Path, mapping: str, location: str, refused: Refused, *, replace: bool, json: bool
) -> int:
    came_back = refused.beside(path, ".catalog.refused.csv")

    async def work(house: House, file: RowFile, how: Mapping, tick: Callable[[int], None]) -> CatalogReport:
        return await import_catalog(
            house.committer,
            house.read,
            file,
            how,
            location,
            came_back,
            tick,
            replace=replace,
            overwrite=refused.overwrite,
        )

    report = await _import(settings, path, mapping, work)
    if report is None:
        return 2
    if json:
        print_json(report)
    else:
        _tell_catalog(report, location)
    return 1 if report.refused_file else 0


def _tell_catalog(report: CatalogReport, location: str) -> None:
    made, customers = counted(report.made, "product"), counted(report.customers, "customer")
    out.print(f"{made} made, {customers} in, {counted(report.units, 'unit')} at {location}.")
    if report.replaced:
        which = "was there and has" if report.replaced == 1 else "were there and have"
        out.print(f"{counted(report.replaced, 'product')} {which} the name and price of the file now.")
    if report.kept:
        which = "was there and stays as it is" if report.kept == 1 else "were there and stay as they are"
        out.print(f"{counted(report.kept, 'product')} {which}.")
    if report.unlike:
        which = "1 of them has" if report.unlike == 1 else f"{report.unlike:,} of them have"
        out.print(f"{which} another name or price in the file: --replace takes these.")
    if report.refused_file:
        count = report.refused + report.refused_rows
        _tell_refused(f"{count:,} refused", report.refused_file, report.kept_file, report.reasons, report.examples)


async def _import(settings: Settings, path: Path, name: str, work: Import[Done]) -> Done | None:
    mapping = MAPPINGS.get(name)
    if mapping is None:
        err.print(f"--mapping: found {name!r}, expected one of {', '.join(MAPPINGS)}", style="red")
        return None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        file = open_rows(path)
        async with house_of(settings, providers=False) as house:
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
    out.print(f"{counted(report.rows, 'row')} read.")
    accepted = (counted(report.accepted, what), "green")
    out.print(Text.assemble(accepted, f" accepted, from {counted(report.accepted_rows, 'row')}."))
    if report.repeated:
        were = f"{counted(report.repeated, what)} {'was' if report.repeated == 1 else 'were'} there before"
        out.print(f"{were}, from {counted(report.repeated_rows, 'row')}: nothing done twice.")
    if report.set_aside:
        one, many = "is of another kind and was left alone", "are of another kind and were left alone"
        out.print(f"{counted(report.set_aside, 'row')} {one if report.set_aside == 1 else many}.")
    if report.refused_rows:
        count = f"{counted(report.refused_rows, 'row')} refused"
        _tell_refused(count, report.refused_file, report.kept_file, report.refused, report.examples)
    return 1 if report.refused_rows else 0


def counted(number: int, what: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _tell_refused(count: str, file: str, kept: str, reasons: dict[str, int], examples: dict[str, str]) -> None:
    """How many came back for each reason, in the words of the first of them, and where all of them are."""
    out.print(Text.assemble((count, "red"), f", in {file}:"))
    for code, rows in most_common(reasons):
        out.print(plain(f"  {rows:,} \N{MULTIPLICATION SIGN} {examples[code]}" if rows > 1 else f"  {examples[code]}"))
    if kept:
        out.print(f"{kept} of an earlier run stays as it is.", soft_wrap=True)
    out.print("Correct them there and import that file.")
