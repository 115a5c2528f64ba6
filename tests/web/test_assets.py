"""Styles, scripts and icons: where they are, how they are served, and that pages get all that they ask for."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from purveyor.web.handling import WebContext
from purveyor.web.pages import assets
from purveyor.web.pages.assets import AssetMissingError, assets_handler, codings, manifest, url

TEMPLATES = Path(assets.__file__).parent.parent / "templates"
STYLE = b"body { color: teal }"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder as `make assets` leaves it: a style sheet with its smaller copies, and a picture without."""
    (tmp_path / "console-3fa9.css").write_bytes(STYLE)
    (tmp_path / "console-3fa9.css.gz").write_bytes(gzip.compress(STYLE))
    (tmp_path / "console-3fa9.css.br").write_bytes(b"as brotli")
    (tmp_path / "shop-77.png").write_bytes(b"\x89PNG")
    names = {"console.css": "console-3fa9.css", "shop.png": "shop-77.png", "gone.js": "gone-1.js"}
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    (tmp_path / "secret.txt").write_text("not in the manifest")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    manifest.cache_clear()
    yield tmp_path
    manifest.cache_clear()


@pytest.fixture
async def client(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([assets_handler(WebContext())], openapi_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://purveyor") as opened:
        yield opened


async def test_a_browser_gets_the_smallest_copy_and_keeps_it_forever(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", url("console.css"), headers={"Accept-Encoding": "gzip, deflate, br"}) as response:
        body = b"".join([chunk async for chunk in response.aiter_raw()])

    assert response.status_code == 200
    assert body == b"as brotli"
    assert response.headers["content-encoding"] == "br"
    assert response.headers["content-length"] == "9"
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepted", "coding"), [("gzip", "gzip"), ("identity", None), ("br;q=0", None)])
async def test_others_get_what_they_can_read(client: httpx.AsyncClient, accepted: str, coding: str | None) -> None:
    response = await client.get("/static/console-3fa9.css", headers={"Accept-Encoding": accepted})

    assert response.headers.get("content-encoding") == coding
    assert response.content == STYLE


async def test_what_has_no_smaller_copy_is_sent_as_it_is(client: httpx.AsyncClient) -> None:
    response = await client.get("/static/shop-77.png", headers={"Accept-Encoding": "br, gzip"})

    assert response.content == b"\x89PNG"
    assert "content-encoding" not in response.headers
    assert response.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "name",
    [
        "secret.txt",
        "manifest.json",
        "console.css",
        "console-3fa9.css.br",
        "gone-1.js",  # built anew while the server ran
        "..%2Fassets.py",
        "%2Fetc%2Fpasswd",
        "",
    ],
)
async def test_only_what_was_built_is_served(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/static/{name}")

    assert response.status_code == 404
    assert "cache-control" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "usable"),
    [
        ("", []),
        ("deflate", []),
        ("gzip", ["gzip"]),
        ("gzip, br", ["br", "gzip"]),
        ("GZIP;q=0.5 , br; q=0.001", ["br", "gzip"]),
        ("br;q=0.000, gzip;q=1.0", ["gzip"]),
        ("*", ["br", "gzip"]),
        ("*;q=0.1, br;q=0", ["gzip"]),
        ("identity, *;q=0", []),
    ],
)
def test_a_browser_says_which_compression_it_reads(accepted: str, usable: list[str]) -> None:
    assert codings(accepted) == usable


def test_an_address_has_the_hash_of_the_content(built: Path) -> None:
    assert url("console.css") == "/static/console-3fa9.css"
    with pytest.raises(AssetMissingError, match=r"no asset consle\.css: there are console\.css, shop\.png"):
        url("consle.css")


def test_without_a_build_the_error_says_what_to_do(built: Path) -> None:
    (built / "manifest.json").write_text('{"console.css"')
    with pytest.raises(AssetMissingError, match=r"damaged .* run `make assets`"):
        url("console.css")

    (built / "manifest.json").unlink()
    with pytest.raises(AssetMissingError, match="not built: run `make assets`"):
        url("console.css")


# ------------------------------------------------------------------------------------------------------- what was built


def templates() -> list[tuple[str, str]]:
    return [(str(file.relative_to(TEMPLATES)), file.read_text()) for file in sorted(TEMPLATES.rglob("*.html"))]


def test_templates_ask_only_for_assets_that_are_built() -> None:
    asked = {name for _, text in templates() for name in re.findall(r"""\basset\(["']([^"']+)["']\)""", text)}

    assert "console.css" in asked
    for name in asked:
        assert (assets.STATIC / url(name).removeprefix("/static/")).stat().st_size > 0


def test_templates_name_only_icons_that_are_in_the_picture() -> None:
    picture = (assets.STATIC / url("icons.svg").removeprefix("/static/")).read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', picture))

    for template, text in templates():
        for name in re.findall(r"""\bicon\(["']([^"']+)["']""", text):
            assert name in drawn, f"{template} names {name}: run `make assets`"


@pytest.mark.parametrize("page", ["storefront", "order", "console"])
def test_what_a_first_page_loads_is_small(page: str) -> None:
    names = (f"{page}.css", f"{page}.js", "theme.js", "icons.svg")
    sizes = [(assets.STATIC / f"{url(name).removeprefix('/static/')}.br").stat().st_size for name in names]

    assert sum(sizes) < 120_000  # bytes: 150 kB less what the page itself may take


def test_no_style_sheet_needs_anything_from_elsewhere() -> None:
    for name in ("storefront.css", "order.css", "console.css"):
        text = (assets.STATIC / url(name).removeprefix("/static/")).read_text()
        outside = [found for found in re.findall(r"url\(([^)]*)", text) if not found.strip("\"'").startswith("data:")]

        assert outside == []
        assert "@font-face" not in text
        assert "@import" not in text
