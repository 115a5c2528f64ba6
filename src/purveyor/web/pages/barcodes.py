"""Barcodes as pictures that scale: SVG without any style of its own, as the Content-Security-Policy wants it.

* Code 128 (ISO/IEC 15417) for numbers of ours: orders, SKUs, tracking numbers.
* GS1-128 (GS1 General Specifications, section 5.4) for SSCCs: application identifier 00 and 18 digits behind a FNC1.
  The brackets of the text below it, `(00)`, are for people and never part of the bars.
* QR (ISO/IEC 18004) for addresses.
"""

from __future__ import annotations

import re
from itertools import groupby

import segno
import zxingcpp
from markupsafe import Markup

from purveyor.stages.packing.sscc import check_digit

SSCC_DIGITS = 18
_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_PATH = re.compile(r'<path d="([^"]+)"')


def code128(text: str) -> Markup:
    """A number of ours. Nothing for what every scanner may not give back: letters beyond ASCII, or no text at all."""
    if not text or not text.isascii() or not text.isprintable():
        return Markup()
    return _bars(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128), text)


def gs1_128_sscc(sscc: str) -> Markup:
    """An SSCC of 18 digits, with its text for people below. Nothing for a parcel without one, or for no SSCC."""
    if len(sscc) != SSCC_DIGITS or not (sscc.isascii() and sscc.isdecimal()) or sscc[-1] != str(check_digit(sscc[:-1])):
        return Markup()
    made = zxingcpp.create_barcode(f"(00){sscc}", zxingcpp.BarcodeFormat.Code128, gs1=True)
    return _bars(made, f"(00) {sscc}")


def qr(text: str) -> Markup:
    """An address to be opened by a phone's camera."""
    made = segno.make(text, error="m", micro=False)
    rows = [[bool(dark) for dark in row] for row in made.matrix_iter(border=4)]
    path = "".join(f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _runs(row))
    size = len(rows)
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{text}" shape-rendering="crispEdges">'
        '<path d="{path}"/></svg>'
    ).format(size=size, text=text, path=path)


def _bars(made: zxingcpp.Barcode, text: str) -> Markup:
    svg = made.to_svg(add_quiet_zones=True)
    size, path = _SIZE.search(svg), _PATH.search(svg)
    assert size is not None, "a picture has a size"
    assert path is not None, "a picture has bars"
    return Markup(
        '<figure class="barcode"><svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img"'
        ' aria-label="{text}" shape-rendering="crispEdges"><path d="{path}"/></svg>'
        "<figcaption>{text}</figcaption></figure>"
    ).format(width=size[1], height=size[2], text=text, path=path[1])


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many lie side by side."""
    runs = []
    place = 0
    for dark, group in groupby(row):
        length = len(list(group))
        if dark:
            runs.append((place, length))
        place += length
    return runs
