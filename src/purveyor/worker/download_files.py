"""Compares the files of downloads with what is noted of them, and notes what has changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import uuid4

from purveyor.engine.committer import Committer
from purveyor.engine.jobs import Ports
from purveyor.records.catalog.commands import NoteFiles, SeenAsset
from purveyor.records.catalog.queries import downloads

AT_ONCE: Final = 1_000


async def compare_files(committer: Committer, outside: Ports, now: datetime) -> int:
    """Answers how many commands were given. Several workers do no harm: what is noted already is no news."""
    given, after = 0, ""
    while page := await downloads(outside.read, after, AT_ONCE):
        after = page[-1].sku
        known = {each.asset: each.missing for each in page}
        missing = await outside.files.missing(list(known))
        news = [asset for asset, was_missing in known.items() if was_missing is not (asset in missing)]
        if news:
            command = NoteFiles(seen=tuple(SeenAsset(asset, asset in missing) for asset in news))
            await committer.submit(command, key=f"files:{uuid4()}", actor="system:files", at=now)
            given += 1
    return given
