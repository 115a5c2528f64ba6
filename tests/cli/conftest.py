"""The command line at an operator's desk: within this process, or as one that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from purveyor.cli import app, imports, operations, startup
from purveyor.cli.startup import house_of
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.db.database import NAME
from purveyor.engine.answers import Answer
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.settings import Settings

WIDTH = 200  # of the terminal, in columns
LOCATION = {"code": "main", "name": "Main warehouse", "country": "DE", "city": "Berlin", "postal_code": "10115"}


class Done(msgspec.Struct):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)

    @property
    def text(self) -> str:
        """Both streams without the breaks that the width of a terminal puts in."""
        return " ".join((self.out + " " + self.err).replace("│", " ").split())


class Desk:
    """Runs `purveyor ...` on one database, in one folder."""

    def __init__(self, database: str, folder: Path) -> None:
        self.folder = folder
        self.database = database
        self.variables = {
            "PURVEYOR_DATABASE_URL": database,
            "PURVEYOR_DATA_DIR": str(folder),
            "PURVEYOR_LOG_LEVEL": "warning",
        }

    async def run(self, *arguments: str, status: int = 0) -> Done:
        """`purveyor ...` from its arguments to its exit status, within this process: importing is what takes time."""
        done = await asyncio.to_thread(run_here, arguments, self.environment, self.folder)
        assert done.status == status, f"purveyor {' '.join(arguments)}: {done}"
        return done

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """The same as a process of its own."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "purveyor",
            *arguments,
            cwd=self.folder,
            env=self.environment | {"COLUMNS": str(WIDTH), "PYTHONWARNINGS": ""},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    @property
    def environment(self) -> dict[str, str]:
        rest = {name: value for name, value in os.environ.items() if not name.startswith("PURVEYOR_")}
        return rest | self.variables

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.variables)

    async def ask(self, *commands: Command) -> list[Answer]:
        """Carry out commands in this process, one after the other."""
        answers = []
        async with house_of(self.settings) as opened:
            for command in commands:
                key = f"test:{uuid4()}"
                given = await opened.committer.submit(command, key=key, actor="staff:test")
                assert given.accepted, given.body
                answers.append(given.answer)
        return answers


@pytest.fixture
def desk(database: str, tmp_path: Path) -> Desk:
    """The command line on a migrated database without rows."""
    return Desk(database, tmp_path)


@pytest.fixture
def bare_desk(empty_database: str, tmp_path: Path) -> Desk:
    """The command line on a database without tables."""
    return Desk(empty_database, tmp_path)


@pytest.fixture
async def shop(desk: Desk) -> Desk:
    """A shop with a location, mugs and T-shirts, and the customer C1."""
    products = tuple(
        ProductData(sku=sku, name=name, price=Money(minor, "EUR"))
        for sku, name, minor in (("MUG", "Mug", 1_190), ("TEE", "T-shirt", 2_500))
    )
    items = tuple(ReceivedItem(sku=sku, location="main", quantity=1_000) for sku in ("MUG", "TEE"))
    ann = CustomerAddress(name="Ann Example", email="ann@example.com", city="Berlin", country="DE")
    await desk.ask(
        SetPolicy(name="locations", data=[LOCATION]),
        SaveProducts(products=products),
        ReceiveStock(items=items),
        RegisterCustomer(number="C1", address=ann),
    )
    return desk


def run_here(arguments: tuple[str, ...], environment: dict[str, str], folder: Path) -> Done:
    """`main()` with these arguments; what it prints is caught."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        patch.setattr(os, "environ", environment)
        for console in (app.out, app.err, startup.out, operations.err, imports.out, imports.err):
            patch.setattr(console, "_width", WIDTH)
        try:
            app.main(arguments)
        except SystemExit as end:
            return Done(int(end.code or 0), output.getvalue(), errors.getvalue())
    return Done(0, output.getvalue(), errors.getvalue())


def unreachable() -> str:
    """A database that is not there."""
    return f"postgresql://purveyor:secret@127.0.0.1:1/{NAME}"
