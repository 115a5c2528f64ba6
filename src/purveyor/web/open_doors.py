"""What needs no key: whether it runs, whether it is ready, its figures, and its own description."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache

import asyncpg
import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor import __version__
from purveyor.db.outages import is_gone
from purveyor.db.version import newest_version
from purveyor.web.chapters import Chapter
from purveyor.web.desk import AnyRequest, Desk, handler, json_answer
from purveyor.web.docs import STYLE, docs_page
from purveyor.web.openapi import describe
from purveyor.web.problems import Problem

PATIENCE_S = 2
READY = "SELECT version_num, current_setting('transaction_read_only') = 'on' FROM alembic_version"


def open_doors(desk: Desk, chapters: Sequence[Chapter]) -> list[HTTPRouteHandler]:
    """The routes without a key."""

    @cache
    def document() -> bytes:
        return msgspec.json.encode(describe(chapters))

    @cache
    def page() -> bytes:
        return docs_page(describe(chapters)).encode()

    async def health(_: AnyRequest) -> ASGIResponse:
        return json_answer(msgspec.json.encode({"status": "up", "version": __version__}))

    async def ready(_: AnyRequest) -> ASGIResponse:
        await check_ready(desk)
        return json_answer(b'{"status":"ready"}')

    async def metrics(_: AnyRequest) -> ASGIResponse:
        return _answer(desk.metrics.text, "text/plain; version=0.0.4")

    routes: dict[str, Callable[[AnyRequest], Awaitable[ASGIResponse]]] = {
        "/health": health,
        "/ready": ready,
        "/metrics": metrics,
        "/api/openapi.json": _fixed(document, "application/json"),
        "/api/docs": _fixed(page, "text/html"),
        "/api/docs.css": _fixed(STYLE.encode, "text/css"),
    }
    return [handler(desk, "GET", path, work) for path, work in routes.items()]


async def check_ready(desk: Desk) -> None:
    """Raises `Problem` (503) unless the database answers and has the tables of this version."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = [tuple(row) for row in await desk.house.pool.fetch(READY)]
    except Exception as error:
        if not (is_gone(error) or isinstance(error, asyncpg.PostgresError)):
            raise
        raise Problem(503, "database_unreachable", "The database does not answer.") from error
    if any(only_reads for _, only_reads in found):
        await desk.house.pool.expire_connections()  # so that the next look finds the primary, where it moved
        said = "The database only reads: it is a replica. Let PURVEYOR_DATABASE_URL lead to the primary."
        raise Problem(503, "database_read_only", said)
    if [version for version, _ in found] != [newest_version()]:
        raise Problem(503, "not_migrated", "The database lacks the tables of this version: run `purveyor migrate`.")


def _fixed(make: Callable[[], bytes], media_type: str) -> Callable[[AnyRequest], Awaitable[ASGIResponse]]:
    async def answer(_: AnyRequest) -> ASGIResponse:
        return _answer(make(), media_type)

    return answer


def _answer(body: bytes, media_type: str) -> ASGIResponse:
    return ASGIResponse(body=body, media_type=media_type, encoding="utf-8")
