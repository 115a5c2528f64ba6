"""At the shelf: picked, not there, put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import Position, StockMove, UnitMove, UnitsOf
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, Lookup, State
from purveyor.stages.picking.commands import ConfirmPick, ConfirmPickList, ShortPick, UndoPick
from purveyor.stages.picking.facts import (
    FulfillmentPicked,
    PickShorted,
    PickUndone,
    ShelfCorrected,
    UnitsPicked,
)
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem, items_of

OPEN = frozenset({"released", "in_wave", "picking"})
LONGEST_CODE = 80  # of bins, totes, lots and serials


class FulfillmentNotOpen(Refusal):
    """Nothing is left to be picked for it."""

    fulfillment_id: UUID
    fulfillment_status: str
    sentence = "This fulfillment order is {fulfillment_status}: there is nothing to pick."


class WrongItemScanned(Refusal):
    """The scanner read another product than the line asks for."""

    expected: str
    scanned: str
    sku_fields = ("expected", "scanned")
    sentence = "Scanned {scanned}, but {expected} is to be picked."
    instead = ("put it back and take the right one", "record a short pick")


class WrongTote(Refusal):
    """What is picked for an order lies in one tote, by which the bench finds it."""

    expected: str
    scanned: str
    sentence = "Scanned tote {scanned}, but what is picked for this order lies in {expected}."
    instead = ("put it into that tote", "scan the tote again")


class MoreThanAsked(Refusal):
    """More units than are left to be picked."""

    sku: str
    wanted: int
    left: int
    sentence = "{wanted} of {sku} are too many: {left} are left to be picked."


class NotOnBench(Refusal):
    """Units that were not picked, are in a parcel, or have left."""

    sku: str
    wanted: int
    there: int
    sentence = "{wanted} of {sku} cannot go back to the shelf: {there} lie on the bench."
    instead = ("unpack the parcel first",)


class SerialSold(Refusal):
    """There is one unit with a serial number, and somebody has it."""

    sku: str
    serial: str
    sentence = "The {sku} with the serial number {serial} was sold before."
    instead = ("scan the serial number again", "take another unit")


def _as_known(code: str) -> str:
    """A serial number or a lot as it is compared: typed by hand, it may differ in case from what was scanned."""
    return code.lower()


def _sold(state: State, sku: str, serials: tuple[str, ...], but: UUID) -> Iterator[str]:
    for order_id, book in state.books.items():
        for item in book.rows(FulfillmentItem).values() if order_id != but else ():
            if item.sku == sku and not book.line(item.line_id).returned:
                yield from (known for known in map(_as_known, item.serials) if known in serials)


SERIALS_SOLD: Final = Lookup(
    # By serials in small letters, of other orders.
    # Which of several units came back nobody scanned, so that all of their line may be sold again.
    """
    SELECT lower(serial)
      FROM fulfillment_item i JOIN line l ON l.id = i.line_id, jsonb_array_elements_text(i.serials) AS serial
     WHERE i.serials <> '[]' AND lower(i.serials::text)::jsonb ?| $2::text[] AND i.sku = $1 AND i.order_id <> $3
       AND l.returned = 0 AND lower(serial) = ANY($2::text[])
    """,
    _sold,
)


@decides(ConfirmPick)
def decide_confirm_pick(state: State, command: ConfirmPick, call: Call) -> Decision:
    """Take units of one line off the shelf.

    Refuses with `FulfillmentNotOpen`, `WrongItemScanned`, `WrongTote`, `MoreThanAsked`, `Invalid` and `NotFound`.
    """
    book = state.book(command.order_id)
    fulfillment, item = _open_item(book, command.fulfillment_id, command.line_id)
    if command.scanned.strip() != item.sku:
        raise WrongItemScanned(expected=item.sku, scanned=command.scanned.strip() or "nothing")
    _check_quantity(book, item, command.quantity, "quantity")
    bin_code, lot = command.bin.strip(), command.lot.strip()
    serials = _serials(command)
    _check_codes(bin_code, command.tote, lot, *serials)
    tote = _tote(fulfillment, command.tote)
    if serials:
        if len(serials) != command.quantity:
            raise Invalid(field="serials", found=f"{len(serials)} of them", expected=f"{command.quantity}, one a unit")
        _check_serials(state, book, item.sku, serials)
    yield UnitsPicked(
        order_id=command.order_id,
        fulfillment_id=fulfillment.id,
        units=(UnitsOf(item.line_id, command.quantity),),
        bin=bin_code,
        tote=tote,
        lot=lot,
        serials=serials,
        moves=(_move(item, "allocated", "picked", command.quantity),),
    )
    change = (item.line_id, 0, command.quantity)
    yield from picked_whole(book, fulfillment, (change,), tote=tote)


@decides(ConfirmPickList)
def decide_confirm_list(state: State, command: ConfirmPickList, call: Call) -> Decision:
    """Take all that is left. Refuses with `FulfillmentNotOpen`, `WrongTote` and `NotFound`."""
    book = state.book(command.order_id)
    fulfillment = _open(book, command.fulfillment_id)
    _check_codes(command.tote)
    tote = _tote(fulfillment, command.tote)
    items = [item for item in items_of(book, fulfillment.id) if item.waiting]
    yield UnitsPicked(
        order_id=command.order_id,
        fulfillment_id=fulfillment.id,
        units=tuple(UnitsOf(item.line_id, item.waiting) for item in items),
        tote=tote,
        moves=tuple(_move(item, "allocated", "picked", item.waiting) for item in items),
    )
    changes = [(item.line_id, 0, item.waiting) for item in items]
    yield from picked_whole(book, fulfillment, changes, tote=tote)


@decides(ShortPick)
def decide_short_pick(state: State, command: ShortPick, call: Call) -> Decision:
    """Units are not there: this shelf gives up its claim for them, and its stock is corrected by as many.

    Refuses with `FulfillmentNotOpen`, `MoreThanAsked`, `Invalid` and `NotFound`.
    """
    book = state.book(command.order_id)
    fulfillment, item = _open_item(book, command.fulfillment_id, command.line_id)
    _check_quantity(book, item, command.missing, "missing")
    yield PickShorted(
        order_id=command.order_id,
        fulfillment_id=fulfillment.id,
        line_id=item.line_id,
        sku=item.sku,
        location=item.location,
        missing=command.missing,
        reason=command.reason,
        moves=(_move(item, "allocated", "placed", command.missing),),
        why=command.reason,
    )
    yield ShelfCorrected(
        order_id=command.order_id,
        sku=item.sku,
        location=item.location,
        missing=command.missing,
        reason=command.reason,
        stock=(StockMove(item.sku, item.location, on_hand=-command.missing),),
        why=command.reason,
    )
    yield from picked_whole(book, fulfillment, ((item.line_id, -command.missing, 0),))


@decides(UndoPick)
def decide_undo_pick(state: State, command: UndoPick, call: Call) -> Decision:
    """Put units back on their shelf. Refuses with `NotOnBench`, `Invalid` and `NotFound`."""
    book = state.book(command.order_id)
    fulfillment = book.row(Fulfillment, command.fulfillment_id)
    item = book.row(FulfillmentItem, (fulfillment.id, command.line_id))
    if command.quantity < 1:
        raise Invalid(field="quantity", found=command.quantity, expected="a whole number from 1")
    there = min(item.picked - item.gone, book.line(item.line_id).picked)
    if command.quantity > there:
        raise NotOnBench(sku=item.sku, wanted=command.quantity, there=there)
    yield PickUndone(
        order_id=command.order_id,
        fulfillment_id=fulfillment.id,
        units=(UnitsOf(item.line_id, command.quantity),),
        moves=(_move(item, "picked", "allocated", command.quantity),),
    )


def picked_whole(
    book: Book, fulfillment: Fulfillment, changes: Iterable[tuple[UUID, int, int]], *, tote: str = ""
) -> Iterator[FulfillmentPicked]:
    """The fact that a fulfillment order is picked, if after these changes it is and something was.

    `changes` are (line, units more or fewer in it, units more or fewer picked).
    """
    if fulfillment.status not in OPEN:
        return
    counts = {item.line_id: (item.quantity, item.picked) for item in items_of(book, fulfillment.id)}
    for line_id, more, more_picked in changes:
        quantity, picked = counts[line_id]
        counts[line_id] = (quantity + more, picked + more_picked)
    units = tuple(UnitsOf(line_id, picked) for line_id, (_, picked) in counts.items() if picked)
    if units and all(quantity == picked for quantity, picked in counts.values()):
        yield FulfillmentPicked(
            order_id=fulfillment.order_id,
            fulfillment_id=fulfillment.id,
            location=fulfillment.location,
            tote=tote or fulfillment.tote,
            units=units,
        )


def _tote(fulfillment: Fulfillment, scanned: str) -> str:
    """The tote as it was scanned first; typed by hand, it may differ in case. Refuses with `WrongTote`."""
    code = scanned.strip()
    if not code or not fulfillment.tote:
        return code
    if code.casefold() != fulfillment.tote.casefold():
        raise WrongTote(expected=fulfillment.tote, scanned=code)
    return fulfillment.tote


def _open(book: Book, fulfillment_id: UUID) -> Fulfillment:
    fulfillment = book.row(Fulfillment, fulfillment_id)
    if fulfillment.status not in OPEN:
        raise FulfillmentNotOpen(fulfillment_id=fulfillment.id, fulfillment_status=fulfillment.status)
    return fulfillment


def _open_item(book: Book, fulfillment_id: UUID, line_id: UUID) -> tuple[Fulfillment, FulfillmentItem]:
    fulfillment = _open(book, fulfillment_id)
    return fulfillment, book.row(FulfillmentItem, (fulfillment_id, line_id))


def _check_quantity(book: Book, item: FulfillmentItem, quantity: int, field: str) -> None:
    if quantity < 1:
        raise Invalid(field=field, found=quantity, expected="a whole number from 1")
    left = min(item.waiting, book.line(item.line_id).allocated)
    if quantity > left:
        raise MoreThanAsked(sku=item.sku, wanted=quantity, left=left)


def _serials(command: ConfirmPick) -> tuple[str, ...]:
    """Without the blanks that a scanner or a hand puts around them. Refuses with `Invalid` one that is nothing else."""
    serials = tuple(serial.strip() for serial in command.serials)
    for number, serial in enumerate(serials, 1):
        if not serial:
            raise Invalid(field=f"serials[{number}]", found="nothing", expected="a serial number")
    return serials


def _check_serials(state: State, book: Book, sku: str, serials: tuple[str, ...]) -> None:
    """Each is one unit, in small letters or large. Refuses with `Invalid` and `SerialSold`."""
    known = {
        _as_known(serial) for row in book.rows(FulfillmentItem).values() if row.sku == sku for serial in row.serials
    }
    for serial in serials:
        if _as_known(serial) in known:
            raise Invalid(field="serials", found=f"{serial} twice", expected="a list that names each once")
        known.add(_as_known(serial))
    sold = set(state.look_up(SERIALS_SOLD, sku, tuple(map(_as_known, serials)), book.order.id))
    if taken := [serial for serial in serials if _as_known(serial) in sold]:
        raise SerialSold(sku=sku, serial=taken[0])


def _check_codes(*codes: str) -> None:
    for code in codes:
        if len(code) > LONGEST_CODE or "\0" in code:
            raise Invalid(field="code", found=f"{len(code)} characters", expected=f"at most {LONGEST_CODE} characters")


def _move(item: FulfillmentItem, source: Position, target: Position, quantity: int) -> UnitMove:
    return UnitMove(item.line_id, item.sku, source, target, quantity, item.location)
