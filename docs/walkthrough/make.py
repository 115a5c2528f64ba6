# ruff: noqa: INP001, T201 (a script of the documents, no part of a package)
"""Writes the pages of this folder anew from a real run: `python docs/walkthrough/make.py`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from awkward_order import awkward_order
from plain_order import plain_order

from purveyor.db import embedded, migrate

PAGES: dict[str, Callable[[str], Awaitable[str]]] = {"plain-order.md": plain_order, "awkward-order.md": awkward_order}


async def make(server: embedded.EmbeddedServer) -> None:
    for name, write in PAGES.items():
        database = name.partition("-")[0]
        admin = await asyncpg.connect(server.dsn("postgres"))
        await admin.execute(f"CREATE DATABASE {database}")
        await admin.close()
        await migrate.upgrade(server.dsn(database))
        page = Path(__file__).with_name(name)
        page.write_text(await write(server.dsn(database)))
        print(page)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = embedded.start(Path(folder), durable=False)
        try:
            asyncio.run(make(server))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
