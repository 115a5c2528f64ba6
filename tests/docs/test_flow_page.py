"""The page of what follows what is what the handlers say."""

from __future__ import annotations

import importlib

import pytest

from purveyor.core.registry import FOLLOWS
from tests.docs.pages import ROOT


def test_the_page_is_made_of_the_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs")

    page: str = importlib.import_module("flow_page").page()

    assert (ROOT / "docs" / "flow.md").read_text() == page, "run: python docs/flow_page.py"
    assert all(f"`{fact.kind()}`" in page for fact in FOLLOWS)
    for handlers in FOLLOWS.values():
        for handler in handlers:
            assert f"**{handler.__name__.replace('_', ' ').capitalize()}.**" in page
