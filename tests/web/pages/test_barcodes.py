"""What is drawn is read back by a decoder of somebody else."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from purveyor.stages.packing.sscc import EXAMPLE_PREFIX, sscc
from purveyor.web.pages.barcodes import code128, gs1_128_sscc, qr

SCALE = 4
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+[zZ]")


def drawn(svg: str) -> Image.Image:
    """The rectangles of an SVG as pixels."""
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())  # type: ignore[union-attr]
    picture = Image.new("L", (width * SCALE, (height + 10) * SCALE), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, w, h in (map(int, run) for run in RUN.findall(svg)):
        pen.rectangle((x * SCALE, y * SCALE, (x + w) * SCALE - 1, (y + h) * SCALE - 1), fill=0)
    return picture


def read(svg: str) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(drawn(svg))
    return found


@pytest.mark.parametrize(
    "text", ["100172", "990172", "99ab", "1", "BEAN-HSE-500", "FP0123456789DE", "a b/c_1", "~{|}`@"]
)
def test_a_number_of_ours_is_read_as_it_is(text: str) -> None:
    found = read(code128(text))

    assert found.format == zxingcpp.BarcodeFormat.Code128
    assert found.text == text
    assert found.content_type != zxingcpp.ContentType.GS1


def test_an_sscc_is_read_as_gs1_without_brackets_in_its_bytes() -> None:
    number = sscc(100_172, 1, EXAMPLE_PREFIX)

    found = read(gs1_128_sscc(number))

    assert found.content_type == zxingcpp.ContentType.GS1
    assert found.bytes == f"00{number}".encode()
    assert f"(00) {number}" in gs1_128_sscc(number)


def test_an_address_is_read_by_a_camera() -> None:
    found = read(qr("https://shop.example/o/abc?x=1&y=2"))

    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.text == "https://shop.example/o/abc?x=1&y=2"


@pytest.mark.parametrize("text", ["", "Ä-1", "注文"])
def test_what_code_128_cannot_hold_is_not_drawn(text: str) -> None:
    assert code128(text) == ""


@pytest.mark.parametrize("number", ["", "123", "39521234000100172x", "395212340001001721"])
def test_a_parcel_without_an_sscc_has_no_bars(number: str) -> None:
    assert gs1_128_sscc(number) == ""


def test_texts_in_a_picture_are_escaped() -> None:
    assert "<b>" not in code128("<b>&")
    assert read(code128("<b>&")).text == "<b>&"
