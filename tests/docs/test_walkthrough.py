"""The two orders of the walkthrough are what a fresh run makes of them."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable

import pytest

from tests.docs.pages import ROOT

FOLDER = ROOT / "docs" / "walkthrough"


@pytest.mark.parametrize("name", ["plain", "awkward"])
async def test_the_page_is_what_a_fresh_run_tells(database: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)
    walk: Callable[[str], Awaitable[str]] = getattr(importlib.import_module(f"{name}_order"), f"{name}_order")

    page = await walk(database)

    assert (FOLDER / f"{name}-order.md").read_text() == page, "run: python docs/walkthrough/make.py"
