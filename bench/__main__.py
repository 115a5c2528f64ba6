"""`python -m bench [name]`: measure, print the table, write `bench/results.json`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.setup_shop import Figure

RESULTS = Path(__file__).parent / "results.json"


def suites() -> dict[str, Callable[[], Awaitable[list[Figure]]]]:
    from bench import million, order_life, placing, resources, web

    return {
        "placing": placing.measure,
        "web": web.measure,
        "life": order_life.measure,
        "million": million.measure,
        "resources": resources.measure,
    }


def main() -> None:
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="purveyor-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["PURVEYOR_DATA_DIR"] = folder  # of every process that a benchmark starts, so that all are new
        for name, measure in suites().items():
            if only in name:
                print(f"measuring: {name} ...", file=sys.stderr, flush=True)
                figures.extend(_run(measure))
                show(figures)
    if not only:
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _run(measure: Callable[[], Awaitable[list[Figure]]]) -> list[Figure]:
    import uvloop

    async def work() -> list[Figure]:
        return await measure()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


def show(figures: list[Figure]) -> None:
    table = Table("figure", "ours", "floor", "ratio", "unit", "p50 ms", "p99 ms", "goal")
    for each in figures:
        table.add_row(
            each.name,
            f"{each.ours:,.1f}",
            "" if each.floor is None else f"{each.floor:,.1f}",
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.unit,
            "" if each.p50_ms is None else f"{each.p50_ms:.1f}",
            "" if each.p99_ms is None else f"{each.p99_ms:.1f}",
            each.goal,
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
