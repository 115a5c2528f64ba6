"""Stock that a catalog of a file brings in: once for the same rows, whatever becomes of other products."""

from __future__ import annotations

from pathlib import Path

import pytest

from purveyor.cli.startup import house_of
from purveyor.core.money import Money
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from tests.cli.conftest import Desk
from tests.cli.test_import import ADDRESS, HEAD, a_file, count

ON_HAND = "SELECT coalesce(sum(on_hand), 0) FROM stock WHERE sku = '{}'"
TOO_LONG = "X" * 600  # for a name


def named(folder: Path, name: str, *rows: str) -> Path:
    """A file whose last column describes the product."""
    path = folder / name
    lines = (f"{row},EUR,DE,{ADDRESS},{said}" for row, _, said in (each.rpartition(",") for each in rows))
    path.write_text("\n".join((f"{HEAD},description", *lines)) + "\n")
    return path


async def on_hand(desk: Desk, *skus: str) -> list[int]:
    return [await count(desk, ON_HAND.format(sku)) for sku in skus]


async def test_a_product_that_was_refused_and_is_there_later_has_no_other_received_again(shop: Desk) -> None:
    named(shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50,Bowl", f"W2,2026-03-01,PLATE,2,9.50,{TOO_LONG}")
    await shop.run("import", "catalog", "new.csv", status=1)
    await shop.ask(SaveProducts(products=(ProductData(sku="PLATE", name="Plate", price=Money(950, "EUR")),)))

    for _ in range(2):
        await shop.run("import", "catalog", "new.csv")

        assert await on_hand(shop, "BOWL", "PLATE") == [3, 2]


async def test_a_replacement_that_is_refused_has_no_other_received_again(shop: Desk) -> None:
    named(shop.folder, "new.csv", "W1,2026-03-01,MUG,3,11.90,Mug", f"W2,2026-03-01,TEE,2,25.00,{TOO_LONG}")
    before = await on_hand(shop, "MUG", "TEE")
    await shop.run("import", "catalog", "new.csv")

    await shop.run("import", "catalog", "new.csv", "--replace", status=1)

    assert await on_hand(shop, "MUG", "TEE") == [before[0] + 3, before[1] + 2]


async def test_a_row_that_is_corrected_has_no_other_product_received_again(shop: Desk) -> None:
    path = a_file(shop.folder, "new.csv", "W1,2026-03-01,BOWL,3,7.50", "W2,2026-03-01,PLATE,two,9.50")
    await shop.run("import", "catalog", "new.csv", status=1)
    path.write_text(path.read_text().replace("two", "2"))

    await shop.run("import", "catalog", "new.csv")

    assert await on_hand(shop, "BOWL", "PLATE") == [3, 2]


async def test_as_many_units_in_the_file_of_another_month_are_received_too(shop: Desk) -> None:
    a_file(shop.folder, "march.csv", "W1,2026-03-01,BOWL,3,7.50")
    a_file(shop.folder, "april.csv", "W2,2026-04-01,BOWL,3,7.50")

    for name in ("march.csv", "april.csv", "march.csv"):
        await shop.run("import", "catalog", name)

    assert await on_hand(shop, "BOWL") == [6]


@pytest.mark.parametrize("refused_at_first", [False, True])
async def test_what_a_former_version_received_is_known(shop: Desk, refused_at_first: bool) -> None:
    a_file(shop.folder, "new.csv", "W1,2026-03-01,MUG,3,7.50", "W2,2026-03-01,TEE,2,9.50")
    before = await on_hand(shop, "MUG", "TEE")
    together = ReceiveStock(
        items=tuple(ReceivedItem(sku=sku, location="main", quantity=some) for sku, some in (("MUG", 3), ("TEE", 2))),
        reference="import of a catalog",
    )
    former = "file:standard:stock.receive:be330ab1ea38d55df4d44f77"  # with a digest of what it says
    async with house_of(shop.settings) as house:
        if refused_at_first:
            nothing = ReceiveStock(items=(), reference=together.reference)
            await house.committer.submit(nothing, key=former, actor="channel:file")
        key = f"{former}:1" if refused_at_first else former
        await house.committer.submit(together, key=key, actor="channel:file")

    report = (await shop.run("import", "catalog", "new.csv", "--json")).json

    assert (report["products"], report["units"]) == (2, 5)
    assert await on_hand(shop, "MUG", "TEE") == [before[0] + 3, before[1] + 2]
