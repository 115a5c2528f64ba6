"""How a carton is filled can be seen, by whoever packs and by whoever asks later."""

from __future__ import annotations

from uuid import UUID
from xml.etree import ElementTree as ET

from purveyor.core.policies import Carton
from purveyor.core.positions import UnitsOf
from purveyor.web.console.fulfillment.carton_drawing import Sized, filled

SVG = "{http://www.w3.org/2000/svg}"
MUG, POT = UUID(int=1), UUID(int=2)
SIZES = {
    MUG: Sized(MUG, "Mug <b>white</b>", 300, 100, 100, 100),
    POT: Sized(POT, "Pot", 900, 250, 150, 150),
}
CARTON = Carton("M", 350, 250, 150, 220, 10_000)


def test_every_box_is_drawn_with_its_name_and_within_the_carton() -> None:
    drawing = filled([UnitsOf(MUG, 3), UnitsOf(POT, 1)], "M", SIZES, [CARTON])
    root = ET.fromstring(drawing)
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]

    assert titles[0] == "M: 1 x Pot, 3 x Mug <b>white</b>"
    assert sorted(titles[1:]) == ["Mug <b>white</b>"] * 3 + ["Pot"]
    assert len(list(root.iter(f"{SVG}polygon"))) == 3 + 3 * 4
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    for polygon in root.iter(f"{SVG}polygon"):
        for point in polygon.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert left <= x <= left + width
            assert top <= y <= top + height
    assert drawing == filled([UnitsOf(MUG, 3), UnitsOf(POT, 1)], "M", SIZES, [CARTON]), "the same every time"


def test_many_boxes_are_drawn_as_the_blocks_they_stand_in() -> None:
    tiny = {MUG: Sized(MUG, "Pin", 1, 10, 10, 10)}
    drawing = filled([UnitsOf(MUG, 1_000)], "M", tiny, [CARTON])

    assert 0 < drawing.count("<polygon") < 100


def test_what_has_no_size_has_no_drawing() -> None:
    nothing = {MUG: Sized(MUG, "Mug", 300, 0, 0, 0)}
    assert filled([UnitsOf(MUG, 1)], "M", nothing, [CARTON]) == ""
    assert filled([UnitsOf(MUG, 1)], "as_is", SIZES, [CARTON]) == ""
    assert filled([UnitsOf(MUG, 100)], "M", SIZES, [CARTON]) == ""
