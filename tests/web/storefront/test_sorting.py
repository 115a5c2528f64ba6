"""Goods stand by name as people look for them, on a server that compares code points."""

from __future__ import annotations

from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.web.storefront.queries import Card, categories_of, first_of_each, in_category
from purveyor.wiring import House
from tests.pure import eur

NAMES = ("apfel", "Äpfel", "Birne", "Éclair", "Łódź", "Øresund", "Ośka", "straße 1", "Strasse 2", "Zebra", "яблоко")


async def stocked(house: House) -> None:
    products = tuple(
        ProductData(sku=f"SKU{number}", name=name, price=eur(100), category=category)
        for category in ("Obst", "Äpfel", "zubehör")
        for number, name in enumerate(reversed(NAMES), {"Obst": 100, "Äpfel": 200, "zubehör": 300}[category])
    )
    given = await house.committer.submit(SaveProducts(products=products), key="names", actor="staff:test")
    assert given.accepted, given.body


async def test_names_stand_as_people_look_for_them_page_by_page(house: House) -> None:
    await stocked(house)
    found: list[Card] = []
    after: tuple[str | int, str] | None = None
    while cards := await in_category(house.read, "Obst", after, 2):
        found += cards
        after = (cards[-1].name, cards[-1].sku)

    # Names that differ in accents only stand together, by SKU: Äpfel was numbered before apfel.
    assert [card.name for card in found] == ["Äpfel", "apfel", *NAMES[2:]]
    first = await first_of_each(house.read, ["Obst", "Äpfel"], 2)
    assert [(card.category, card.name) for card in first] == [
        ("Äpfel", "Äpfel"),
        ("Äpfel", "apfel"),
        ("Obst", "Äpfel"),
        ("Obst", "apfel"),
    ]


async def test_categories_stand_so_too(house: House) -> None:
    await stocked(house)

    assert [each.category for each in await categories_of(house.read) if each.category] == ["Äpfel", "Obst", "zubehör"]


async def test_a_page_of_a_category_is_read_by_its_index(house: House) -> None:
    await stocked(house)
    plan = """
        EXPLAIN SELECT sku FROM product p
         WHERE p.active AND p.category = 'Obst'
           AND (name_order(p.name) COLLATE "C", p.sku) > (name_order('b') COLLATE "C", '')
      ORDER BY name_order(p.name) COLLATE "C", p.sku LIMIT 10
    """
    async with house.pool.acquire() as db, db.transaction():
        await db.execute("SET LOCAL enable_seqscan = off")
        await db.execute("SET LOCAL enable_bitmapscan = off")
        lines = [record[0] for record in await db.fetch(plan)]

    assert any("product_category_by_name" in line for line in lines)
    assert not any("Sort" in line for line in lines)
