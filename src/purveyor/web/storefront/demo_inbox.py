"""The inbox of the demo: every mail and SMS, as the customer gets it. Only there in `purveyor demo`."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.layout import shop_page

PAGE = 40
AS_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)


async def show(ctx: RequestContext) -> ASGIResponse:
    """Newest first, of everybody or of one recipient."""
    _check_played(ctx)
    to, after = ctx.given("to")[:254], ctx.given("after")
    before = int(after) if after.isdecimal() and len(after) <= 18 else 2**62  # noqa: PLR2004 (digits of a bigint)
    kept = ctx.house.outside.notifier.newest(to, before=before, limit=PAGE + 1)  # type: ignore[attr-defined]
    following = str(kept[PAGE - 1].seq) if len(kept) > PAGE else ""
    return await shop_page(ctx, "storefront/inbox.html", to=to, kept=kept[:PAGE], following=following)


async def show_message(ctx: RequestContext) -> ASGIResponse:
    _check_played(ctx)
    kept = ctx.house.outside.notifier.message(ctx.in_path("seq"))  # type: ignore[attr-defined]
    if kept is None:
        raise Problem(404, "not_found", ctx._("There is no such message."))
    return await shop_page(ctx, "storefront/inbox_message.html", kept=kept, parts=parts_of(kept.message.text))


async def show_html(ctx: RequestContext) -> ASGIResponse:
    """The HTML part by itself, as a mail program shows it: nothing runs in it, nothing is loaded, links leave it."""
    _check_played(ctx)
    kept = ctx.house.outside.notifier.message(ctx.in_path("seq"))  # type: ignore[attr-defined]
    if kept is None or not kept.message.html:
        raise Problem(404, "not_found", ctx._("There is no such message."))
    document = kept.message.html.replace("<head>", '<head><base target="_top">', 1)
    response = ASGIResponse(body=document.encode(), media_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = AS_MAIL
    return response


def parts_of(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address to be clicked."""
    pieces: list[tuple[str, bool]] = []
    for line in text.splitlines(keepends=True):
        pieces.extend((piece, piece.startswith(("http://", "https://"))) for piece in _pieces(line))
    return pieces


def _pieces(line: str) -> list[str]:
    start = min((at for at in (line.find("http://"), line.find("https://")) if at >= 0), default=-1)
    if start < 0:
        return [line]
    url = line[start:].split(maxsplit=1)[0]
    rest = line[start + len(url) :]
    return [piece for piece in (line[:start], url, *_pieces(rest)) if piece]


def _check_played(ctx: RequestContext) -> None:
    if "notifier" not in ctx.house.settings.plays:
        raise Problem(404, "not_found", ctx._("There is nothing at this address."))


ROUTES: tuple[PageRoute, ...] = (
    get("/inbox", show),
    get("/inbox/{seq:int}", show_message),
    get("/inbox/{seq:int}/html", show_html),
)
