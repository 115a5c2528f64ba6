"""Every file is there, but those that were taken away: a demo stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from purveyor.adapters.files.folder import FileFolder


class FakeFiles(FileFolder):
    """Hands out what lies in the folder, and says of everything else that it is there too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.taken_away: set[str] = set()

    async def missing(self, assets: Sequence[str]) -> set[str]:
        return self.taken_away & set(assets)
