"""The three kinds of message: what may be asked (Command), what happened (Fact), what is asked of the outside (Job)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec

from purveyor.core.ids import Ids
from purveyor.core.positions import Adjustment, Counted, Posting, StockMove, UnitMove

#: Stages whose facts concern those who work here, and who else is told: no business of who follows orders.
UNPUBLISHED: Final = ("staff", "views", "webhooks")


@cache
def _tag_of(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True, tag_field="command"):
    """Something that is asked: imperative, frozen, typed. Its tag, such as `payment.capture`, never changes."""

    # Texts that facts must not repeat, such as `tenders.source`. Reasons are kept where they are a word of ours.
    apart: ClassVar[tuple[str, ...]] = ("why", "reason")

    @classmethod
    def kind(cls) -> str:
        return _tag_of(cls)


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag_field="kind"):
    """Something that happened: past tense, frozen, typed. Its tag, such as `payment.captured`, never changes.

    It carries what it moves. `why` is the reason, recorded when the decision was made.
    """

    version: ClassVar[int] = 1  # of its shape; `upcast` brings older ones up to date when they are read
    # Fields that are told to nobody outside, such as `tenders.source`: neither to webhooks nor where changes are read.
    hidden: ClassVar[frozenset[str]] = frozenset()
    # Whether it sets prices itself, as an edit does: then its postings say more than its adjustments alone.
    brings_prices: ClassVar[bool] = False

    order_id: UUID | None = None
    moves: tuple[UnitMove, ...] = ()
    stock: tuple[StockMove, ...] = ()
    postings: tuple[Posting, ...] = ()
    counts: tuple[Counted, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()  # what the postings change in the price of which thing, after it was set
    why: str = ""

    @classmethod
    def kind(cls) -> str:
        return _tag_of(cls)

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Bring the data of an older version to today's shape."""
        assert version == cls.version, f"{cls.kind()} cannot be read at version {version}"
        return data

    def reply(self) -> dict[str, Any]:
        """What the caller of the command should be told: ids that were made, amounts that were computed."""
        return {}


class Job(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="job"):
    """A side effect to be made after the commit: call a gateway, print a label, send a mail.

    It runs at least once. Its own id, given when it is enqueued, is the key towards the outside.
    """

    attempts: ClassVar[int] = 8  # before it needs attention

    @classmethod
    def kind(cls) -> str:
        return _tag_of(cls)


class Call(msgspec.Struct, frozen=True):
    """Who asks, when, and under which key; and the ids that may be given out on the way."""

    key: str
    actor: str  # staff:anna, customer:<id>, channel:web, job:payment.capture, system:sweep
    at: datetime
    ids: Ids
    number: int = 0  # the short number people see, drawn for commands that open an order


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """Under which call a fact was recorded: all that `apply` may know beside the fact itself."""

    at: datetime
    actor: str
