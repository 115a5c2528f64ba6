"""A placement that is said to fit does fit: it is laid out and looked at, box by box."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

from hypothesis import given, settings, strategies as st

from purveyor.core.policies import Carton, PackingPolicy
from purveyor.stages.packing.cartons import (
    AS_IS,
    MOST_OFFERED,
    MOST_PARCELS,
    PackedCarton,
    smallest_fitting,
    split,
    why_not,
)
from purveyor.stages.packing.placement import Filling, Item, fill, overlap

CARTONS = PackingPolicy().cartons


def item(number: int, quantity: int, length: int, width: int, height: int, weight_g: int = 0) -> Item:
    return Item(UUID(int=number), quantity, length, width, height, weight_g)


def look_at(sides: tuple[int, int, int], limit_g: int, filling: Filling, items: list[Item]) -> None:
    """Nothing overlaps, nothing sticks out, nothing is too heavy, nothing is lost, every box has its own sides."""
    boxes = [(block.line_id, box) for block in filling.blocks for box in block.boxes()]
    for _, box in boxes:
        assert all(0 <= box[axis] < box[axis + 3] <= sides[axis] for axis in range(3))
    for (_, one), (_, other) in combinations(boxes, 2):
        assert not overlap(one, other)
    assert sum(each.weight_g * each.quantity for each in filling.inside) <= limit_g
    for each in items:
        inside = sum(part.quantity for part in filling.inside if part.line_id == each.line_id)
        left = sum(part.quantity for part in filling.left if part.line_id == each.line_id)
        assert inside + left == each.quantity
        mine = [box for line_id, box in boxes if line_id == each.line_id]
        assert len(mine) == (inside if each.is_sized else 0)
        for box in mine:
            assert sorted(box[axis + 3] - box[axis] for axis in range(3)) == sorted(each.sides)


SIDES = st.integers(1, 60)
ITEMS = st.lists(
    st.builds(
        lambda quantity, length, width, height, weight_g: (quantity, length, width, height, weight_g),
        st.integers(1, 12),
        SIDES,
        SIDES,
        SIDES,
        st.integers(0, 50),
    ),
    min_size=1,
    max_size=6,
).map(lambda rows: [item(number, *row) for number, row in enumerate(rows)])


@settings(max_examples=150, deadline=None)
@given(st.tuples(SIDES, SIDES, SIDES), st.integers(0, 1_000), ITEMS)
def test_whatever_is_laid_into_a_carton_has_room_in_it(
    sides: tuple[int, int, int], limit_g: int, items: list[Item]
) -> None:
    look_at(sides, limit_g, fill(sides, limit_g, items), items)


MANY_ITEMS = st.lists(
    st.tuples(st.integers(1, 4), SIDES, SIDES, SIDES, st.integers(0, 50)), min_size=25, max_size=40
).map(lambda rows: [item(number, *row) for number, row in enumerate(rows)])


@settings(max_examples=60, deadline=None)
@given(st.tuples(SIDES, SIDES, SIDES), st.integers(0, 1_000), MANY_ITEMS)
def test_many_different_things_have_room_where_they_are_laid(
    sides: tuple[int, int, int], limit_g: int, items: list[Item]
) -> None:
    look_at(sides, limit_g, fill(sides, limit_g, items), items)


@settings(max_examples=60, deadline=None)
@given(ITEMS | MANY_ITEMS)
def test_everything_ends_up_in_some_carton(items: list[Item]) -> None:
    cartons = (Carton("small", 40, 30, 20, 5, 200), Carton("large", 60, 50, 40, 9, 400))

    packed = split(items, cartons)

    for each in items:
        parts = [part for one in packed for part in one.contents if part.line_id == each.line_id]
        assert sum(part.quantity for part in parts) == each.quantity
    for one in packed:
        if one.carton.code != AS_IS:
            assert not why_not(one.carton, one.contents)
            filling = Filling(one.blocks, one.contents, ())
            carton = one.carton
            look_at((carton.length_mm, carton.width_mm, carton.height_mm), carton.limit_g, filling, list(one.contents))


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_a_grid_of_equal_boxes_fills_its_carton_to_the_last_millimeter(columns: int, rows: int, layers: int) -> None:
    box = item(1, columns * rows * layers, 31, 17, 11)
    sides = (columns * 31, rows * 17, layers * 11)

    assert not fill(sides, 0, [box]).left
    assert fill(sides, 0, [box.of(box.quantity + 1)]).left


def chosen(*items: Item) -> str:
    packed = smallest_fitting(items, CARTONS)
    return packed.carton.code if packed else ""


def test_things_are_turned_to_fit() -> None:
    assert chosen(item(1, 1, 20, 340, 240)) == "envelope"
    assert chosen(item(1, 1, 100, 250, 180)) == "S"
    assert chosen(item(1, 1, 101, 250, 180)) == "M"


def test_volume_alone_does_not_fit() -> None:
    """Two cubes of 126 mm have less volume than the envelope twice, but are higher than it and S."""
    assert chosen(item(1, 2, 126, 126, 126)) == "M"
    assert why_not(CARTONS[0], [item(1, 1, 450, 10, 10)]) != ""


def test_weight_asks_for_a_stronger_carton() -> None:
    assert chosen(item(1, 1, 100, 100, 20, 1_000)) == "envelope"
    assert chosen(item(1, 1, 100, 100, 20, 1_001)) == "S"
    assert chosen(item(1, 1, 100, 100, 20, 31_501)) == ""


def test_different_things_share_a_carton() -> None:
    """A large box that leaves room at its side and above, and small ones that fill it."""
    sides = (10, 10, 10)
    items = [item(1, 1, 10, 10, 6), item(2, 1, 10, 6, 4), item(3, 2, 5, 4, 4)]

    filling = fill(sides, 0, items)

    assert not filling.left
    look_at(sides, 0, filling, items)


def test_what_has_no_size_is_held_by_its_weight_alone() -> None:
    assert chosen(item(1, 3, 0, 0, 0, 300)) == "envelope"
    assert chosen(item(1, 4, 0, 0, 0, 300)) == "S"
    assert not fill((10, 10, 10), 0, [item(1, 1, 10, 10, 0)]).left  # a sheet of paper is thin, not unknown


def test_an_order_of_a_thousand_lines_is_packed_at_once() -> None:
    many = [item(n, 5, 20 + n % 37, 15 + n % 23, 10 + n % 17, 20) for n in range(1_000)]
    volume = sum(each.volume_mm3 * each.quantity for each in many)

    packed = split(many, CARTONS)

    assert sum(part.quantity for one in packed for part in one.contents) == 5_000
    room = sum(one.carton.length_mm * one.carton.width_mm * one.carton.height_mm for one in packed)
    assert room < 3 * volume or len(packed) <= 5  # 100 kg need four of the largest, however small they are


def test_the_largest_carton_is_filled_before_another_is_taken() -> None:
    packed = split([item(1, 9, 200, 200, 200, 1_000)], [Carton("cube", 400, 400, 400, 500, 20_000)])

    assert [sum(part.quantity for part in one.contents) for one in packed] == [8, 1]
    assert [one.weight_g for one in packed] == [8_500, 1_500]
    assert all(isinstance(one, PackedCarton) for one in packed)


def test_a_carton_is_filled_from_so_many_lines_at_most_and_nothing_is_left_behind() -> None:
    many = [item(n, 2, 120, 90, 100, 350) for n in range(MOST_OFFERED + 100)]
    packed = split(many, CARTONS)

    assert sum(each.quantity for one in packed for each in one.contents) == 2 * len(many)
    assert all(smallest_fitting(one.contents, CARTONS) for one in packed)


def test_splitting_ends_where_an_order_has_no_more_parcels() -> None:
    too_large = split([item(1, 1_000_000, 9_000, 9_000, 9_000)], CARTONS)
    too_many = split([item(1, 1_000_000, 120, 90, 100, 350)], CARTONS)

    assert len(too_large) == len(too_many) == MOST_PARCELS + 1
