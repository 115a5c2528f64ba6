"""The board of the demo, on a large terminal and on a small one."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from purveyor.cli.demo_board import STAGES, Address, Board, News, Stage, Sums
from purveyor.cli.staff import DEMO

NOW = datetime(2026, 3, 4, 14, 20, tzinfo=UTC)


def a_board() -> Board:
    key = "pk_0123456789ab_" + "x" * 43
    board = Board("EUR", Address("http://127.0.0.1:8420", "http://127.0.0.1:8420/api/docs", key))
    board.address.logins = tuple((login, role) for login, _name, role in DEMO)
    board.address.password, board.address.folder = "a1b2-c3d4-e5f6", "/home/ada/.local/share/purveyor/demo"
    board.now = NOW
    board.sums = Sums(placed=812, closed=300, canceled=20, placed_this_hour=9, sales_minor=4_812_345)
    for number, name in enumerate(STAGES[1:], 1):
        board.stages[name] = Stage(name, 3 * number, NOW - timedelta(hours=5 * number), number % 3)
    for number in range(50):
        board._hear(News(number, NOW, "review.order_held", "system", {"type": "fraud", "why": "large order"}, 100_000))
    return board


def drawn(board: Board, width: int, height: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, height=height, force_terminal=False).print(board)
    return out.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize(("width", "height"), [(140, 40), (120, 30), (80, 24)])
def test_the_board_fits_and_says_that_it_is_played(width: int, height: int) -> None:
    lines = drawn(a_board(), width, height)
    text = "\n".join(lines)

    assert len(lines) <= height
    assert max(map(cell_len, lines)) <= width
    assert "are simulated" in text
    assert "http://127.0.0.1:8420/api/docs" in text
    assert "pk_0123456789ab" in text
    assert all(name in text for name in STAGES)
    assert "ada@demo (admin)" in text
    assert width < 134 or all(f"({role})" in text for _login, _name, role in DEMO)
    assert width < 134 or "/home/ada/.local/share/purveyor/demo" in text
    assert "held (fraud): large order" in text


def test_the_board_is_there_before_anything_else() -> None:
    assert "Purveyor" in drawn(Board("EUR", Address("http://a", "http://a/docs")), 80, 24)[0]


def test_an_amount_below_zero_is_no_bar() -> None:
    board = a_board()
    board.stages.clear()
    board.sums = Sums()

    assert "█" not in "\n".join(drawn(board, 140, 40))
