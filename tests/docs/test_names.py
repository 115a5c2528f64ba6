"""Commands, settings, make targets, folders, files, tables of metrics and links that the documents name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cyclopts import App

import purveyor
from purveyor.cli.app import app
from purveyor.settings import PREFIX, Settings
from tests.docs.pages import PAGES, ROOT, blocks, code, commands, links, name_of, shell_lines

PACKAGE = Path(purveyor.__file__).parent
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
SETTINGS = {PREFIX + name.upper() for name in Settings.__struct_fields__}
# Where a path in the text may start.
STARTS = (ROOT, ROOT / "src", PACKAGE, ROOT / "docs", PACKAGE / "stages", PACKAGE / "db" / "migrations")
_PATH = re.compile(r"[\w.\-]+(/[\w.\-]+)*/?")
# Paths that stand for others, or that are made by those who read.
MADE_UP = re.compile(r"[<>*{}]|NNNN|\.\.\.|DATA_DIR|^postgres/|^Europe/|\.refused\.csv$")

pages = pytest.mark.parametrize("page", PAGES, ids=name_of)


@pages
def test_commands_exist(page: Path) -> None:
    for words in commands(page, "purveyor"):
        verb: App = app
        names = []
        for word in words:
            if word.startswith("-") or word not in verb:
                break
            verb = verb[word]
            names.append(word)
        assert names or words[0].startswith(("-", ".")), f"purveyor {' '.join(words)}"
        assert verb.default_command is not None or words == names, f"purveyor {' '.join(words)}"
        known = "".join(argument.name for argument in verb.assemble_argument_collection()) if names else ""
        for option in (word.partition("=")[0] for word in words if word.startswith("--")):
            assert option in known or option in ("--help", "--version"), f"purveyor {' '.join(words)}: {option}"


@pages
def test_make_targets_exist(page: Path) -> None:
    for words in commands(page, "make"):
        assert words[0] in TARGETS, f"make {words[0]}"


@pages
def test_settings_exist(page: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", page.read_text()))
    assert named <= SETTINGS


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, heading = link.partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}, link


@pages
def test_folders_and_files_exist(page: Path) -> None:
    for text in code(page):
        if "/" not in text.strip("/") and not text.endswith((".py", ".md", ".sql", ".toml", "/")):
            continue
        if MADE_UP.search(text) or not _PATH.fullmatch(text):
            continue
        if "/" not in text:
            found = next((path for top in (PACKAGE, ROOT / "tests", ROOT / "docs") for path in top.rglob(text)), None)
            assert found is not None or (ROOT / text).exists(), text
        else:
            assert any((start / text).exists() for start in (*STARTS, page.parent)), text


@pages
def test_python_in_the_documents_is_python(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(block, name_of(page), "exec")


def test_the_documents_name_something() -> None:
    """The tests above look at what they find: here is that they find it."""
    readme = ROOT / "README.md"
    scopes = "receipt:write,orders:read,catalog:write,stock:write,policies:write"
    assert ["keys", "create", '"web', 'shop"', "--scopes", scopes] in list(commands(readme, "purveyor"))
    assert ["demo"] in list(commands(readme, "make"))
    assert any(line.startswith("curl") for line in shell_lines(readme))
    assert len(PAGES) > 10


def test_every_how_to_is_found_from_the_readme() -> None:
    readme = ROOT / "README.md"
    first = {(readme.parent / link.partition("#")[0]).resolve() for link in links(readme)}
    pages_linked = [page for page in first if page.suffix == ".md" and page.is_file()]
    second = {(page.parent / link.partition("#")[0]).resolve() for page in pages_linked for link in links(page)}

    how_tos = set((ROOT / "docs" / "how-to").glob("*.md"))

    assert how_tos
    assert how_tos <= first | second
