"""The documents, and what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]))

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """Fenced blocks of these languages."""
    return (match[2] for match in _FENCE.finditer(page.read_text()) if match[1] in languages)


def code(page: Path) -> Iterator[str]:
    """Everything in single backquotes outside of fenced blocks."""
    return (match[1] for match in _CODE.finditer(_FENCE.sub("", page.read_text())))


def links(page: Path) -> Iterator[str]:
    return (match[1] for match in _LINK.finditer(_FENCE.sub("", page.read_text())))


def shell_lines(page: Path) -> Iterator[str]:
    """Commands of shell blocks, continued lines joined, comments removed."""
    for block in blocks(page, "sh", "shell", "bash", "console"):
        command = ""
        for line in block.replace("\\\n", " ").splitlines():
            command += line.partition(" #")[0].removeprefix("$ ").strip() + " "
            if command.count("'") % 2 == 0:  # else it goes on in the next line
                if command.strip() and not command.startswith("#"):
                    yield command.strip()
                command = ""


def commands(page: Path, program: str) -> Iterator[list[str]]:
    """What is said to `program` (purveyor, make), in blocks and in the text, as words."""
    for text in (*shell_lines(page), *code(page)):
        words = text.split()
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):  # settings in front of a command
            words.pop(0)
        if words and words[0] == program and len(words) > 1:
            yield words[1:]
