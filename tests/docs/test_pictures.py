"""The pictures of the architecture say what the contracts of the imports say."""

from __future__ import annotations

import re
import tomllib

import purveyor
from tests.docs.pages import ROOT, blocks

LAYERS_PICTURE, WAY_PICTURE = list(blocks(ROOT / "docs" / "architecture.md", "mermaid"))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS: list[str] = next(each["layers"] for each in CONTRACTS if each.get("containers") == ["purveyor"])
NODE = re.compile(r'(\w+)\["([^"]+)"\]')
ARROW = re.compile(r'(\w+)(?:\["[^"]+"\])? (-->|-\. "\w+" \.->) (\w+)')


def names_in(layer: str) -> set[str]:
    return set(re.findall(r"\w+", layer))


def height(path: str) -> int:
    """How far below the top the layer of a module is."""
    (layer,) = [number for number, names in enumerate(LAYERS) if path.split("/", maxsplit=1)[0] in names_in(names)]
    return layer


def test_the_layers_are_those_of_the_contract() -> None:
    shown = dict(NODE.findall(LAYERS_PICTURE))
    order = re.findall(r"\w+", LAYERS_PICTURE.strip().splitlines()[-1])

    assert [names_in(shown[name]) for name in order] == [names_in(layer) for layer in LAYERS if "__main__" not in layer]
    for name in order:
        apart = " | " in next(layer for layer in LAYERS if names_in(layer) == names_in(shown[name]))
        assert apart == ("|" in shown[name]), "a line between those that do not import each other"


def test_solid_arrows_of_a_commands_way_never_go_up() -> None:
    modules = dict(NODE.findall(WAY_PICTURE))
    arrows = [arrow for line in WAY_PICTURE.splitlines() for arrow in ARROW.findall(line)]

    assert {name for start, _, end in arrows for name in (start, end)} == modules.keys()
    for start, arrow, end in arrows:
        falls = height(modules[end]) - height(modules[start])
        assert falls >= 0 if arrow == "-->" else falls != 0, f"{modules[start]} {arrow} {modules[end]}"


def test_what_is_on_a_commands_way_is_there() -> None:
    (root,) = purveyor.__path__
    for path in dict(NODE.findall(WAY_PICTURE)).values():
        assert (ROOT / root / path).exists(), path
