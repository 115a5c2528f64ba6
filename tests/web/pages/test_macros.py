"""Whatever is answered by itself, page or part of one, brings the macros that it uses."""

from __future__ import annotations

import re
from pathlib import Path

import purveyor.web

WEB = Path(purveyor.web.__file__).parent
TEMPLATES = WEB / "templates"
ANSWERED = re.compile(r'"((?:console|order_page|storefront|parts)/[a-z_/]+\.html)"')


def without_macros(name: str) -> str | None:
    """The template that uses macros which nobody has imported when `name` is answered."""
    text = (TEMPLATES / name).read_text()
    if re.search(r"import .* as m\b", text) or "{% extends" in text:  # every layout imports them
        return None
    if re.search(r"\bm\.[a-z_]+\(", text):
        return name
    return next(filter(None, map(without_macros, re.findall(r'{% include "([^"]+)"', text))), None)


def test_every_answer_has_the_macros_that_it_uses() -> None:
    names = {name for file in WEB.rglob("*.py") for name in ANSWERED.findall(file.read_text())}

    assert len(names) > 50
    assert {name: found for name in sorted(names) if (found := without_macros(name))} == {}
