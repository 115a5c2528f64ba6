"""Where a handler stands: beside those of the same stage, so that whoever has a fact knows where to look."""

from __future__ import annotations

import pkgutil

import pytest

import purveyor.flow
from purveyor.core.messages import Fact
from purveyor.core.registry import FOLLOWS
from purveyor.discovery import load_stages

CLOSING, RECORDS = "purveyor.flow.closing", "purveyor.flow.records"
REGISTER_NOTHING = {"questions", "follow_ups"}
load_stages()
FACTS = sorted(FOLLOWS, key=lambda fact: fact.kind())


def home_of(fact: type[Fact]) -> str:
    """The module of the flow for what follows a fact."""
    _, layer, stage, *_ = fact.__module__.split(".")
    return RECORDS if layer == "records" else f"purveyor.flow.{stage}"


@pytest.mark.parametrize("fact", FACTS, ids=[fact.kind() for fact in FACTS])
def test_what_follows_a_fact_stands_with_its_stage(fact: type[Fact]) -> None:
    modules = [handler.__module__ for handler in FOLLOWS[fact]]

    assert set(modules) <= {home_of(fact), CLOSING}
    assert CLOSING not in modules[:-1], "an order is closed last"


def test_every_module_is_imported_in_its_order() -> None:
    there = {each.name for each in pkgutil.iter_modules(purveyor.flow.__path__)}

    assert set(purveyor.flow.MODULES) == there - REGISTER_NOTHING
    assert purveyor.flow.MODULES[-1] == "closing"


def test_questions_and_what_follows_in_several_places_are_no_handlers() -> None:
    modules = {handler.__module__.rpartition(".")[2] for handlers in FOLLOWS.values() for handler in handlers}

    assert not modules & REGISTER_NOTHING
    assert modules == set(purveyor.flow.MODULES)
