"""Styles, scripts and icons, as `make assets` has built them: their addresses, and how browsers get them."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path, PurePath

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.web.handling import AnyRequest, WebContext, handler
from purveyor.web.http.problem_details import Problem

STATIC = Path(__file__).parent.parent / "static"
PREFIX = "/static/"
# The name of a file has the hash of its content: what once came under it never changes.
FOREVER = "public, max-age=31536000, immutable"
CODINGS = {"br": ".br", "gzip": ".gz"}  # the smallest first
MEDIA_TYPES = {
    ".css": "text/css",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
}


class AssetMissingError(RuntimeError):
    """A page asks for a file that was not built."""


def url(name: str) -> str:
    """The address of an asset: `console.css` gives `/static/console-3fa9d2c41b07.css`. Raises `AssetMissingError`."""
    built = manifest(STATIC)
    if name not in built:
        raise AssetMissingError(
            f"There is no asset {name}: there are {', '.join(built)}. `make assets` builds them anew."
        )
    return PREFIX + built[name]


@cache
def manifest(folder: Path) -> dict[str, str]:
    """What was built: the name of each asset, and of its file. Read once. Raises `AssetMissingError`."""
    try:
        return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=dict[str, str])
    except FileNotFoundError as error:
        raise AssetMissingError(f"Styles and scripts are not built: run `make assets` ({error.filename}).") from error
    except msgspec.DecodeError as error:
        raise AssetMissingError(f"{folder / 'manifest.json'} is damaged ({error}): run `make assets`.") from error


def assets_handler(desk: WebContext) -> HTTPRouteHandler:
    """The route of all assets. Files are read when they are asked for: browsers keep them, the memory need not."""

    async def asset(request: AnyRequest) -> ASGIResponse:
        return await _file(STATIC, str(request.path_params["name"]), request.headers.get("accept-encoding", ""))

    return handler(desk, "GET", f"{PREFIX}{{name:str}}", asset)


async def _file(folder: Path, name: str, accepted: str) -> ASGIResponse:
    if name not in manifest(folder).values():
        raise Problem(404, "not_found", "There is no such file, or a newer one has taken its place.")
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    body = None
    for coding in codings(accepted):
        body = await _read(folder / f"{name}{CODINGS[coding]}")
        if body is not None:
            headers["Content-Encoding"] = coding
            break
    else:
        body = await _read(folder / name)
    if body is None:
        raise Problem(404, "not_found", "The file was built anew since the server was started: start it again.")
    return ASGIResponse(body=body, media_type=media_type_of(name), headers=headers, encoding="utf-8")


async def asset_content(name: str) -> bytes:
    """An asset by the name that pages know it by, as it is. Raises `AssetMissingError`."""
    body = await _read(STATIC / url(name).removeprefix(PREFIX))
    if body is None:
        raise AssetMissingError(f"{name} was built anew since the server was started: start it again.")
    return body


def media_type_of(name: str) -> str:
    return MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")


async def _read(file: Path) -> bytes | None:
    try:
        return await asyncio.to_thread(file.read_bytes)
    except FileNotFoundError:
        return None


def codings(accepted: str) -> list[str]:
    """Which compressions we may use, the best first, by the header Accept-Encoding (RFC 9110, section 12.5.3)."""
    wanted: dict[str, str] = {}
    for each in accepted.lower().split(","):
        coding, _, weight = each.partition(";")
        wanted[coding.strip()] = weight.replace(" ", "").removeprefix("q=")
    others = wanted.get("*", "0")
    return [coding for coding in CODINGS if _is_wanted(wanted.get(coding, others))]


def _is_wanted(weight: str) -> bool:
    return weight.rstrip("0") not in {"0.", ""} if weight else True
