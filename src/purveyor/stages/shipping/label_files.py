"""Labels as data URIs (RFC 2397): of kinds that a browser shows or a printer takes, and nothing that runs."""

from __future__ import annotations

from typing import Final

PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
KNOWN: Final = PICTURES | {
    "application/octet-stream",
    "application/pdf",
    "application/x-zpl",
    "application/zpl",
    "text/plain",
    "x-application/zpl",
}
ANY_FILE: Final = "application/octet-stream"


def known_kind(media_type: str) -> str:
    """The media type without blanks, or that of any file, which browsers only save, for one that we do not know."""
    given = media_type.replace(" ", "")
    return given if kind_of(given) in KNOWN and "," not in given else ANY_FILE


def known_document(uri: str) -> str:
    """A label as it was kept, under a kind that we know. What is no data URI at all gives an empty file."""
    head, _, body = uri.partition(",")
    if not head.startswith("data:") or not head.endswith(";base64"):
        return f"data:{ANY_FILE};base64,"
    return f"data:{known_kind(head.removeprefix('data:').removesuffix(';base64'))};base64,{body}"


def is_picture(uri: str) -> bool:
    return kind_of(uri.partition(",")[0].removeprefix("data:")) in PICTURES


def kind_of(media_type: str) -> str:
    """The type alone, without its parameters."""
    return media_type.partition(";")[0].lower()
