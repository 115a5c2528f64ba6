"""Returns' own rows, and how its facts change them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.credits import cut_used, units_out
from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book, State
from purveyor.stages.returns.facts import (
    AnnouncedItem,
    CreditedItem,
    CreditNoted,
    DeliveryNoted,
    PriceCutNoted,
    RefurbishingFinished,
    ReturnAuthorized,
    ReturnCanceled,
    ReturnCredited,
    ReturnExpired,
    ReturnExtended,
    ReturnImported,
    ReturnInspected,
    ReturnReceived,
    ReturnToSenderExpected,
)

OPEN = frozenset({"announced", "partly_received"})


class DeliveredUnits(OrderRow):
    """How many units of a line the customer was given, and since when: the last delivery counts."""

    table: ClassVar[str] = "delivered_units"
    key: ClassVar[tuple[str, ...]] = ("line_id",)
    part: ClassVar[int] = 36

    line_id: UUID
    order_id: UUID
    quantity: int
    at: datetime


class Rma(OrderRow):
    """A return: permission to send goods back, and how far that is."""

    table: ClassVar[str] = "rma"
    part: ClassVar[int] = 37

    id: UUID
    order_id: UUID
    kind: str  # return | return_to_sender | imported
    status: str  # announced | partly_received | received | done | canceled | expired
    refund_on: str  # receipt | request
    settle_to: str  # original | store_credit
    policy: str
    policy_version: int
    location: str
    shipment_id: UUID | None
    label_minor: int  # still to be charged
    returns_shipping: bool
    shipping_minor: int  # credited
    credited_minor: int
    announced_at: datetime
    expires_at: datetime | None  # None once nothing is to come
    received_at: datetime | None
    ended_at: datetime | None
    way: str = "parcel"  # parcel | counter (of `location`)


class RmaItem(OrderRow):
    """Units of one line in a return. `received`, `dropped` and what is still to come make the quantity."""

    table: ClassVar[str] = "rma_item"
    part: ClassVar[int] = 38

    id: UUID
    rma_id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    reason: str
    want: str
    exchange_sku: str
    handling: str  # send | keep | switch_off
    fee_basis_points: int
    received: int = 0
    dropped: int = 0  # canceled or expired
    restocked: int = 0
    refurbishing: int = 0
    scrapped: int = 0
    condition: str = ""  # of those inspected last
    credited: int = 0
    credited_minor: int = 0
    deduct_minor: int = 0  # still to be kept back

    @property
    def to_come(self) -> int:
        return self.quantity - self.received - self.dropped if self.handling == "send" else 0

    @property
    def uninspected(self) -> int:
        return self.received - self.restocked - self.refurbishing - self.scrapped if self.handling == "send" else 0

    def due(self, *, at_once: bool) -> int:
        """Units to be credited now: at once, or those that came."""
        if self.handling != "send" or at_once:
            return self.quantity - self.dropped - self.credited
        return self.received - self.credited


class LineCredit(OrderRow):
    """What of a line was paid back, by returns or elsewhere: so that nothing is paid back twice."""

    table: ClassVar[str] = "line_credit"
    key: ClassVar[tuple[str, ...]] = ("line_id",)
    part: ClassVar[int] = 39

    line_id: UUID
    order_id: UUID
    quantity: int = 0
    kept: int = 0  # of these, units that the customer has all the same
    lost: int = 0  # of these, units that the customer never had
    cut_minor: int = 0  # taken off the price of units that have left, and not used up by crediting them
    shipping_minor: int = 0  # credited elsewhere together with it


def items_of(book: Book, rma_id: UUID) -> list[RmaItem]:
    return [item for item in book.rows(RmaItem).values() if item.rma_id == rma_id]


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.book(fact.order_id)


def _credit(book: Book, line_id: UUID) -> LineCredit:
    row = book.rows(LineCredit).get(line_id)
    if row is None:
        row = LineCredit(line_id, book.order.id)
        book.add(row)
    return row


def _count_credited(book: Book, line_id: UUID, quantity: int) -> LineCredit:
    """So many more units were paid back: with what they had been cut by."""
    line, row = book.line(line_id), _credit(book, line_id)
    out = units_out(line, row.quantity)
    row.cut_minor -= cut_used(line.total_minor, line.quantity, row.quantity, out, quantity, row.cut_minor)
    row.quantity += quantity
    return row


def _add_items(book: Book, rma_id: UUID, items: Iterable[AnnouncedItem]) -> None:
    for item in items:
        book.add(
            RmaItem(
                id=item.item_id,
                rma_id=rma_id,
                order_id=book.order.id,
                line_id=item.line_id,
                sku=item.sku,
                quantity=item.quantity,
                reason=item.reason,
                want=item.want,
                exchange_sku=item.exchange_sku,
                handling=item.handling,
                fee_basis_points=item.fee_basis_points,
                received=item.quantity if item.handling == "switch_off" else 0,
            )
        )


def _settle_status(book: Book, rma: Rma, at: datetime, given_up: str = "") -> None:
    """The status follows from the items; `given_up` is what it is called when nothing of it came."""
    items = items_of(book, rma.id)
    has_come = any(item.received for item in items)
    if any(item.to_come for item in items):
        rma.status = "partly_received" if has_come else "announced"
        rma.ended_at = None
        return
    rma.expires_at = None
    is_done = not any(item.uninspected or (item.due(at_once=False) > 0 and _is_owed(book, item)) for item in items)
    if all(item.dropped == item.quantity for item in items):
        rma.status = given_up or rma.status
    else:
        rma.status = "done" if is_done else "received"
    rma.ended_at = at if rma.status in {"done", "canceled", "expired"} else None


def _is_owed(book: Book, item: RmaItem) -> bool:
    """Whether some of the line was neither canceled nor paid back: a claim may have done so before it turned up."""
    line = book.line(item.line_id)
    row = book.rows(LineCredit).get(line.id)
    return line.quantity - line.canceled - (row.quantity if row else 0) > 0


@applies(ReturnAuthorized)
def open_return(state: State, fact: ReturnAuthorized, stamp: Stamp) -> None:
    book = _book(state, fact)
    rma = _new_rma(book, fact, "return", stamp.at)
    rma.refund_on = fact.refund_on
    rma.settle_to = fact.settle_to
    rma.label_minor = fact.label_minor
    rma.returns_shipping = fact.returns_shipping
    rma.way = fact.way
    _add_items(book, rma.id, fact.items)
    _settle_status(book, rma, stamp.at)


@applies(ReturnToSenderExpected)
def expect_parcel_back(state: State, fact: ReturnToSenderExpected, stamp: Stamp) -> None:
    book = _book(state, fact)
    rma = _new_rma(book, fact, "return_to_sender", stamp.at)
    rma.shipment_id = fact.shipment_id
    _add_items(book, rma.id, fact.items)


def _new_rma(
    book: Book, fact: ReturnAuthorized | ReturnToSenderExpected | ReturnImported, kind: str, at: datetime
) -> Rma:
    """A return to which nothing has happened yet: refunded on receipt, the way it was paid."""
    rma = Rma(
        id=fact.rma_id,
        order_id=book.order.id,
        kind=kind,
        status="announced",
        refund_on="receipt",
        settle_to="original",
        policy=fact.policy,
        policy_version=fact.policy_version,
        location=fact.location,
        shipment_id=None,
        label_minor=0,
        returns_shipping=False,
        shipping_minor=0,
        credited_minor=0,
        announced_at=at,
        expires_at=None if isinstance(fact, ReturnImported) else fact.expires_at,
        received_at=None,
        ended_at=None,
    )
    book.add(rma)
    return rma


@applies(ReturnExtended)
def extend_return(state: State, fact: ReturnExtended, stamp: Stamp) -> None:
    book = _book(state, fact)
    rma = book.row(Rma, fact.rma_id)
    rma.expires_at = fact.expires_at
    _add_items(book, rma.id, fact.items)
    _settle_status(book, rma, stamp.at)


@applies(ReturnReceived)
def receive(state: State, fact: ReturnReceived, stamp: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.counted:
        book.row(RmaItem, each.item_id).received += each.quantity
    rma = book.row(Rma, fact.rma_id)
    if fact.at_counter and rma.received_at is None:  # the label was not used, and the goods lie there
        rma.way, rma.location, rma.label_minor = "counter", fact.at_counter, 0
    rma.received_at = stamp.at
    _settle_status(book, rma, stamp.at)


@applies(ReturnInspected)
def inspect(state: State, fact: ReturnInspected, stamp: Stamp) -> None:
    book = _book(state, fact)
    for each, deducted in zip(fact.counted, fact.deducted, strict=True):
        item = book.row(RmaItem, each.item_id)
        _dispose(item, fact.disposition, each.quantity)
        item.condition = fact.condition
        item.deduct_minor += deducted
    _settle_status(book, book.row(Rma, fact.rma_id), stamp.at)


def _dispose(item: RmaItem, disposition: str, quantity: int) -> None:
    match disposition:
        case "restock":
            item.restocked += quantity
        case "refurbish":
            item.refurbishing += quantity
        case _:
            item.scrapped += quantity


@applies(RefurbishingFinished)
def finish_refurbishing(state: State, fact: RefurbishingFinished, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.counted:
        item = book.row(RmaItem, each.item_id)
        item.refurbishing -= each.quantity
        _dispose(item, fact.disposition, each.quantity)


@applies(ReturnCredited)
def credit(state: State, fact: ReturnCredited, stamp: Stamp) -> None:
    book = _book(state, fact)
    _take_credits(book, fact.credits)
    rma = book.row(Rma, fact.rma_id)
    rma.label_minor -= fact.label_minor
    rma.shipping_minor += fact.shipping_minor
    rma.credited_minor += fact.credit_minor
    _settle_status(book, rma, stamp.at)


def _take_credits(book: Book, credits_: Iterable[CreditedItem]) -> None:
    for each in credits_:
        item = book.row(RmaItem, each.item_id)
        item.credited += each.quantity
        item.credited_minor += each.amount_minor
        item.deduct_minor -= each.deducted_minor
        row = _count_credited(book, each.line_id, each.quantity)
        if each.is_kept:
            row.kept += each.quantity


@applies(ReturnCanceled)
def cancel(state: State, fact: ReturnCanceled, stamp: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.dropped:
        book.row(RmaItem, each.item_id).dropped += each.quantity
    _settle_status(book, book.row(Rma, fact.rma_id), stamp.at, "canceled")


@applies(ReturnExpired)
def expire(state: State, fact: ReturnExpired, stamp: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.dropped:
        book.row(RmaItem, each.item_id).dropped += each.quantity
    _settle_status(book, book.row(Rma, fact.rma_id), stamp.at, "expired")


@applies(ReturnImported)
def import_return(state: State, fact: ReturnImported, _stamp: Stamp) -> None:
    book = _book(state, fact)
    rma = _new_rma(book, fact, "imported", fact.returned_at)
    rma.status = "done"
    rma.credited_minor = fact.credit_minor
    rma.received_at = rma.ended_at = fact.returned_at
    for each in fact.credits:
        announced = AnnouncedItem(
            each.item_id, each.line_id, each.sku, each.quantity, fact.reason, "refund", "", "send", 0
        )
        _add_items(book, fact.rma_id, (announced,))
        item = book.row(RmaItem, each.item_id)
        item.received = each.quantity
        _dispose(item, "restock" if fact.restocked else "scrap", each.quantity)
    _take_credits(book, fact.credits)


@applies(DeliveryNoted)
def note_delivery(state: State, fact: DeliveryNoted, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.units:
        row = book.rows(DeliveredUnits).get(each.line_id)
        if row is None:
            book.add(DeliveredUnits(each.line_id, book.order.id, each.quantity, fact.delivered_at))
        else:
            row.quantity += each.quantity
            row.at = max(row.at, fact.delivered_at)


@applies(CreditNoted)
def note_credit(state: State, fact: CreditNoted, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for number, each in enumerate(fact.units):
        row = _count_credited(book, each.line_id, each.quantity)
        row.lost += each.quantity if each.is_lost else 0
        row.kept += 0 if each.is_lost else each.quantity
        row.shipping_minor += 0 if number else fact.shipping_minor


@applies(PriceCutNoted)
def note_price_cut(state: State, fact: PriceCutNoted, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for cut in fact.cuts:
        _credit(book, cut.line_id).cut_minor += cut.minor
    if fact.shipping_minor:
        _credit(book, next(iter(book.lines))).shipping_minor += fact.shipping_minor
