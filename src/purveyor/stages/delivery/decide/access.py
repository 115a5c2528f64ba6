"""Access at another system: asked for, confirmed, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.core.field_types import seen
from purveyor.core.messages import Call, Fact
from purveyor.core.positions import UnitsOf, counted
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import RecordAccess, RetryAccess, RevokeAccess, SwitchAccessOn
from purveyor.stages.delivery.decide.units import move_all, still_in
from purveyor.stages.delivery.facts import (
    AccessFailed,
    AccessOffRequested,
    AccessOnRequested,
    AccessSwitchedOff,
    AccessSwitchedOn,
    AccessWithdrawn,
    DownloadsWithdrawn,
)
from purveyor.stages.delivery.state import AccessGrant, DownloadGrant


class AccessSettled(Refusal):
    """Access that is on or off as it should be."""

    grant_id: UUID
    access_status: str
    sentence = "This access is {access_status}: there is nothing to ask for."


@decides(SwitchAccessOn)
def decide_switch_on(state: State, command: SwitchAccessOn, call: Call) -> Decision:
    """Ask for access for what is allocated of these units and not asked for yet; that may be nothing."""
    book = state.book(command.order_id)
    asked = [grant for grant in book.rows(AccessGrant).values() if grant.status in ("on_requested", "failed")]
    for units in still_in(book, command.units, "allocated"):
        line = book.line(units.line_id)
        open_units = line.allocated - sum(grant.quantity for grant in asked if grant.line_id == line.id)
        quantity = min(units.quantity, open_units)
        if quantity <= 0:
            continue
        yield AccessOnRequested(
            order_id=command.order_id,
            grant_id=call.ids.new(),
            line_id=line.id,
            sku=line.sku,
            system=state.product(line.sku).asset or line.sku,
            quantity=quantity,
            contact_id=book.order.contact_id,
            turn=1,
        )


@decides(RecordAccess)
def decide_record_access(state: State, command: RecordAccess, _call: Call) -> Decision:
    """Take the system's answer in. An answer to an earlier request changes nothing."""
    book = state.book(command.order_id)
    grant = book.row(AccessGrant, command.grant_id)
    if grant.turn != command.turn or grant.status not in ("on_requested", "off_requested"):
        return
    if command.refused:
        yield AccessFailed(order_id=command.order_id, grant_id=grant.id, why=command.refused)
    elif grant.status == "off_requested":
        yield AccessSwitchedOff(order_id=command.order_id, grant_id=grant.id)
    else:
        units = still_in(book, [UnitsOf(grant.line_id, grant.quantity)], "allocated")
        yield AccessSwitchedOn(
            order_id=command.order_id,
            grant_id=grant.id,
            delivery_id=grant.id,
            units=units,
            moves=move_all(book, units, "allocated", "delivered"),
        )
        if not units:  # taken back, or canceled, while the request was out
            if grant.quantity:
                yield _withdrawn(grant, grant.quantity)
            yield _off(grant)


@decides(RetryAccess)
def decide_retry_access(state: State, command: RetryAccess, call: Call) -> Decision:
    """Send the open request again, or after a failure a new one. Refuses with `AccessSettled`."""
    book = state.book(command.order_id)
    grant = book.row(AccessGrant, command.grant_id)
    is_open = grant.status in ("on_requested", "off_requested")
    if command.asked_at is not None and (not is_open or grant.asked_at > seen(command.asked_at, call.at)):
        return
    if not is_open and grant.status != "failed":
        raise AccessSettled(grant_id=grant.id, access_status=grant.status)
    more = 0 if is_open else 1
    if grant.status == "off_requested" or not grant.quantity:
        yield AccessOffRequested(
            order_id=command.order_id,
            grant_id=grant.id,
            system=grant.system,
            contact_id=grant.contact_id,
            turn=grant.turn + more,
            why="asked again",
        )
        return
    yield AccessOnRequested(
        order_id=command.order_id,
        grant_id=grant.id,
        line_id=grant.line_id,
        sku=grant.sku,
        system=grant.system,
        quantity=grant.quantity,
        contact_id=grant.contact_id if is_open else book.order.contact_id,
        turn=grant.turn + more,
        why="asked again",
    )


@decides(RevokeAccess)
def decide_revoke(state: State, command: RevokeAccess, _call: Call) -> Decision:
    """Take back what these units gave. A license key that was read cannot be unread, so it stays given."""
    book = state.book(command.order_id)
    wanted = counted(command.units)
    for line_id, quantity in wanted.items():
        yield from _take_back(book, line_id, quantity)


def _take_back(book: Book, line_id: UUID, wanted: int) -> Iterable[Fact]:
    """Close downloads and access of a line for so many units."""
    for download in book.rows(DownloadGrant).values():
        if download.line_id == line_id and download.quantity and wanted:
            quantity = min(wanted, download.quantity)
            wanted -= quantity
            yield DownloadsWithdrawn(order_id=book.order.id, grant_id=download.id, quantity=quantity)
    for access in book.rows(AccessGrant).values():
        if access.line_id == line_id and access.quantity and wanted:
            quantity = min(wanted, access.quantity)
            wanted -= quantity
            yield _withdrawn(access, quantity)
            if quantity == access.quantity and access.status == "on":
                yield _off(access)


def _withdrawn(grant: AccessGrant, quantity: int) -> AccessWithdrawn:
    return AccessWithdrawn(order_id=grant.order_id, grant_id=grant.id, quantity=quantity)


def _off(grant: AccessGrant) -> AccessOffRequested:
    """A request of its own: the one before keeps its key, so a late repetition of it changes nothing any more."""
    return AccessOffRequested(
        order_id=grant.order_id,
        grant_id=grant.id,
        system=grant.system,
        contact_id=grant.contact_id,
        turn=grant.turn + 1,
    )
