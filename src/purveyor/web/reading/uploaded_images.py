"""Pictures from outside: what they really are, and without what cameras write into them: places, devices, names."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

STARTS: Final[dict[bytes, str]] = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
# Chunks of PNG that say how it looks; all others are comments, times, and what EXIF says.
PNG_KEPT: Final = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"bKGD", b"pHYs", b"sBIT")
)
WEBP_DROPPED: Final = frozenset((b"EXIF", b"XMP "))
APP0, APP2, APP14, APP15, COM, SOS = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA


def kind_of(content: bytes) -> str:
    """jpeg, png, webp or gif, by its first bytes; "" for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in STARTS.items() if content.startswith(start)), "")


def without_metadata(content: bytes) -> bytes:
    """The same picture. One that cannot be taken apart is left as it is: browsers decide what they make of it."""
    try:
        match kind_of(content):
            case "jpeg":
                return b"".join(_jpeg(content))
            case "png":
                return content[:8] + b"".join(_png(content))
            case "webp":
                kept = b"".join(_webp(content))
                return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept
            case _:
                return content
    except (struct.error, IndexError):
        return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Segments up to the scan (ITU T.81, B.1.1.4), without those of applications but JFIF, ICC and Adobe; no comments.

    Which side is up stands in EXIF alone (tag 0x0112) and is kept.
    """
    yield content[:2]
    place = 2
    while content[place] == 0xFF and content[place + 1] != SOS:  # noqa: PLR2004 (a marker)
        marker = content[place + 1]
        (length,) = struct.unpack_from(">H", content, place + 2)
        segment = content[place : place + 2 + length]
        place += 2 + length
        if marker == COM or (APP0 < marker <= APP15 and marker not in (APP2, APP14)):
            if segment[4:10] == b"Exif\0\0" and (side := _orientation(segment[10:])) > 1:
                yield _exif_with(side)
        else:
            yield segment
    yield content[place:]


def _orientation(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(count):
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
        if tag == 0x0112:  # noqa: PLR2004 (TIFF 6.0: Orientation)
            return int(value)
    return 1


def _exif_with(side: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, side, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        chunk = content[place : place + 12 + length]
        place += 12 + length
        if chunk[4:8] in PNG_KEPT:
            yield chunk


def _webp(content: bytes) -> Iterator[bytes]:
    """Chunks of RIFF, padded to even lengths; the flags of the header say that EXIF and XMP are gone."""
    place = 12
    while place < len(content):
        (length,) = struct.unpack_from("<I", content, place + 4)
        chunk = content[place : place + 8 + length + length % 2]
        place += len(chunk)
        if chunk[:4] == b"VP8X":
            yield chunk[:8] + bytes((chunk[8] & ~0x0C,)) + chunk[9:]
        elif chunk[:4] not in WEBP_DROPPED:
            yield chunk
