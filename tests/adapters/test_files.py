"""Files that downloads hand out: a plain name in one folder, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from purveyor.adapters.files.fake import FakeFiles
from purveyor.adapters.files.folder import FileFolder

OUTSIDE = ("", ".", "..", "../secret.txt", "/etc/hostname", "folder", "folder/inner.txt", "no\0name", "x" * 5_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    (folder / "folder").mkdir(parents=True)
    for path in (folder / "book.epub", folder / "folder" / "inner.txt", tmp_path / "secret.txt"):
        path.write_text("text")
    return folder


async def test_a_file_is_there_by_its_plain_name_alone(folder: Path) -> None:
    files = FileFolder(folder)

    assert await files.missing(["book.epub", *OUTSIDE]) == set(OUTSIDE)
    assert files.path_of("book.epub") == folder / "book.epub"
    assert [files.path_of(name) for name in OUTSIDE] == [None] * len(OUTSIDE)


async def test_without_a_folder_every_file_is_missing(tmp_path: Path) -> None:
    assert await FileFolder(tmp_path / "nowhere").missing(["book.epub"]) == {"book.epub"}


async def test_a_demo_misses_only_what_was_taken_away(folder: Path) -> None:
    files = FakeFiles(folder)
    files.taken_away.add("lost.epub")

    assert await files.missing(["book.epub", "other.epub", "lost.epub"]) == {"lost.epub"}
    assert files.path_of("other.epub") is None
