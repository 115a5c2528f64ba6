"""Puts private texts where their references stand, in what is shown to people who may read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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


async def with_private_texts(
    read: Reader, body: bytes, quote: Callable[[str], bytes], typed: frozenset[UUID] = frozenset()
) -> bytes:
    """The body with the reasons that it refers to, one query for all of them, and none where there is no reference.

    `typed`: references that whoever asks has sent, and that the body repeats; they stay as they were typed.
    """
    wanted = references_in([body]) - typed
    if not wanted:
        return body
    texts = {text.id: text.text or ERASED for text in await read.rows(_Text, TEXTS, sorted(wanted), TOLD)}

    def put(found: re.Match[bytes]) -> bytes:
        text = texts.get(UUID(found[1].decode()))
        return found[0] if text is None else quote(text)

    return REFERENCE.sub(put, body)


def references_in(bodies: Iterable[bytes]) -> frozenset[UUID]:
    """The ids of all texts that these refer to, or seem to."""
    return frozenset(UUID(found.decode()) for body in bodies for found in REFERENCE.findall(body))


def in_html(text: str) -> bytes:
    return escape(text).encode()


def in_json(text: str) -> bytes:
    """As it stands inside the quotation marks of a JSON text."""
    return msgspec.json.encode(text)[1:-1]
