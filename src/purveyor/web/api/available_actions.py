"""What can be done with an order now, and why not the rest: each command is decided on the order as it is.

The decision is the very rule that will decide the command, on the same rows, with values that fit them. Deciding
changes nothing, so all are tried on one loaded state.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command
from purveyor.core.refusals import Refusal
from purveyor.core.registry import DECIDES
from purveyor.core.state import Book, Missing
from purveyor.engine.unit_of_work import UnitOfWork
from purveyor.web.api.command_endpoints import Endpoint

MOST_TRIALS = 20  # rows of one kind that are tried: an order of a thousand lines says enough with these
NOTHING_TO_ACT_ON = "nothing_to_act_on"  # the code where there is no row to try it on


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something one may ask. Not possible: the refusal's code, sentence and data, and what is possible instead.

    `is_idle`: it would be accepted, and change nothing.
    """

    action: str
    stage: str
    title: str
    path: str
    scope: str
    possible: bool
    is_idle: bool = False
    code: str = ""
    why: str = ""
    data: dict[str, Any] = {}
    instead: tuple[str, ...] = ()


async def actions_of(
    unit: UnitOfWork, book: Book, endpoints: Iterable[tuple[str, Endpoint]], actor: str, at: datetime
) -> list[Action]:
    """Every action with something to be tried on, decided one by one. `endpoints` come with their stage."""
    found: list[Action] = []
    for stage, endpoint in endpoints:
        if endpoint.tried is None:
            continue
        commands = list(endpoint.tried(book))[:MOST_TRIALS]
        if not commands:
            found.append(
                Action(
                    action=endpoint.name,
                    stage=stage,
                    title=endpoint.summary,
                    path=endpoint.path_of_order(book.order.id),
                    scope=endpoint.scope,
                    possible=False,
                    code=NOTHING_TO_ACT_ON,
                    why=endpoint.otherwise,
                )
            )
        for command in commands:
            refusal, changes = await outcome_of(unit, command, trial(book, actor, at))
            if refusal is not None and refusal.code in endpoint.tolerates:
                refusal, changes = None, True
            found.append(
                Action(
                    action=endpoint.name,
                    stage=stage,
                    title=endpoint.summary,
                    path=endpoint.address(command),
                    scope=endpoint.scope,
                    possible=refusal is None,
                    is_idle=refusal is None and not changes,
                    code=refusal.code if refusal else "",
                    why=str(refusal) if refusal else "",
                    data=refusal.data if refusal else {},
                    instead=refusal.what_instead() if refusal else (),
                )
            )
    return found


def trial(book: Book, actor: str, at: datetime) -> Call:
    """A call under which nothing is done."""
    return Call("tried", actor, at, Ids(uuid7(0, book.order.id.int)))


async def refusal_of(unit: UnitOfWork, command: Command, call: Call) -> Refusal | None:
    """Why a command would be refused, or None."""
    refusal, _ = await outcome_of(unit, command, call)
    return refusal


async def outcome_of(unit: UnitOfWork, command: Command, call: Call) -> tuple[Refusal | None, bool]:
    """Why a command would be refused, and whether it would change anything."""
    rule = DECIDES[type(command)]
    while True:
        try:
            return None, bool(list(rule(unit.state, command, call)))
        except Missing as missing:
            needs = missing.needs
        except Refusal as refusal:
            return refusal, False
        await unit.load(needs)
