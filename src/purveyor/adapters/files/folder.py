"""Files in a folder of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path


class FileFolder:
    """Each file by its plain name; nothing outside the folder is ever looked at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def missing(self, assets: Sequence[str]) -> set[str]:
        return await asyncio.to_thread(lambda: {asset for asset in assets if self.path_of(asset) is None})

    def path_of(self, asset: str) -> Path | None:
        if not asset or asset in {".", ".."} or "\0" in asset or Path(asset).name != asset:
            return None
        path = self._folder / asset
        try:
            return path if path.is_file() else None
        except OSError:  # a name that no file may have, too long for example
            return None
