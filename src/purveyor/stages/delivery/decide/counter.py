"""Parcels at the counter: a code, somebody who knows it, and nobody who comes."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.refusals import Refusal
from purveyor.core.rules import Decision, decides
from purveyor.core.state import State
from purveyor.stages.delivery.commands import (
    CountWrongCode,
    HandOver,
    ReadyToCollect,
    RemindToCollect,
    RenewCollectCode,
)
from purveyor.stages.delivery.decide.units import move_all, still_in
from purveyor.stages.delivery.facts import (
    CollectCodeRejected,
    CollectCodeRenewed,
    Collected,
    CollectOverdue,
    CollectReady,
)
from purveyor.stages.delivery.state import Collection

MOST_WRONG_CODES: Final = 5
MOST_REMINDERS: Final = 3
CODE_LENGTH: Final = 6
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when it is read out


class WrongCode(Refusal):
    """Somebody said another code than the customer got."""

    parcel_id: UUID
    tries_left: int
    sentence = "This is not the code of parcel {parcel_id}; {tries_left} tries are left."
    instead = ("try again", "send a new code")


class CollectLocked(Refusal):
    """Too many wrong codes."""

    parcel_id: UUID
    sentence = "There were too many wrong codes for parcel {parcel_id}."
    instead = ("send a new code",)


class NotAtCounter(Refusal):
    """A parcel that was collected, or is not wanted any more."""

    parcel_id: UUID
    collection_status: str
    sentence = "Parcel {parcel_id} is {collection_status}: it does not wait at the counter."


def code_of(seed: UUID) -> str:
    """A code that people can read out, the same for the same id."""
    number = int.from_bytes(blake2b(seed.bytes, digest_size=16).digest())
    letters: list[str] = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


@decides(ReadyToCollect)
def decide_ready(state: State, command: ReadyToCollect, call: Call) -> Decision:
    """Put a parcel at the counter. One that is there stays there."""
    book = state.book(command.order_id)
    if command.parcel_id in book.rows(Collection):
        return
    yield CollectReady(
        order_id=command.order_id,
        parcel_id=command.parcel_id,
        location=command.location,
        contents=command.contents,
        code=code_of(call.ids.new()),
        collect_by=call.at + timedelta(days=state.policies.delivery.collect_days),
    )


@decides(HandOver)
def decide_hand_over(state: State, command: HandOver, call: Call) -> Decision:
    """Hand a parcel over. Refuses with `WrongCode`, `CollectLocked`, `NotAtCounter` and `NotFound`."""
    book = state.book(command.order_id)
    collection = _waiting(state, command.order_id, command.parcel_id)
    if collection.wrong_codes >= MOST_WRONG_CODES:
        raise CollectLocked(parcel_id=collection.parcel_id)
    if "".join(command.code.upper().replace("-", " ").split()) != collection.code:
        left = MOST_WRONG_CODES - collection.wrong_codes - 1
        raise WrongCode(parcel_id=collection.parcel_id, tries_left=left)
    units = still_in(book, collection.contents, "packed")
    if not units:
        raise NotAtCounter(parcel_id=collection.parcel_id, collection_status="empty")
    yield Collected(
        order_id=command.order_id,
        parcel_id=collection.parcel_id,
        delivery_id=collection.parcel_id,
        units=units,
        moves=move_all(book, units, "packed", "delivered", collection.location),
        why=f"code given to {call.actor}",
    )


@decides(CountWrongCode)
def decide_count_wrong_code(state: State, command: CountWrongCode, _call: Call) -> Decision:
    collection = state.book(command.order_id).row(Collection, command.parcel_id)
    if collection.status == "waiting" and collection.wrong_codes < MOST_WRONG_CODES:
        yield CollectCodeRejected(
            order_id=command.order_id,
            parcel_id=collection.parcel_id,
            tries_left=MOST_WRONG_CODES - collection.wrong_codes - 1,
        )


@decides(RenewCollectCode)
def decide_renew_code(state: State, command: RenewCollectCode, call: Call) -> Decision:
    """Another code for a parcel. Refuses with `NotAtCounter`."""
    collection = _waiting(state, command.order_id, command.parcel_id)
    yield CollectCodeRenewed(
        order_id=command.order_id,
        parcel_id=collection.parcel_id,
        location=collection.location,
        code=code_of(call.ids.new()),
    )


@decides(RemindToCollect)
def decide_remind(state: State, command: RemindToCollect, call: Call) -> Decision:
    """Nobody came in time: remind, and wait as long again; after the last reminder it is for people to act."""
    collection = state.book(command.order_id).row(Collection, command.parcel_id)
    if collection.collect_by is None or collection.collect_by > command.due_at:
        return
    reminder = collection.reminders + 1
    days = state.policies.delivery.collect_days
    yield CollectOverdue(
        order_id=command.order_id,
        parcel_id=collection.parcel_id,
        location=collection.location,
        code=collection.code,
        reminder=reminder,
        collect_by=call.at + timedelta(days=days) if reminder < MOST_REMINDERS else None,
        why=f"not collected by {collection.collect_by.date()}",
    )


def _waiting(state: State, order_id: UUID, parcel_id: UUID) -> Collection:
    collection = state.book(order_id).row(Collection, parcel_id)
    if collection.status != "waiting":
        raise NotAtCounter(parcel_id=parcel_id, collection_status=collection.status)
    return collection
