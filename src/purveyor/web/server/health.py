"""What needs no key: whether it runs, whether it is ready, its figures, and its own description."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any

import asyncpg
import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor import __version__
from purveyor.core.networks import networks_of
from purveyor.db.outages import is_gone
from purveyor.db.version import newest_version
from purveyor.web.api.docs_page import STYLE, docs_page
from purveyor.web.api.openapi import describe
from purveyor.web.api.sections import Section
from purveyor.web.handling import AnyRequest, WebContext, Work, handler, json_answer
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.rate_limits import address_of

PATIENCE_S = 2
FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "x-forwarded-host", "via")
READY = "SELECT version_num, current_setting('transaction_read_only') = 'on' FROM alembic_version"


def health_routes(desk: WebContext, sections: Sequence[Section]) -> list[HTTPRouteHandler]:
    """The routes without a key."""

    @cache
    def document() -> bytes:
        return msgspec.json.encode(describe(sections))

    @cache
    def page() -> bytes:
        return docs_page(describe(sections)).encode()

    async def health(_: AnyRequest) -> ASGIResponse:
        return json_answer(msgspec.json.encode({"status": "up", "version": __version__}))

    def inside(work: Work) -> Work:
        """For those who run the shop: from elsewhere, there is nothing at the address."""

        async def answer(request: AnyRequest) -> ASGIResponse:
            if not is_internal(request, desk.house.settings):
                raise Problem(404, "not_found", "There is nothing at this address.")
            return await work(request)

        return answer

    async def ready(_: AnyRequest) -> ASGIResponse:
        await check_ready(desk)
        return json_answer(b'{"status":"ready"}')

    async def metrics(_: AnyRequest) -> ASGIResponse:
        return _answer(desk.metrics.text, "text/plain; version=0.0.4")

    routes: dict[str, Work] = {
        "/health": health,
        "/ready": inside(ready),
        "/metrics": inside(metrics),
        "/api/openapi.json": inside(_fixed(document, "application/json")),
        "/api/docs": inside(_fixed(page, "text/html")),
        "/api/docs.css": _fixed(STYLE.encode, "text/css"),
    }
    return [handler(desk, "GET", path, work) for path, work in routes.items()]


def is_internal(request: Any, settings: Any) -> bool:
    """Whether a request comes from a network of those who run the shop, and not by way of a proxy from anywhere.

    A proxy of ours tells whom it saw, if we know of it (`proxies`). One that we do not know of is told by its headers.
    """
    headers = request.headers
    if not settings.proxies and any(name in headers for name in FORWARDED):
        return False
    try:
        address = ip_address(address_of(request, settings.proxies).partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks_of(settings.inside_networks))


async def check_ready(desk: WebContext) -> None:
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
