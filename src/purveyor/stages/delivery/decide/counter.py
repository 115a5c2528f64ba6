"""Parcels at the counter: a code, somebody who knows it, and nobody who comes."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from typing import Final
from uuid import UUID

from purveyor.core.calendars import days_after, local_day
from purveyor.core.field_types import seen
from purveyor.core.messages import Call
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
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
from purveyor.stages.delivery.reasons import CODE_GIVEN, NOT_COLLECTED
from purveyor.stages.delivery.state import Collection

MOST_WRONG_CODES: Final = 5
CODE_LENGTH: Final = 6
LONGEST_CLOSED: Final = 60  # days that a counter is closed at a stretch, at most
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when it is read out


class WrongCode(Refusal):
    """Somebody said another code than the customer got."""

    parcel_id: UUID
    tries_left: int
    sentence = "This is not the code of this parcel; {tries_left} tries are left."
    instead = ("try again", "send a new code")


class CollectLocked(Refusal):
    """Too many wrong codes."""

    parcel_id: UUID
    sentence = "There were too many wrong codes for this parcel."
    instead = ("send a new code",)


class NotAtCounter(Refusal):
    """A parcel that was collected, or is not wanted any more."""

    parcel_id: UUID
    collection_status: str
    sentence = "This parcel is {collection_status}: it does not wait at the counter."


class HandoverStopped(Refusal):
    """The order has a hold that keeps its goods in the house."""

    parcel_id: UUID
    holds: str
    sentence = "The order is held ({holds}): this parcel stays here."
    code_fields = ("holds",)
    instead = ("release the hold",)


def new_code(call: Call) -> str:
    """A code by chance that people can read out."""
    number = call.ids.secret()
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
    code = _new_code(book, call)
    yield code
    yield CollectReady(
        order_id=command.order_id,
        parcel_id=command.parcel_id,
        location=command.location,
        contents=command.contents,
        code_id=code.id,
        collect_by=_collect_by(state, command.location, call),
    )


@decides(HandOver)
def decide_hand_over(state: State, command: HandOver, call: Call) -> Decision:
    """Hand a parcel over.

    Refuses with `WrongCode`, `CollectLocked`, `HandoverStopped`, `NotAtCounter` and `NotFound`.
    """
    book = state.book(command.order_id)
    collection = _waiting(state, command.order_id, command.parcel_id)
    stopping = state.policies.holds.stopping(book.order.holds.split(), "dispatch")
    if stopping:
        raise HandoverStopped(parcel_id=collection.parcel_id, holds=" ".join(stopping))
    if collection.wrong_codes >= MOST_WRONG_CODES:
        raise CollectLocked(parcel_id=collection.parcel_id)
    code = code_in(state, collection)
    if not code or not compare_digest(_as_said(command.code), code.encode()):
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
        why=CODE_GIVEN(actor=call.actor),
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
    code = _new_code(state.book(command.order_id), call)
    yield code
    yield CollectCodeRenewed(
        order_id=command.order_id,
        parcel_id=collection.parcel_id,
        location=collection.location,
        code_id=code.id,
    )


@decides(RemindToCollect)
def decide_remind(state: State, command: RemindToCollect, call: Call) -> Decision:
    """Nobody came in time: remind, and wait as long again; after the last reminder it is for people to act."""
    collection = state.book(command.order_id).row(Collection, command.parcel_id)
    if collection.collect_by is None or collection.collect_by > seen(command.due_at, call.at):
        return
    reminder = collection.reminders + 1
    is_more = reminder < state.policies.delivery.collect_reminders
    yield CollectOverdue(
        order_id=command.order_id,
        parcel_id=collection.parcel_id,
        location=collection.location,
        code=collection.code,
        code_id=collection.code_id,
        reminder=reminder,
        collect_by=_collect_by(state, collection.location, call) if is_more else None,
        why=NOT_COLLECTED(day=local_day(collection.collect_by, state.policies.zone)),
    )


def code_in(state: State, collection: Collection) -> str:
    """The code of a parcel; empty once its person was erased: nobody can say that one."""
    if collection.code_id is None:
        return collection.code
    text = state.get(PrivateText, collection.code_id)
    return text.text if text is not None else ""


def _new_code(book: Book, call: Call) -> PrivateText:
    """Where the journal has an id only, because it is read by many and never forgets."""
    return PrivateText(call.ids.new(), book.order.customer_id, book.order.id, "collect_code", new_code(call))


def _as_said(code: str) -> bytes:
    return "".join(code.upper().replace("-", " ").split()).encode()


def _collect_by(state: State, location: str, call: Call) -> datetime:
    """The last day is one on which somebody is there to hand the parcel over."""
    policies = state.policies
    last = days_after(call.at, policies.delivery.collect_days, policies.zone)
    days = (days_after(last, later, policies.zone) for later in range(LONGEST_CLOSED))
    is_open = (day for day in days if not policies.is_closed(local_day(day, policies.zone), location))
    return next(is_open, last)


def _waiting(state: State, order_id: UUID, parcel_id: UUID) -> Collection:
    collection = state.book(order_id).row(Collection, parcel_id)
    if collection.status != "waiting":
        raise NotAtCounter(parcel_id=parcel_id, collection_status=collection.status)
    return collection
