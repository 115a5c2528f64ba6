"""Every text that a person may read is there in every language, with everything that is put into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from texts.make import LANGUAGES as MADE, template

from purveyor.web.pages.translations import CATALOGS, LANGUAGES, SOURCE, translations

NAMED = re.compile(r"%\((\w+)\)s|(%%)")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return template()


@pytest.fixture(scope="module", params=MADE)
def catalog(request: Any) -> Catalog:
    with (CATALOGS / f"{request.param}.po").open("rb") as file:
        return read_po(file, locale=request.param)


def pairs(texts: Catalog, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Each text with its translation, empty where there is none; one and many of something are two pairs."""
    for message in texts:
        if not message.id:
            continue
        ids = several(message.id)
        there = catalog.get(ids[0])
        strings = several(there.string if there is not None else "")
        if len(strings) < len(ids):
            strings = [""] * len(ids)
        for number, string in enumerate(strings):
            yield ids[min(number, len(ids) - 1)], string


def several(text: Any) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def put_in(text: str) -> set[str]:
    """What is put into a text: `%(name)s` in pages, `{name}` in sentences of rules."""
    if "%(" in text:
        return {name or percent for name, percent in NAMED.findall(text)}
    return {str(name) for _, name, _, _ in Formatter().parse(text) if name}


def test_catalogs_are_made_for_every_language() -> None:
    assert {SOURCE, *MADE} == LANGUAGES.keys()


def test_every_text_is_translated(texts: Catalog, catalog: Catalog) -> None:
    assert [text for text, string in pairs(texts, catalog) if not string] == []


def test_what_is_put_into_a_text_is_put_into_its_translation(texts: Catalog, catalog: Catalog) -> None:
    assert [(text, string) for text, string in pairs(texts, catalog) if put_in(text) != put_in(string)] == []


def test_nothing_stands_in_a_catalog_that_nobody_shows(texts: Catalog, catalog: Catalog) -> None:
    known = {message.id for message in texts}

    assert [message.id for message in catalog if message.id not in known] == []


@pytest.mark.parametrize(("language", "said"), [("de", "Bestellungen"), ("es", "Pedidos"), ("pt", "Encomendas")])
def test_a_catalog_speaks_its_language(language: str, said: str) -> None:
    assert translations(language).gettext("Orders") == said
