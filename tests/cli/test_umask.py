"""What our processes write is for their user alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_process_of_ours_writes_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    script = f"""
import os

from purveyor import cli
try:
    cli.main(["--version"])
except SystemExit:
    pass
os.makedirs({str(folder)!r})
open({str(folder / "fakes.sqlite")!r}, "w").close()
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "fakes.sqlite").stat().st_mode & 0o777 == 0o600
