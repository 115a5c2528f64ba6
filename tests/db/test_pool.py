"""Connections are set up alike."""

from datetime import UTC, datetime

import asyncpg
import msgspec


async def test_json_goes_in_and_comes_out_as_values(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    value = {"name": "Zoë", "lines": [1, 2.5, None, True], "at": {}}

    assert await pool.fetchval("SELECT $1::jsonb", value) == value
    assert await pool.fetchval("SELECT $1::jsonb ->> 'name'", value) == "Zoë"
    assert await pool.fetchval("SELECT $1::jsonb", datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"


async def test_json_lists_stay_whole_in_an_array_of_json(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    values: list[object] = [[1, 2], {"n": []}, []]
    raw = [msgspec.Raw(msgspec.json.encode(value)) for value in values]

    assert await pool.fetchval("SELECT $1::jsonb[]", raw) == values
    assert await pool.fetchval("SELECT count(*) FROM unnest($1::jsonb[])", raw) == 3


async def test_json_can_be_copied(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    async with pool.acquire() as connection:
        await connection.execute("CREATE TEMP TABLE note (body jsonb)")
        await connection.copy_records_to_table("note", records=[({"n": 1},), ([2],)])
        assert [row["body"] for row in await connection.fetch("SELECT body FROM note")] == [{"n": 1}, [2]]


async def test_every_connection_is_in_utc_and_named(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    for setting, value in {"timezone": "UTC", "jit": "off", "application_name": "purveyor"}.items():
        assert await pool.fetchval("SELECT current_setting($1)", setting) == value
