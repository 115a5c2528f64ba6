"""What the catalog does outside: it looks for the files that downloads hand out."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.files import FileStore
from purveyor.records.catalog.commands import LookForFiles, NoteFiles, SeenAsset


@job_handler(LookForFiles)
async def look_for_files(job: LookForFiles, _key: str, outside: Ports) -> NoteFiles:
    return await files_seen(outside.files, job.assets)


async def files_seen(files: FileStore, assets: Sequence[str]) -> NoteFiles:
    """What is there of these assets now."""
    missing = await files.missing(assets)
    return NoteFiles(seen=tuple(SeenAsset(asset, asset in missing) for asset in assets))
