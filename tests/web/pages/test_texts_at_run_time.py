"""Texts that a page looks up at run time, from what the API, facts and policies say, are in every catalog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel import Locale

from purveyor.core.messages import Fact
from purveyor.core.policies import Policies
from purveyor.core.vocabulary import ROLES
from purveyor.discovery import load_stages
from purveyor.web.api.routes import STAGES
from purveyor.web.auth.roles import SCOPES
from purveyor.web.console.settings.api_keys import areas
from purveyor.web.console.settings.policy_forms import fields_of
from purveyor.web.console.settings.policy_texts import ABOUT
from purveyor.web.pages.labels.lookup import label
from purveyor.web.pages.translations import LANGUAGES, SOURCE, translations

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
OF_ADMINS = ("staff", "policies", "webhooks")


def of_keys() -> Iterator[str]:
    for area, ways in areas().items():
        yield label(area)
        for summaries in ways.values():
            yield from summaries


def of_actions() -> Iterator[str]:
    """What the page of all actions says of those that are possible, and of those that are not."""
    for section in STAGES:
        for endpoint in section.endpoints:
            yield from (endpoint.summary, endpoint.otherwise)


def of_security() -> Iterator[str]:
    load_stages()
    waiting: list[type[Fact]] = [Fact]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        room, _, happening = kind.kind().partition(".") if kind is not Fact else ("", "", "")
        if room in OF_ADMINS:
            yield label(happening)


def of_staff() -> Iterator[str]:
    yield from map(label, ROLES)
    for scopes in SCOPES.values():
        yield from (label(scope.partition(":")[0]) for scope in scopes if scope != "*")


def of_policies() -> Iterator[str]:
    for name, words in ABOUT.items():
        yield from words[:2]
        for field in fields_of(name, Policies(), None, Locale("en")):
            if field.name != "data":
                yield label(field.name.replace("_minor", "").replace("_basis_points", ""))
            yield from map(label, field.choices)
            for column in field.columns:
                yield from (each.text for each in column.types if not each.is_code)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("source", [of_keys, of_actions, of_security, of_staff, of_policies])
def test_what_is_looked_up_at_run_time_is_translated(source: Iterator[str], language: str) -> None:
    texts = set(source())  # type: ignore[operator]
    catalog = getattr(translations(language), "_catalog", {})

    assert len(texts) > 10
    assert sorted(text for text in texts if text and not catalog.get(text)) == []
