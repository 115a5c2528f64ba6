"""A whole installation on this machine: a durable PostgreSQL, and as many serve and work processes as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec

from purveyor.db import embedded, migrate

READY_WITHIN_S = 60


class Process:
    """One `purveyor` process that can be killed and started again, on the same port."""

    def __init__(self, verb: str, environment: dict[str, str], log: Path, arguments: Sequence[str] = ()) -> None:
        self.verb = verb
        self._arguments = arguments
        self.port = free_port() if verb in ("serve", "demo") else 0
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        arguments = ["purveyor", self.verb, *self._arguments, *(["--port", str(self.port)] if self.port else [])]
        environment = self._environment
        if self.verb == "demo":  # its server, which no verb of the command line starts
            arguments = ["purveyor.cli.demo_server"]
            environment = environment | {"PURVEYOR_PORT": str(self.port)}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *arguments,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that its own workers die with it
            )

    async def ready(self) -> None:
        """A server is ready when it says so; a worker when it runs."""
        if not self.port:
            return
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as http:
            for _ in range(READY_WITHIN_S * 10):
                with contextlib.suppress(httpx.HTTPError):
                    if (await http.get("/ready")).status_code == httpx.codes.OK:
                        return
                await asyncio.sleep(0.1)
        message = f"serve on port {self.port} is not ready: {self._log.read_text()[-2_000:]}"
        raise TimeoutError(message)

    async def kill(self) -> None:
        """`kill -9`, its children too."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Told to stop. Answers with which status it has ended."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        if self._process.returncode is not None:
            return self._process.returncode  # it has ended by itself, and its number may be another's by now
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        status = await self._process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # whoever it has left behind
        return status


class Cluster:
    """What the tests of this folder run on."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self._settings = settings
        self.data = folder / "data"
        self.fakes = folder / "fakes"
        self.server = embedded.start(self.data)
        self.processes: list[Process] = []
        self.key = ""

    @property
    def dsn(self) -> str:
        return self.server.dsn("purveyor")

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PURVEYOR_DATABASE_URL": self.dsn,
            "PURVEYOR_DATA_DIR": str(self.folder),
            "PURVEYOR_FAKE_DIR": str(self.fakes),
            "PURVEYOR_LOG_LEVEL": "warning",
            "PYTHONWARNINGS": "",
            **self._settings,
        }

    async def prepare(self) -> None:
        admin = await asyncpg.connect(self.server.dsn("postgres"))
        await admin.execute("CREATE DATABASE purveyor")
        await admin.close()
        await migrate.upgrade(self.dsn)
        made = await self.run("keys", "create", "tests", "--scopes", "*", "--json")
        self.key = msgspec.json.decode(made)["key"]

    async def run(self, *arguments: str, status: int = 0) -> bytes:
        """A `purveyor` command to its end. Answers what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "purveyor",
            *arguments,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode == status, f"purveyor {arguments}: {output.decode()} {errors.decode()}"
        return output

    async def add(self, verb: str, arguments: Sequence[str] = ()) -> Process:
        process = Process(verb, self.environment, self.folder / f"{verb}-{len(self.processes)}.log", arguments)
        self.processes.append(process)
        await process.start()
        return process

    def client(self, process: Process) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{process.port}/api/v1",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30,
            limits=httpx.Limits(max_connections=600),
        )

    async def kill_database(self) -> None:
        """`kill -9` of the postmaster; its children follow when they notice. Then it is started again."""
        pid = int((self.server.pgdata / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        for _ in range(100):
            try:
                self.server = await asyncio.to_thread(embedded.start, self.data)
                self.server.stop()  # it was used before, and once is enough
                probe = await asyncpg.connect(self.dsn)
                await probe.close()
            except (OSError, RuntimeError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
            else:
                return
        message = "the database did not come back"
        raise TimeoutError(message)

    async def close(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                await process.stop()
        await asyncio.to_thread(self.server.stop)


@asynccontextmanager
async def a_cluster(
    *, serve: int = 2, work: int = 0, settings: dict[str, str] | None = None, arguments: Sequence[str] = ()
) -> AsyncIterator[Cluster]:
    """An installation with a shop in it, torn down at the end. `arguments`: of its servers."""
    # No `tmp_path`: pytest locks all others out of its folders, and as root PostgreSQL runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="purveyor-test-"))
    cluster = Cluster(folder, settings or {})
    try:
        await cluster.prepare()
        for _ in range(serve):
            await cluster.add("serve", arguments)
        for _ in range(work):
            await cluster.add("work")
        for process in cluster.processes:
            await process.ready()
        yield cluster
    finally:
        await cluster.close()
        shutil.rmtree(folder, ignore_errors=True)


def an_order(sku: str, quantity: int = 1, source: str = "card-good") -> dict[str, Any]:
    """The body of a web order."""
    return {
        "channel": "web",
        "currency": "EUR",
        "lines": [{"sku": sku, "quantity": quantity}],
        "tenders": [{"method": "card", "source": source}],
        "contact": {
            "name": "Ann Example",
            "email": "ann@example.com",
            "street": "Teststr. 1",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
        },
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
