"""What the file itself says, read without a line of Purveyor: the sums that everything must agree with."""

from __future__ import annotations

import csv
import lzma
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

Row = dict[str, str]
Month = tuple[str, str]  # the country's name in the file, and the month, such as ("EIRE", "2010-12")

COUNTRIES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Channel Islands": "JE", "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE",
    "European Community": "EU", "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK",
    "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT",
    "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA",
    "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "USA": "US", "United Arab Emirates": "AE",
    "United Kingdom": "GB", "Unspecified": "ZZ",
}  # fmt: skip


@dataclass
class Sold:
    """What was sold in one month to one country; `pence` is the worth of the goods."""

    orders: int = 0
    lines: int = 0
    units: int = 0
    pence: int = 0


@dataclass
class Truth:
    """The file's own sums. A returned row matches whole or not at all; see the README of the data."""

    rows: int = 0
    sales: dict[Month, Sold] = field(default_factory=lambda: defaultdict(Sold))
    rejected: Counter[str] = field(default_factory=Counter)  # rows that are neither a sale nor a return, by reason
    matched: int = 0
    unmatched: int = 0
    returned_units: Counter[str] = field(default_factory=Counter)  # by stock code
    refunded_pence: int = 0

    @property
    def orders(self) -> int:
        return sum(sold.orders for sold in self.sales.values())

    @property
    def lines(self) -> int:
        return sum(sold.lines for sold in self.sales.values())

    @property
    def pence(self) -> int:
        return sum(sold.pence for sold in self.sales.values())


def rows_of(path: Path) -> Iterator[Row]:
    with lzma.open(path, "rt", newline="") if path.suffix == ".xz" else path.open(newline="") as file:
        yield from csv.DictReader(file)


def truth_of(path: Path) -> Truth:
    """Read it all, and add it up."""
    truth = Truth()
    months: dict[str, Month] = {}
    moves: list[tuple[str, str, str, int, int]] = []  # when, customer, stock code, units (returned: below 0), pence
    for row in rows_of(path):
        truth.rows += 1
        quantity, price = Decimal(row["Quantity"]), 100 * Decimal(row["UnitPrice"])
        reason = _what_is_wrong(row["InvoiceNo"], quantity, price)
        if reason:
            truth.rejected[reason] += 1
            continue
        moves.append((row["InvoiceDate"], row["CustomerID"], row["StockCode"], int(quantity), int(price)))
        if quantity > 0:
            _sell(truth, months, row, int(quantity), int(price))
    _take_back(truth, moves)
    return truth


def _what_is_wrong(invoice: str, quantity: Decimal, price: Decimal) -> str:
    if invoice.startswith("A"):
        return "bad debt"
    if invoice.startswith("C"):
        return ""
    if quantity <= 0:
        return "write-off"
    if price == 0:
        return "no price"
    return "" if price == price.to_integral_value() else "not a whole penny"


def _sell(truth: Truth, months: dict[str, Month], row: Row, quantity: int, pence: int) -> None:
    first = row["InvoiceNo"] not in months
    # Where an invoice goes over the turn of the minute, its first row tells when it was placed.
    month = months.setdefault(row["InvoiceNo"], (row["Country"], row["InvoiceDate"][:7]))
    sold = truth.sales[month]
    sold.orders += first
    sold.lines += 1
    sold.units += quantity
    sold.pence += quantity * pence


def _take_back(truth: Truth, moves: list[tuple[str, str, str, int, int]]) -> None:
    owned: defaultdict[tuple[str, str], deque[list[int]]] = defaultdict(deque)
    for _, customer, code, quantity, pence in sorted(moves, key=lambda move: move[0]):
        units = owned[customer, code]
        if quantity > 0:
            units.append([quantity, pence])
        elif not customer or sum(left for left, _ in units) < -quantity:
            truth.unmatched += 1
        else:
            truth.matched += 1
            truth.returned_units[code] -= quantity
            truth.refunded_pence += _worth_of(units, -quantity)


def _worth_of(units: deque[list[int]], quantity: int) -> int:
    """Take the oldest units out, and say what was paid for them."""
    worth = 0
    while quantity:
        taken = min(quantity, units[0][0])
        worth += taken * units[0][1]
        quantity -= taken
        units[0][0] -= taken
        if not units[0][0]:
            units.popleft()
    return worth


def cut(path: Path, into: Path, most: int) -> Path:
    """The first rows of the file, up to the end of an invoice: as a file of its own."""
    rows = _up_to_an_end(rows_of(path), most)
    first = next(rows)
    with into.open("w", newline="") as file:
        writer = csv.DictWriter(file, first)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return into


def _up_to_an_end(rows: Iterable[Row], most: int) -> Iterator[Row]:
    for number, (row, following) in enumerate(pairwise(rows), 1):
        yield row
        if number >= most and row["InvoiceNo"] != following["InvoiceNo"]:
            return
