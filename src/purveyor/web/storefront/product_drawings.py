"""Draws a product that has no photograph: the same lines and colors for the same product, every time.

What is drawn follows from the words of its name and category, and where these say nothing, from its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Final
from xml.sax.saxutils import escape

VERSION: Final = "1"  # raise it when drawings change, so that browsers ask again

# background | deep | middle | light: readable on white and on black alike
PALETTES: Final = (
    ("#d9e2dc", "#2f4a40", "#6b8f7d", "#f3f6f2"),
    ("#e6dccf", "#5a3d2b", "#a97c50", "#faf5ee"),
    ("#d6dfe8", "#2c4360", "#6d8db0", "#f2f6fa"),
    ("#e8d8d5", "#66322f", "#b9736a", "#fbf2f0"),
    ("#e3dfcc", "#4d4a26", "#9a9455", "#f8f6ea"),
    ("#dcd8e6", "#3f3760", "#8378ae", "#f5f3fa"),
    ("#d2e2e2", "#1f4a4d", "#5b979a", "#eff7f7"),
    ("#e8e0d6", "#473f38", "#8f8378", "#faf7f3"),
)

Colors = tuple[str, str, str]
Shape = Callable[[Colors], str]


def draw(sku: str, name: str, category: str, kind: str) -> str:
    """An SVG picture of 400 by 300, some hundred bytes."""
    seed = blake2b(sku.encode(), digest_size=4).digest()
    palette = PALETTES[(sum(category.encode()) + seed[0] % 2) % len(PALETTES)]
    back, deep, middle, light = palette
    shape = shape_of(name, category, kind)
    lean, height = seed[1] % 80 - 40, 228 + seed[2] % 16
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="400" height="300" fill="{back}"/>'
        f'<circle cx="{200 + lean}" cy="140" r="118" fill="{light}" opacity=".55"/>'
        f'<path d="M0 {height}Q200 {height - 16} 400 {height}V300H0Z" fill="{middle}" opacity=".35"/>'
        f'<ellipse cx="200" cy="246" rx="96" ry="9" fill="{deep}" opacity=".18"/>'
        f"{shape((deep, middle, light))}</svg>"
    )


def _bag(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M138 92h124l10 152a8 8 0 0 1-8 8H136a8 8 0 0 1-8-8Z" fill="{deep}"/>'
        f'<path d="M138 70h124v22H138Z" fill="{middle}"/>'
        f'<rect x="158" y="132" width="84" height="70" rx="6" fill="{light}"/>'
        f'<ellipse cx="200" cy="167" rx="17" ry="24" fill="{middle}" transform="rotate(28 200 167)"/>'
        f'<path d="M191 186q16-14 18-39" stroke="{light}" stroke-width="4" fill="none" stroke-linecap="round"/>'
    )


def _cup(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M268 136h18a34 34 0 0 1 0 68h-22" fill="none" stroke="{middle}" stroke-width="15"/>'
        f'<path d="M118 112h156v86a54 54 0 0 1-54 54h-48a54 54 0 0 1-54-54Z" fill="{deep}"/>'
        f'<ellipse cx="196" cy="112" rx="78" ry="15" fill="{light}"/>'
        f'<ellipse cx="196" cy="114" rx="64" ry="10" fill="{middle}"/>'
    )


def _glass(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M142 66h116l-16 178a8 8 0 0 1-8 8h-68a8 8 0 0 1-8-8Z" fill="{light}" opacity=".85"/>'
        f'<path d="M150 138h100l-10 96a8 8 0 0 1-8 8h-64a8 8 0 0 1-8-8Z" fill="{deep}"/>'
        f'<path d="M148 112h104l-2 28H150Z" fill="{middle}"/>'
        '<path d="M160 80l6 60" stroke="#fff" stroke-width="5" opacity=".8" stroke-linecap="round"/>'
    )


def _flask(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="152" y="94" width="96" height="158" rx="16" fill="{deep}"/>'
        f'<rect x="160" y="54" width="80" height="44" rx="8" fill="{middle}"/>'
        f'<rect x="152" y="150" width="96" height="46" fill="{light}"/>'
        f'<path d="M166 108v130" stroke="{light}" stroke-width="5" opacity=".5" stroke-linecap="round"/>'
    )


def _kettle(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M112 132q-38-2-44-44" fill="none" stroke="{middle}" stroke-width="12" stroke-linecap="round"/>'
        f'<path d="M262 122q58 8 46 76-6 30-40 34" fill="none" stroke="{middle}" stroke-width="13"/>'
        f'<path d="M126 100h136l26 138a12 12 0 0 1-12 14H112a12 12 0 0 1-12-14Z" fill="{deep}"/>'
        f'<path d="M140 100q54-44 108 0Z" fill="{middle}"/>'
        f'<circle cx="194" cy="72" r="9" fill="{deep}"/>'
        f'<path d="M128 216h136" stroke="{light}" stroke-width="5" opacity=".6"/>'
    )


def _grinder(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M148 60h104l-18 62h-68Z" fill="{middle}"/>'
        f'<rect x="158" y="122" width="84" height="92" rx="6" fill="{deep}"/>'
        f'<rect x="140" y="214" width="120" height="38" rx="8" fill="{deep}"/>'
        f'<circle cx="200" cy="160" r="20" fill="{light}"/>'
        f'<circle cx="200" cy="160" r="7" fill="{middle}"/>'
        f'<path d="M148 52h104" stroke="{deep}" stroke-width="12" stroke-linecap="round"/>'
    )


def _machine(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M98 78a14 14 0 0 1 14-14h176a14 14 0 0 1 14 14v44H98Z" fill="{deep}"/>'
        f'<rect x="230" y="122" width="72" height="104" fill="{middle}"/>'
        f'<rect x="98" y="122" width="30" height="104" fill="{middle}"/>'
        f'<rect x="88" y="222" width="224" height="30" rx="8" fill="{deep}"/>'
        f'<rect x="152" y="122" width="52" height="18" rx="4" fill="{middle}"/>'
        f'<path d="M160 190h36v14a16 16 0 0 1-16 16h-4a16 16 0 0 1-16-16Z" fill="{light}"/>'
        f'<path d="M178 142v40" stroke="{deep}" stroke-width="4"/>'
        f'<circle cx="124" cy="92" r="9" fill="{light}"/>'
        f'<circle cx="266" cy="172" r="20" fill="{light}"/>'
        f'<path d="M266 172l8-11" stroke="{deep}" stroke-width="4" stroke-linecap="round"/>'
    )


def _dripper(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M134 62h132l-44 78h-44Z" fill="{middle}"/>'
        f'<rect x="150" y="140" width="100" height="10" rx="5" fill="{deep}"/>'
        f'<path d="M160 154h80l22 88a8 8 0 0 1-8 10H146a8 8 0 0 1-8-10Z" fill="{light}"/>'
        f'<path d="M148 210h104l8 30a8 8 0 0 1-8 8H148a8 8 0 0 1-8-8Z" fill="{deep}"/>'
        '<path d="M156 76l26 52M244 76l-26 52M200 74v54"'
        f' stroke="{light}" stroke-width="4" opacity=".7" stroke-linecap="round"/>'
    )


def _bottle(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        '<path d="M182 88h36l6 30q30 16 30 48v74a12 12 0 0 1-12 12h-84a12 12 0 0 1-12-12v-74q0-32 30-48Z"'
        f' fill="{deep}"/>'
        f'<rect x="180" y="56" width="40" height="34" rx="6" fill="{middle}"/>'
        f'<rect x="146" y="164" width="108" height="58" fill="{light}"/>'
        f'<path d="M162 184h76M162 202h46" stroke="{middle}" stroke-width="6" stroke-linecap="round"/>'
    )


def _tin(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="130" y="96" width="140" height="156" rx="10" fill="{deep}"/>'
        f'<ellipse cx="200" cy="96" rx="74" ry="17" fill="{middle}"/>'
        f'<ellipse cx="200" cy="92" rx="22" ry="6" fill="{deep}"/>'
        f'<rect x="130" y="144" width="140" height="66" fill="{light}"/>'
        f'<circle cx="200" cy="177" r="20" fill="{middle}"/>'
    )


def _tool(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M186 56h28l6 92h-40Z" fill="{middle}"/><circle cx="200" cy="56" r="18" fill="{deep}"/>'
        f'<rect x="172" y="146" width="56" height="18" rx="4" fill="{light}"/>'
        f'<rect x="144" y="164" width="112" height="40" rx="8" fill="{deep}"/>'
        f'<rect x="152" y="204" width="96" height="12" rx="4" fill="{middle}"/>'
        f'<path d="M162 176h76" stroke="{light}" stroke-width="4" opacity=".5" stroke-linecap="round"/>'
    )


def _part(colors: Colors) -> str:
    deep, middle, light = colors
    holes = "".join(
        f'<circle cx="{x}" cy="{y}" r="9" fill="{light}"/>'
        for x, y in ((200, 102), (252, 132), (252, 188), (200, 218), (148, 188), (148, 132))
    )
    return (
        f'<circle cx="200" cy="160" r="92" fill="{deep}"/><circle cx="200" cy="160" r="76" fill="{middle}"/>'
        f'<circle cx="200" cy="160" r="28" fill="{light}"/><circle cx="200" cy="160" r="14" fill="{deep}"/>{holes}'
    )


def _shirt(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M160 70 108 96l18 54 26-10v112h96V140l26 10 18-54-52-26q-40 34-80 0Z" fill="{deep}"/>'
        f'<path d="M160 70q40 34 80 0l-8-4q-32 20-64 0Z" fill="{middle}"/>'
        f'<circle cx="200" cy="160" r="19" fill="{light}"/>'
    )


def _scale(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M120 196h160l24 44a8 8 0 0 1-8 12H104a8 8 0 0 1-8-12Z" fill="{deep}"/>'
        f'<rect x="108" y="180" width="184" height="18" rx="9" fill="{middle}"/>'
        f'<rect x="154" y="214" width="92" height="26" rx="5" fill="{light}"/>'
        f'<path d="M166 227h30M208 227h26" stroke="{deep}" stroke-width="6" stroke-linecap="round"/>'
        f'<path d="M164 96h72l-10 76a10 10 0 0 1-10 8h-32a10 10 0 0 1-10-8Z" fill="{light}"/>'
        f'<path d="M170 134h60l-5 38a10 10 0 0 1-9 8h-32a10 10 0 0 1-9-8Z" fill="{middle}"/>'
    )


def _knife(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M62 176q4-46 58-46h142v46Z" fill="{light}" stroke="{middle}" stroke-width="4"/>'
        f'<path d="M62 176h200" stroke="{middle}" stroke-width="6"/>'
        f'<path d="M262 130h76a14 14 0 0 1 0 36h-76Z" fill="{deep}"/>'
        f'<circle cx="286" cy="148" r="4" fill="{light}"/><circle cx="318" cy="148" r="4" fill="{light}"/>'
    )


def _pan(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M254 176h92a10 10 0 0 1 0 20h-92Z" fill="{middle}"/>'
        f'<path d="M84 160h180q4 70-58 78h-64q-62-8-58-78Z" fill="{deep}"/>'
        f'<ellipse cx="174" cy="160" rx="92" ry="20" fill="{middle}"/>'
        f'<ellipse cx="174" cy="162" rx="76" ry="13" fill="{light}" opacity=".6"/>'
    )


def _gift(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="116" y="130" width="168" height="122" rx="6" fill="{deep}"/>'
        f'<rect x="106" y="104" width="188" height="36" rx="6" fill="{middle}"/>'
        f'<rect x="186" y="104" width="28" height="148" fill="{light}"/>'
        f'<path d="M200 104q-52-4-44-36 24-14 44 36 20-50 44-36 8 32-44 36Z" fill="{light}"/>'
    )


def _book(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M130 62h130a10 10 0 0 1 10 10v168H142a12 12 0 0 1-12-12Z" fill="{deep}"/>'
        f'<path d="M142 228h128v18H142a9 9 0 0 1 0-18Z" fill="{light}"/>'
        f'<rect x="154" y="92" width="92" height="56" rx="4" fill="{light}"/>'
        f'<path d="M168 110h64M168 128h40" stroke="{middle}" stroke-width="7" stroke-linecap="round"/>'
        f'<path d="M226 62h22v56l-11-10-11 10Z" fill="{middle}"/>'
    )


def _film(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="92" y="78" width="216" height="140" rx="12" fill="{deep}"/>'
        f'<rect x="106" y="92" width="188" height="112" rx="4" fill="{light}"/>'
        f'<circle cx="200" cy="148" r="36" fill="{middle}"/>'
        f'<path d="M190 130l30 18-30 18Z" fill="{light}"/>'
        f'<path d="M160 246h80M200 218v28" stroke="{deep}" stroke-width="12" stroke-linecap="round"/>'
    )


def _screen(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="104" y="70" width="192" height="132" rx="12" fill="{deep}"/>'
        f'<rect x="118" y="84" width="164" height="104" rx="4" fill="{light}"/>'
        '<path d="M134 166q24-64 48-28t34-8 50-26"'
        f' fill="none" stroke="{middle}" stroke-width="8" stroke-linecap="round"/>'
        f'<path d="M82 216h236l-14 26a10 10 0 0 1-9 6H105a10 10 0 0 1-9-6Z" fill="{middle}"/>'
    )


def _badge(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<rect x="96" y="96" width="208" height="132" rx="16" fill="{deep}"/>'
        f'<rect x="96" y="122" width="208" height="24" fill="{middle}"/>'
        f'<circle cx="140" cy="188" r="20" fill="{light}"/>'
        f'<path d="M178 178h96M178 200h62" stroke="{light}" stroke-width="9" stroke-linecap="round"/>'
    )


def _wrench(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        '<path d="M128 78a48 48 0 0 1 62 58l82 82a24 24 0 0 1-34 34l-82-82a48 48 0 0 1-58-62l30 30 24-6 6-24Z"'
        f' fill="{deep}"/>'
        f'<circle cx="254" cy="234" r="9" fill="{light}"/>'
        f'<path d="M268 84l-62 62" stroke="{middle}" stroke-width="16" stroke-linecap="round"/>'
        f'<path d="M262 66l26 26-14 14-26-26Z" fill="{middle}"/>'
    )


def _box(colors: Colors) -> str:
    deep, middle, light = colors
    return (
        f'<path d="M200 70 310 116v94l-110 46-110-46v-94Z" fill="{deep}"/>'
        f'<path d="M200 70 310 116l-110 46L90 116Z" fill="{middle}"/>'
        f'<path d="M200 162v94" stroke="{light}" stroke-width="3" opacity=".6"/>'
        f'<path d="M145 93l110 46v36l-22-10v-36L123 102Z" fill="{light}" opacity=".85"/>'
    )


# The first whose words occur, in the name before the category.
WORDS: Final[tuple[tuple[str, Shape], ...]] = (
    (r"e-book|book|recipe|novel|magazine", _book),
    (r"video|course|film|lesson", _film),
    (r"software|desktop|till|diary|app\b|license", _screen),
    (r"club|membership|pass\b|subscription", _badge),
    (r"installation|set-up|service|repair", _wrench),
    (r"gift|tasting|starter|box of", _gift),
    (r"shirt|apron|towel|tote|textile|clothing", _shirt),
    (r"grinder|burr", _grinder),
    (r"kettle|stovetop pot|pot,", _kettle),
    (r"machine|maker", _machine),
    (r"tumbler|flask|canister|carafe$", _flask),
    (r"gasket|screen|basket|seal|cartridge|spare|parts", _part),
    (r"glass|cold brew|latte glasses", _glass),
    (r"cup|mug|pitcher|teapot", _cup),
    (r"syrup|cleaner|descaler|bottle|charger", _bottle),
    (r"scale", _scale),
    (r"knife", _knife),
    (r"tamp|needles|thermometer|frother|whisk|brush|knock|portafilter", _tool),
    (r"dripper|filter|press|brewer|carafe|brewing", _dripper),
    (r"pan\b|board|bowl|kitchen", _pan),
    (r"tin\b|tea\b|chocolate|tablets|pearls|canister|storage|pantry", _tin),
    (r"barista|care", _tool),
    (r"bean|coffee|espresso|ground|decaf", _bag),
)
KINDS: Final[dict[str, Shape]] = {
    "download": _book,
    "license": _screen,
    "access": _badge,
    "service": _wrench,
}


def shape_of(name: str, category: str, kind: str) -> Shape:
    """What a product looks like, as far as words tell."""
    for text in (name.lower(), category.lower()):
        for words, shape in WORDS:
            if re.search(rf"\b(?:{words})", text):
                return shape
    return KINDS.get(kind, _box)
