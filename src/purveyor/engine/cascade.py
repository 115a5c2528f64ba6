"""One command and all that follows from it, in memory: decide, apply, follow. It asks for what must be loaded."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias

from purveyor.core.messages import Call, Command, Fact, Job, Stamp
from purveyor.core.refusals import Refusal
from purveyor.core.registry import APPLIES, DECIDES, FOLLOWS, NEEDS
from purveyor.core.rows import PrivateText, Row
from purveyor.core.state import Missing, Needs, State
from purveyor.engine.ledger import apply_moves, moves_stock
from purveyor.engine.sensitive_fields import extract_sensitive, owned, referred_to, split

MOST_STEPS = 10_000  # commands that may follow from one: more is a circle in the flow


Cascade: TypeAlias = "Generator[Needs, None, Outcome]"


class FollowUpRefused(Exception):  # noqa: N818 (an answer, not an error)
    """Something that follows from a command was refused, so the command is, and what it did must be dropped."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class RefusedTooLateError(AssertionError):
    """A rule refused when facts had been applied already: a bug, because only `decide` may refuse."""


class Outcome:
    """What came of one command: the facts in order, jobs to enqueue, and which facts answer the caller."""

    __slots__ = ("facts", "jobs", "own", "places", "versions")

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.versions: list[int] = []  # of the order, after each fact; 0 where it is about no order
        self.places: list[int] = []  # of each fact among those of the batch: the journal has them in this order
        self.jobs: list[Job] = []
        self.own: int = 0  # the first `own` facts came from the command itself, the others followed


def first_needs(commands: Iterable[Command]) -> Needs:
    """What is known to be needed before anything is decided."""
    needs = Needs()
    for command in commands:
        declared = NEEDS.get(type(command))
        if declared is not None:
            needs |= declared(command)
        elif (order_id := getattr(command, "order_id", None)) is not None:
            needs.orders.add(order_id)
    return needs


def apply_fact(state: State, fact: Fact, stamp: Stamp) -> int:
    """Bring the state up to date with a fact: the rows of its stage, then the ledger.

    Rows first, because an order's lines must be there before units can be put on them. Answers the order's version.
    """
    rule = APPLIES.get(type(fact))
    if rule is not None:
        rule(state, fact, stamp)
    apply_moves(state, fact)
    if fact.order_id is None:
        return 0
    order = state.books[fact.order_id].order
    order.version += 1
    return order.version


def carry_out(state: State, root: Command, call: Call, *, keeps_texts: bool = True) -> Cascade:
    """Decide a command and everything that follows from it, depth first.

    Private texts in it are kept apart, unless (`keeps_texts`) nothing of it will be kept.

    Yields what must be loaded before it can go on. Raises the `Refusal` of the command, with nothing changed, or
    `FollowUpRefused`: earlier facts are applied by then, and the caller must drop the state.
    """
    outcome = Outcome()
    stamp = Stamp(call.at, call.actor)
    reasons: list[PrivateText] = []
    root, texts = extract_sensitive(root, call) if keeps_texts else (root, [])
    waiting: list[Command] = [root]
    for _ in range(MOST_STEPS):
        if not waiting:
            return _kept(state, reasons, outcome)
        command = waiting.pop()
        try:
            made = yield from _decided(state, command, call)
        except Refusal as refusal:
            if command is root:
                raise
            raise FollowUpRefused(refusal) from refusal
        if texts and made:
            reasons, others = split(owned(texts, command, made, state))
            made = [*referred_to(others, [each for each in made if isinstance(each, Fact)]), *made]
            texts = []
        if not state.complete and (skus := _unknown_stock(state, made)):
            yield Needs(stock=skus)
        try:
            facts = _recorded(state, made, stamp, outcome)
            follows = yield from _followed(state, facts, outcome)
        except Refusal as refusal:
            raise RefusedTooLateError(f"{command.kind()}: {refusal}") from refusal
        if command is root:
            outcome.own = len(outcome.facts)
        waiting.extend(reversed(follows))
    message = f"{type(root).__name__} leads to commands without end"
    raise AssertionError(message)


def _decided(state: State, command: Command, call: Call) -> Generator[Needs, None, list[Fact | Row]]:
    """The decision, asked again each time after what it missed has been loaded."""
    rule = DECIDES[type(command)]
    place = call.ids.place
    while True:
        call.ids.place = place  # the same decision gives the same ids, whatever it had to wait for
        try:
            return list(rule(state, command, call))
        except Missing as missing:
            needs = missing.needs
        yield needs


def _unknown_stock(state: State, made: list[Fact | Row]) -> set[str]:
    """SKUs whose stock the ledger will move and has not seen: not every rule that moves units looks at the shelf."""
    known = state.stock
    skus: set[str] = set()
    for each in made:
        if isinstance(each, Fact) and (each.moves or each.stock):
            skus.update([change.sku for change in each.stock if change.sku not in known])
            skus.update([move.sku for move in each.moves if move.sku not in known and moves_stock(move)])
    return skus


def _kept(state: State, reasons: list[PrivateText], outcome: Outcome) -> Outcome:
    """The outcome, with the reasons that its facts refer to."""
    for text in referred_to(reasons, outcome.facts):
        state.add(text)
    return outcome


def _recorded(state: State, made: list[Fact | Row], stamp: Stamp, outcome: Outcome) -> list[Fact]:
    """Take in what was decided: personal rows first, so that they are there for whatever the facts lead to."""
    facts: list[Fact] = []
    for each in made:
        if isinstance(each, Fact):
            facts.append(each)
        else:
            state.add(each)
    for fact in facts:
        outcome.versions.append(apply_fact(state, fact, stamp))
        state.recorded += 1
        outcome.places.append(state.recorded)
    outcome.facts.extend(facts)
    return facts


def _followed(state: State, facts: list[Fact], outcome: Outcome) -> Generator[Needs, None, list[Command]]:
    """The commands that follow from facts; jobs go into the outcome."""
    commands: list[Command] = []
    for fact in facts:
        for follow in FOLLOWS.get(type(fact), ()):
            while True:
                try:
                    then = list(follow(fact, state))
                    break
                except Missing as missing:
                    needs = missing.needs
                yield needs
            for each in then:
                if isinstance(each, Job):
                    outcome.jobs.append(each)
                else:
                    commands.append(each)
    return commands


def carry_out_loaded(state: State, root: Command, call: Call) -> Outcome:
    """`carry_out` for a state that needs no loading (tests, replay, simulation of rules)."""
    work = carry_out(state, root, call)
    try:
        needs = next(work)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome
    raise Missing(needs)
