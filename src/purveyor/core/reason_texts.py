"""Free text that people give as a reason, and how it is kept apart from what the journal repeats for ever.

A reason that is one of our words stays where it is, for figures and filters. Anything else may name somebody, so it
stands in a private text, which can be erased, and a reference in its place.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

PREFIX: Final = "text:"
REFERENCE: Final = re.compile(PREFIX + r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
REASONS: Final = frozenset({"why", "reason"})  # the fields in which people give one

#: What our own pages, files and jobs give as a reason, and what pages offer.
KNOWN: Final = frozenset(
    {
        "address unclear", "another e-mail address", "asked", "asked by phone", "asked for", "bulk", "by an admin",
        "by its owner", "called the customer", "cannot_deliver", "changed mind", "changed_mind", "checked",
        "cleared", "count", "credit", "credit limit", "customer", "customer_keeps_it", "damaged",
        "damaged_packaging", "device lost", "duplicate", "erased", "exchange", "fraud", "fraud suspected",
        "goodwill", "incomplete", "insolvent", "known customer", "late", "looked at", "lost", "mistake", "no access",
        "no longer to be had", "not collected", "not_agreed", "not_collected", "not_delivered", "not_found",
        "one more", "other", "other_carton", "out_of_stock", "packaging_missing", "price unclear", "price_error",
        "price_match", "read", "rejected", "request", "settled", "signed out", "small_amount", "uncollectible",
        "undeliverable", "used", "waiting for an answer",
    }
)  # fmt: skip


def reference(text_id: UUID) -> str:
    """What stands in the place of a text."""
    return f"{PREFIX}{text_id}"


def referred(text: str) -> UUID | None:
    """The private text that a reference leads to; None for what is the text itself."""
    found = REFERENCE.fullmatch(text) if text.startswith(PREFIX) else None
    return None if found is None else UUID(found[1])


def category(text: str) -> str:
    """A reason as a category: our own word, or that it is another. For what must hold no text at all."""
    return text if text in KNOWN else "other"
