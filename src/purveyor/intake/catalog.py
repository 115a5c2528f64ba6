"""`purveyor import catalog`: the products, customers and stock that the orders of a file need."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.engine.committer import Committer
from purveyor.intake.grouping import customer_id
from purveyor.intake.mappings import Mapping, RowRefused
from purveyor.intake.orders import Progress, check_columns, silently, submit_patiently
from purveyor.ports.channel import RowFile
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock

AT_ONCE = 500


class _Seen(msgspec.Struct):
    name: str
    unit_minor: int
    currency: str
    sold: int = 0


class CatalogReport(msgspec.Struct):
    products: int = 0
    customers: int = 0
    units: int = 0
    refused: int = 0


async def import_catalog(
    committer: Committer, file: RowFile, mapping: Mapping, location: str, tick: Progress = silently
) -> CatalogReport:
    """Save every SKU under its last name and price, register every customer, and receive what the orders take.

    Run again for the same file, it changes nothing.
    """
    check_columns(file, mapping)
    products: dict[str, _Seen] = {}
    customers: dict[str, str] = {}
    for count, row in enumerate(file.rows(), 1):
        if count % 1_000 == 0:
            tick(count)
        if row.fault:
            continue
        try:
            line = mapping.read(row)
        except RowRefused:
            continue
        if line.what != "sale":
            continue
        seen = products.setdefault(line.sku, _Seen(line.sku, line.unit_minor, line.currency))
        seen.name = line.description or seen.name
        seen.unit_minor = line.unit_minor
        seen.sold += line.quantity
        if line.customer:
            customers[line.customer] = line.country
    report = CatalogReport(len(products), len(customers), sum(seen.sold for seen in products.values()))
    commands = [
        *_in_parts(products.items(), lambda part: _save(mapping, part)),
        *(_register(mapping, number, country) for number, country in customers.items()),
    ]
    report.refused = await _submit(committer, mapping, commands)
    received = _in_parts(products.items(), lambda part: _receive(part, location))
    report.refused += await _submit(committer, mapping, received)
    return report


def _in_parts(items: Iterable[tuple[str, _Seen]], make: Callable[[list[tuple[str, _Seen]]], Command]) -> list[Command]:
    ordered = sorted(items)
    return [make(ordered[start : start + AT_ONCE]) for start in range(0, len(ordered), AT_ONCE)]


def _save(mapping: Mapping, part: list[tuple[str, _Seen]]) -> Command:
    return SaveProducts(
        products=tuple(
            ProductData(
                sku=sku, name=seen.name, price=Money(seen.unit_minor, seen.currency), tax_class=mapping.tax_class
            )
            for sku, seen in part
        )
    )


def _receive(part: list[tuple[str, _Seen]], location: str) -> Command:
    items = tuple(ReceivedItem(sku=sku, location=location, quantity=seen.sold) for sku, seen in part)
    return ReceiveStock(items=items, reference="import of a catalog")


def _register(mapping: Mapping, number: str, country: str) -> Command:
    return RegisterCustomer(
        number=f"{mapping.name}-{number}",
        address=CustomerAddress(country=country),
        customer_id=customer_id(mapping, number),
        notices="none",
    )


async def _submit(committer: Committer, mapping: Mapping, commands: Iterable[Command]) -> int:
    """All of them, under keys made of what they say. Answers how many were refused."""
    tally: Counter[bool] = Counter()
    waiting = asyncio.Semaphore(256)

    async def one(command: Command) -> None:
        async with waiting:
            key = f"file:{mapping.name}:{command.kind()}:{hash_of(command)}"
            given = await submit_patiently(committer, command, key)
            tally[given.accepted] += 1

    await asyncio.gather(*(one(command) for command in commands))
    return tally[False]


def hash_of(command: Command) -> str:
    """A digest of everything that a command says."""
    return hashlib.blake2b(msgspec.json.encode(command), digest_size=12).hexdigest()
