"""Puts private texts where their references stand, in what is shown to people who may read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader

# Where a label begins with a capital, so does the reference.
REFERENCE: Final = re.compile(rb"[Tt]ext:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
TEXTS: Final = "SELECT id, text FROM private_text WHERE id = ANY($1::uuid[]) AND what = ANY($2)"
TOLD: Final = ("why", "reason", "scan_words")  # as what texts are kept that stand where they are referred to
ERASED: Final = "(erased)"


class _Text(msgspec.Struct, frozen=True):
    id: UUID
    text: str


async def resolved(read: Reader, body: bytes, quote: Callable[[str], bytes]) -> bytes:
    """The body with the reasons that it refers to, one query for all of them, and none where there is no reference."""
    wanted = {UUID(found.decode()) for found in REFERENCE.findall(body)}
    if not wanted:
        return body
    texts = {text.id: text.text or ERASED for text in await read.rows(_Text, TEXTS, sorted(wanted), TOLD)}

    def put(found: re.Match[bytes]) -> bytes:
        text = texts.get(UUID(found[1].decode()))
        return found[0] if text is None else quote(text)

    return REFERENCE.sub(put, body)


def in_html(text: str) -> bytes:
    return escape(text).encode()


def in_json(text: str) -> bytes:
    """As it stands inside the quotation marks of a JSON text."""
    return msgspec.json.encode(text)[1:-1]
