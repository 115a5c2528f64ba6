"""The demo as a user starts it, without a terminal."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

WORDS = "payments, carrier, mail and SMS are simulated"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_demo(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PURVEYOR_")}
    return subprocess.Popen(
        [sys.executable, "-m", "purveyor", "demo", *arguments],
        env=environment | {"PURVEYOR_DATA_DIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_with(folder: Path) -> list[int]:
    """What is left of a demo: whoever works in its folder. A server takes its name off the door before it is gone."""
    found = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in word for word in process.info["cmdline"] or ())
    ]
    _, left = psutil.wait_procs(found, timeout=20)
    return [process.pid for process in left]


def test_a_demo_says_where_it_is_and_ends_after_its_orders(tmp_path: Path) -> None:
    port = a_free_port()
    with start_demo(tmp_path, "--orders", "30", "--port", str(port)) as demo:
        said, _ = demo.communicate(timeout=200)

    assert demo.returncode == 0, said
    assert WORDS in said
    assert f"http://127.0.0.1:{port}/api/docs" in said
    assert "Sign in as ada@demo" in said
    assert "placed 30," in said.splitlines()[-2]
    assert not processes_with(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    with start_demo(tmp_path, "--port", str(a_free_port())) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("curl"):
                break
        demo.send_signal(number)
        said = demo.stdout.read()
        demo.wait(timeout=60)

    assert demo.returncode == 0, said
    assert "Everything has stopped" in said
    assert not processes_with(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to send")
def test_a_server_that_does_not_stop_leaves_no_database_behind(tmp_path: Path) -> None:
    with start_demo(tmp_path, "--port", str(a_free_port())) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("curl"):
                break
        (server,) = [each for each in psutil.Process(demo.pid).children() if "demo_server" in " ".join(each.cmdline())]
        server.suspend()
        demo.terminate()
        said = demo.stdout.read()
        demo.wait(timeout=60)

    assert demo.returncode == 0, said
    assert not processes_with(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to send")
def test_a_demo_whose_database_is_shut_down_says_so_in_one_sentence(tmp_path: Path) -> None:
    with start_demo(tmp_path, "--port", str(a_free_port())) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("curl"):
                break
        while demo.poll() is None:  # it is started again, until that takes too long once
            with contextlib.suppress(psutil.Error, FileNotFoundError, IndexError):
                server = psutil.Process(int((tmp_path / "demo/postgres/postmaster.pid").read_text().split()[0]))
                if any(str(tmp_path) in word for word in server.cmdline()):
                    server.send_signal(signal.SIGQUIT)
            time.sleep(0.3)
        said = demo.stdout.read()

    assert demo.returncode == 2, said
    assert said.rstrip().splitlines()[-1].startswith("The demo has ended: its database")
    assert "Traceback" not in said
    assert not processes_with(tmp_path)
