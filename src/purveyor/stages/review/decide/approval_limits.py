"""Changes that give something away: they count toward the limit of a day, and too much waits for another person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from purveyor.core import approval_limits
from purveyor.core.messages import Call, Fact
from purveyor.core.state import Book, State
from purveyor.stages.review.decide.hold_facts import held, is_held_under
from purveyor.stages.review.facts import OrderEdited, UnitsAdded
from purveyor.stages.review.state import is_approved

PRICE: Final = "price"


class Given(NamedTuple):
    """How much less something costs than the catalog asks, and what that is: minor units."""

    below_minor: int
    listed_minor: int
    is_unlisted: bool = False  # the catalog has no price in the order's currency for some of it


def given_by_somebody(
    state: State, book: Book, fact: OrderEdited | UnitsAdded, given: Given, call: Call, *, is_free: bool = False
) -> Iterator[Fact]:
    """The change, and a hold where it is cheaper than one person may make it.

    `is_free`: units that put something right are free by nature, so only what they are worth counts.
    """
    if not given.below_minor or not approval_limits.is_person_or_key(call.actor):
        yield fact
        return
    asked = (book.order.id, book.currency, call.actor, call.at)
    is_too_much = approval_limits.needs_second_person(state, *asked, given.below_minor) or given.is_unlisted
    if not is_free and given.below_minor * 100 > given.listed_minor * state.policies.holds.price_below_percent:
        is_too_much = True
    yield msgspec.structs.replace(fact, counts=approval_limits.count_given(*asked, given.below_minor))
    if is_too_much and not is_held_under(book, PRICE, by_another=True):
        yield held(
            state,
            book,
            PRICE,
            "more than one person decides",
            call,
            by_rule=False,
            before_approval=not is_approved(book),
            by_another=True,
        )
