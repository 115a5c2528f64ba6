"""Whether what a download delivers is there. Workers look into the folder; rules read what they have noted."""

from __future__ import annotations

from collections.abc import Iterable

from purveyor.core.rows import AssetFile, Line
from purveyor.core.state import State


def has_file(state: State, sku: str) -> bool:
    """A file that nobody has looked for yet counts as there: workers look as soon as a product is saved."""
    seen = state.get(AssetFile, state.product(sku).asset)
    return seen is None or not seen.missing


def without_file(state: State, lines: Iterable[Line]) -> list[str]:
    """SKUs of downloads that are still to be delivered, and whose file is missing."""
    open_skus = {line.sku for line in lines if line.kind == "download" and line.placed + line.allocated}
    return [sku for sku in sorted(open_skus) if not has_file(state, sku)]
