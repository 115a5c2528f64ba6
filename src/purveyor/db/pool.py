"""Connections, all alike: UTC, JSON as Python values, no JIT (it costs more than our short statements take)."""

from typing import Any

import asyncpg
import msgspec

from purveyor.db.url import read_url

#: Sent when a connection is opened. PgBouncer refuses `jit` and `plan_cache_mode` unless it is told to ignore them, and
#: then the role has to set them: see docs/operating.md.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    # Planned anew each time: a plan that was kept from when the tables were small would read them whole later.
    "plan_cache_mode": "force_custom_plan",
    "application_name": "purveyor",
}

REFUSED_BY_PGBOUNCER = ("jit", "plan_cache_mode")

# The version byte in front of every jsonb on the wire. Binary, because COPY takes nothing else.
_JSONB_VERSION = b"\x01"
_json_of = msgspec.json.Encoder().encode


async def connect_pool(dsn: str, size: int) -> "asyncpg.Pool[asyncpg.Record]":
    """Open `size` connections at most; one at first, the others when they are needed."""
    address = read_url(dsn)

    async def begin(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        address.prepare_socket(connection)
        await prepare(connection)

    how: dict[str, Any] = {} if address.timeout_s is None else {"timeout": address.timeout_s}
    return await asyncpg.create_pool(
        address.dsn,
        min_size=1,
        max_size=size,
        init=begin,
        reset=leave_as_it_is,
        server_settings=SERVER_SETTINGS,
        **how,
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
