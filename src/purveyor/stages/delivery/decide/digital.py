"""Downloads that expire and count, and license keys from a pool, each given once."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from purveyor.core.download_files import has_file
from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.rows import PrivateText, Product
from purveyor.core.state import Book, Needs, State
from purveyor.stages.delivery.commands import (
    AddLicenseKeys,
    Download,
    GrantDownloads,
    IssueLicenseKeys,
    RenewDownloads,
)
from purveyor.stages.delivery.decide.units import move_all, still_in
from purveyor.stages.delivery.facts import (
    AddedKey,
    DownloadsGranted,
    DownloadsRenewed,
    DownloadTaken,
    GrantedDownload,
    IssuedKey,
    LicenseKeysAdded,
    LicenseKeysIssued,
    LicensePoolEmpty,
    LicenseWaitEnded,
)
from purveyor.stages.delivery.reasons import KEYS_SHORT
from purveyor.stages.delivery.state import DownloadGrant, LicenseKey, LicenseWait

MOST_KEYS: Final = 10_000  # in one command
LONGEST_KEY: Final = 4_000


class DownloadExpired(Refusal):
    """The time of a download is over."""

    expires_at: datetime
    sentence = "This download ended on {expires_at}."
    instead = ("ask for it to be renewed",)


class NoDownloadsLeft(Refusal):
    """Every download of a grant was taken."""

    sentence = "All downloads were taken."
    instead = ("ask for it to be renewed",)


class DownloadWithdrawn(Refusal):
    """What was paid for it went back."""

    sku: str
    sentence = "{sku} was given back: it can no longer be downloaded."


class LicenseKeyKnown(Refusal):
    """A key that is or was in a pool already, or comes twice in one list."""

    positions: list[int]
    sentence = "Keys no. {positions} are known already: no key is given twice."
    instead = ("leave them out",)


@decides(GrantDownloads)
def decide_grant(state: State, command: GrantDownloads, call: Call) -> Decision:
    """Let the customer download what is allocated of these units and has a file; that may be nothing."""
    book = state.book(command.order_id)
    allocated = still_in(book, command.units, "allocated")
    units = tuple(each for each in allocated if has_file(state, book.line(each.line_id).sku))
    if not units:
        return
    policy = state.policies.delivery
    grants: list[GrantedDownload] = []
    for each in units:
        line = book.line(each.line_id)
        asset = state.product(line.sku).asset
        left = policy.download_count * each.quantity
        grants.append(GrantedDownload(call.ids.new(), line.id, line.sku, asset, each.quantity, left))
    yield DownloadsGranted(
        order_id=command.order_id,
        delivery_id=call.ids.new(),
        grants=tuple(grants),
        units=units,
        expires_at=call.at + timedelta(days=policy.download_days),
        moves=move_all(book, units, "allocated", "delivered"),
    )


@decides(Download)
def decide_download(state: State, command: Download, call: Call) -> Decision:
    """Take one download. Refuses with `DownloadWithdrawn`, `DownloadExpired`, `NoDownloadsLeft`."""
    grant = _open_grant(state, command.order_id, command.grant_id)
    if call.at >= grant.expires_at:
        raise DownloadExpired(expires_at=grant.expires_at.astimezone(state.policies.zone))
    if not grant.downloads_left:
        raise NoDownloadsLeft
    yield DownloadTaken(order_id=command.order_id, grant_id=grant.id, asset=grant.asset, left=grant.downloads_left - 1)


@decides(RenewDownloads)
def decide_renew(state: State, command: RenewDownloads, call: Call) -> Decision:
    """Full count and time again. Refuses with `DownloadWithdrawn`."""
    grant = _open_grant(state, command.order_id, command.grant_id)
    policy = state.policies.delivery
    yield DownloadsRenewed(
        order_id=command.order_id,
        grant_id=grant.id,
        left=policy.download_count * grant.quantity,
        expires_at=call.at + timedelta(days=policy.download_days),
    )


def _open_grant(state: State, order_id: UUID, grant_id: UUID) -> DownloadGrant:
    grant = state.book(order_id).row(DownloadGrant, grant_id)
    if not grant.quantity:
        raise DownloadWithdrawn(sku=grant.sku)
    return grant


def digest_of(sku: str, key: str) -> str:
    """By which a key is known without being read."""
    return blake2b(f"{sku}\0{key}".encode(), digest_size=16).hexdigest()


@needs(AddLicenseKeys)
def what_a_pool_needs(command: AddLicenseKeys) -> Needs:
    digests = [digest_of(command.sku, key.strip()) for key in command.keys[:MOST_KEYS]]
    return Needs(rows={Product: [command.sku]}, found={(LicenseKey, "digest"): digests})


@decides(AddLicenseKeys)
def decide_add_keys(state: State, command: AddLicenseKeys, call: Call) -> Decision:
    """Fill a pool, with all of the keys or none. Refuses with `Invalid`, `LicenseKeyKnown`, `NotFound` (SKU)."""
    product = state.product(command.sku)
    if product.kind != "license":
        raise Invalid(field="sku", found=product.kind, expected="a license")
    if not 1 <= len(command.keys) <= MOST_KEYS:
        raise Invalid(field="keys", found=f"{len(command.keys)} of them", expected=f"1 to {MOST_KEYS}")
    keys = [key.strip() for key in command.keys]
    for number, key in enumerate(keys, 1):
        if not 1 <= len(key) <= LONGEST_KEY or "\0" in key:
            raise Invalid(
                field=f"keys[{number}]", found=f"{len(key)} characters", expected=f"1 to {LONGEST_KEY} characters"
            )
    digests = [digest_of(command.sku, key) for key in keys]
    seen: set[str] = set()
    known: list[int] = []
    for number, digest in enumerate(digests, 1):
        if digest in seen or state.find(LicenseKey, "digest", digest):
            known.append(number)
        seen.add(digest)
    if known:
        raise LicenseKeyKnown(positions=known)
    added: list[AddedKey] = []
    for key, digest in zip(keys, digests, strict=True):
        key_id = call.ids.new()
        yield PrivateText(key_id, None, None, "license_key", key)
        added.append(AddedKey(key_id, digest))
    yield LicenseKeysAdded(sku=command.sku, keys=tuple(added))


@decides(IssueLicenseKeys)
def decide_issue(state: State, command: IssueLicenseKeys, call: Call) -> Decision:
    """Give out what the pool has for these units and for those of the order that wait already.

    Never refuses: what the pool does not have waits for it, and is given by itself when keys come.
    """
    book = state.book(command.order_id)
    wanted = _wanted(book, command)
    by_sku: defaultdict[str, int] = defaultdict(int)
    for each in wanted:
        by_sku[book.line(each.line_id).sku] += each.quantity
    free = {sku: list(state.free(LicenseKey, sku, quantity)) for sku, quantity in by_sku.items()}
    issued: list[IssuedKey] = []
    units: list[UnitsOf] = []
    for each in wanted:
        keys = free[book.line(each.line_id).sku]
        given, free[book.line(each.line_id).sku] = keys[: each.quantity], keys[each.quantity :]
        issued += (IssuedKey(key.id, each.line_id) for key in given)
        if given:
            units.append(UnitsOf(each.line_id, len(given)))
    if issued:
        yield LicenseKeysIssued(
            order_id=command.order_id,
            delivery_id=call.ids.new(),
            keys=tuple(issued),
            units=tuple(units),
            moves=move_all(book, units, "allocated", "delivered"),
        )
    short = Counter({each.line_id: each.quantity for each in wanted})
    short.subtract({each.line_id: each.quantity for each in units})
    yield from _waits(book, short, command.fulfillment_id)


def _wanted(book: Book, command: IssueLicenseKeys) -> tuple[UnitsOf, ...]:
    """What waits and what is new, by line, as far as it is still allocated."""
    wanted: Counter[UUID] = Counter()
    for wait in book.rows(LicenseWait).values():
        if wait.quantity:
            wanted[wait.line_id] += wait.quantity
    for units in command.units:
        wanted[units.line_id] += units.quantity
    return still_in(book, (UnitsOf(line_id, quantity) for line_id, quantity in wanted.items()), "allocated")


def _waits(book: Book, short: Counter[UUID], fulfillment_id: UUID) -> Decision:
    """Facts for what waits now and did not wait as much before."""
    waits = book.rows(LicenseWait)
    for line_id, quantity in short.items():
        waiting = waits[line_id].quantity if line_id in waits else 0
        if quantity and quantity != waiting:
            yield LicensePoolEmpty(
                order_id=book.order.id,
                fulfillment_id=fulfillment_id,
                line_id=line_id,
                sku=book.line(line_id).sku,
                quantity=quantity,
                why=KEYS_SHORT(key_count=quantity),
            )
    for wait in waits.values():
        if wait.quantity and not short[wait.line_id]:
            why = "" if wait.line_id in short else "no longer wanted"
            yield LicenseWaitEnded(order_id=book.order.id, line_id=wait.line_id, sku=wait.sku, why=why)
