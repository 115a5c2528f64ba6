"""The embedded server: shared by processes, ended by the last, and none the worse for being killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from purveyor.db import embedded
from purveyor.db.database import open_database
from purveyor.settings import Settings

# A process of its own that uses the server of the folder until its input ends.
NEIGHBOUR = """
import sys
from pathlib import Path
from purveyor.db import embedded

server = embedded.start(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, made once; making it is what takes the time."""
    folder = tmp_path_factory.mktemp("made")
    embedded.start(folder).stop()
    return folder


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    """A data folder of this test alone."""
    folder = Path(tempfile.mkdtemp(prefix="purveyor-test-"))
    subprocess.run(["cp", "-a", made / "postgres", folder], check=True)
    yield folder
    pid = postmaster_of(folder)
    assert pid is None, "the test left its server running"
    shutil.rmtree(folder)


def postmaster_of(data_dir: Path) -> int | None:
    try:
        pid = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None
    return pid if psutil.pid_exists(pid) else None


def neighbour(data_dir: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", NEIGHBOUR, str(data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


def leave(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=30)


async def ask(server: embedded.EmbeddedServer, question: str) -> object:
    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_server_keeps_its_data_over_a_restart(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    await ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    server.stop()
    assert postmaster_of(data_dir) is None

    server = embedded.start(data_dir)
    assert await ask(server, "SELECT n FROM kept") == 1
    server.stop()


async def test_a_server_writes_to_the_disk_and_listens_to_nobody_else(data_dir: Path) -> None:
    server = embedded.start(data_dir)

    assert [await ask(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == [
        "on",
        "on",
        "on",
    ]
    assert await ask(server, "SHOW listen_addresses") == ""
    assert data_dir.joinpath("postgres").stat().st_mode & 0o077 == 0
    server.stop()


async def test_starting_twice_gives_the_same_server_and_takes_two_stops(data_dir: Path) -> None:
    first, second = embedded.start(data_dir), embedded.start(data_dir)
    assert first is second

    first.stop()
    assert await ask(second, "SELECT 1") == 1
    second.stop()
    assert postmaster_of(data_dir) is None
    second.stop()


async def test_the_last_process_that_leaves_ends_the_server(data_dir: Path) -> None:
    server, other = embedded.start(data_dir), neighbour(data_dir)
    pid = postmaster_of(data_dir)

    server.stop()
    assert postmaster_of(data_dir) == pid

    leave(other)
    assert postmaster_of(data_dir) is None


async def test_nobody_waits_for_a_process_that_was_killed(data_dir: Path) -> None:
    other = neighbour(data_dir)
    pid = postmaster_of(data_dir)
    other.send_signal(signal.SIGKILL)
    leave(other)
    assert postmaster_of(data_dir) == pid, "a killed process leaves the server running"

    server = embedded.start(data_dir)
    assert postmaster_of(data_dir) == pid
    server.stop()
    assert postmaster_of(data_dir) is None


async def test_a_killed_server_comes_back_with_what_was_committed(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    await ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    killed = postmaster_of(data_dir)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    again = embedded.start(data_dir)
    assert again is server
    assert await ask(again, "SELECT n FROM kept") == 1
    again.stop()
    again.stop()


async def test_the_number_of_a_dead_server_may_belong_to_somebody_else(data_dir: Path) -> None:
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{data_dir}/postgres\n1712346200\n5432\n/nowhere\n\n  1 2\nready\n")

    server = embedded.start(data_dir)
    assert await ask(server, "SELECT 1") == 1
    server.stop()


async def test_a_path_too_long_for_a_socket_is_no_trouble(data_dir: Path) -> None:
    long = data_dir / ("a folder with a long name and a %20 in it " + "x" * 60) / "data"
    long.mkdir(parents=True)
    (data_dir / "postgres").rename(long / "postgres")

    server = embedded.start(long)
    assert await ask(server, "SELECT 1") == 1
    sockets = server._socket_dir()
    assert sockets != server.pgdata
    assert sockets.stat().st_mode & 0o077 == 0
    server.stop()
    sockets.rmdir()


def test_data_is_not_given_to_another_version(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(embedded.EmbeddedServerError, match="PostgreSQL 9, which made the data, is not on this machine"):
        embedded.start(data_dir)


def test_a_server_that_cannot_start_says_why(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "START_TIMEOUT_S", 1)
    (data_dir / "postgres" / "postgresql.conf").write_text("max_connections = plenty\n")

    with pytest.raises(embedded.EmbeddedServerError, match="plenty"):
        embedded.start(data_dir)


async def test_without_a_url_the_database_is_our_own(data_dir: Path) -> None:
    async with open_database(Settings(data_dir=data_dir)) as dsn, open_database(Settings(data_dir=data_dir)) as same:
        assert dsn == same
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT current_database()") == "purveyor"
        await connection.close()


async def test_a_url_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://somewhere/else", data_dir=tmp_path / "unused")

    async with open_database(settings) as dsn:
        assert dsn == "postgresql://somewhere/else"
    assert not settings.data_dir.exists()
