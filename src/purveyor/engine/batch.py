"""One batch inside its transaction: decide every command with all that follows, and write what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Job
from purveyor.core.refusals import Refusal
from purveyor.core.state import Book, Needs, State
from purveyor.engine.answers import Answer, CommandResult, KeyReused, refused
from purveyor.engine.cascade import Cascade, FollowUpRefused, Outcome, carry_out, first_needs
from purveyor.engine.job_queue import enqueue
from purveyor.engine.journal import Recorded, write_facts
from purveyor.engine.submission_queue import Submission
from purveyor.engine.unit_of_work import Connection, UnitOfWork

LOOK_UP_KEYS = "SELECT key, body_hash, accepted, answer FROM command_log WHERE key = ANY($1::text[])"
COMMANDS = ("key", "body_hash", "kind", "actor", "at", "accepted", "answer")

Summarize = Callable[[Book, datetime], None]


class Alone(Exception):  # noqa: N818 (the batch is split)
    """Something in the batch went wrong for a reason of its own: decide its commands one at a time."""


class Decided(msgspec.Struct):
    """What came of the commands of a batch: outcomes with facts, or refusals."""

    outcomes: list[tuple[Submission, Outcome]] = []
    refusals: list[tuple[Submission, Refusal]] = []

    @property
    def recorded(self) -> list[Recorded]:
        """All facts as they were applied: a command that had to wait for rows was overtaken by its neighbors."""
        placed = [
            (place, Recorded(fact, version, waiting.at, waiting.actor, waiting.key))
            for waiting, outcome in self.outcomes
            for place, fact, version in zip(outcome.places, outcome.facts, outcome.versions, strict=True)
        ]
        placed.sort(key=lambda pair: pair[0])
        return [each for _, each in placed]

    @property
    def jobs(self) -> list[tuple[str, Job]]:
        """All jobs with their keys towards the outside, the same however often the batch is run."""
        return [
            (f"{waiting.seed.hex}.{number}", job)
            for waiting, outcome in self.outcomes
            for number, job in enumerate(outcome.jobs)
        ]

    @property
    def changes_policies(self) -> bool:
        return any(fact.kind().startswith("policies.") for _, outcome in self.outcomes for fact in outcome.facts)


async def look_up(db: Connection, batch: Sequence[Submission]) -> dict[str, CommandResult]:
    """The first answers of commands that came before, by their keys."""
    hashes = {waiting.key: waiting.body_hash for waiting in batch}
    known: dict[str, CommandResult] = {}
    for key, body_hash, accepted, answer in await db.fetch(LOOK_UP_KEYS, list(hashes)):
        if body_hash == hashes[key]:
            known[key] = CommandResult(answer, accepted, repeated=True)
        else:
            known[key] = refused(KeyReused(key=key))
    return known


async def decide(unit: UnitOfWork, batch: Sequence[Submission]) -> Decided:
    """All commands of a batch in rounds: each goes as far as it can, then what all of them miss is loaded.

    Commands about one order take their turns, each with all that follows from it, as they were asked. Raises `Alone`
    when one of several spoils it for the others.
    """
    state = unit.state
    decided = Decided()
    under_way = [(waiting, carry_out(state, waiting.command, waiting.call)) for waiting in batch]
    needs = first_needs(waiting.command for waiting in batch)
    while under_way:
        await unit.load(needs)
        needs = Needs()
        paused = []
        busy: set[UUID | None] = set()
        for waiting, work in under_way:
            if waiting.order_id is not None and waiting.order_id in busy:
                paused.append((waiting, work))
                continue
            match _went_on(work):
                case Outcome() as outcome:
                    decided.outcomes.append((waiting, outcome))
                case Refusal() as refusal:
                    decided.refusals.append((waiting, refusal))
                case FollowUpRefused() as follow:
                    if len(batch) > 1:
                        raise Alone from follow
                    # Alone, it is the answer; what it did is dropped with the state.
                    unit.forget()
                    return Decided(refusals=[(waiting, follow.refusal)])
                case missing:
                    needs |= missing
                    paused.append((waiting, work))
                    busy.add(waiting.order_id)
        under_way = paused
    return decided


def _went_on(work: Cascade) -> Needs | Outcome | Refusal | FollowUpRefused:
    """A command as far as it gets: to its end, or to what it misses."""
    try:
        return next(work)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome
    except (Refusal, FollowUpRefused) as no:
        return no
    except Exception as error:
        raise Alone from error


async def write(
    db: Connection, unit: UnitOfWork, batch: Sequence[Submission], decided: Decided, summarize: Summarize
) -> dict[str, CommandResult]:
    """Write facts, rows, jobs and answers, one statement a table. Answers every command by its key."""
    answers = {waiting.key: _accepted(unit.state, outcome) for waiting, outcome in decided.outcomes}
    answers |= {waiting.key: refused(refusal) for waiting, refusal in decided.refusals}
    recorded = decided.recorded
    if recorded:
        last = {each.fact.order_id: each.at for each in recorded}
        await write_facts(db, recorded)
        await unit.write(lambda book: summarize(book, last[book.order.id]))
        await enqueue(db, decided.jobs)
    await _log_commands(db, batch, answers)
    await unit.write_stock()
    return answers


def _accepted(state: State, outcome: Outcome) -> CommandResult:
    own = outcome.facts[: outcome.own]
    reply: dict[str, Any] = {}
    order_id = None
    for fact in own:
        reply.update(fact.reply())
        order_id = order_id or fact.order_id
    # The version that this command left behind: others of the batch may have gone on from there.
    latest = zip(reversed(outcome.facts), reversed(outcome.versions), strict=True)
    answer = Answer(
        accepted=True,
        order_id=order_id,
        number=state.books[order_id].order.number if order_id is not None else 0,
        order_version=next(version for fact, version in latest if fact.order_id == order_id) if order_id else 0,
        facts=tuple(fact.kind() for fact in outcome.facts),
        reply=reply,
    )
    return CommandResult(msgspec.json.encode(answer), accepted=True)


async def _log_commands(db: Connection, batch: Sequence[Submission], answers: dict[str, CommandResult]) -> None:
    """Keys in order, so that two batches that share some never wait for each other in a circle."""
    rows = [
        (
            waiting.key,
            waiting.body_hash,
            waiting.command.kind(),
            waiting.actor,
            waiting.at,
            answers[waiting.key].accepted,
            answers[waiting.key].body,
        )
        for waiting in sorted(batch, key=lambda waiting: waiting.key)
    ]
    await db.copy_records_to_table("command_log", records=rows, columns=COMMANDS)
