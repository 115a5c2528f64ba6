"""What the system says has a name in which people read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.core.messages import Job
from purveyor.engine.journal import fact_kinds
from purveyor.web.pages.labels.lookup import LABELS, label

STAGES = [
    "receipt",
    "review",
    "confirmation",
    "payment",
    "picking",
    "packing",
    "shipping",
    "delivery",
    "support",
    "returns",
    "feedback",
]


def kinds_of(job: type[Job]) -> Iterator[str]:
    for each in job.__subclasses__():
        if "." in each.kind() and each.__module__.startswith("purveyor."):
            yield each.kind()
        yield from kinds_of(each)


@pytest.mark.parametrize("kind", sorted(kinds_of(Job)))
def test_every_job_has_a_name(kind: str) -> None:
    assert kind in LABELS


@pytest.mark.parametrize("kind", [kind for kind in sorted(fact_kinds()) if kind.partition(".")[0] in STAGES])
def test_everything_that_happens_to_an_order_has_a_name(kind: str) -> None:
    assert kind.partition(".")[2] in LABELS


def test_a_sentence_is_left_as_it_is_and_a_code_is_not() -> None:
    assert label("main: the only location") == "Main: the only location"
    assert label("not_in_the_list") == "Not in the list"
