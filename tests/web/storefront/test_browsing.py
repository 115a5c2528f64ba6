"""Looking around: what is shown, what is found, and what cannot break a page."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from purveyor.core.refusals import Invalid
from purveyor.records.catalog.commands import NoteFiles, ProductData, SaveProducts, SeenAsset
from purveyor.stages.delivery.commands import AddLicenseKeys
from purveyor.web.storefront.catalog import PAGE
from purveyor.web.storefront.product_drawings import draw
from tests.pure import eur
from tests.web.storefront.conftest import Visitor

HOSTILE = ("<script>alert(1)</script>", "'; DROP TABLE product; --", "\u200fevil \u05d0\u05d1", "%_\\", "&& | !():*")


async def save(visitor: Visitor, *products: ProductData) -> None:
    given = await visitor.api.house.committer.submit(SaveProducts(products=products), key="more", actor="staff:test")
    assert given.accepted, given.body


def test_drawings_differ_and_are_always_the_same() -> None:
    first = draw("A", "Mug white 300 ml", "cups", "goods")
    assert first == draw("A", "Mug white 300 ml", "cups", "goods")
    assert first != draw("A", "Espresso machine One", "machines", "goods")
    for name in HOSTILE:
        ET.fromstring(draw("A", name, "", "download"))


async def test_every_product_has_a_picture_that_browsers_keep(visitor: Visitor) -> None:
    page = (await visitor.see("/p/MUG")).text
    address = page.split('src="/pictures/')[1].split('"')[0]
    picture = await visitor.see(f"/pictures/{address}")
    unknown = await visitor.see("/pictures/NOTHING.svg")

    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in picture.headers["cache-control"]
    assert unknown.status_code == 200
    assert "immutable" not in unknown.headers["cache-control"]


async def test_a_picture_of_the_merchant_comes_first_and_nothing_outside_its_folder_is_read(visitor: Visitor) -> None:
    folder = visitor.api.house.settings.data_dir / "pictures"
    folder.mkdir(parents=True)
    (folder / "MUG.png").write_bytes(b"\x89PNG picture")
    (folder.parent / "secret.png").write_bytes(b"secret")

    assert (await visitor.see("/pictures/MUG.svg")).content == b"\x89PNG picture"
    assert b"secret" not in (await visitor.see("/pictures/..%2Fsecret.svg")).content[:6]


async def test_a_product_says_what_it_costs_when_it_comes_and_how(visitor: Visitor) -> None:
    mug, book = (await visitor.see("/p/MUG")).text, (await visitor.see("/p/BOOK")).text
    assert "€11.90" in mug
    assert "Tax included" in mug
    assert "Ordered now, it is with you by:" in mug
    assert "This is a download" in book
    assert "Available at once" in book


async def test_a_license_without_a_free_key_and_a_download_without_its_file_are_not_there_at_once(
    visitor: Visitor,
) -> None:
    submit = visitor.api.house.committer.submit
    await save(visitor, ProductData(sku="KEY", name="License", price=eur(100), kind="license", category="software"))
    empty, listed = (await visitor.see("/p/KEY")).text, (await visitor.see("/c/software")).text
    in_stock = (await visitor.see("/c/software?stock=1")).text
    await submit(AddLicenseKeys(sku="KEY", keys=("AAAA-1111",)), key="keys", actor="staff:test")
    full = (await visitor.see("/p/KEY")).text
    seen = SeenAsset("book.epub", missing=True)
    await submit(NoteFiles(seen=(seen,)), key="files", actor="system:files")
    book = (await visitor.see("/p/BOOK")).text

    for page in (empty, listed):
        assert "Waits for new keys" in page
        assert "Available at once" not in page
    assert "/p/KEY" in listed
    assert "/p/KEY" not in in_stock
    assert "Available at once" in full
    assert "Not ready to download yet" in book
    assert "Available at once" not in book


async def test_what_is_not_there_is_told_and_what_is_gone_cannot_be_bought(visitor: Visitor) -> None:
    await save(visitor, ProductData(sku="NONE", name="Sold out", price=eur(100)))
    page = (await visitor.see("/p/NONE")).text
    assert "Out of stock" in page
    assert "Add to the cart" not in page
    assert (await visitor.see("/p/NEVER")).status_code == 404


async def test_search_finds_beginnings_of_words_in_name_and_description(visitor: Visitor) -> None:
    await save(
        visitor,
        ProductData(sku="KET-1", name="Gooseneck kettle", price=eur(4_900), description="Pours in a thin stream."),
        ProductData(sku="TEA-1", name="Sencha", price=eur(890), description="Water from the kettle, not boiling."),
        ProductData(sku="GONE", name="Kettle of old", price=eur(100), active=False),
    )
    found = (await visitor.see("/search?q=kett")).text
    assert found.index("Gooseneck kettle") < found.index("Sencha")  # the name counts more
    assert "Kettle of old" not in found
    assert "Gooseneck" in (await visitor.see("/search?q=ket-1")).text
    assert "Nothing was found" in (await visitor.see("/search?q=kett+stone")).text


@pytest.mark.parametrize("text", HOSTILE)
async def test_nothing_that_is_searched_for_breaks_the_page(visitor: Visitor, text: str) -> None:
    response = await visitor.browser.get("/search", params={"q": text})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


async def test_a_search_of_10000_characters_is_refused_in_words(visitor: Visitor) -> None:
    response = await visitor.browser.get("/search", params={"q": "x" * 10_000})
    assert response.status_code == 422
    assert "at most 100 characters" in response.text
    assert len(response.text) < 30_000


async def test_lists_go_on_where_they_ended(visitor: Visitor) -> None:
    products = [
        ProductData(sku=f"S{n:03}", name=f"Spoon {n % 7}", price=eur(100), category="spoons & more") for n in range(60)
    ]
    await save(visitor, *products)
    for start in ("/c/spoons%20%26%20more", "/search?q=spoon"):
        seen: list[str] = []
        path = start
        for _ in range(4):
            page = (await visitor.see(path)).text
            seen += [part.split('"')[0] for part in page.split('href="/p/')[1:]]
            if 'rel="next"' not in page:
                break
            path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert len(seen) == 60
        assert len(set(seen)) == 60
        assert len(seen) > PAGE


async def test_names_are_shown_as_they_are_and_never_run(visitor: Visitor) -> None:
    await save(
        visitor, ProductData(sku="A/B ?", name=HOSTILE[0], price=eur(100), kind="license", description=HOSTILE[2])
    )
    page = await visitor.see("/p/A%2FB%20%3F")
    assert page.status_code == 200
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


async def test_a_description_is_kept_and_one_too_long_is_refused(visitor: Visitor) -> None:
    command = SaveProducts(products=(ProductData(sku="X", name="X", price=eur(1), description="d" * 20_001),))
    with pytest.raises(Invalid) as refusal:
        await visitor.api.house.committer.submit(command, key="long", actor="staff:test")
    assert refusal.value.data["field"] == "products[1].description"


async def test_the_first_page_is_small_and_its_pictures_have_their_size(visitor: Visitor) -> None:
    page = await visitor.see("/")
    assert page.status_code == 200
    assert page.text.count("<img") == page.text.count('width="400" height="300"')
    assert '<meta name="description" content="Buy at' in page.text
