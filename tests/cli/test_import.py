from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import asyncpg

from tests.cli.conftest import Desk

HEAD = "order,placed_at,sku,quantity,unit_price,currency,country,name,email,street,city,postal_code"
ADDRESS = "Ann Example,ann@example.com,Teststr. 1,Berlin,10115"
COUNT = "SELECT count(*) FROM orders"
REFERENCES = "SELECT count(*) AS orders, count(DISTINCT reference) AS references FROM orders"


def a_file(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join((HEAD, *(f"{row},EUR,DE,{ADDRESS}" for row in rows))) + "\n")
    return path


async def count(desk: Desk, query: str = COUNT) -> int:
    db = await asyncpg.connect(desk.database)
    try:
        return int(await db.fetchval(query))
    finally:
        await db.close()


async def test_good_rows_go_in_and_bad_rows_come_back_with_line_and_reason(shop: Desk) -> None:
    a_file(
        shop.folder,
        "day.csv",
        "W1,2026-03-01,MUG,2,11.90",
        "W1,2026-03-01,TEE,1,25.00",
        "W2,2026-03-01,MUG,two,11.90",
        "W3,2026-03-01,HAT,1,9.90",
        "W3,2026-03-01,TEE,1,25.00",
    )

    done = await shop.run("import", "orders", "day.csv", status=1)

    assert "2 orders accepted, from 3 rows" in done.text
    assert "2 rows refused" in done.text
    with (shop.folder / "day.refused.csv").open() as file:
        back = list(csv.DictReader(file))
    assert [(row["line"], row["order"]) for row in back] == [("4", "W2"), ("5", "W3")]
    assert back[0]["reason"] == 'quantity must be a whole number; you sent "two".'
    assert "there is no product HAT for sale" in back[1]["reason"]


async def test_the_same_file_again_places_nothing_twice(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W2,2026-03-01,TEE,1,25.00")
    await shop.run("import", "orders", "day.csv")

    again = (await shop.run("import", "orders", "day.csv", "--json")).json

    assert (again["accepted"], again["repeated"], again["refused_rows"]) == (0, 2, 0)
    assert await count(shop) == 2
    await shop.run("verify")


async def test_the_file_that_came_back_is_corrected_and_imported(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W2,2026-03-01,MUG,two,11.90")
    await shop.run("import", "orders", "day.csv", "--refused", "back.csv", status=1)
    back = shop.folder / "back.csv"
    back.write_text(back.read_text().replace(",two,", ",2,"))

    done = await shop.run("import", "orders", "back.csv")

    assert "1 orders accepted" in done.text
    assert await count(shop) == 2


async def test_killed_in_the_middle_and_run_again_every_order_is_placed_once(shop: Desk) -> None:
    orders = 900
    a_file(shop.folder, "year.csv", *(f"W{number},2026-03-01,MUG,1,11.90" for number in range(orders)))
    process = await shop.start("import", "orders", "year.csv")
    while not await count(shop):  # noqa: ASYNC110 (another process makes them)
        await asyncio.sleep(0.02)
    process.kill()
    await process.communicate()
    assert process.returncode == -9
    killed_after = await count(shop)

    report = (await shop.run("import", "orders", "year.csv", "--json")).json

    assert 0 < killed_after < orders, "the kill came too late to show anything"
    assert report["repeated"] >= killed_after
    assert report["accepted"] + report["repeated"] == orders
    assert await count(shop) == orders
    assert await count(shop, "SELECT count(DISTINCT reference) FROM orders") == orders
    await shop.run("verify")


async def test_a_catalog_from_a_file_lets_its_orders_in(shop: Desk) -> None:
    a_file(shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50")

    made = (await shop.run("import", "catalog", "new.csv", "--json")).json
    done = await shop.run("import", "orders", "new.csv")

    assert (made["products"], made["units"], made["refused"]) == (1, 3, 0)
    assert "1 orders accepted" in done.text


async def test_a_file_without_the_columns_is_refused_whole(shop: Desk) -> None:
    (shop.folder / "odd.csv").write_text("a,b\n1,2\n")

    done = await shop.run("import", "orders", "odd.csv", status=2)

    assert "found the columns a, b" in done.text
    assert await count(shop) == 0


async def test_no_row_ends_the_import_of_the_others(shop: Desk) -> None:
    a_file(
        shop.folder,
        "day.2026.csv",
        "W1,2026-03-01,MUG,1,11.90",
        f"{'W' * 300},2026-03-01,MUG,1,11.90",
        "W2,0001-01-01T00:00:00+14:00,MUG,1,11.90",
        "W3,2026-03-01,MUG,1E9999999,11.90",
        "W4,2026-03-01,MUG,1000000000,11.90",
        'W5,2026-03-01,"MUG,1,11.90',
        "W6,2026-03-01,TEE,1,25.00",
    )

    done = await shop.run("import", "orders", "day.2026.csv", "--json", status=1)

    assert (done.json["rows"], done.json["accepted"], done.json["refused_rows"]) == (7, 2, 5)
    with (shop.folder / "day.2026.refused.csv").open() as file:
        assert sorted(int(row["line"]) for row in csv.DictReader(file)) == [3, 4, 5, 6, 7]
