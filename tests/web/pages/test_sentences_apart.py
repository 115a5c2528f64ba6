"""A line of a template that ends with a tag takes its line end with it: the sentence of the next one would touch it."""

from __future__ import annotations

import re
from itertools import pairwise

from purveyor.web.pages.rendering import TEMPLATES

A_SENTENCE = re.compile(r"\{\{ _\(|\{% (if|for)[^%]*%\}\{\{ _\(")
SENTENCE_BEFORE = re.compile(r"\{\{ _\([^{}]*\) \}\}\{% end(if|for) %\}$")


def test_no_sentence_touches_the_one_before() -> None:
    touching: list[str] = []
    for template in sorted(TEMPLATES.rglob("*.html")):
        lines = template.read_text().splitlines()
        for number, (line, after) in enumerate(pairwise(lines), 1):
            if SENTENCE_BEFORE.search(line) and A_SENTENCE.match(after.strip()):
                touching.append(f"{template.relative_to(TEMPLATES)}:{number}")

    assert touching == []
