"""A download without its file is neither charged nor granted: its order waits, and goes on once the file is there."""

from __future__ import annotations

from purveyor.adapters.files.fake import FakeFiles
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.stages.payment.commands import PayAgain
from purveyor.stages.review.commands import ApproveOrder, HoldOrder
from tests.journeys.shop import Placed, Shop, eur

BOOK = ProductData(sku="BOOK", name="Book", price=eur(900), kind="download", asset="book.epub")


def files_of(shop: Shop) -> set[str]:
    """Assets whose file is not there: change it, and the next look will see."""
    files = shop.house.outside.files
    assert isinstance(files, FakeFiles)
    return files.taken_away


async def without_the_book(shop: Shop) -> set[str]:
    """The file is found missing as soon as the product is saved."""
    files_of(shop).add("book.epub")
    await shop.ask(SaveProducts(products=(BOOK,)))
    assert await shop.house.pool.fetchval("SELECT missing FROM asset_file WHERE asset = 'book.epub'")
    return files_of(shop)


async def open_holds(shop: Shop, order: Placed) -> list[tuple[str, str]]:
    return [(row["type"], row["why"]) for row in await shop.rows(order, "hold") if row["released_at"] is None]


async def test_it_is_held_before_anything_is_charged_and_paid_once_the_file_is_there(shop: Shop) -> None:
    missing = await without_the_book(shop)
    order = await shop.order(BOOK=1)
    await shop.wait(minutes=5)

    assert await open_holds(shop, order) == [("file", "no file yet for BOOK")]
    assert shop.charges(order) == []
    assert await shop.rows(order, "download_grant") == []
    row = await shop.row(order)
    assert (row["authorized_minor"], row["captured_minor"], row["holds"]) == (0, 0, "file")

    missing.clear()
    await shop.wait(minutes=2)

    assert await open_holds(shop, order) == []
    assert await shop.units(order) == {"delivered": 1}
    (charge,) = shop.charges(order)
    assert charge.captured == eur((await shop.row(order))["total_minor"])
    assert "downloads_ready" in await shop.notices(order)


async def test_a_file_that_gets_lost_before_it_is_paid_for_is_not_granted(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await shop.order(card="card-declined", BOOK=1, MUG=1)
    missing = await without_the_book(shop)
    payment = await shop.one(order, "payment")
    await shop.ask(PayAgain(order_id=order.id, payment_id=payment["id"], source="card-good"))

    assert await open_holds(shop, order) == [("file", "no file yet for BOOK")]
    assert await shop.units(order, "BOOK") == {"allocated": 1}
    assert (await shop.row(order))["captured_minor"] == 0
    await shop.deliver()
    assert await shop.units(order, "MUG") == {"delivered": 1}, "goods do not wait for a file"
    paid = (await shop.row(order))["captured_minor"]

    missing.clear()
    await shop.wait(minutes=2)
    assert await shop.units(order, "BOOK") == {"delivered": 1}
    row = await shop.row(order)
    assert paid + 900 == row["captured_minor"] == row["total_minor"]


async def test_who_releases_it_without_the_file_has_it_held_again_and_nothing_is_captured(shop: Shop) -> None:
    missing = await without_the_book(shop)
    order = await shop.order(BOOK=1)
    await shop.ask(ApproveOrder(order_id=order.id, why="it will be there"))
    await shop.wait(minutes=2)

    assert await open_holds(shop, order) == [("file", "no file yet for BOOK")]
    assert (await shop.row(order))["captured_minor"] == 0
    for _ in range(2):  # it comes, gets lost and is found again
        missing.clear()
        await shop.wait(minutes=2)
        missing.add("book.epub")
        await shop.wait(minutes=2)
    assert await shop.units(order) == {"delivered": 1}
    assert (await shop.row(order))["captured_minor"] == 900


async def test_what_staff_hold_for_a_file_that_is_there_stays_held(shop: Shop) -> None:
    order = await shop.order(BOOK=1, card="card-declined")
    await shop.ask(HoldOrder(order_id=order.id, type="file", why="a wrong file"))
    await shop.wait(minutes=5)

    assert sorted(type_ for type_, _ in await open_holds(shop, order)) == ["file", "payment"]


async def test_what_was_noted_once_is_no_news_later(shop: Shop) -> None:
    await without_the_book(shop)
    for _ in range(3):
        await shop.wait(minutes=2)

    assert await shop.house.pool.fetchval("SELECT count(*) FROM journal WHERE kind = 'catalog.files_noted'") == 2
