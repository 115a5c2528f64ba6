from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fuzz import a_key, environment, fuzz, serving
from tests.fuzz.shop import REVOKES, Config

SOME = (
    "receipt_hold_cart",
    "policies_set",
    "delivery_record_tracking_event",
    "stock_receive",
    "get_orders",
    "get_products",
    "staff_revoke_api_key",
)


@pytest.mark.timeout(600)
async def test_generated_calls_break_neither_the_server_nor_its_promises(database: str, tmp_path: Path) -> None:
    def run() -> tuple[int, int, str]:
        variables = environment(tmp_path, database)
        with serving(tmp_path, variables) as (url, key):
            config = Config(key, a_key("revoking", REVOKES, variables))
            options = tuple(f"--include-operation-id={each}" for each in SOME)
            outcome = fuzz(url, config, tmp_path, examples=5, options=("--phases=examples,fuzzing", *options))
            return outcome.status, outcome.cases, outcome.report

    status, cases, report = await asyncio.to_thread(run)

    assert status == 0, report
    assert cases >= len(SOME)
