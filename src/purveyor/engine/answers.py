"""What the caller of a command gets, now and whenever the same key comes again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.refusals import Refusal


class Refused(msgspec.Struct, frozen=True):
    """A refusal as it is answered and kept."""

    code: str
    sentence: str
    data: dict[str, Any]
    instead: tuple[str, ...]
    status: int

    @classmethod
    def of(cls, refusal: Refusal) -> Refused:
        return cls(refusal.code, str(refusal), refusal.data, refusal.what_instead(), refusal.status)


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Accepted, with what came of it, or refused, with the reason."""

    accepted: bool
    order_id: UUID | None = None
    number: int = 0
    order_version: int = 0
    facts: tuple[str, ...] = ()  # kinds, in order: those of the command, then those that followed
    reply: dict[str, Any] = {}
    refusal: Refused | None = None


class CommandResult(msgspec.Struct, frozen=True):
    """An answer as bytes (the first answer is given again to the letter), and whether it was the first."""

    body: bytes
    accepted: bool
    repeated: bool = False

    @property
    def answer(self) -> Answer:
        return msgspec.json.decode(self.body, type=Answer)


class Preview(msgspec.Struct, frozen=True):
    """What would happen: the facts, the change of what the customer owes, or the refusal. Nothing was done."""

    accepted: bool
    facts: list[dict[str, Any]] = []
    jobs: list[str] = []
    total_before_minor: int = 0
    total_after_minor: int = 0
    receivable_before_minor: int = 0
    receivable_after_minor: int = 0
    currency: str = ""
    refusal: Refused | None = None


class KeyReused(Refusal):
    """A key that came before, with another command behind it."""

    key: str
    sentence = "The key {key} was used for another command. A new command needs a new key."
    status = 422


def refused(refusal: Refusal) -> CommandResult:
    """The answer to a command that was refused."""
    return CommandResult(msgspec.json.encode(Answer(accepted=False, refusal=Refused.of(refusal))), accepted=False)
