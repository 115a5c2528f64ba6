"""Where things lie, and whether they do."""

from __future__ import annotations

from purveyor.core.messages import Call
from purveyor.core.positions import BACKORDER, StockMove
from purveyor.core.refusals import Invalid, NotFound, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Stock
from purveyor.core.state import State
from purveyor.stages.picking.commands import AssignBin, RecordCount, RequestCount
from purveyor.stages.picking.facts import BinAssigned, CountRecorded, CountRequested
from purveyor.stages.picking.state import Bin, BinCount

LONGEST_BIN = 40


@decides(AssignBin)
def decide_assign_bin(state: State, command: AssignBin, call: Call) -> Decision:
    """Refuses with `Invalid` and `NotFound`."""
    if state.product(command.sku).kind != "goods":
        raise Invalid(field="sku", found=command.sku, expected="goods, which lie on a shelf")
    if state.policies.location(command.location) is None:
        known = ", ".join(each.code for each in state.policies.locations) or wanted("none is set")
        raise Invalid(field="location", found=command.location, expected=f"a location: {known}")
    code = command.bin.strip()
    if not 1 <= len(code) <= LONGEST_BIN or "\0" in code:
        raise Invalid(field="bin", found=f"{len(code)} characters", expected=f"1 to {LONGEST_BIN} characters")
    if command.sequence < 0:
        raise Invalid(field="sequence", found=command.sequence, expected="a whole number from 0")
    row = state.get(Bin, (command.sku, command.location))
    if row is None or (row.bin, row.sequence) != (code, command.sequence):
        yield BinAssigned(sku=command.sku, location=command.location, bin=code, sequence=command.sequence)


@decides(RequestCount)
def decide_request_count(state: State, command: RequestCount, call: Call) -> Decision:
    """Have a shelf counted, unless it waits for that already. Refuses with `NotFound` what has never been there."""
    _shelf(state, command.sku, command.location)
    row = state.get(BinCount, (command.sku, command.location))
    if row is None or row.waiting_since is None:
        yield CountRequested(sku=command.sku, location=command.location, reason=command.reason, why=command.reason)


@decides(RecordCount)
def decide_record_count(state: State, command: RecordCount, call: Call) -> Decision:
    """Correct the stock to what was found. What was promised and is not there, carts and orders lose at once.

    Refuses with `Invalid` and `NotFound`.
    """
    for field in ("counted", "aside"):
        if getattr(command, field) < 0:
            raise Invalid(field=field, found=getattr(command, field), expected="a whole number from 0")
    row = _shelf(state, command.sku, command.location)
    state.get(BinCount, (command.sku, command.location))
    found = command.counted + command.aside
    short = max(0, row.allocated + row.held - found)
    difference = found + short - row.on_hand
    yield CountRecorded(
        sku=command.sku,
        location=command.location,
        counted=command.counted,
        aside=command.aside,
        expected=row.on_hand - command.aside,
        short=short,
        stock=(StockMove(command.sku, command.location, on_hand=difference),) if difference else (),
        why="counted",
    )


def _shelf(state: State, sku: str, location: str) -> Stock:
    row = state.stock_of(sku).get(location)
    if row is None or location == BACKORDER:
        raise NotFound(what="stock", id=f"{sku} ({location})")
    return row
