"""Files that were bought, each handed out and counted by its grant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import structlog
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse

from purveyor.stages.delivery.commands import Download
from purveyor.stages.delivery.state import DownloadGrant
from purveyor.web.http.problem_details import Problem
from purveyor.web.order_page.loading import load_order
from purveyor.web.order_page.page import show as show_order
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, post

log = structlog.get_logger()
PIECE_BYTES: Final = 256 * 1024


async def download(ctx: RequestContext) -> Any:
    """Take one download off the grant and send the file. The same form sent twice counts once.

    A file that is not in its place counts nothing, and is logged for those who have to put it there.
    """
    async with load_order(ctx) as order:
        grant = order.book.row(DownloadGrant, ctx.in_path("grant_id"))
        name = order.book.line(grant.line_id).name
    path = ctx.house.outside.files.path_of(grant.asset)
    if path is None and not ctx.house.settings.demo:
        log.error("download.file_missing", asset=grant.asset, sku=grant.sku, order_id=str(grant.order_id))
        raise Problem(503, "file_missing", ctx._("This file is not here yet. Nothing was counted: try again later."))
    await ctx.do(Download(order_id=grant.order_id, grant_id=grant.id))
    if path is None:
        return _demonstration(ctx, grant.asset or grant.sku, name)
    return ASGIStreamingResponse(
        iterator=_pieces(path),
        media_type="application/octet-stream",
        headers={**_as_file(path.name), "Content-Length": str(path.stat().st_size)},
    )


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece


def _demonstration(ctx: RequestContext, asset: str, name: str) -> ASGIResponse:
    """In a demo there are no files: a text stands in for each."""
    text = ctx._(
        "This file stands in for %(asset)s, which you bought as “%(name)s”.\n\n"
        "The shop that you see is a demonstration. The download was counted as a real one.",
        asset=asset,
        name=name,
    )
    return ASGIResponse(
        body=f"{text}\n".encode(), media_type="text/plain", headers=_as_file(f"{asset}.txt"), encoding="utf-8"
    )


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}


ROUTES: tuple[PageRoute, ...] = (post("/o/{token:str}/downloads/{grant_id:uuid}", download, again=show_order),)
