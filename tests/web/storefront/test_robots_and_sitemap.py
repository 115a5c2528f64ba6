"""What browsers and search engines ask for by a name of their own."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.web.storefront import layout, robots_and_sitemap
from tests.pure import eur
from tests.web.storefront.conftest import Visitor

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(text: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(text).iter(f"{NAMESPACE}loc")]


async def sells(visitor: Visitor, *products: ProductData) -> None:
    given = await visitor.api.house.committer.submit(
        SaveProducts(products=products), key=f"sells {len(products)}", actor="staff:test"
    )
    assert given.accepted, given.body


@pytest.mark.parametrize(
    ("path", "kind", "sizes"),
    [
        ("/favicon.ico", "ICO", {(48, 48), (32, 32), (16, 16)}),
        ("/apple-touch-icon.png", "PNG", {(180, 180)}),
        ("/apple-touch-icon-precomposed.png", "PNG", {(180, 180)}),
    ],
)
async def test_icons_are_there_under_the_names_that_browsers_try(
    visitor: Visitor, path: str, kind: str, sizes: set[tuple[int, int]]
) -> None:
    answer = await visitor.see(path)
    picture = Image.open(BytesIO(answer.content))

    assert answer.headers["content-type"].startswith("image/")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "set-cookie" not in answer.headers
    assert picture.format == kind
    assert set(picture.info.get("sizes", {picture.size})) == sizes
    assert len(answer.content) < 20_000


async def test_robots_are_told_what_is_not_for_them(visitor: Visitor) -> None:
    answer = await visitor.see("/robots.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    for path in ("/console", "/o/", "/account", "/checkout", "/cart", "/api/"):
        assert f"\nDisallow: {path}\n" in answer.text
    (sitemap,) = [line for line in answer.text.splitlines() if line.startswith("Sitemap: http")]
    assert sitemap.endswith("/sitemap.xml")


async def test_the_sitemap_has_what_is_for_sale_and_every_address_leads_there(visitor: Visitor) -> None:
    await sells(
        visitor,
        ProductData(sku="T&T <1>/ä", name="Tea", price=eur(100), category="Tea & <more>"),
        ProductData(sku="OLD", name="Old", price=eur(100), active=False),
    )
    answer = await visitor.see("/sitemap.xml")
    found = places(answer.text)

    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    paths = [each.split("/", 3)[3] for each in found]
    assert "" in paths
    assert "p/MUG" in paths
    assert "p/OLD" not in paths
    for path in ("p/T%26T%20%3C1%3E/%C3%A4", "c/Tea%20%26%20%3Cmore%3E"):
        assert path in paths
        assert (await visitor.see(f"/{path}")).status_code == 200


async def test_many_products_are_told_in_several_files(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_OF_SITEMAP", 4)
    monkeypatch.setattr(robots_and_sitemap, "MOST", 4)
    await sells(visitor, *(ProductData(sku=f"N{n}", name="Tea", price=eur(1), category="Tea") for n in range(9)))
    files = places((await visitor.see("/sitemap.xml")).text)
    lists = [places((await visitor.see("/" + each.split("/", 3)[3])).text) for each in files]
    skus: list[str] = await visitor.api.house.read.values("SELECT sku FROM product WHERE active ORDER BY sku")

    assert [each.rpartition("/p/")[2] for part in lists[1:] for each in part] == skus
    assert max(map(len, lists)) == 4
    for name in ("99.xml", "1.txt", "-1.xml", "x.xml", "1" * 30 + ".xml"):
        assert (await visitor.see(f"/sitemap/{name}")).status_code == 404, name
