"""How stages say what they decide, what a fact does to their rows, and what follows. The engine looks it up here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from purveyor.core.messages import Call, Command, Fact, Job, Stamp
from purveyor.core.rows import Row
from purveyor.core.state import Book, Needs, State

Decision = Iterable[Fact | Row]  # facts, and rows of personal data that facts may not hold
Follow = Iterator[Command | Job]

Decide = Callable[[State, Any, Call], Decision]
Apply = Callable[[State, Any, Stamp], None]
After = Callable[[Any, State], Follow]
NeedsOf = Callable[[Any], Needs]
Invariant = Callable[[Book], str]

DECIDES: dict[type[Command], Decide] = {}
APPLIES: dict[type[Fact], Apply] = {}
FOLLOWS: defaultdict[type[Fact], list[After]] = defaultdict(list)
NEEDS: dict[type[Command], NeedsOf] = {}
INVARIANTS: list[Invariant] = []

D = TypeVar("D", bound=Decide)
A = TypeVar("A", bound=Apply)
F = TypeVar("F", bound=After)
N = TypeVar("N", bound=NeedsOf)
I = TypeVar("I", bound=Invariant)  # noqa: E741


def decides(command: type[Command]) -> Callable[[D], D]:
    """The one decision about a command: `(state, command, call) -> facts`, or a refusal raised."""

    def register(rule: D) -> D:
        assert command not in DECIDES, f"{command.__name__} is decided twice"
        DECIDES[command] = rule
        return rule

    return register


def applies(fact: type[Fact]) -> Callable[[A], A]:
    """What a fact does to the rows of its stage: `(state, fact, stamp)`. The ledger has its own."""

    def register(rule: A) -> A:
        assert fact not in APPLIES, f"{fact.__name__} is applied twice"
        APPLIES[fact] = rule
        return rule

    return register


def after(*facts: type[Fact]) -> Callable[[F], F]:
    """What follows a fact: `(fact, state)` yields commands (same transaction) and jobs (after it)."""

    def register(rule: F) -> F:
        for fact in facts:
            FOLLOWS[fact].append(rule)
        return rule

    return register


def needs(command: type[Command]) -> Callable[[N], N]:
    """What a decision will read, said beforehand so that a batch loads it in its first round.

    Never required (a decision that reads what is not there is asked again), worth it where thousands come.
    """

    def register(rule: N) -> N:
        assert command not in NEEDS, f"the needs of {command.__name__} are declared twice"
        NEEDS[command] = rule
        return rule

    return register


def invariant(rule: I) -> I:
    """What must be true of an order after every fact, whichever rule made it: says what is broken, or nothing.

    The ledger asks for it each time, so it costs little and reads the rows of the order alone.
    """
    INVARIANTS.append(rule)
    return rule
