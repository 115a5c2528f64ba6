"""Whatever a rule says to people in words is in the catalogs; what it puts together out of parts has a template."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel import Locale
from texts.make import template

import purveyor
from purveyor.core.reason_templates import PART, ReasonTemplate, kind_of, taken_apart
from purveyor.core.reason_texts import KNOWN
from purveyor.discovery import load_stages
from purveyor.web.console.order.action_choices import SUGGESTED
from purveyor.web.pages.labels.hold_reasons import Reader, reason_of
from purveyor.web.pages.labels.lookup import LABELS
from purveyor.web.pages.things import THINGS
from purveyor.web.pages.translations import LANGUAGES, SOURCE, translations

ROOT = Path(purveyor.__file__).parent
RULES = [
    path
    for folder in ("stages", "records", "flow", "insight/backtest")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent.name != "texts"  # of messages, a language each
]
PROSE = re.compile(r"[a-z][a-z'’-]*(?:,? [a-z0-9'’-]+)+")
WORDS = re.compile(r"(?<![A-Za-z_.])[a-z]{2,} |\) [a-z]{2,}| [a-z]{2,}(?![A-Za-z_])")
STATEMENT = re.compile(r"\b(SELECT|FROM|WHERE|AND|ORDER BY|LIMIT)\b| = ")
#: Why something is so, for who reads the code.
FOR_ENGINEERS = frozenset({"AT_ONCE", "NEED_NONE"})
#: Told to who looks for what broke, in the log.
FOR_OPERATORS = frozenset({"no_more_goes_back_than_came_in"})


def said_by_pages() -> set[str]:
    """Every code with its words, and everything that the catalogs have."""
    codes = LABELS.keys() | THINGS.keys()
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in template() if message.id}
    return codes | {code.replace("_", " ") for code in codes} | ids


Spoken = tuple[ast.expr, str, list[ast.AST]]


def spoken(tree: ast.Module) -> Iterator[Spoken]:
    """Every text of a module, with all that it stands in, the innermost first."""
    waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while waiting:
        node, around = waiting.pop()
        match node:
            case ast.JoinedStr():
                yield node, put_together(node), around
            case ast.Constant(value=str(text)):
                yield node, text, around
            case _:
                waiting.extend((each, [node, *around]) for each in ast.iter_child_nodes(node))


def is_for_engineers(around: list[ast.AST]) -> bool:
    """Documentation, what an assertion says, and reasons beside a table."""
    if isinstance(around[0], ast.Expr) or any(isinstance(each, ast.Assert) for each in around):
        return True
    names = {each.target.id for each in around if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)}
    inside = {each.name for each in around if isinstance(each, ast.FunctionDef)}
    return bool(names & FOR_ENGINEERS or inside & FOR_OPERATORS)


def is_phrase(around: list[ast.AST]) -> bool:
    """What was found and expected, which the catalogs have with places for what is put in."""
    for node in around:
        match node:
            case ast.keyword(arg="found" | "expected"):
                return any(isinstance(each, ast.Call) and name_of(each.func) == "Invalid" for each in around)
            case ast.Assign(targets=[ast.Name(id="found" | "expected")]):
                return True
            case ast.Call(func=func) if name_of(func) == "wanted":
                return True
            case _:
                pass
    return False


def name_of(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def put_together(node: ast.JoinedStr) -> str:
    parts = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
    return "".join(part if isinstance(part, str) else "{}" for part in parts)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_sentence_that_a_rule_writes_is_in_the_catalogs(path: Path, known: set[str]) -> None:
    lacking = [
        f"{node.lineno}: {text}"
        for node, text, around in spoken(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and PROSE.fullmatch(text)
        and text not in known
        and not is_for_engineers(around)
    ]

    assert not lacking


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_rule_puts_a_sentence_together_that_no_page_can_take_apart(path: Path) -> None:
    made = [
        f"{node.lineno}: {text}"
        for node, text, around in spoken(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        and WORDS.search(text)
        and not STATEMENT.search(text)
        and not is_for_engineers(around)
        and not is_phrase(around)
    ]

    assert not made


@pytest.fixture(scope="module")
def known() -> set[str]:
    return said_by_pages()


EXAMPLES = {
    "day": ("2026-03-09", "9. März 2026"),
    "count": ("1250", "1.250"),
    "amount": ("1250.00 EUR", "1.250,00\N{NO-BREAK SPACE}€"),
    "code": ("stock", "Bestand"),
    "words": ("large order, billed elsewhere", "Große Bestellung, Abweichende Rechnungsadresse"),
    "places": ("main, shop", "Hauptlager, Laden"),
    "actor": ("staff:7", "Cleo"),
    "reason": ("no answer yet", "Noch keine Antwort"),
    "id": ("evt_7", "evt_7"),
    "name": ("MUG", "MUG"),
}
GERMAN = Reader(translations("de"), Locale("de"), {"main": "Hauptlager", "shop": "Laden", "staff:7": "Cleo"})
load_stages()


@pytest.mark.parametrize("made_with", ReasonTemplate.known, ids=lambda each: each.written)
def test_a_reason_with_parts_is_put_together_again_for_its_reader(made_with: ReasonTemplate) -> None:
    parts = {name: EXAMPLES[kind_of(name)][0] for name in PART.findall(made_with.written)}

    why = made_with(**parts)

    assert taken_apart(why) == (made_with, parts)
    said = reason_of(why, GERMAN)
    assert all(EXAMPLES[kind_of(name)][1] in said for name in parts)
    assert said != reason_of(why, Reader(NullTranslations(), GERMAN.locale, GERMAN.names))


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {SOURCE}))
@pytest.mark.parametrize("word", sorted(KNOWN))
def test_a_reason_that_is_offered_has_words(word: str, language: str) -> None:
    known = LABELS.get(word) or LABELS.get(word.replace(" ", "_"), "")

    assert known
    assert getattr(translations(language), "_catalog", {}).get(known)


def test_what_is_offered_is_a_word_of_ours_and_no_private_text() -> None:
    assert {each for words in SUGGESTED.values() for each in words} <= KNOWN
