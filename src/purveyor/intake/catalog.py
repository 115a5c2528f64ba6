"""`purveyor import catalog`: the products, customers and stock that the orders of a file need."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid
from purveyor.engine.answers import Refused
from purveyor.engine.committer import Committer
from purveyor.intake.grouping import customer_id
from purveyor.intake.mappings import Mapping, RowRefused
from purveyor.intake.orders import Progress, check_columns, read_row, silently, submit_anew
from purveyor.intake.report import RefusedFile
from purveyor.ports.channel import RowFile, SourceRow
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock

AT_ONCE = 500
_PLACE = re.compile(r"(?:products|items)\[(\d+)\]")  # of a product in a command for many


class _Seen(msgspec.Struct):
    """A SKU as the rows of a file have it, and the last of them."""

    name: str
    unit_minor: int
    currency: str
    row: SourceRow
    sold: int = 0


class _Customer(msgspec.Struct):
    country: str
    row: SourceRow


class CatalogReport(msgspec.Struct):
    """Counts of one import. `refused` counts products, customers and stock that were; their rows are in the file."""

    products: int = 0
    customers: int = 0
    units: int = 0
    refused: int = 0
    refused_rows: int = 0  # that could not be read
    reasons: dict[str, int] = {}
    refused_file: str = ""


class _Refusing:
    """Sends rows back with the reason, and counts them."""

    def __init__(self, report: CatalogReport, file: RefusedFile) -> None:
        self._report = report
        self._file = file

    def unread(self, row: SourceRow, refusal: RowRefused) -> None:
        self._report.refused_rows += 1
        self._write(row, str(refusal), f"{refusal.column}: {refusal.expected}" if refusal.column else "unreadable")

    def refused(self, row: SourceRow, reason: str, code: str) -> None:
        self._report.refused += 1
        self._write(row, reason, code)

    def _write(self, row: SourceRow, reason: str, code: str) -> None:
        self._report.reasons[code] = self._report.reasons.get(code, 0) + 1
        self._file.write(row, reason)


Part = list[tuple[str, _Seen]]


async def import_catalog(
    committer: Committer, file: RowFile, mapping: Mapping, location: str, refused_path: Path, tick: Progress = silently
) -> CatalogReport:
    """Save every SKU under its last name and price, register every customer, and receive what the orders take.

    Rows that do not parse, and those of products and customers that are refused, come back in `refused_path`; all
    others go in. Run again for the same file, it changes nothing.
    """
    check_columns(file, mapping)
    report = CatalogReport()
    with RefusedFile(refused_path, file.columns) as refused_file:
        refusing = _Refusing(report, refused_file)
        products, customers = _read(file, mapping, refusing, tick)
        asking = _Asking(committer, mapping, refusing)
        await asyncio.gather(
            *(asking.for_products(part, lambda some: _save(mapping, some)) for part in _in_parts(products)),
            *(asking.for_customer(number, customer) for number, customer in customers.items()),
        )
        saved = {sku: seen for sku, seen in products.items() if sku not in asking.refused}
        await asyncio.gather(
            *(asking.for_products(part, lambda some: _receive(some, location)) for part in _in_parts(saved))
        )
        received = {sku: seen for sku, seen in saved.items() if sku not in asking.refused}
        report.products, report.customers = len(saved), len(customers) - asking.refused_customers
        report.units = sum(seen.sold for seen in received.values())
        report.refused_file = str(refused_path) if refused_file.written else ""
    return report


def _read(
    file: RowFile, mapping: Mapping, refusing: _Refusing, tick: Progress
) -> tuple[dict[str, _Seen], dict[str, _Customer]]:
    """Products by SKU, each in the currency of its first row, and customers by number."""
    products: dict[str, _Seen] = {}
    customers: dict[str, _Customer] = {}
    for count, row in enumerate(file.rows(), 1):
        if count % 1_000 == 0:
            tick(count)
        try:
            line = read_row(mapping, row)
        except RowRefused as refusal:
            refusing.unread(row, refusal)
            continue
        if line.what != "sale":
            continue
        seen = products.setdefault(line.sku, _Seen(line.sku, line.unit_minor, line.currency, row))
        if line.currency != seen.currency:
            expected = f"{seen.currency}, as on line {seen.row.line_no}: a product has its price in one currency"
            refusing.unread(row, RowRefused("currency", line.currency, expected))
            continue
        seen.name = line.description or seen.name
        seen.unit_minor = line.unit_minor
        seen.sold += line.quantity
        seen.row = row
        if line.customer:
            customers[line.customer] = _Customer(line.country, row)
    return products, customers


def _in_parts(products: dict[str, _Seen]) -> list[Part]:
    ordered = sorted(products.items())
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]


def _save(mapping: Mapping, part: Part) -> Command:
    return SaveProducts(
        products=tuple(
            ProductData(
                sku=sku, name=seen.name, price=Money(seen.unit_minor, seen.currency), tax_class=mapping.tax_class
            )
            for sku, seen in part
        )
    )


def _receive(part: Part, location: str) -> Command:
    items = tuple(ReceivedItem(sku=sku, location=location, quantity=seen.sold) for sku, seen in part)
    return ReceiveStock(items=items, reference="import of a catalog")


def _register(mapping: Mapping, number: str, country: str) -> Command:
    return RegisterCustomer(
        number=f"{mapping.name}-{number}",
        address=CustomerAddress(country=country),
        customer_id=customer_id(mapping, number),
        notices="none",
    )


class _Asking:
    """Submits commands under keys made of what they say, and sends back the rows of those that are refused."""

    def __init__(self, committer: Committer, mapping: Mapping, refusing: _Refusing) -> None:
        self._committer = committer
        self._mapping = mapping
        self._refusing = refusing
        self._waiting = asyncio.Semaphore(256)
        self.refused: set[str] = set()  # SKUs
        self.refused_customers = 0

    async def for_products(self, part: Part, make: Callable[[Part], Command]) -> None:
        """One command for many; without those by which it is refused, as long as some are left."""
        while part and (refusal := await self._refusal_of(make(part))) is not None:
            found = _PLACE.match(str(refusal.data.get("field", "")))
            number = int(found[1]) if found and not refusal.data["field"].endswith(".location") else 0
            guilty = part[number - 1 : number] if 0 < number <= len(part) else part
            for sku, seen in guilty:
                self._refusing.refused(seen.row, refusal.sentence, refusal.code)
                self.refused.add(sku)
            part = [each for each in part if each not in guilty]

    async def for_customer(self, number: str, customer: _Customer) -> None:
        refusal = await self._refusal_of(_register(self._mapping, number, customer.country))
        if refusal is not None:
            self._refusing.refused(customer.row, refusal.sentence, refusal.code)
            self.refused_customers += 1

    async def _refusal_of(self, command: Command) -> Refused | None:
        async with self._waiting:
            key = f"file:{self._mapping.name}:{command.kind()}:{hash_of(command)}"
            try:
                return (await submit_anew(self._committer, command, key)).answer.refusal
            except Invalid as invalid:
                return Refused.of(invalid)


def hash_of(command: Command) -> str:
    """A digest of everything that a command says."""
    return hashlib.blake2b(msgspec.json.encode(command), digest_size=12).hexdigest()
