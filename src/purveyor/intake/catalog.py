"""`purveyor import catalog`: the products, customers and stock that the orders of a file need."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from purveyor.core.field_types import MOST_UNITS
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Product
from purveyor.db.reader import Reader
from purveyor.engine.answers import Refused
from purveyor.engine.committer import Committer
from purveyor.intake.grouping import customer_id
from purveyor.intake.mappings import Mapping, RowRefused, SourceLine
from purveyor.intake.orders import ACCEPTED, AGAIN, Progress, check_columns, read_row, silently, submit_anew
from purveyor.intake.report import RefusedFile, example, tell_of
from purveyor.ports.channel import RowFile, SourceRow
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.catalog.queries import products_by_sku
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock

AT_ONCE = 500
LARGEST_DIGEST = 1 << 96
_PLACE = re.compile(r"(?:products|items)\[(\d+)\]")  # of a product in a command for many


class _Seen(msgspec.Struct):
    """A SKU as the rows of a file have it, and the last of them."""

    name: str  # empty where the file has none
    unit_minor: int
    currency: str
    row: SourceRow
    sold: int = 0
    sales: int = 0  # a digest of its rows, in whatever order they stand

    def is_unlike(self, product: Product) -> bool:
        """Whether the catalog has another name or price."""
        said = self.name or product.name, self.unit_minor, self.currency
        return said != (product.name, product.price_minor, product.currency)


class _Customer(msgspec.Struct):
    country: str
    row: SourceRow


class CatalogReport(msgspec.Struct):
    """Counts of one import. `refused` counts products, customers and stock that were; their rows are in the file.

    `products` are all of the file that are in the catalog: some were made, some were there before.
    """

    products: int = 0
    made: int = 0
    kept: int = 0  # were there, and stay as they are
    unlike: int = 0  # of these: have another name or price in the file
    replaced: int = 0  # were there, and have name and price of the file now
    customers: int = 0
    units: int = 0
    refused: int = 0
    refused_rows: int = 0  # that could not be read
    reasons: dict[str, int] = {}
    examples: dict[str, str] = {}  # by reason, the first row that came back for it, in words
    refused_file: str = ""
    kept_file: str = ""  # refused rows of an earlier run, which stay as they are


class _Refusing:
    """Sends rows back with the reason, and counts them."""

    def __init__(self, report: CatalogReport, file: RefusedFile) -> None:
        self._report = report
        self._file = file

    def unread(self, row: SourceRow, refusal: RowRefused) -> None:
        self._report.refused_rows += 1
        self._write(row, str(refusal), refusal.code)

    def refused(self, row: SourceRow, reason: str, code: str) -> None:
        self._report.refused += 1
        self._write(row, reason, code)

    def _write(self, row: SourceRow, reason: str, code: str) -> None:
        self._report.reasons[code] = self._report.reasons.get(code, 0) + 1
        self._report.examples.setdefault(code, example(row, reason))
        self._file.write(row, reason)


Part = list[tuple[str, _Seen]]


async def import_catalog(
    committer: Committer,
    read: Reader,
    file: RowFile,
    mapping: Mapping,
    location: str,
    refused_path: Path,
    tick: Progress = silently,
    *,
    replace: bool = False,
    overwrite: bool = False,
) -> CatalogReport:
    """Make every SKU under its last name and price, register every customer, and receive what the orders take.

    Products that are there stay as they are; with `replace`, name and price of the file count, and nothing else of
    them changes. Rows that do not parse, and those of products and customers that are refused, come back in
    `refused_path`; all others go in. Run again for the same file, also after a kill, it receives nothing twice.
    """
    check_columns(file, mapping)
    report = CatalogReport()
    with RefusedFile(refused_path, file.columns, overwrite=overwrite) as refused_file:
        refusing = _Refusing(report, refused_file)
        products, customers = _read(file, mapping, refusing, tick)
        asking = _Asking(committer, mapping, refusing)
        there = await _there(read, products)
        unlike = {sku: seen for sku, seen in products.items() if sku in there and seen.is_unlike(there[sku])}
        new = {sku: seen for sku, seen in products.items() if sku not in there}
        changed = unlike if replace else {}
        await asyncio.gather(
            *(asking.for_products(part, lambda some: _save(mapping, some)) for part in _in_parts(new)),
            *(asking.for_products(part, lambda some: _change(there, some), anew=True) for part in _in_parts(changed)),
            *(asking.for_customer(number, customer) for number, customer in customers.items()),
        )
        saved = {sku: seen for sku, seen in products.items() if sku not in asking.refused}
        report.products, report.made = len(saved), sum(sku in saved for sku in new)
        report.replaced = sum(sku in saved for sku in changed)
        report.kept = report.products - report.made - report.replaced
        report.unlike = 0 if replace else len(unlike)
        # Each under a key of its own, whatever becomes of the others: a second run receives nothing twice.
        former = await _received_formerly(read, mapping, saved, location)
        await asyncio.gather(
            *(asking.for_stock(sku, seen, location) for sku, seen in saved.items() if sku not in former)
        )
        received = {sku: seen for sku, seen in saved.items() if sku not in asking.refused}
        report.customers = len(customers) - asking.refused_customers
        report.units = sum(seen.sold for seen in received.values())
    tell_of(refused_file, report)
    return report


async def _received_formerly(read: Reader, mapping: Mapping, products: dict[str, _Seen], location: str) -> set[str]:
    """SKUs whose stock former versions received: under one key for many, without those of which it is too much."""
    received: set[str] = set()
    for part in _in_parts(products):
        command = _receive([(sku, seen) for sku, seen in part if seen.sold <= MOST_UNITS], location)
        key = _key(mapping, command, hash_of(command))
        if await read.values(ACCEPTED, [key, *(f"{key}:{again}" for again in range(1, AGAIN))]):
            received.update(sku for sku, _ in part)
    return received


async def _there(read: Reader, products: dict[str, _Seen]) -> dict[str, Product]:
    """The products that the catalog has already."""
    found: dict[str, Product] = {}
    for part in _in_parts(products):
        found |= {each.sku: each for each in await products_by_sku(read, [sku for sku, _ in part])}
    return found


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
        seen = products.setdefault(line.sku, _Seen("", line.unit_minor, line.currency, row))
        if line.currency != seen.currency:
            expected = f"{seen.currency}, as on line {seen.row.line_no}: a product has its price in one currency"
            refusing.unread(row, RowRefused("currency", line.currency, expected))
            continue
        seen.name = line.description or seen.name
        seen.unit_minor = line.unit_minor
        seen.sold += line.quantity
        seen.sales = (seen.sales + _digest_of(line)) % LARGEST_DIGEST
        seen.row = row
        if line.customer:
            customers[line.customer] = _Customer(line.country, row)
    return products, customers


def _digest_of(line: SourceLine) -> int:
    """Which sale a row is: what tells it from those of other files, but not its price."""
    return int(hash_of([line.reference, line.at, line.quantity]), 16)


def _in_parts(products: dict[str, _Seen]) -> list[Part]:
    ordered = sorted(products.items())
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]


def _save(mapping: Mapping, part: Part) -> Command:
    return SaveProducts(
        products=tuple(
            ProductData(
                sku=sku, name=seen.name or sku, price=Money(seen.unit_minor, seen.currency), tax_class=mapping.tax_class
            )
            for sku, seen in part
        )
    )


def _change(there: dict[str, Product], part: Part) -> Command:
    """Name and price of the file, and the rest as it is."""
    return SaveProducts(products=tuple(_as_in_file(there[sku], seen) for sku, seen in part))


def _as_in_file(product: Product, seen: _Seen) -> ProductData:
    rest = {name: getattr(product, name) for name in ProductData.__struct_fields__ if name not in ("name", "price")}
    return ProductData(name=seen.name or product.name, price=Money(seen.unit_minor, seen.currency), **rest)


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

    async def for_products(
        self, part: Part, make: Callable[[Part], Command], *, anew: bool = False, said: str = ""
    ) -> None:
        """One command for many; without those by which it is refused, as long as some are left.

        `anew`: what was asked before, word for word, is asked once more, as it may have been undone since.
        `said`: what else tells commands that say the same apart.
        """
        while part and (refusal := await self._refusal_of(make(part), anew=anew, said=said)) is not None:
            found = _PLACE.match(str(refusal.data.get("field", "")))
            is_nowhere = bool(found) and refusal.data["field"].endswith(".location")
            number = int(found[1]) if found and not is_nowhere else 0
            guilty = part[number - 1 : number] if 0 < number <= len(part) else part
            for sku, seen in guilty:
                self._refusing.refused(seen.row, _nowhere(refusal) if is_nowhere else refusal.sentence, refusal.code)
                self.refused.add(sku)
            part = [each for each in part if each not in guilty]

    async def for_stock(self, sku: str, seen: _Seen, location: str) -> None:
        """Receive what the rows of a product take."""
        await self.for_products([(sku, seen)], lambda some: _receive(some, location), said=f":{seen.sales:x}")

    async def for_customer(self, number: str, customer: _Customer) -> None:
        refusal = await self._refusal_of(_register(self._mapping, number, customer.country))
        if refusal is not None:
            self._refusing.refused(customer.row, refusal.sentence, refusal.code)
            self.refused_customers += 1

    async def _refusal_of(self, command: Command, *, anew: bool = False, said: str = "") -> Refused | None:
        async with self._waiting:
            digest = uuid4().hex if anew else hash_of(command)
            key = _key(self._mapping, command, f"{digest}{said}")
            try:
                return (await submit_anew(self._committer, command, key)).answer.refusal
            except Invalid as invalid:
                return Refused.of(invalid)


def _nowhere(refusal: Refused) -> str:
    """Of a location that does not exist: no row of the file names it."""
    known = str(refusal.data["expected"]).removeprefix("a location: ")
    return f"There is no location {refusal.data['found']}. Locations: {known}."


def _key(mapping: Mapping, command: Command, digest: str) -> str:
    return f"file:{mapping.name}:{command.kind()}:{digest}"


def hash_of(said: Any) -> str:
    """A digest of everything that a command or a row says."""
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()
