"""Where the files lie that downloads hand out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """Files by the name that a product's `asset` has."""

    async def missing(self, assets: Sequence[str]) -> set[str]:
        """Those of the assets that have no file. A name that leads out of the store has none."""
        ...

    def path_of(self, asset: str) -> Path | None:
        """The file of an asset, to be read, if it is there."""
        ...
