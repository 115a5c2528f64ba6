"""`make texts`: collects every text that a person may read, and brings the catalogs in `web/locale` up to date.

Texts stand in templates (`_("...")`), in code (`_`, `mark`, `ngettext`), and in rules: a refusal's `sentence` and what
is possible `instead`, what was `found` and `expected` where a value cannot be, what a `Problem` says, an endpoint's
`summary` and `otherwise`, how a reason with parts is shown, and the summary of a list of the API, which the page of
keys shows.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "purveyor"
CATALOGS = SOURCE / "web" / "locale"
LANGUAGES = ("de", "es", "pt")
FUNCTIONS = {"_", "gettext", "mark"}
FIELDS = {"sentence", "instead", "summary", "otherwise"}
PHRASES = {"found", "expected"}  # of what was sent and should have been: they stand in a sentence
PROBLEM_SENTENCE = 2  # after the status and the code
LISTS = {"worklist", "of_order"}
LIST_SUMMARY = 1  # after the path
PLACE = re.compile(r"\{\w+\}")
EXTENSIONS = "jinja2.ext.do,jinja2.ext.loopcontrols"
TEMPLATE_OPTIONS = {"extensions": EXTENSIONS, "trim_blocks": "true", "lstrip_blocks": "true"}
Found = tuple[str | tuple[str, str], str]  # a text, or one and many of something, and where it stands


def texts() -> Iterator[Found]:
    """Every text with the file in which it stands."""
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        where = path.relative_to(ROOT).as_posix()
        keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
        method: Any = babel_extract  # Jinja and Babel name its types differently
        found: Any = extract(method, BytesIO(path.read_bytes()), keywords=keywords, options=TEMPLATE_OPTIONS)
        for _line, message, _comments, _context in found:
            yield message, where
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for message in of_code(path.read_text()):
            yield message, where


def of_code(source: str) -> Iterator[str | tuple[str, str]]:
    """Texts of a Python file."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield from of_call(name, node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in FIELDS:
                yield from strings(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in PHRASES:
                yield from phrases(value)
            case _:
                pass


def of_call(name: str, call: ast.Call) -> Iterator[str | tuple[str, str]]:
    """What stands in a call of a function."""
    if name in FUNCTIONS and call.args:
        yield from strings(call.args[0])
    if name == "ReasonTemplate" and call.args:
        yield from strings(call.args[-1])
    if name == "wanted" and call.args:
        yield from phrases(call.args[0])
    if name == "Problem" and len(call.args) > PROBLEM_SENTENCE:
        yield from strings(call.args[PROBLEM_SENTENCE])
    if name in LISTS and len(call.args) > LIST_SUMMARY:
        yield from strings(call.args[LIST_SUMMARY])
    if name == "ngettext" and len(call.args) > 1:
        yield from zip(strings(call.args[0]), strings(call.args[1]), strict=False)
    for keyword in call.keywords:
        if keyword.arg in FIELDS:
            yield from strings(keyword.value)
        if name == "Invalid" and keyword.arg in PHRASES:
            yield from phrases(keyword.value)


def strings(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text.strip():
            yield text
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from strings(part)
        case _:
            pass


def phrases(node: ast.expr) -> Iterator[str]:
    """Phrases, with `{0}`, `{1}` for what is put into them, so that those that say the same are one."""
    match node:
        case ast.Constant(value=str(text)) if text.strip():
            number = count()
            yield PLACE.sub(lambda _: f"{{{next(number)}}}", text)
        case ast.IfExp(body=one, orelse=other):
            yield from phrases(one)
            yield from phrases(other)
        case ast.BoolOp(values=values):
            for each in values:
                yield from phrases(each)
        case ast.JoinedStr(values=parts):
            said = [str(part.value) if isinstance(part, ast.Constant) else "" for part in parts]
            if any(re.search(r"\w", each) for each in said):
                number = count()
                yield "".join(each or f"{{{next(number)}}}" for each in said)
        case _:
            pass


def template() -> Catalog:
    """All texts, without translations."""
    catalog = Catalog(project="Purveyor", charset="utf-8", fuzzy=False)
    places: dict[str | tuple[str, str], set[str]] = {}
    for message, place in texts():
        places.setdefault(message, set()).add(place)
    single = {message[0]: message for message in places if isinstance(message, tuple)}
    for message, where in sorted(places.items(), key=lambda item: (sorted(item[1]), str(item[0]))):
        if isinstance(message, str) and message in single:
            continue
        catalog.add(message, locations=[(place, None) for place in sorted(where)])  # type: ignore[misc]
    return catalog


def update(language: str, wanted: Catalog) -> list[str]:
    """Write a language's catalog: what is new is empty, what is gone is left out. Answers what lacks a translation."""
    path = CATALOGS / f"{language}.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    made = Catalog(locale=language, project="Purveyor", charset="utf-8", fuzzy=False)
    missing: list[str] = []
    for message in wanted:
        if not message.id:
            continue
        there = known.get(message.id[0] if isinstance(message.id, tuple) else message.id)
        string = there.string if there is not None and bool(there.string) else None
        if isinstance(message.id, tuple) and not isinstance(string, (tuple, list)):
            string = None
        filled = all(string) if isinstance(string, (tuple, list)) else bool(string)
        if not filled:
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
        made.add(message.id, string, locations=message.locations)
    with path.open("wb") as file:
        write_po(file, made, width=120, omit_header=True, include_lineno=False)
    return missing


def main() -> int:
    wanted = template()
    status = 0
    for language in LANGUAGES:
        missing = update(language, wanted)
        print(f"{language}: {len(wanted)} texts, {len(missing)} without a translation")
        status = status or bool(missing)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
