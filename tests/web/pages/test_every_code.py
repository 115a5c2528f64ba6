"""Every code and every short reason that the system writes down has words, in each language of the pages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import purveyor
from purveyor.web.pages.labels.lookup import LABELS
from purveyor.web.pages.translations import LANGUAGES, SOURCE, translations

ROOT = Path(purveyor.__file__).parent
FOLDERS = (
    "core",
    "ports",
    "records",
    "stages",
    "adapters/gateways",
    "adapters/carriers",
    "adapters/access",
    "adapters/notifiers",
)
#: Fields of facts and rows that pages show as words.
SHOWN = frozenset(
    {
        "channel",
        "condition",
        "disposition",
        "group",
        "handling",
        "kind",
        "level",
        "method",
        "outcome",
        "reason",
        "remedy",
        "role",
        "status",
        "topic",
        "type",
        "way",
        "why",
    }
)
#: What no person sees: what fakes play, and what commands take for "all of them".
UNSEEN = frozenset({"after", "all", "before", "domestic", "id", "stuck", "world"})


def codes() -> Iterator[tuple[str, str]]:
    """A code, and where it stands."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                for word in words_of(node):
                    yield word, f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def words_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.keyword(arg=name, value=value) if name in SHOWN:
            yield from texts(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in SHOWN:
            yield from texts(value)
        case ast.Assign(targets=[*targets], value=value):
            if any(name_of(target) in SHOWN for target in targets):
                yield from texts(value)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=choices)):
            for choice in choices:
                yield from texts(choice)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choice):
            yield from texts(choice)
        case _:
            pass


def name_of(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def texts(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one)
            yield from texts(other)
        case ast.BoolOp(values=values):
            for each in values:
                yield from texts(each)
        case _:
            pass


CODES = {word: where for word, where in codes() if word not in UNSEEN}


def test_codes_are_found() -> None:
    assert {"manual", "gateway", "placed", "settled by hand", "monday"} <= CODES.keys()


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_words(code: str) -> None:
    assert code in LABELS, CODES[code]


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE}))
def test_every_label_is_translated(language: str) -> None:
    catalog = getattr(translations(language), "_catalog", {})

    assert sorted({text for text in LABELS.values() if not catalog.get(text)}) == []
