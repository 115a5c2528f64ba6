"""The API by its own description: generated calls, of which none may break the server or its promises."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from tests.fuzz.shop import Config

#: A server error, a status or a media type that is not documented, a body that is not as its schema says.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SEED = 20261127
START_S = 120.0
_CASES = re.compile(r"(\d[\d,]*) generated")


class Outcome(msgspec.Struct, frozen=True):
    """What came of a run; `report` is schemathesis' own, with a reproduction of every failure."""

    status: int
    cases: int
    failures: dict[str, int]
    report: str


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """Of an installation of its own, in a folder; with a server of its own where no database is given."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("PURVEYOR_")}
    own = {"PURVEYOR_DATA_DIR": str(folder), "PURVEYOR_LOG_LEVEL": "error"}
    return rest | own | ({"PURVEYOR_DATABASE_URL": database} if database else {})


@contextmanager
def serving(folder: Path, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`purveyor serve` with a key that may do everything: its address and the key."""
    key = a_key("fuzz", "*", variables)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "serve.log").open("wb") as log:
        command = [sys.executable, "-m", "purveyor", "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=dict(variables), stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server)
            yield url, key
        finally:
            server.terminate()
            server.wait(30)


def a_key(name: str, scopes: str, variables: Mapping[str, str]) -> str:
    """A new key for the API."""
    made = purveyor("keys", "create", name, "--scopes", scopes, "--json", variables=variables)
    key: str = msgspec.json.decode(made)["key"]
    return key


def purveyor(*arguments: str, variables: Mapping[str, str]) -> bytes:
    """What a command of the command line prints; it must succeed."""
    command = [sys.executable, "-m", "purveyor", *arguments]
    return subprocess.run(command, env=dict(variables), stdout=subprocess.PIPE, check=True).stdout


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < ends:
        try:
            if httpx.get(f"{url}/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not start")


def fuzz(url: str, config: Config, folder: Path, *, examples: int, options: tuple[str, ...] = ()) -> Outcome:
    """Generated calls of every operation, the same ones in every run."""
    (folder / "schemathesis.toml").write_text(config.written(), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/api/openapi.json",
        "--phases=examples,coverage,fuzzing",
        f"--max-examples={examples}",
        f"--checks={CHECKS}",
        f"--seed={SEED}",
        "--generation-database=none",
        "--suppress-health-check=all",
        "--continue-on-failure",
        "--warnings=off",
        "--no-shrink",
        "--no-color",
        *options,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = done.stdout + done.stderr
    cases = _CASES.search(report)
    return Outcome(done.returncode, int(cases[1].replace(",", "")) if cases else 0, _failures(report), report)


_FAILURE = re.compile(r"^ *\S+ ST\d+ (.+): (\d+)$", re.MULTILINE)


def _failures(report: str) -> dict[str, int]:
    """Failures by their kind, from the summary."""
    return {name: int(count) for name, count in _FAILURE.findall(report)}
