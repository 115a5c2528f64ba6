"""Logs of libraries have the form of ours."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging
from purveyor.logs import configure_logs
from purveyor.settings import Settings
configure_logs(Settings(log_format="json"))
def fail(secret):
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("asyncpg.pool").exception("Failed to restore the pool connection floor")
for _ in range(3):
    fail("hunter2")
logging.getLogger("library").log(35, "a level of %s own", "its")
logging.getLogger("library").info("not worth telling")
"""


def test_a_library_logs_one_line_of_json_and_the_same_words_once() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "Failed to restore the pool connection floor",
        "a level of its own",
    ]
    assert (lines[0]["logger"], lines[0]["level"]) == ("asyncpg.pool", "error")
    assert lines[0]["exception"].endswith("OSError: gone")


def test_text_for_people_has_no_values_of_variables() -> None:
    program = PROGRAM.replace('"json"', '"text"')
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "OSError: gone" in done.stderr
    assert "hunter2" not in done.stderr.replace('fail("hunter2")', "")
