"""`dry_run`: the whole answer, and nothing done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from purveyor.core.messages import Command, Job
from purveyor.core.state import State
from purveyor.stages.receipt.facts import OrderPlaced
from tests.engine.conftest import Follows, Pool, a_committer
from tests.engine.trial_commands import Count, Counted, Ring
from tests.pure import an_order_for

Rows = Callable[[], Awaitable[dict[str, Any]]]


def count_and_ring(fact: OrderPlaced, _state: State) -> Iterator[Command | Job]:
    yield Count(name="orders", by=len(fact.lines))
    yield Ring(name="bell")


async def test_a_preview_says_everything_that_would_follow_and_changes_nothing(
    shop: Pool, counted_rows: Rows, follows: Follows
) -> None:
    follows[OrderPlaced].append(count_and_ring)
    before = await counted_rows()
    async with a_committer(shop) as committer:
        preview = await committer.preview(an_order_for(("MUG", 2)), actor="channel:web")
        await committer.preview(an_order_for(("MUG", 2)), actor="channel:web")
        after = await counted_rows()
        given = await committer.submit(an_order_for(("MUG", 2)), key="k", actor="channel:web")

    assert before == after
    assert preview.accepted
    assert [fact["kind"] for fact in preview.facts] == list(given.answer.facts)
    assert preview.jobs == ["trial.ring"]
    assert (preview.total_before_minor, preview.total_after_minor) == (0, 2 * 1_190 + 490)
    assert preview.receivable_after_minor == 2 * 1_190 + 490
    assert preview.currency == "EUR"


async def test_a_preview_of_what_would_be_refused_is_the_refusal(shop: Pool, counted_rows: Rows) -> None:
    before = await counted_rows()
    async with a_committer(shop) as committer:
        preview = await committer.preview(an_order_for(("MUG", 1_001)), actor="channel:web")

    assert not preview.accepted
    assert preview.refusal is not None
    assert preview.refusal.code == "out_of_stock"
    assert preview.facts == []
    assert await counted_rows() == before


async def test_a_refused_follow_up_shows_in_the_preview_too(shop: Pool, follows: Follows) -> None:
    def refuse(_fact: Counted, _state: State) -> Iterator[Command | Job]:
        yield Count(name="x", by=0)

    follows[Counted].append(refuse)
    async with a_committer(shop) as committer:
        preview = await committer.preview(Count(name="x"), actor="staff:test")

    assert preview.refusal is not None
    assert preview.refusal.code == "count_too_low"
