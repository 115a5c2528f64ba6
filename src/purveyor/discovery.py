"""Imports every room, so that its rules, rows, jobs and sweeps are known, and then the page that ties them together."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import purveyor.flow
import purveyor.records
import purveyor.stages

MODULES = ("commands", "facts", "state", "decide", "queries", "jobs")


@cache
def load_stages() -> tuple[str, ...]:
    """Import the furniture of all rooms, and of the flow. Answers the names of the rooms."""
    names: list[str] = []
    for house in (purveyor.stages, purveyor.records):
        for room in pkgutil.iter_modules(house.__path__, f"{house.__name__}."):
            names.append(room.name)
            package = importlib.import_module(room.name)
            there = {each.name for each in pkgutil.iter_modules(package.__path__)}
            for piece in MODULES:
                if piece in there:
                    importlib.import_module(f"{room.name}.{piece}")
    for name in purveyor.flow.MODULES:
        importlib.import_module(f"purveyor.flow.{name}")
    return tuple(names)
