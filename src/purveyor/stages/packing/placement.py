"""Boxes into a carton: a placement in three dimensions that can be shown, and that never overlaps.

A constructive block heuristic on maximal spaces: the free space is kept as all the largest empty cuboids, which may
overlap each other; a block of equal boxes goes into the corner of one of them, and every space that it cuts is
replaced by what is left of it on six sides. After F. Parreño, R. Alvarez-Valdes, J. M. Tamarit and J. F. Oliveira,
"A Maximal-Space Algorithm for the Container Loading Problem", INFORMS Journal on Computing 20(3), 2008.

Many different things at once are laid on shelves instead: rows of boxes, row behind row, layer upon layer.

Both may fail to find a placement where there is one. Neither gives one that does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from operator import le
from uuid import UUID

import msgspec

MOST_KINDS = 24  # of items, for which spaces are searched; more are shelved, which takes no search
MOST_BLOCKS = 80  # in one carton: what goes beyond is left over, so that the work stays bounded
MOST_SPACES = 100  # the largest are kept: forgetting an empty space costs room, never truth


class Item(msgspec.Struct, frozen=True, gc=False):
    """So many equal boxes of one order line: millimeters and grams each. All sides 0: the size is not known."""

    line_id: UUID
    quantity: int
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int

    @property
    def sides(self) -> tuple[int, int, int]:
        """The sides, longest first. What is thinner than a millimeter is taken for one."""
        long, middle, short = sorted((self.length_mm, self.width_mm, self.height_mm), reverse=True)
        return (max(long, 1), max(middle, 1), max(short, 1))

    @property
    def is_sized(self) -> bool:
        return bool(self.length_mm or self.width_mm or self.height_mm)

    @property
    def volume_mm3(self) -> int:
        """Of one box; 0 where the size is not known."""
        if not self.is_sized:
            return 0
        long, middle, short = self.sides
        return long * middle * short

    def of(self, quantity: int) -> Item:
        return msgspec.structs.replace(self, quantity=quantity)


class Block(msgspec.Struct, frozen=True, gc=False):
    """`columns * rows * layers` equal boxes side by side, from a corner at x, y, z. The sides are those of one box."""

    line_id: UUID
    x: int
    y: int
    z: int
    length_mm: int
    width_mm: int
    height_mm: int
    columns: int
    rows: int
    layers: int

    @property
    def quantity(self) -> int:
        return self.columns * self.rows * self.layers

    @property
    def cuboid(self) -> Cuboid:
        return (
            self.x,
            self.y,
            self.z,
            self.x + self.length_mm * self.columns,
            self.y + self.width_mm * self.rows,
            self.z + self.height_mm * self.layers,
        )

    def boxes(self) -> Iterator[Cuboid]:
        """Every single box, to be drawn."""
        for layer in range(self.layers):
            for row in range(self.rows):
                for column in range(self.columns):
                    x = self.x + column * self.length_mm
                    y = self.y + row * self.width_mm
                    z = self.z + layer * self.height_mm
                    yield (x, y, z, x + self.length_mm, y + self.width_mm, z + self.height_mm)


Cuboid = tuple[int, int, int, int, int, int]  # from x, y, z to x, y, z


class Filling(msgspec.Struct, frozen=True, gc=False):
    """What lies in a carton, where, and what had no room."""

    blocks: tuple[Block, ...]
    inside: tuple[Item, ...]
    left: tuple[Item, ...]


def _by_volume(item: Item) -> tuple[int, ...]:
    return (-item.volume_mm3, *(-side for side in item.sides))


def _by_longest_side(item: Item) -> tuple[int, ...]:
    return (*(-side for side in item.sides),)


def _by_largest_face(item: Item) -> tuple[int, ...]:
    long, middle, short = item.sides
    return (-long * middle, -short)


ORDERS: tuple[Callable[[Item], tuple[int, ...]], ...] = (_by_volume, _by_longest_side, _by_largest_face)


def fill(sides: tuple[int, int, int], limit_g: int, items: Iterable[Item]) -> Filling:
    """Lay as many boxes as there is room and strength for, in several orders, and keep the best."""
    items = tuple(items)
    if len(items) > MOST_KINDS:
        return _shelve(sides, limit_g, items)
    best: Filling | None = None
    tried: list[list[Item]] = []
    for order in ORDERS:
        ordered = sorted(items, key=order)
        if ordered in tried:  # what is largest in one way is often largest in all
            continue
        tried.append(ordered)
        filling = _fill(sides, limit_g, ordered)
        if not filling.left:
            return filling
        if best is None or _volume(filling.inside) > _volume(best.inside):
            best = filling
    assert best is not None
    return best


def _volume(items: Iterable[Item]) -> int:
    return sum(item.volume_mm3 * item.quantity for item in items)


def _fill(sides: tuple[int, int, int], limit_g: int, items: Sequence[Item]) -> Filling:
    spaces: list[Cuboid] = [(0, 0, 0, *sides)]
    blocks: list[Block] = []
    inside: list[Item] = []
    left: list[Item] = []
    for item in items:
        strong_enough = limit_g // item.weight_g if item.weight_g else item.quantity
        wanted = min(item.quantity, strong_enough)
        placed = 0
        if not item.is_sized:
            placed = wanted
        while placed < wanted and len(blocks) < MOST_BLOCKS:
            block = _best_block(spaces, item, wanted - placed)
            if block is None:
                break
            blocks.append(block)
            spaces = _without(spaces, block.cuboid)
            placed += block.quantity
        limit_g -= placed * item.weight_g
        if placed:
            inside.append(item.of(placed))
        if placed < item.quantity:
            left.append(item.of(item.quantity - placed))
    return Filling(tuple(blocks), tuple(inside), tuple(left))


def _shelve(sides: tuple[int, int, int], limit_g: int, items: Iterable[Item]) -> Filling:
    """Rows along the length, rows side by side to a layer, layer upon layer: the highest first."""
    blocks: list[Block] = []
    inside: list[Item] = []
    left: list[Item] = []
    x = y = z = depth = height = 0  # where the next box goes; how deep its row is, and how high its layer
    for item, turn in sorted(((item, _flattest(item.sides, sides)) for item in items), key=_by_height):
        strong_enough = limit_g // item.weight_g if item.weight_g else item.quantity
        wanted = min(item.quantity, strong_enough) if turn else 0
        placed = 0 if item.is_sized else wanted
        while turn and placed < wanted:
            if x + turn[0] > sides[0]:
                x, y, depth = 0, y + depth, 0
            if y + turn[1] > sides[1]:
                x, y, z, depth, height = 0, 0, z + height, 0, 0
            if z + turn[2] > sides[2]:
                break
            columns = min(wanted - placed, (sides[0] - x) // turn[0])
            blocks.append(Block(item.line_id, x, y, z, *turn, columns, 1, 1))
            x, depth, height = x + columns * turn[0], max(depth, turn[1]), max(height, turn[2])
            placed += columns
        limit_g -= placed * item.weight_g
        if placed:
            inside.append(item.of(placed))
        if placed < item.quantity:
            left.append(item.of(item.quantity - placed))
    return Filling(tuple(blocks), tuple(inside), tuple(left))


@lru_cache(4_096)  # the lines of a large order are many, the sizes of its goods are few
def _flattest(box: tuple[int, int, int], sides: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """The way to turn a box so that it is low, and then not deep; None where it does not fit in any."""
    long, middle, short = box
    ways = ((long, middle, short), (middle, long, short), (long, short, middle), (short, long, middle))
    turns = [turn for turn in (*ways, (middle, short, long), (short, middle, long)) if all(map(le, turn, sides))]
    return min(turns, key=lambda turn: (turn[2], turn[1]), default=None)


def _by_height(laid: tuple[Item, tuple[int, int, int] | None]) -> tuple[int, int, int]:
    turn = laid[1] or (0, 0, 0)
    return (-turn[2], -turn[1], -turn[0])


def _best_block(spaces: Iterable[Cuboid], item: Item, wanted: int) -> Block | None:
    """The block that takes most of the boxes; of these the one lowest down, then the one in the tightest space."""
    best: tuple[tuple[int, ...], Block] | None = None
    turns = _turns(item.sides)
    for x, y, z, x_end, y_end, z_end in spaces:
        room = (x_end - x, y_end - y, z_end - z)
        for length, width, height in turns:
            columns, rows, layers = room[0] // length, room[1] // width, room[2] // height
            if not (columns and rows and layers):
                continue
            columns = min(columns, wanted)
            rows = min(rows, wanted // columns)
            layers = min(layers, wanted // (columns * rows))
            quantity = columns * rows * layers
            slack = min(room[0] - columns * length, room[1] - rows * width, room[2] - layers * height)
            rank = (-quantity, z, slack, room[0] * room[1] * room[2], y, x, height)
            if best is None or rank < best[0]:
                best = (rank, Block(item.line_id, x, y, z, length, width, height, columns, rows, layers))
    return None if best is None else best[1]


@lru_cache(4_096)
def _turns(box: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Every way to turn a box."""
    return tuple(sorted(set(permutations(box))))


