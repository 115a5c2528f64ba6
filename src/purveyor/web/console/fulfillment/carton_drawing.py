"""How a carton is filled, as a drawing: each box where it lies, seen from above a corner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse
from markupsafe import Markup

from purveyor.core.policies import Carton
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import NotFound
from purveyor.db.reader import Reader
from purveyor.records.policies.queries import load_policies
from purveyor.stages.packing.cartons import PackedCarton, smallest_fitting
from purveyor.stages.packing.placement import Block, Cuboid, Item
from purveyor.web.pages.context import RequestContext

COLORS: Final = ("#4c8dd6", "#e0993d", "#5aa876", "#b56bc4", "#c95c5c", "#7f8c9b")
MOST_BOXES = 400  # that are drawn one by one; of more, the blocks they stand in
SIZE = 320.0  # of the longer side of the picture
LINES: Final = 'stroke="#55606e" stroke-width="1" vector-effect="non-scaling-stroke"'
FRONT: Final = ((3, 1.0), (4, 0.85), (5, 0.7))  # faces that are seen, and how bright they are
COS, SIN = 0.8660254, 0.5  # of 30 degrees

SIZES = """
    SELECT l.id AS line_id, l.name, l.weight_g, coalesce(p.length_mm, 0) AS length_mm,
           coalesce(p.width_mm, 0) AS width_mm, coalesce(p.height_mm, 0) AS height_mm
      FROM line l LEFT JOIN product p ON p.sku = l.sku
     WHERE l.order_id = $1
"""
PARCEL = "SELECT carton, contents FROM parcel WHERE order_id = $1 AND id = $2"


class Sized(msgspec.Struct, frozen=True):
    """A line with the size of one unit, from the catalog."""

    line_id: UUID
    name: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


async def sizes_of(read: Reader, order_id: UUID) -> dict[UUID, Sized]:
    return {row.line_id: row for row in await read.rows(Sized, SIZES, order_id)}


def filled(contents: Iterable[UnitsOf], code: str, sizes: Mapping[UUID, Sized], cartons: Iterable[Carton]) -> Markup:
    """The drawing of these units in a carton of ours; nothing where they have no size or no placement is known."""
    carton = next((each for each in cartons if each.code == code), None)
    rows = [(sizes[units.line_id], units.quantity) for units in contents if units.line_id in sizes]
    items = [
        Item(row.line_id, quantity, row.length_mm, row.width_mm, row.height_mm, row.weight_g) for row, quantity in rows
    ]
    if carton is None or not items or not all(item.is_sized for item in items):
        return Markup("")
    packed = smallest_fitting(items, [carton])
    return drawn(packed, {row.line_id: row.name for row, _ in rows}) if packed is not None else Markup("")


def drawn(packed: PackedCarton, names: Mapping[UUID, str]) -> Markup:
    """An SVG with a title a product, so that it can be read as well as seen."""
    carton = packed.carton
    space = (0, 0, 0, carton.length_mm, carton.width_mm, carton.height_mm)
    corners = [_flat(x, y, z) for x in space[::3] for y in space[1::3] for z in space[2::3]]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    width, height = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    scale = SIZE / max(width, height, 1)
    shapes = [_frame(space, (0, 1, 2))]  # the bottom and the walls behind
    order = {line_id: place for place, line_id in enumerate(dict.fromkeys(block.line_id for block in packed.blocks))}
    for cuboid, line_id in sorted(_boxes(packed.blocks), key=lambda box: sum(box[0][:3])):
        shapes.append(_box(cuboid, COLORS[order[line_id] % len(COLORS)], names.get(line_id, "")))
    about = ", ".join(f"{item.quantity} x {names.get(item.line_id, '')}" for item in packed.contents)
    return Markup(  # noqa: S704 (names are escaped, all else is numbers)
        f'<svg xmlns="http://www.w3.org/2000/svg" class="placement" role="img" width="{width * scale + 8:.0f}"'
        f' height="{height * scale + 8:.0f}" viewBox="{left - 4 / scale:.1f} {top - 4 / scale:.1f}'
        f' {width + 8 / scale:.1f} {height + 8 / scale:.1f}"><title>{escape(f"{carton.code}: {about}")}</title>'
        f"{''.join(shapes)}</svg>"
    )


def _boxes(blocks: Sequence[Block]) -> list[tuple[Cuboid, UUID]]:
    if sum(block.quantity for block in blocks) > MOST_BOXES:
        return [(block.cuboid, block.line_id) for block in blocks]
    return [(box, block.line_id) for block in blocks for box in block.boxes()]


def _flat(x: float, y: float, z: float) -> tuple[float, float]:
    return (x - y) * COS, (x + y) * SIN - z


def _faces(box: Cuboid) -> tuple[list[tuple[float, float]], ...]:
    """Behind: bottom and two walls; in front: top and two walls."""
    x, y, z, far_x, far_y, far_z = box
    corners = (
        ((x, y, z), (far_x, y, z), (far_x, far_y, z), (x, far_y, z)),
        ((x, y, z), (far_x, y, z), (far_x, y, far_z), (x, y, far_z)),
        ((x, y, z), (x, far_y, z), (x, far_y, far_z), (x, y, far_z)),
        ((x, y, far_z), (far_x, y, far_z), (far_x, far_y, far_z), (x, far_y, far_z)),
        ((far_x, y, z), (far_x, far_y, z), (far_x, far_y, far_z), (far_x, y, far_z)),
        ((x, far_y, z), (far_x, far_y, z), (far_x, far_y, far_z), (x, far_y, far_z)),
    )
    return tuple([_flat(*corner) for corner in face] for face in corners)


def _polygon(points: Iterable[tuple[float, float]], attributes: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" {attributes} {LINES}/>'


def _frame(box: Cuboid, faces: Iterable[int]) -> str:
    sides = _faces(box)
    return "".join(_polygon(sides[face], 'fill="#9aa7b5" fill-opacity="0.15"') for face in faces)


def _box(box: Cuboid, color: str, name: str) -> str:
    sides = _faces(box)
    seen = "".join(_polygon(sides[face], f'fill="{_shade(color, bright)}"') for face, bright in FRONT)
    return f"<g><title>{escape(name)}</title>{seen}</g>"


def _shade(color: str, bright: float) -> str:
    return "#" + "".join(f"{int(int(color[place : place + 2], 16) * bright):02x}" for place in (1, 3, 5))


class _Parcel(msgspec.Struct, frozen=True):
    carton: str
    contents: Any


async def show(ctx: RequestContext) -> ASGIResponse:
    """How a packed parcel was filled, by today's sizes of the catalog."""
    read = ctx.house.read
    order_id, parcel_id = ctx.in_path("order_id"), ctx.in_path("parcel_id")
    parcel = await read.row(_Parcel, PARCEL, order_id, parcel_id)
    if parcel is None:
        raise NotFound(what="parcel", id=parcel_id)
    contents = msgspec.convert(parcel.contents, tuple[UnitsOf, ...], strict=False)
    cartons = (await load_policies(read)).packing.cartons
    return ctx.page(
        "console/fulfillment/carton_drawing.html",
        carton=parcel.carton,
        order_id=order_id,
        parcel_id=parcel_id,
        drawing=filled(contents, parcel.carton, await sizes_of(read, order_id), cartons),
    )
