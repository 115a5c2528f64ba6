"""A shop in memory: commands are carried out with all that follows, and everything must always add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command, Fact, Job, Stamp
from purveyor.core.order_value import FREE, WithTax, sums as adjusted, worths
from purveyor.core.positions import BACKORDER, POSITIONS
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import DECIDES
from purveyor.core.rows import Order, Row
from purveyor.core.state import Book, State
from purveyor.core.validation import check
from purveyor.engine.cascade import FollowUpRefused, apply_fact, carry_out_loaded
from purveyor.engine.journal import fact_kinds
from purveyor.engine.tables import parts, row_kinds
from purveyor.insight.replayed_orders import rows_of
from purveyor.records.stock.commands import CountStock
from purveyor.stages.delivery.state import LicenseKey
from purveyor.stages.payment.amounts import capturing, open_on_paper, owed_on_paper, refunding
from purveyor.stages.payment.billing_documents import disagreements
from purveyor.stages.payment.rows import GoingBack
from purveyor.stages.payment.state import Invoice, Payment
from purveyor.stages.picking.commands import RecordCount
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.stages.receipt.state import Cart
from purveyor.stages.review.facts import OrderEdited, UnitsAdded, UnitsCanceled
from purveyor.summary import summarize
from tests.pure import CHANCE, NOON, SHOP
from tests.simulation.arguments import Maker, Pool

# What orders lose by a count is found out after it, so the count itself may be refused by then.
COUNTING = (CountStock, RecordCount)
SOLD = ("revenue", "tax", "shipping", "fees")
KEPT = ("receivable", "authorized", "captured", "refunded")


class World:
    """State, journal, open jobs; what was seen of every order; and the rules that hold whatever is asked."""

    def __init__(self) -> None:
        self.state = State(SHOP, complete=True)
        self.now = NOON
        self.journal: list[tuple[bytes, str, Stamp]] = []
        self.jobs: list[Job] = []
        self.balances: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
        self.pools: defaultdict[UUID | None, Pool] = defaultdict(Pool)
        self.sums: dict[UUID, WithTax] = {}
        self.refusals: Counter[str] = Counter()
        self.calls = 0

    # doing

    def do(self, command: Command, actor: str = "staff:sim") -> bool:
        """Carry a command out. Answers whether it was accepted; a refusal must have changed nothing."""
        self.calls += 1
        self.now += timedelta(seconds=1)
        try:
            check(command)
        except Invalid as refusal:  # at the gate, before any rule is asked
            self.refusals[refusal.code] += 1
            return False
        seed = uuid7(int(self.now.timestamp() * 1000), self.calls << 20)
        call = Call(key=f"k{self.calls}", actor=actor, at=self.now, ids=Ids(seed, chance=CHANCE), number=self.calls)
        self._decide_twice(command, call, seed)
        before = self._picture(command)
        kept = deepcopy(self.state) if type(command) in COUNTING else None
        try:
            outcome = carry_out_loaded(self.state, command, call)
        except Refusal as refusal:
            assert self._picture(command) == before, f"{command} was refused and changed something"
            str(refusal)  # its sentence has all its data
            self.refusals[refusal.code] += 1
            return False
        except FollowUpRefused as error:
            if kept is not None:  # what it did is dropped, as a batch drops it
                self.state = kept
                self.refusals[error.refusal.code] += 1
                return False
            message = f"{command}: what follows was refused: {error.refusal.code}: {error}"
            raise AssertionError(message) from error
        for fact in outcome.facts:
            self._record(fact, Stamp(self.now, actor))
        self.jobs.extend(outcome.jobs)
        for job in outcome.jobs:
            self.pools[getattr(job, "order_id", None)].take_in(job)
        for order_id in {fact.order_id for fact in outcome.facts if fact.order_id is not None}:
            summarize(self.state.books[order_id], self.now)
            for kind, _ in rows_of(self.state.books[order_id]):
                self.state.books[order_id].sort(kind)  # the next command finds them as if they had been loaded
            self.check_order(self.state.books[order_id])
        self.check_stock()
        self.state.added.clear()
        return True

    def _decide_twice(self, command: Command, call: Call, seed: UUID) -> None:
        """A decision is pure: asked twice, it says the same, and leaves nothing behind."""
        said = []
        for _ in range(2):
            again = Call(key=call.key, actor=call.actor, at=call.at, ids=Ids(seed, chance=CHANCE), number=call.number)
            try:
                said.append(msgspec.json.encode(list(DECIDES[type(command)](self.state, command, again))))
            except Refusal as refusal:
                said.append(refusal.code.encode())
        assert said[0] == said[1], f"{command} was decided in two ways"

    def _picture(self, command: Command) -> bytes:
        order_id = getattr(command, "order_id", None)
        book = self.state.books.get(order_id) if order_id is not None else None
        stock = [row for rows in self.state.stock.values() for row in rows.values()]
        return msgspec.json.encode([stock, rows_of_book(book) if book else None])

    def _record(self, fact: Fact, stamp: Stamp) -> None:
        self.journal.append((msgspec.json.encode(fact), fact.kind(), stamp))
        self._check_prices(fact)
        self.pools[fact.order_id].take_in(fact)
        if fact.order_id is not None:
            for posting in fact.postings:
                self.balances[fact.order_id][posting.account] += posting.minor
            book = self.state.books[fact.order_id]
            for rows in rows_of_book(book).values():
                for row in rows:
                    self._take_in_row(book, row)
        for row in self.state.added[LicenseKey]:
            assert isinstance(row, LicenseKey)
            pool = self.state.pools.setdefault((LicenseKey, row.sku), [])
            if row.order_id is None and row not in pool:
                pool.append(row)

    def _check_prices(self, fact: Fact) -> None:
        """What brings prices posts the change of the order's sums, and its adjustments beside it: no more, no less."""
        if not isinstance(fact, OrderPlaced | UnitsCanceled | OrderEdited | UnitsAdded):
            assert not fact.brings_prices, f"{fact.kind()} brings prices that nobody looks at"
            return
        assert fact.order_id is not None
        sums = fact if isinstance(fact, OrderPlaced) else fact.totals
        was, now = self.sums.get(fact.order_id, FREE), WithTax(sums.total_minor, sums.tax_minor)
        self.sums[fact.order_id] = now
        sold = -sum(posting.minor for posting in fact.postings if posting.account in SOLD)
        tax = -sum(posting.minor for posting in fact.postings if posting.account == "tax")
        assert WithTax(sold, tax) == now - was + adjusted(fact.adjustments), fact

    def _take_in_row(self, book: Book, row: Row) -> None:
        pool = self.pools[book.order.id]
        pool.take_in(row)
        if hasattr(row, "id"):
            ids = pool.seen[f"{row.table}_id"]
            if row.id not in ids:
                ids.append(row.id)

    def maker(self, chance: Random, order_id: UUID | None = None, ignore: int = 1) -> Maker:
        pools = [self.pools[order_id]] if order_id is not None else []
        return Maker(chance, self.now, *pools, self.pools[None], ignore=ignore)

    # what always holds

    def check_order(self, book: Book) -> None:
        order = book.order
        for line in book.lines.values():
            counts = [getattr(line, position) for position in POSITIONS]
            assert min(counts) >= 0, line
            assert sum(counts) == line.quantity, line
        balance = self.balances[order.id]
        assert sum(balance.values()) == 0, balance
        for account in KEPT:
            assert getattr(order, f"{account}_minor") == balance[account], (account, order, balance)
        assert order.captured_minor >= 0, order
        assert order.refunded_minor <= 0 <= order.captured_minor + order.refunded_minor, order
        assert order.authorized_minor >= 0, order
        assert order.total_minor >= 0, order
        sold = -sum(balance[account] for account in SOLD)
        money = sum(
            balance[account] for account in ("receivable", "captured", "refunded", "store_credit", "written_off")
        )
        assert money == sold, f"the customer's side is {money}, ours {sold}: {balance}"
        assert sold + balance["fees"] >= 0, f"the customer would be paid for taking the goods: {balance}"
        assert balance["authorized"] + balance["authorization"] == 0, balance
        assert order.total_minor == order.goods_minor + order.shipping_minor, order
        lines_minor = sum(line.total_minor for line in book.lines.values())
        if any(line.canceled for line in book.lines.values()):  # lines keep their price, the order's sums do not
            assert 0 <= order.goods_minor <= lines_minor, (order, book.lines)
        else:
            assert order.goods_minor == lines_minor, (order, book.lines)
        for payment in book.rows(Payment).values():
            assert 0 <= payment.refunded_minor <= payment.captured_minor <= payment.authorized_minor, payment
            assert payment.released_minor <= payment.authorized_minor - payment.captured_minor, payment
        in_money = [payment for payment in book.rows(Payment).values() if payment.method != "store_credit"]
        assert balance["captured"] == sum(payment.captured_minor for payment in in_money), balance
        assert list(disagreements(book)) == [], "the papers say otherwise than the ledger"
        if book.rows(Invoice):
            assert open_on_paper(book) == owed_on_paper(book), "invoices ask for something else than what is owed"
        going_back = max(0, capturing(book) - max(0, order.receivable_minor + refunding(book)))
        parts_minor = sum(row.amount_minor for row in book.rows(GoingBack).values())
        assert parts_minor == going_back, f"{going_back} of what is being taken goes back, its parts say {parts_minor}"
        worth = worths(book)
        assert -balance["tax"] == sum(each.tax_minor for each in worth.values()), (balance, worth)
        waiting = sum(line.backordered for line in book.lines.values())
        assert waiting >= 0
        for key, claim in book.allocations.items():
            line = book.lines[key[0]]
            assert 0 <= claim.quantity <= line.allocated + line.picked + line.packed, (claim, line)

    def check_stock(self) -> None:
        claims: Counter[tuple[str, str]] = Counter()
        for book in self.state.books.values():
            for claim in book.allocations.values():
                claims[claim.sku, claim.location] += claim.quantity
            for line in book.lines.values():
                if line.backordered:
                    claims[line.sku, BACKORDER] += line.backordered
        held: Counter[tuple[str, str]] = Counter()
        for cart in self.state.shared[Cart].values():
            for each in cart.claims:
                held[each.sku, each.location] += each.quantity
        for sku, rows in self.state.stock.items():
            for location, row in rows.items():
                assert row.allocated == claims[sku, location], (row, claims[sku, location])
                assert row.held == held[sku, location], (row, held[sku, location])
                assert row.allocated + row.held <= row.on_hand, row

    def check_replay(self) -> None:
        """The journal, read back from its JSON, makes the same rows."""
        again = State(SHOP, complete=True)
        for data, kind, stamp in self.journal:
            apply_fact(again, msgspec.json.decode(data, type=fact_kinds()[kind]), stamp)
        assert again.books.keys() == self.state.books.keys()
        for order_id, book in self.state.books.items():
            there, here = rows_of_book(again.books[order_id]), rows_of_book(book)
            for order in (*there["orders"], *here["orders"]):
                for column in SUMMARIES:  # no fact writes them
                    setattr(order, column, "" if isinstance(getattr(order, column), str) else None)
            assert text(there) == text(here)
        for row_kind in row_kinds().values():
            if row_kind not in parts().values() and row_kind is not Order and not row_kind.personal:
                assert text(again.shared[row_kind]) == text(self.state.shared[row_kind]), row_kind.table
        assert text(with_rows(again.stock)) == text(with_rows(self.state.stock))

    def check_rows_fit_their_tables(self) -> None:
        for book in self.state.books.values():
            for rows in rows_of_book(book).values():
                for row in rows:
                    msgspec.convert(msgspec.to_builtins(row), type(row), strict=True)


SUMMARIES = (
    "status", "stage", "payment_status", "fulfillment_status", "return_status", "holds", "stage_since", "closed_at",
)  # fmt: skip


def rows_of_book(book: Book) -> dict[str, list[Any]]:
    """All rows of an order by table, in the order of their keys."""
    rows: dict[str, list[Any]] = {"orders": [book.order]}
    for bit, kind in parts().items():
        if book.order.parts >> bit & 1:
            found = book.rows(kind)
            rows[kind.table] = [found[key] for key in sorted(found, key=str)]
    return rows


def with_rows(stock: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Stock without the SKUs that were only looked up."""
    return {sku: rows for sku, rows in sorted(stock.items()) if rows}


def text(value: Any) -> Any:
    """Comparable, whatever tuples became lists on the way; and readable in a failure."""
    if isinstance(value, dict):
        return {str(key): text(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [text(each) for each in value]
    return msgspec.to_builtins(value)


def moment(world: World, **time: float) -> datetime:
    return world.now + timedelta(**time)
