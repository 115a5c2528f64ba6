"""Imports every stage and record, so that its rules, rows, jobs and sweeps are known, and then what follows what."""

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
    """Import the modules of all stages and records, and those of the flow. Gives the names of the packages."""
    names: list[str] = []
    for layer in (purveyor.stages, purveyor.records):
        for stage in pkgutil.iter_modules(layer.__path__, f"{layer.__name__}."):
            names.append(stage.name)
            package = importlib.import_module(stage.name)
            there = {each.name for each in pkgutil.iter_modules(package.__path__)}
            for module in MODULES:
                if module in there:
                    importlib.import_module(f"{stage.name}.{module}")
    for module in purveyor.flow.MODULES:
        importlib.import_module(f"purveyor.flow.{module}")
    return tuple(names)
