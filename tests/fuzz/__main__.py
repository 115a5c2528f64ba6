"""`make fuzz`: every operation of the API with generated values, in a shop with orders in every stage."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from purveyor.db.database import open_database
from purveyor.settings import Settings
from tests.fuzz import a_key, environment, fuzz, purveyor, serving
from tests.fuzz.shop import REVOKES, Config, known, names_of, place

EXAMPLES = 50
CLOSED = 40


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="purveyor-fuzz-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        variables = environment(folder)
        purveyor("simulate", "--orders", str(CLOSED), "--json", variables=variables)
        with serving(folder, variables) as (url, key), working(folder, variables):
            place(url, key)
            names = names_of(httpx.get(f"{url}/api/openapi.json").json())
            values = asyncio.run(_known(variables, set(names.values())))
            config = Config(key, a_key("revoking", REVOKES, variables), names, values)
            outcome = fuzz(url, config, folder, examples=EXAMPLES)
            purveyor("verify", variables=variables)
    sys.stdout.write(f"{outcome.report}\n{outcome.cases} cases; failures: {outcome.failures or 'none'}\n")
    return outcome.status


@contextmanager
def working(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """`purveyor work`, which must still run at the end."""
    with (folder / "work.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "purveyor", "work"], env=dict(variables), stdout=log, stderr=log
        )
        try:
            yield
            assert worker.poll() is None, (folder / "work.log").read_text()
        finally:
            worker.terminate()
            worker.wait(30)


async def _known(variables: Mapping[str, str], names: set[str]) -> dict[str, list[str]]:
    async with open_database(Settings.from_environment(variables)) as dsn:
        return await known(dsn, names)


sys.exit(main())
