"""What is on hand."""

from __future__ import annotations

from collections import defaultdict

from purveyor.core.messages import Call
from purveyor.core.positions import BACKORDER, StockMove
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.rows import Product
from purveyor.core.state import Needs, State
from purveyor.records.stock.commands import CountStock, ReceiveStock, SetBackorderCap
from purveyor.records.stock.facts import BackorderCapSet, StockCounted, StockReceived

MOST = 1_000


class CapBelowWaiting(Refusal):
    """More units wait already."""

    sku: str
    cap: int
    waiting: int
    sentence = "{waiting} units of {sku} wait already: the cap cannot be {cap}."


@needs(ReceiveStock)
def what_receiving_needs(command: ReceiveStock) -> Needs:
    skus = [item.sku for item in command.items]
    return Needs(stock=skus, rows={Product: skus})


@decides(ReceiveStock)
def decide_receive(state: State, command: ReceiveStock, call: Call) -> Decision:
    """Refuses with `Invalid` (which item), and `NotFound` for an unknown SKU."""
    if not 1 <= len(command.items) <= MOST:
        raise Invalid(field="items", found=len(command.items), expected=f"1 to {MOST}")
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for number, item in enumerate(command.items, 1):
        if item.quantity < 1:
            raise Invalid(field=f"items[{number}].quantity", found=item.quantity, expected="a whole number from 1")
        _check_place(state, item.sku, item.location, f"items[{number}]")
        sums[item.sku, item.location] += item.quantity
    yield StockReceived(
        reference=command.reference,
        stock=tuple(StockMove(sku, location, on_hand=quantity) for (sku, location), quantity in sums.items()),
        why=command.reference,
    )


@decides(CountStock)
def decide_count(state: State, command: CountStock, call: Call) -> Decision:
    """A count is a fact. Where more is promised than is there, carts let go of it first, then the newest orders.

    Refuses with `Invalid` and `NotFound`.
    """
    if command.counted < 0:
        raise Invalid(field="counted", found=command.counted, expected="a whole number from 0")
    _check_place(state, command.sku, command.location, "")
    row = state.stock_of(command.sku).get(command.location)
    on_hand, promised = (row.on_hand, row.allocated + row.held) if row else (0, 0)
    short = max(0, promised - command.counted)
    difference = command.counted + short - on_hand
    yield StockCounted(
        sku=command.sku,
        location=command.location,
        counted=command.counted,
        short=short,
        stock=(StockMove(command.sku, command.location, on_hand=difference),) if difference else (),
        why=command.reason,
    )


@decides(SetBackorderCap)
def decide_set_cap(state: State, command: SetBackorderCap, call: Call) -> Decision:
    """The cap is the `on_hand` of the location `backorder`. Refuses with `CapBelowWaiting` and `Invalid`."""
    if command.cap < 0:
        raise Invalid(field="cap", found=command.cap, expected="a whole number from 0")
    state.product(command.sku)
    row = state.stock_of(command.sku).get(BACKORDER)
    cap, waiting = (row.on_hand, row.allocated) if row else (0, 0)
    if command.cap < waiting:
        raise CapBelowWaiting(sku=command.sku, cap=command.cap, waiting=waiting)
    if command.cap != cap:
        move = StockMove(command.sku, BACKORDER, on_hand=command.cap - cap)
        yield BackorderCapSet(sku=command.sku, cap=command.cap, stock=(move,))


def _check_place(state: State, sku: str, location: str, field: str) -> None:
    state.product(sku)
    if state.policies.location(location) is None:
        known = ", ".join(each.code for each in state.policies.locations) or "none is set"
        raise Invalid(field=f"{field}.location".lstrip("."), found=location, expected=f"a location: {known}")
