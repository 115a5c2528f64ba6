"""What would happen: a command and all that follows from it, decided on a snapshot, and nothing of it done."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Call, Command
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.state import State
from purveyor.engine.answers import Preview, Refused
from purveyor.engine.cascade import FollowUpRefused, Outcome, carry_out, first_needs
from purveyor.engine.redaction import redacted
from purveyor.engine.unit_of_work import Connection, UnitOfWork


async def preview_command(db: Connection, policies: Policies, command: Command, call: Call) -> Preview:
    """Decide a command in a transaction that reads only. Rows are neither locked nor taken from those that are kept."""
    state = State(policies)
    unit = UnitOfWork(db, state, lock=False)
    try:
        work = carry_out(state, command, call, keeps_texts=False)
        await unit.load(first_needs((command,)))
        before = None
        while True:
            if before is None:
                before = _money(state, command)
            try:
                needs = next(work)
            except StopIteration as done:
                outcome: Outcome = done.value
                break
            await unit.load(needs)
    except Refusal as refusal:
        return Preview(accepted=False, refusal=Refused.of(refusal))
    except FollowUpRefused as follow:
        return Preview(accepted=False, refusal=Refused.of(follow.refusal))
    return _preview(state, outcome, before or (0, 0))


def _money(state: State, command: Command) -> tuple[int, int] | None:
    order_id = getattr(command, "order_id", None)
    book = state.books.get(order_id) if order_id is not None else None
    return (book.order.total_minor, book.order.receivable_minor) if book else None


def _preview(state: State, outcome: Outcome, before: tuple[int, int]) -> Preview:
    order_id = next((fact.order_id for fact in outcome.facts if fact.order_id is not None), None)
    order = state.books[order_id].order if order_id is not None else None
    return Preview(
        accepted=True,
        facts=[redacted(fact.kind(), msgspec.to_builtins(fact)) for fact in outcome.facts],
        jobs=[job.kind() for job in outcome.jobs],
        total_before_minor=before[0],
        total_after_minor=order.total_minor if order else 0,
        receivable_before_minor=before[1],
        receivable_after_minor=order.receivable_minor if order else 0,
        currency=order.currency if order else "",
    )
