"""The real server process on a port: it opens the house by itself, answers, and leaves when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from purveyor.settings import Settings
from purveyor.web.server.process import claim_port, serve
from purveyor.wiring import House
from tests.web.conftest import an_order, key_for

PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(params=["granian", "uvicorn"])
def address(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[str]:
    """The address of a server; that it leaves cleanly is a part of every test."""
    port = free_port()
    env = {**os.environ, "PURVEYOR_DATABASE_URL": database, "PURVEYOR_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "purveyor", "serve", "--port", str(port), "--server", request.param]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    here = f"http://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            if httpx.get(f"{here}/ready").status_code == 200:
                break
        except httpx.TransportError:
            pass
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until, "the server does not come up"
        time.sleep(0.1)
    yield here
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, -signal.SIGTERM), output
    assert "Traceback" not in output, output


async def test_an_order_is_placed_at_the_server(house: House, address: str) -> None:
    headers = {"Authorization": await key_for(house, "receipt:write"), "Idempotency-Key": "1"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        first = await client.post("/api/v1/orders", json=an_order())
        again = await client.post("/api/v1/orders", json=an_order())

    assert first.status_code == 201, first.text
    assert first.headers["content-type"] == "application/json"
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await house.read.values("SELECT count(*) FROM orders") == [1]


def test_a_server_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(Settings(), server="apache") == 2
    assert "expected one of granian, uvicorn" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_of_two_servers_that_start_on_one_port_at_once_the_second_refuses(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    with claim_port(port) as is_ours:  # the first is still far from listening, whatever it calls this machine
        assert is_ours
        assert serve(Settings(host=host, allow_simulated=True), port=port) == 2
        said = capsys.readouterr().err
        with claim_port(free_port()) as another:
            assert another
    with claim_port(port) as again:
        assert again

    assert f"Nobody can listen on port {port} of {host}: it is in use" in said


def test_a_port_that_is_taken_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve(Settings(), port=port) == 2

    said = capsys.readouterr().err
    assert f"Nobody can listen on port {port} of 127.0.0.1: it is in use" in said


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("192.0.2.1", 8420, "that is no address of this machine"),
        ("no such host", 8420, "--host: found 'no such host'"),
        ("127.0.0.1", 70_000, "--port: found 70000, expected 1 to 65535"),
    ],
)
def test_an_address_that_cannot_be_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], host: str, port: int, said: str
) -> None:
    assert serve(Settings(allow_simulated=True), host=host, port=port) == 2
    assert said in capsys.readouterr().err
