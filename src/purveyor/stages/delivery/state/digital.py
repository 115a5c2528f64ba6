"""What facts change about downloads, license keys and access."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.state import State
from purveyor.stages.delivery.facts import (
    AccessFailed,
    AccessOffRequested,
    AccessOnRequested,
    AccessSwitchedOff,
    AccessSwitchedOn,
    AccessWithdrawn,
    DownloadsGranted,
    DownloadsRenewed,
    DownloadsWithdrawn,
    DownloadTaken,
    LicenseKeysAdded,
    LicenseKeysIssued,
    LicensePoolEmpty,
    LicenseWaitEnded,
)
from purveyor.stages.delivery.state.rows import AccessGrant, DownloadGrant, LicenseKey, LicenseWait


@applies(DownloadsGranted)
def grant(state: State, fact: DownloadsGranted, _stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    for each in fact.grants:
        book.add(
            DownloadGrant(
                each.grant_id,
                fact.order_id,
                each.line_id,
                each.sku,
                each.asset,
                each.quantity,
                each.left,
                fact.expires_at,
            )
        )


@applies(DownloadTaken)
def take_download(state: State, fact: DownloadTaken, _stamp: Stamp) -> None:
    _download(state, fact, fact.grant_id).downloads_left = fact.left


@applies(DownloadsRenewed)
def renew(state: State, fact: DownloadsRenewed, _stamp: Stamp) -> None:
    download = _download(state, fact, fact.grant_id)
    download.downloads_left = fact.left
    download.expires_at = fact.expires_at


@applies(DownloadsWithdrawn)
def withdraw_downloads(state: State, fact: DownloadsWithdrawn, _stamp: Stamp) -> None:
    download = _download(state, fact, fact.grant_id)
    download.quantity -= fact.quantity
    if not download.quantity:
        download.downloads_left = 0


@applies(LicenseKeysAdded)
def add_keys(state: State, fact: LicenseKeysAdded, _stamp: Stamp) -> None:
    for key in fact.keys:
        state.add(LicenseKey(key.key_id, fact.sku, key.digest, None, None, None))


@applies(LicenseKeysIssued)
def issue_keys(state: State, fact: LicenseKeysIssued, stamp: Stamp) -> None:
    for issued in fact.keys:
        key = state.row(LicenseKey, issued.key_id)
        key.order_id = fact.order_id
        key.line_id = issued.line_id
        key.taken_at = stamp.at
        state.taken(key)


@applies(LicensePoolEmpty)
def wait_for_keys(state: State, fact: LicensePoolEmpty, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    wait = book.rows(LicenseWait).get(fact.line_id)
    if wait is None:
        book.add(LicenseWait(fact.line_id, fact.order_id, fact.fulfillment_id, fact.sku, fact.quantity, stamp.at))
        return
    if not wait.quantity:
        wait.since = stamp.at
    wait.fulfillment_id = fact.fulfillment_id
    wait.quantity = fact.quantity


@applies(LicenseWaitEnded)
def end_wait(state: State, fact: LicenseWaitEnded, _stamp: Stamp) -> None:
    assert fact.order_id is not None
    state.book(fact.order_id).row(LicenseWait, fact.line_id).quantity = 0


@applies(AccessOnRequested)
def ask_for_access(state: State, fact: AccessOnRequested, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    access = book.rows(AccessGrant).get(fact.grant_id)
    if access is None:
        access = AccessGrant(
            id=fact.grant_id,
            order_id=fact.order_id,
            line_id=fact.line_id,
            sku=fact.sku,
            system=fact.system,
            quantity=fact.quantity,
            contact_id=fact.contact_id,
            status="on_requested",
            turn=fact.turn,
            asked_at=stamp.at,
            why="",
        )
        book.add(access)
    access.status = "on_requested"
    access.contact_id = fact.contact_id
    access.turn = fact.turn
    access.asked_at = stamp.at


@applies(AccessSwitchedOn)
def switch_on(state: State, fact: AccessSwitchedOn, _stamp: Stamp) -> None:
    _access(state, fact, fact.grant_id).status = "on"


@applies(AccessWithdrawn)
def withdraw_access(state: State, fact: AccessWithdrawn, _stamp: Stamp) -> None:
    _access(state, fact, fact.grant_id).quantity -= fact.quantity


@applies(AccessOffRequested)
def ask_for_its_end(state: State, fact: AccessOffRequested, stamp: Stamp) -> None:
    access = _access(state, fact, fact.grant_id)
    access.status = "off_requested"
    access.turn = fact.turn
    access.asked_at = stamp.at


@applies(AccessSwitchedOff)
def switch_off(state: State, fact: AccessSwitchedOff, _stamp: Stamp) -> None:
    _access(state, fact, fact.grant_id).status = "off"


@applies(AccessFailed)
def fail(state: State, fact: AccessFailed, _stamp: Stamp) -> None:
    access = _access(state, fact, fact.grant_id)
    access.status = "failed"
    access.why = fact.why


def _download(state: State, fact: Fact, grant_id: UUID) -> DownloadGrant:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(DownloadGrant, grant_id)


def _access(state: State, fact: Fact, grant_id: UUID) -> AccessGrant:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(AccessGrant, grant_id)