def _without(spaces: Iterable[Cuboid], taken: Cuboid) -> list[Cuboid]:
    """The largest empty cuboids after a block was laid."""
    whole: list[Cuboid] = []
    pieces: set[Cuboid] = set()
    for space in spaces:
        if overlap(space, taken):
            pieces.update(_around(space, taken))
        else:
            whole.append(space)
    kept = whole
    for piece in sorted(pieces, key=_size, reverse=True):
        if not any(_holds(space, piece) for space in kept):
            kept.append(piece)
    return sorted(kept, key=_size, reverse=True)[:MOST_SPACES]


def _around(space: Cuboid, taken: Cuboid) -> Iterator[Cuboid]:
    """What is left of a space on each of the six sides of a block."""
    for axis in range(3):
        if taken[axis] > space[axis]:
            yield (*space[: axis + 3], taken[axis], *space[axis + 4 :])  # type: ignore[misc]
        if taken[axis + 3] < space[axis + 3]:
            yield (*space[:axis], taken[axis + 3], *space[axis + 1 :])  # type: ignore[misc]


def overlap(one: Cuboid, other: Cuboid) -> bool:
    """Whether two cuboids share more than a face."""
    return all(one[axis] < other[axis + 3] and other[axis] < one[axis + 3] for axis in range(3))


def _holds(outer: Cuboid, inner: Cuboid) -> bool:
    return all(outer[axis] <= inner[axis] and inner[axis + 3] <= outer[axis + 3] for axis in range(3))


def _size(space: Cuboid) -> int:
    return (space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2])
