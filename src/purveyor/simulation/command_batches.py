"""How everybody in the simulated world acts: by commands, many at once, so that the committer makes large batches."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.core.messages import Command
from purveyor.engine.answers import CommandResult, Refused
from purveyor.wiring import House

AT_ONCE = 2_000  # well below the line's length (`max_waiting`), so that nobody is turned away
# Who is nobody in particular: what a carrier tells is told of every parcel.
OF_EVERYBODY = "channel:carrier"
OTHERS = """
    -- Orders that nobody in here has placed: they do not bear the simulation's reference.
    SELECT id FROM orders WHERE reference !~ '^P[0-9]+-' AND (status = 'placed' OR $1)
"""

ONE_WAITS = """
    -- Whether one of these orders has come, within so long, to where only people can go on with it.
    SELECT EXISTS (SELECT FROM orders
                    WHERE id = ANY($1::uuid[]) AND status = 'placed' AND stage_since > $2
                      AND (stage = ANY($3::text[]) OR (stage = 'delivery' AND method = 'collect')))
"""
OF_PEOPLE = ("review", "payment", "picking", "packing", "shipping", "support", "returns")
WAITS_FOR = timedelta(days=1)  # in the shop's time: whoever does nothing for so long has gone


class Act(msgspec.Struct, frozen=True):
    """Somebody asks for something. The key says what it is about, so that nothing is done twice."""

    command: Command
    key: str
    actor: str


class CommandBatcher:
    """Where acts are handed in. Counts what was refused, by command and code."""

    def __init__(self, house: House, prefix: str) -> None:
        self.house = house
        self.refused: Counter[str] = Counter()
        self.accepted = 0
        self.visitors: set[UUID] = set()  # orders that are left to those who placed them
        self._prefix = prefix

    @property
    def now(self) -> datetime:
        return self.house.outside.clock.now()

    async def look_for_visitors(self, *, first: bool = False) -> None:
        """Learn which orders were placed by somebody who tries the shop out. `first`: those that have ended too."""
        self.visitors.update(await self.house.read.values(OTHERS, first))

    async def waits_for_visitor(self) -> bool:
        """Whether an order of theirs waits for what only they can do."""
        if not self.visitors:
            return False
        since = self.now - WAITS_FOR
        (waits,) = await self.house.read.values(ONE_WAITS, list(self.visitors), since, list(OF_PEOPLE))
        return bool(waits)

    def is_ours(self, act: Act) -> bool:
        """Whether this is for us to do, and not for a visitor who tries the shop out."""
        return act.actor == OF_EVERYBODY or getattr(act.command, "order_id", None) not in self.visitors

    async def hand_in(self, acts: Iterable[Act]) -> list[CommandResult]:
        """Ask for all of it that is ours, at one time, and give the answers in the same order."""
        acts = [act for act in acts if self.is_ours(act)]
        given: list[CommandResult] = []
        now = self.now
        for start in range(0, len(acts), AT_ONCE):
            submit = self.house.committer.submit
            given += await asyncio.gather(
                *(
                    submit(act.command, key=f"{self._prefix}:{act.key}", actor=act.actor, at=now)
                    for act in acts[start : start + AT_ONCE]
                )
            )
        for act, each in zip(acts, given, strict=True):
            if each.accepted:
                self.accepted += not each.repeated
            else:
                self.refused[f"{act.command.kind()}: {refusal_of(each).code}"] += 1
        return given


def refusal_of(given: CommandResult) -> Refused:
    refusal = given.answer.refusal
    assert refusal is not None, "it was accepted"
    return refusal
