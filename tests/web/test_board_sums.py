"""What the board of the demo adds up."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from purveyor.cli.demo_board import Address, Board
from tests.web.conftest import Api


async def test_the_board_adds_up_the_currency_of_the_shop_alone(api: Api) -> None:
    await api.place(("MUG", 2))
    other = await api.place(("MUG", 1))
    await api.house.pool.execute("UPDATE orders SET currency = 'JPY' WHERE id = $1", UUID(str(other["order_id"])))
    (total,) = await api.house.read.values("SELECT total_minor FROM orders WHERE currency = 'EUR'")
    board = Board("EUR", Address("http://a", "http://a/docs"))

    await board.look(api.house.read, datetime.now(UTC))

    assert (board.sums.placed, board.sums.sales_minor, board.sums.receivable_minor) == (2, total, total)
