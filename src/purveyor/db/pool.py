"""Connections, all alike: UTC, JSON as Python values, no JIT (it costs more than our short statements take)."""

from typing import Any

import asyncpg
import msgspec

#: Sent when a connection is opened. PgBouncer has to be told `ignore_startup_parameters = jit`.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    # Planned anew each time: a plan that was kept from when the tables were small would read them whole later.
    "plan_cache_mode": "force_custom_plan",
    "application_name": "purveyor",
}

# The version byte in front of every jsonb on the wire. Binary, because COPY takes nothing else.
_JSONB_VERSION = b"\x01"
_json_of = msgspec.json.Encoder().encode


async def connect_pool(dsn: str, size: int) -> "asyncpg.Pool[asyncpg.Record]":
    """Open `size` connections at most; one at first, the others when they are needed."""
    return await asyncpg.create_pool(
        dsn, min_size=1, max_size=size, init=prepare, reset=leave_as_it_is, server_settings=SERVER_SETTINGS
    )


async def leave_as_it_is(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing to put right when a connection goes back: whatever we set is set for one transaction only."""


async def prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let jsonb columns take and give Python values: anything that msgspec encodes.

    In a `jsonb[]` (for `unnest`), asyncpg takes a list or tuple for one more dimension of the array: there, pass values
    that may be lists as `msgspec.Raw(msgspec.json.encode(value))`.
    """
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_jsonb, decoder=_decode_jsonb, format="binary"
    )


def _encode_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + _json_of(value)


def _decode_jsonb(wire: bytes) -> Any:
    return msgspec.json.decode(memoryview(wire)[1:])
