# ruff: noqa: INP001, T201 (a script of the documents, no part of a package)
"""Writes `flow.md` anew from what follows every fact: `python docs/flow_page.py`."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import purveyor.flow
from purveyor.core.messages import Command, Fact, Job
from purveyor.core.registry import FOLLOWS, After
from purveyor.discovery import load_stages

PAGE = Path(__file__).with_name("flow.md")
TELL = "tell"  # the follow-up that writes to the customer
BRANCHES = (ast.If, ast.IfExp, ast.Match, ast.For)
STAGES = purveyor.flow.MODULES[:11]

HEAD = """# What follows what

The life of an order on one page: each fact, the sentence that says what follows it, and the commands, jobs and notices
that do. Commands run in the transaction of the fact, jobs after it. `?` stands behind what follows only sometimes; the
function of that name in `src/purveyor/flow/` says when. This page is made of those functions by
`python docs/flow_page.py`.

## Which stage causes work in which

An arrow goes from the stage of a fact to the stage of a command or job that follows it. Notices to customers follow
facts of every stage and are left out.
"""


def page() -> str:
    """The whole text of the page."""
    load_stages()
    parts = [HEAD, _picture()]
    for module in purveyor.flow.MODULES:
        rows = [
            f"| {', '.join(f'`{fact.kind()}`' for fact in facts)} | {_sentence(handler)} | {_listed(handler)} |"
            for handler, facts in _handlers(module)
        ]
        doc = importlib.import_module(f"purveyor.flow.{module}").__doc__ or ""
        table = "\n".join(["| fact | what follows | by |", "| --- | --- | --- |", *rows])
        parts.append(f"## {module.capitalize()}\n\n{doc.strip()}\n\n{table}\n")
    return "\n".join(parts)


def _handlers(module: str) -> list[tuple[After, list[type[Fact]]]]:
    """The handlers of a module from its top, each with its facts."""
    facts: dict[Any, list[type[Fact]]] = {}
    for fact in sorted(FOLLOWS, key=lambda fact: fact.kind()):
        for handler in FOLLOWS[fact]:
            if handler.__module__ == f"purveyor.flow.{module}":
                facts.setdefault(handler, []).append(fact)
    return sorted(facts.items(), key=lambda each: each[0].__code__.co_firstlineno)


def _sentence(handler: Any) -> str:
    words = handler.__name__.replace("_", " ").capitalize()
    return " ".join([f"**{words}.**", *(handler.__doc__ or "").split()])


def _listed(handler: Any) -> str:
    found: dict[str, bool] = {}  # and whether always
    for name, is_sure in _caused(handler):
        found[name] = found.get(name, False) or is_sure
    return ", ".join(name if is_sure else f"{name}?" for name, is_sure in found.items())


def _caused(function: Any, *, is_sure: bool = True) -> Iterator[tuple[str, bool]]:
    """What a function yields, and what those that it calls do."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    known = function.__globals__
    for call, is_sometimes in _calls(tree.body[0], is_sometimes=False):
        sure = is_sure and not is_sometimes
        match call.func:
            case ast.Attribute(value=ast.Name(id=alias), attr=attribute) if _is_caused(known.get(alias), attribute):
                kind = getattr(known[alias], attribute)
                yield f"`{kind.kind()}`" + (" (job)" if issubclass(kind, Job) else ""), sure
            case ast.Name(id=name) if name == TELL:
                notice = call.args[1]
                what = f"`{notice.value}`" if isinstance(notice, ast.Constant) else "by what it was"
                yield f"notice {what}", sure
            case ast.Name(id=name) if _is_of_the_flow(known.get(name)):
                yield from _caused(known[name], is_sure=sure)


def _calls(node: ast.AST, *, is_sometimes: bool) -> Iterator[tuple[ast.Call, bool]]:
    """Every call, in the order of the source, and whether it stands under a condition or behind an early return."""
    for child in ast.iter_child_nodes(node):
        below = is_sometimes or isinstance(child, BRANCHES)
        yield from _calls(child, is_sometimes=below)
        if isinstance(child, ast.Call):
            yield child, below
        if isinstance(child, ast.If) and any(isinstance(each, ast.Return) for each in ast.walk(child)):
            is_sometimes = True


def _is_caused(module: Any, name: str) -> bool:
    kind = getattr(module, name, None)
    return isinstance(kind, type) and issubclass(kind, Command | Job)


def _is_of_the_flow(function: Any) -> bool:
    return isinstance(function, FunctionType) and function.__module__.startswith("purveyor.flow.")


def _picture() -> str:
    arrows = sorted(
        {
            (module, caused.lstrip("`").partition(".")[0])
            for module in STAGES
            for handler, _ in _handlers(module)
            for caused, _ in _caused(handler)
            if not caused.startswith("notice")
        }
    )
    lines = [f"    {start} --> {end}" for start, end in arrows if start != end and end in STAGES]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE)
