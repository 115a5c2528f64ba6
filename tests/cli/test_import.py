from __future__ import annotations

import asyncio
import contextlib
import csv
from pathlib import Path

import asyncpg
import pytest

from purveyor.core.money import Money
from purveyor.intake import catalog, orders
from purveyor.intake.grouping import former_key_of
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
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
    assert "2 rows refused, in day.refused.csv:" in done.text
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


@pytest.mark.parametrize("written", ["2026-11-24 00:30", "2026-11-24", "2026-11-24T00:30:00+01:00"])
async def test_another_zone_of_the_shop_places_nothing_twice(shop: Desk, written: str) -> None:
    a_file(
        shop.folder, "day.csv", f"W1,{written},MUG,2,11.90", f"W1,{written},TEE,1,25.00", f"W2,{written},MUG,1,11.90"
    )
    await shop.run("import", "orders", "day.csv")
    for zone in ("Asia/Tokyo", "America/New_York"):
        await shop.ask(SetPolicy(name="calendar", data={"zone": zone}))

        again = (await shop.run("import", "orders", "day.csv", "--json")).json

        assert (again["accepted"], again["repeated"], again["refused_rows"]) == (0, 2, 0)
    assert await count(shop) == 2


async def test_what_was_refused_in_another_zone_is_placed_once_it_can_be(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-11-24 00:30,BOWL,2,11.90")
    await shop.run("import", "orders", "day.csv", status=1)
    await shop.ask(SetPolicy(name="calendar", data={"zone": "Asia/Tokyo"}))
    await shop.run("import", "orders", "day.csv", status=1)
    await shop.ask(SaveProducts(products=(ProductData(sku="BOWL", name="Bowl", price=Money(1_190, "EUR")),)))
    await shop.ask(ReceiveStock(items=(ReceivedItem(sku="BOWL", location="main", quantity=9),)))

    first, second = [(await shop.run("import", "orders", "day.csv", "--json")).json for _ in range(2)]

    assert (first["accepted"], second["accepted"], second["repeated"]) == (1, 0, 1)
    assert await count(shop) == 1


async def test_an_order_that_says_something_else_now_comes_back_in_any_zone(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-11-24 00:30,MUG,2,11.90")
    await shop.run("import", "orders", "day.csv")
    path.write_text(path.read_text().replace("Teststr. 1", "Teststr. 2"))

    for zone in ("UTC", "Asia/Tokyo"):
        await shop.ask(SetPolicy(name="calendar", data={"zone": zone}))
        again = (await shop.run("import", "orders", "day.csv", "--json", status=1)).json
        assert again["refused"] == {"key_reused": 1}
    assert await count(shop) == 1


async def test_what_a_former_version_placed_is_recognized(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-11-24 00:30,MUG,2,11.90", "W2,2026-11-24 00:30,HAT,1,11.90,")
    with monkeypatch.context() as former:
        former.setattr(orders, "key_of", former_key_of)
        await shop.run("import", "orders", "day.csv", status=1)

    again = (await shop.run("import", "orders", "day.csv", "--json", status=1)).json

    assert (again["accepted"], again["repeated"], again["refused_rows"]) == (0, 1, 1)
    assert await count(shop) == 1


async def test_the_file_that_came_back_is_corrected_and_imported(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W2,2026-03-01,MUG,two,11.90")
    await shop.run("import", "orders", "day.csv", "--refused", "back.csv", status=1)
    back = shop.folder / "back.csv"
    back.write_text(back.read_text().replace(",two,", ",2,"))

    done = await shop.run("import", "orders", "back.csv")

    assert "1 order accepted, from 1 row." in done.text
    assert await count(shop) == 2


async def test_a_row_more_is_placed_and_what_is_in_is_not_placed_again(shop: Desk) -> None:
    mug, tee, two = "W1,2026-03-01,MUG,2,11.90", "W1,2026-03-01,TEE,1,25.00", "W1,2026-03-01,MUG,1,11.90"
    a_file(shop.folder, "day.csv", mug)
    await shop.run("import", "orders", "day.csv")
    a_file(shop.folder, "day.csv", two, mug, tee)

    more, same = [(await shop.run("import", "orders", "day.csv", "--json")).json for _ in range(2)]

    assert (more["accepted_rows"], more["repeated_rows"], more["refused_rows"]) == (2, 1, 0)
    assert (same["accepted_rows"], same["repeated_rows"], same["refused_rows"]) == (0, 3, 0)
    assert await count(shop) == 2
    assert await count(shop, "SELECT sum(quantity) FROM line") == 4


async def test_a_row_less_places_nothing(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W1,2026-03-01,TEE,1,25.00")
    await shop.run("import", "orders", "day.csv")
    a_file(shop.folder, "day.csv", "W1,2026-03-01,TEE,1,25.00")

    again = (await shop.run("import", "orders", "day.csv", "--json")).json

    assert (again["accepted"], again["repeated"], again["refused_rows"]) == (0, 1, 0)
    assert await count(shop) == 1


async def test_the_whole_file_with_its_bad_row_corrected_places_that_row(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W1,2026-03-01,HAT,1,9.90")
    await shop.run("import", "orders", "day.csv", status=1)
    path.write_text(path.read_text().replace("HAT,1,9.90", "TEE,1,25.00"))

    again = (await shop.run("import", "orders", "day.csv", "--json")).json

    assert (again["accepted_rows"], again["repeated_rows"], again["refused_rows"]) == (1, 1, 0)
    assert await count(shop, "SELECT sum(quantity) FROM line") == 3


async def test_a_row_refused_before_is_placed_alone_when_the_whole_file_comes_again(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W1,2026-03-01,BOWL,1,9.90")
    await shop.run("import", "orders", "day.csv", status=1)
    await shop.ask(SaveProducts(products=(ProductData(sku="BOWL", name="Bowl", price=Money(990, "EUR")),)))
    await shop.ask(ReceiveStock(items=(ReceivedItem(sku="BOWL", location="main", quantity=9),)))

    again, last = [(await shop.run("import", "orders", "day.csv", "--json")).json for _ in range(2)]

    assert (again["accepted_rows"], again["repeated_rows"]) == (1, 1)
    assert (last["accepted_rows"], last["repeated_rows"]) == (0, 2)
    assert await count(shop, "SELECT sum(quantity) FROM line") == 3


async def test_a_row_that_says_something_else_than_what_is_in_comes_back_with_it(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W1,2026-03-01,TEE,1,25.00")
    await shop.run("import", "orders", "day.csv")
    path.write_text(path.read_text().replace("MUG,2", "MUG,3"))
    await shop.ask(SetPolicy(name="calendar", data={"zone": "Asia/Tokyo"}))

    again = (await shop.run("import", "orders", "day.csv", "--json", status=1)).json

    assert (again["accepted"], again["repeated_rows"], again["refused"]) == (0, 1, {"order_known": 1})
    number = await count(shop, "SELECT number FROM orders")
    with (shop.folder / "day.refused.csv").open() as file:
        (back,) = csv.DictReader(file)
    assert back["reason"] == (
        f"W1 is in as order {number}, with 2 x MUG at 11.90 EUR: "
        "edit that order, bring all its rows together where they are one order, "
        "or give this row a reference of its own."
    )
    assert await count(shop) == 1


@pytest.mark.parametrize(
    "second", ["2026-03-02 09:00,MUG,2,11.90", "2026-03-02 10:00,TEE,1,25.00", "2026-03-08,MUG,2,11.90"]
)
async def test_a_reference_that_comes_again_on_another_day_is_another_order(shop: Desk, second: str) -> None:
    a_file(shop.folder, "one.csv", "1,2026-03-01 10:00,MUG,2,11.90")
    a_file(shop.folder, "two.csv", f"1,{second}")

    done = [(await shop.run("import", "orders", name, "--json")).json for name in ("one.csv", "two.csv", "two.csv")]

    assert [(each["accepted"], each["repeated"]) for each in done] == [(1, 0), (1, 0), (0, 1)]
    charged = await count(shop, "SELECT count(*) FROM orders WHERE shipping_minor > 0")
    assert charged == 2, "each is sent, and charged for"


@pytest.mark.parametrize("shipping", ["", ",0.00"])
async def test_a_row_that_says_the_same_once_more_is_more_of_the_order(shop: Desk, shipping: str) -> None:
    row = f"W1,2026-03-01,MUG,1,11.90,EUR,DE,{ADDRESS}{shipping}"
    head = HEAD + (",shipping" if shipping else "")
    path = shop.folder / "day.csv"
    path.write_text(f"{head}\n{row}\n")
    await shop.run("import", "orders", "day.csv")
    path.write_text(f"{head}\n{row}\n{row}\n")

    more, again = [(await shop.run("import", "orders", "day.csv", "--json")).json for _ in range(2)]

    assert (more["accepted_rows"], more["repeated_rows"], more["refused_rows"]) == (1, 1, 0)
    assert (again["accepted_rows"], again["repeated_rows"], again["refused_rows"]) == (0, 2, 0)
    assert await count(shop, "SELECT sum(quantity) FROM line") == 2


async def test_a_charge_that_stands_on_a_row_that_is_refused_counts_for_the_order(shop: Desk) -> None:
    path = shop.folder / "day.csv"
    rows = (
        f"W1,2026-03-01,{goods},EUR,DE,{ADDRESS},{said}"
        for goods, said in (("HAT,1,9.90", "2.00"), ("MUG,1,11.90", ""))
    )
    path.write_text("\n".join((f"{HEAD},shipping", *rows)) + "\n")
    await shop.run("import", "orders", "day.csv", status=1)
    assert await count(shop, "SELECT shipping_minor FROM orders") == 200
    back = shop.folder / "day.refused.csv"
    back.write_text(back.read_text().replace(",HAT,1,9.90", ",TEE,1,25.00"))

    corrected = (await shop.run("import", "orders", "day.refused.csv", "--json")).json

    assert (corrected["accepted"], corrected["refused_rows"]) == (1, 0)
    assert await count(shop, "SELECT sum(shipping_minor) FROM orders") == 200


async def test_rows_for_another_customer_are_no_more_of_the_order(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90")
    await shop.run("import", "orders", "day.csv")
    path.write_text(path.read_text().replace("EUR,DE", "EUR,AT").replace("10115", "1010") + "")
    path.write_text(path.read_text().replace("MUG,2", "TEE,1"))

    again = (await shop.run("import", "orders", "day.csv", "--json", status=1)).json

    assert (again["accepted"], again["refused"]) == (0, {"order_known": 1})
    assert "another customer or country" in (shop.folder / "day.refused.csv").read_text()


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
    assert "1 order accepted, from 1 row." in done.text


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


async def test_a_row_that_cannot_be_read_comes_back_as_it_stands_in_the_file(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90", 'W2,2026-03-01,"MUG,1,11.90')
    path.write_bytes(
        path.read_bytes()
        + b"W3,2026-03-01,M\xffG,1,11.90,EUR,DE\n"
        + f"W4,2026-03-01,MUG,1,11.90,EUR,DE,{ADDRESS},one,=two\n".encode()
        + b"W5,2026-03-01,MUG,one,11.90,EUR,DE\n"
    )

    await shop.run("import", "orders", "day.csv", status=1)

    with (shop.folder / "day.refused.csv").open() as file:
        back = {int(row["line"]): row for row in csv.DictReader(file)}
    assert {line: row["original"] for line, row in back.items()} == {
        3: f'W2,2026-03-01,"MUG,1,11.90,EUR,DE,{ADDRESS}',
        4: "W3,2026-03-01,M\\xffG,1,11.90,EUR,DE",
        5: f"W4,2026-03-01,MUG,1,11.90,EUR,DE,{ADDRESS},one,=two",
        6: "",  # its cells could be told apart
    }
    assert back[6]["quantity"] == "one"


async def test_bad_rows_of_a_catalog_come_back_and_the_others_go_in(shop: Desk) -> None:
    a_file(
        shop.folder,
        "new.csv",
        "W1,2026-03-01,BOWL,3,7.50",
        "W2,2026-03-01,PLATE,three,7.50",
        f"W3,2026-03-01,{'X' * 300},1,7.50",
        'W4,2026-03-01,"CUP,1,7.50',
        "W5,2026-03-01,VASE,2,17.50",
    )

    made = (await shop.run("import", "catalog", "new.csv", "--json", status=1)).json

    assert (made["products"], made["units"], made["refused"], made["refused_rows"]) == (2, 5, 1, 2)
    with (shop.folder / "new.catalog.refused.csv").open() as file:
        back = {int(row["line"]): row for row in csv.DictReader(file)}
    assert {line: row["order"] for line, row in back.items()} == {3: "W2", 4: "W3", 5: ""}
    assert back[3]["reason"] == 'quantity must be a whole number; you sent "three".'
    assert back[4]["reason"] == "products[1].sku must be at most 64 characters; you sent 300 characters." or (
        "sku must be at most 64 characters" in back[4]["reason"]
    )
    assert back[5]["original"].startswith('W4,2026-03-01,"CUP')
    assert await count(shop, "SELECT count(*) FROM product WHERE sku IN ('BOWL', 'VASE')") == 2


async def test_a_product_of_a_catalog_has_its_price_in_one_currency(shop: Desk) -> None:
    rows = ["W1,2026-03-01,BOWL,3,12.00,EUR", "W2,2026-03-01,BOWL,2,1800,JPY", "W3,2026-03-02,BOWL,1,12.50,EUR"]
    (shop.folder / "new.csv").write_text("\n".join((HEAD, *(f"{row},DE,{ADDRESS}" for row in rows))) + "\n")

    made = (await shop.run("import", "catalog", "new.csv", "--json", status=1)).json

    assert (made["products"], made["units"], made["refused_rows"]) == (1, 4, 1)
    with (shop.folder / "new.catalog.refused.csv").open() as file:
        (back,) = csv.DictReader(file)
    assert (back["line"], back["order"]) == ("3", "W2")
    assert back["reason"] == (
        'currency must be EUR, as on line 2: a product has its price in one currency; you sent "JPY".'
    )
    assert await count(shop, "SELECT count(*) FROM product WHERE sku = 'BOWL' AND price_minor = 1250") == 1


async def test_stock_at_no_location_is_told_and_goes_in_once_there_is_one(shop: Desk) -> None:
    a_file(shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50")

    wrong = (await shop.run("import", "catalog", "new.csv", "--location", "moon", "--json", status=1)).json
    right = (await shop.run("import", "catalog", "new.csv", "--json")).json

    assert (wrong["products"], wrong["units"], wrong["refused"]) == (1, 0, 1)
    assert (right["products"], right["units"], right["refused"]) == (1, 3, 0)


async def charged(desk: Desk) -> list[tuple[str, int, int]]:
    """By order: its reference, its shipping and its total."""
    db = await asyncpg.connect(desk.database)
    try:
        rows = await db.fetch("SELECT reference, shipping_minor, total_minor FROM orders ORDER BY number")
    finally:
        await db.close()
    return [tuple(row) for row in rows]


RULE = 490  # what the option `standard` of a new shop costs


async def test_shipping_of_the_file_counts_also_when_it_is_nothing(shop: Desk) -> None:
    path = a_file(
        shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90", "W2,2026-03-01,MUG,1,11.90", "W3,2026-03-01,MUG,1,11.90"
    )
    head, first, second, third = path.read_text().splitlines()
    path.write_text("\n".join((f"{head},shipping", f'{first},"6,90"', f"{second},0", f"{third},")) + "\n")

    for accepted in (3, 0):
        done = (await shop.run("import", "orders", "day.csv", "--json")).json
        assert (done["accepted"], done["refused_rows"]) == (accepted, 0)

    assert await charged(shop) == [("W1", 690, 1_880), ("W2", 0, 1_190), ("W3", RULE, 1_190 + RULE)]
    await shop.run("verify")


@pytest.mark.parametrize("shipping", ["", "5.00", "0"])
async def test_a_row_that_is_placed_later_is_not_charged_shipping_again(shop: Desk, shipping: str) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90", "W1,2026-03-01,TEE,one,25.00")
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join((f"{head},shipping", *(f"{row},{shipping}" for row in rows))) + "\n")
    await shop.run("import", "orders", "day.csv", status=1)
    back = shop.folder / "day.refused.csv"
    back.write_text(back.read_text().replace(",one,", ",1,"))

    done = [(await shop.run("import", "orders", "day.refused.csv", "--json")).json for _ in range(2)]
    path.write_text(path.read_text().replace(",one,", ",1,"))
    whole = (await shop.run("import", "orders", "day.csv", "--json")).json
    await shop.ask(SetPolicy(name="calendar", data={"zone": "Asia/Tokyo"}))
    moved = (await shop.run("import", "orders", "day.refused.csv", "--json")).json

    first = {"": RULE, "5.00": 500, "0": 0}[shipping]
    assert [(each["accepted"], each["repeated"]) for each in (*done, whole, moved)] == [(1, 0), (0, 1), (0, 1), (0, 1)]
    assert await charged(shop) == [("W1", first, 1_190 + first), ("W1", 0, 2_500)]


async def test_a_row_more_with_another_shipping_than_what_is_in_comes_back(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90")
    await shop.run("import", "orders", "day.csv")
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90", "W1,2026-03-01,TEE,1,25.00")
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join((f"{head},shipping", *(f"{row},9.90" for row in rows))) + "\n")

    done = await shop.run("import", "orders", "day.csv", status=1)

    number = await count(shop, "SELECT number FROM orders")
    assert f"W1 is in as order {number}, with shipping of 4.90 EUR: say the same here" in done.text
    assert await count(shop) == 1


async def test_a_location_that_is_not_there_is_told_with_those_that_are(shop: Desk) -> None:
    a_file(shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50")

    done = await shop.run("import", "catalog", "new.csv", "--location", "moon", status=1)

    assert "There is no location moon. Locations: main." in done.text


async def a_product(desk: Desk, sku: str) -> tuple[str, int]:
    db = await asyncpg.connect(desk.database)
    try:
        ((name, price_minor),) = await db.fetch("SELECT name, price_minor FROM product WHERE sku = $1", sku)
    finally:
        await db.close()
    return name, price_minor


async def test_a_product_that_is_on_sale_stays_as_it_is(shop: Desk) -> None:
    await shop.ask(SaveProducts(products=(ProductData(sku="CUP", name="Cup", price=Money(1_290, "EUR")),)))
    a_file(
        shop.folder, "new.csv", "W1,2026-03-01,CUP,3,11.90", "W1,2026-03-01,BOWL,2,7.50", "W2,2026-03-01,MUG,1,11.90"
    )

    done = await shop.run("import", "catalog", "new.csv")

    assert await a_product(shop, "CUP") == ("Cup", 1_290)
    assert await a_product(shop, "BOWL") == ("BOWL", 750)
    assert "1 product made" in done.text
    assert "2 products were there and stay as they are." in done.text
    assert "1 of them has another name or price in the file: --replace takes these." in done.text
    assert await count(shop, "SELECT on_hand FROM stock WHERE sku = 'CUP'") == 3


async def test_replacing_takes_name_and_price_of_the_file_and_nothing_else(shop: Desk) -> None:
    cup = ProductData(sku="CUP", name="Cup", price=Money(1_290, "EUR"), weight_g=300, category="Kitchen")
    await shop.ask(SaveProducts(products=(cup,)))
    a_file(shop.folder, "new.csv", "W1,2026-03-01,CUP,3,11.90", "W2,2026-03-01,MUG,1,11.90")

    done = await shop.run("import", "catalog", "new.csv", "--replace")

    assert await a_product(shop, "CUP") == ("Cup", 1_190), "the file has no name of it"
    assert await count(shop, "SELECT weight_g FROM product WHERE sku = 'CUP' AND category = 'Kitchen'") == 300
    assert "1 product was there and has the name and price of the file now." in done.text
    assert "1 product was there and stays as it is." in done.text

    await shop.ask(SaveProducts(products=(cup,)))
    again = (await shop.run("import", "catalog", "new.csv", "--replace", "--json")).json
    assert (again["products"], again["made"], again["kept"], again["replaced"]) == (2, 0, 1, 1)
    assert await a_product(shop, "CUP") == ("Cup", 1_190), "replaced again after it was changed back"
    assert await count(shop, "SELECT on_hand FROM stock WHERE sku = 'CUP'") == 3, "stock is received once"


async def test_a_catalog_that_was_cut_off_after_its_products_is_finished_by_the_next_run(
    shop: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_file(
        shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50", "W2,2026-03-01,MUG,1,11.90", "W3,2026-03-01,PLATE,two,5"
    )
    with monkeypatch.context() as cut:
        cut.setattr(catalog, "_receive", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with contextlib.suppress(BaseException):
            await shop.run("import", "catalog", "new.csv")
    assert await count(shop, "SELECT count(*) FROM product WHERE sku = 'BOWL'") == 1
    assert await count(shop, "SELECT count(*) FROM stock WHERE sku = 'BOWL'") == 0

    for _ in range(2):
        again = (await shop.run("import", "catalog", "new.csv", "--json", status=1)).json

        assert (again["products"], again["kept"], again["units"], again["refused_rows"]) == (2, 2, 4, 1)
        assert await count(shop, "SELECT on_hand FROM stock WHERE sku = 'BOWL'") == 3


async def test_a_file_of_refused_rows_that_somebody_corrects_is_never_overwritten(shop: Desk) -> None:
    path = a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,2,11.90", "W2,2026-03-01,MUG,two,11.90")
    await shop.run("import", "orders", "day.csv", status=1)
    back = shop.folder / "day.refused.csv"
    first = back.read_text()

    same = await shop.run("import", "orders", "day.csv", status=1)
    assert not (shop.folder / "day.refused-2.csv").exists(), "it says the same"
    assert "stays as it is" not in same.text

    back.write_text(first.replace(",two,", ",2,"))
    for _ in range(2):
        done = await shop.run("import", "orders", "day.csv", status=1)

        assert back.read_text() == first.replace(",two,", ",2,")
        assert (shop.folder / "day.refused-2.csv").read_text() == first
        assert "1 row refused, in day.refused-2.csv:" in done.text
        assert not (shop.folder / "day.refused-3.csv").exists()
    path.write_text(path.read_text().replace("two", "three"))
    done = await shop.run("import", "orders", "day.csv", status=1)
    assert "three" in (shop.folder / "day.refused-3.csv").read_text()
    assert "day.refused.csv of an earlier run stays as it is." in done.text

    await shop.run("import", "orders", "day.csv", "--overwrite", status=1)
    assert "three" in back.read_text()


async def test_a_name_of_ones_own_for_refused_rows_is_replaced_only_when_that_is_said(shop: Desk) -> None:
    a_file(shop.folder, "day.csv", "W1,2026-03-01,MUG,1,11.90", "W2,2026-03-01,MUG,two,11.90")
    (shop.folder / "back.csv").write_text("mine")

    done = await shop.run("import", "orders", "day.csv", "--refused", "back.csv", status=2)
    itself = await shop.run("import", "orders", "day.csv", "--refused", "day.csv", "--overwrite", status=2)

    assert "back.csv is there already. Take another name, or replace it with --overwrite." in done.text
    assert "day.csv is the file that is imported" in itself.text
    assert (shop.folder / "back.csv").read_text() == "mine"
    assert await count(shop) == 0
    await shop.run("import", "orders", "day.csv", "--refused", "back.csv", "--overwrite", status=1)
    assert "two" in (shop.folder / "back.csv").read_text()


async def test_reasons_are_told_in_words_with_the_line_of_the_first_row(shop: Desk) -> None:
    a_file(
        shop.folder,
        "day.csv",
        "W1,2026-03-01,MUG,1,11.90",
        "W2,2026-03-01,HAT,1,9.90",
        "W3,2026-03-01,MUG,two,11.90",
        "W4,2026-03-01,MUG,three,11.90",
        'W5,2026-03-01,"MUG,1,11.90',
    )

    done = await shop.run("import", "orders", "day.csv", status=1)

    assert "5 rows read. 1 order accepted, from 1 row." in done.text
    assert "4 rows refused, in day.refused.csv:" in done.text
    assert 'line 4: quantity must be a whole number; you sent "two".' in done.text
    assert "there is no product HAT for sale." in done.text
    assert "unknown_sku" not in done.text
    assert "unreadable" not in done.text


RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


async def test_bad_rows_of_returns_come_back_with_line_and_reason(shop: Desk) -> None:
    (shop.folder / "year.csv").write_text(
        f"{RETAIL}\n"
        "536365,BOWL,Bowl,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
        "C536379,BOWL,Bowl,-1,2010-12-02 09:41:00,2.55,17850,United Kingdom\n"
        "C536380,VASE,Vase,-1,2010-12-02 09:41:00,2.55,17850,United Kingdom\n"
        "C536381,BOWL,Bowl,-1,yesterday,2.55,17850,United Kingdom\n"
        "C536382,BOWL,Bowl,1,2010-12-02 09:41:00,2.55,17850,United Kingdom\n"
        'C536383,BOWL,"Bowl,-1,2010-12-02 09:41:00,2.55,17850,United Kingdom\n'
    )
    retail = ("--mapping", "online-retail")
    await shop.ask(SetPolicy(name="currency", data="GBP"))
    await shop.run("import", "catalog", "year.csv", *retail, status=1)
    await shop.run("import", "orders", "year.csv", *retail, status=1)

    report = (await shop.run("import", "returns", "year.csv", *retail, "--json", status=1)).json

    assert (report["accepted"], report["refused_rows"]) == (0, 5)
    with (shop.folder / "year.returns.refused.csv").open() as file:
        back = {int(row["line"]): row for row in csv.DictReader(file)}
    assert {line: row["InvoiceNo"] for line, row in back.items()} == {
        3: "C536379", 4: "C536380", 5: "C536381", 6: "C536382", 7: "",
    }  # fmt: skip
    assert "returned" in back[3]["reason"] or "deliver" in back[3]["reason"]  # nothing has left yet
    assert back[5]["reason"] == 'InvoiceDate must be a date and time such as 2026-03-02 12:00:00; you sent "yesterday".'
    assert back[6]["reason"].startswith("Quantity must be less than 0 on a cancellation; you sent")
    assert back[7]["original"].startswith('C536383,BOWL,"Bowl')
    assert await count(shop, "SELECT count(*) FROM rma") == 0
