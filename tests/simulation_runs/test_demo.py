"""The demo as a user starts it, without a terminal."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

WORDS = "payments, carrier, mail and SMS are played by fakes"


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
