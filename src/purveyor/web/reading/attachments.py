"""Texts, documents and pictures that came with an order or left for its customer, each for those who may read it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.refusals import NotFound
from purveyor.db.reader import Reader
from purveyor.web.auth.roles import CONTACTS
from purveyor.web.http.problem_details import Problem
from purveyor.web.reading.uploaded_images import kind_of, without_metadata

# What may be looked at, and what one must be allowed to. Codes, labels and keys are shown where they are handed over.
READERS: Final[dict[str, tuple[str, ...]]] = {
    "source": ("orders:read", CONTACTS),
    "message": ("confirmation:read", CONTACTS),
    "message_words": ("confirmation:read", CONTACTS),
    "case_message": ("support:read",),
    "claim_photo": ("support:read",),
    "installation_record": ("delivery:read", CONTACTS),
    "staff_note": ("review:read",),
    "survey_text": ("feedback:read",),
    "product_review": ("feedback:read",),
}
TEXT = """
    -- What an order came from is what it says that it came from: tokens of cards were once kept as sources too.
    SELECT t.id, t.what, t.text, t.erased
      FROM private_text t JOIN orders o ON o.id = t.order_id
     WHERE t.id = $1 AND t.order_id = $2 AND (t.what <> 'source' OR o.source_id = t.id)
"""


class KeptText(msgspec.Struct, frozen=True):
    """One of them; `text` is empty once it was erased. A picture is a data URI (RFC 2397)."""

    id: UUID
    what: str
    text: str
    erased: bool


class Picture(msgspec.Struct, frozen=True):
    """A picture as browsers take it, without what cameras write beside it."""

    kind: str  # jpeg | png | webp | gif
    content: bytes


async def kept_text(read: Reader, order_id: UUID, text_id: UUID, may: Callable[[str], bool]) -> KeptText:
    """A text of an order. Raises `NotFound`, also for what is shown nowhere, and `Problem` (403)."""
    found = await read.row(KeptText, TEXT, text_id, order_id)
    wanted = READERS.get(found.what) if found is not None else None
    if found is None or wanted is None:
        raise NotFound(what="text", id=text_id)
    lacking = [scope for scope in wanted if not may(scope)]
    if lacking:
        raise Problem(403, "not_allowed", f"This needs the scope {lacking[0]}.", data={"scope": lacking[0]})
    return found


async def claim_photo(read: Reader, order_id: UUID, text_id: UUID) -> Picture:
    """The picture of a claim, for whoever has the order's page. Raises `NotFound`."""
    return picture_of(await kept_text(read, order_id, text_id, lambda scope: scope == "support:read"))


def picture_of(text: KeptText) -> Picture:
    """Raises `NotFound` for what is no picture, or was erased."""
    head, _, body = text.text.partition(",")
    try:
        content = base64.b64decode(body, validate=True) if head.endswith(";base64") else b""
    except binascii.Error:
        content = b""
    kind = kind_of(content)
    if text.what != "claim_photo" or not kind:
        raise NotFound(what="picture", id=text.id)
    return Picture(kind, without_metadata(content))
