"""UUIDv7 ids that sort by time, and a source of them that gives the same ids to the same decision."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_COUNTER = (1 << 62) - 1
_RAND_A = (1 << 12) - 1
_LAST_MS = 253_402_300_799_000  # of what a time can be: the year 9999


def uuid7(milliseconds: int, entropy: int) -> UUID:
    """A UUID version 7 (RFC 9562) of a Unix time in milliseconds and 74 bits of entropy."""
    head = (milliseconds & ((1 << 48) - 1)) << 80
    return UUID(int=head | _VERSION_7 | ((entropy >> 62) & _RAND_A) << 64 | _VARIANT | (entropy & _COUNTER))


def made_at(id: UUID) -> datetime:  # noqa: A002 (the field's word)
    """When an id of version 7 was made, to the millisecond; of an id that is none, some time up to the last of all."""
    return datetime.fromtimestamp(min(id.int >> 80, _LAST_MS) / 1_000, UTC)


def from_bytes(octets: bytes) -> UUID:
    return UUID(bytes=octets)


class Ids:
    """New ids for one call: the seed, the seed + 1, and so on.

    The seed is drawn once, at the door. Deciding again from the same seed gives the same ids, so a batch
    that is run a second time makes the same rows.

    Ids are no secrets: many may read them, and one tells the next. What nobody may guess comes from `chance`, which
    whoever makes real calls draws from the system's random source.
    """

    __slots__ = ("_chance", "_make", "_next")

    @property
    def place(self) -> int:
        """Where the next id is taken from: set back when a decision is asked again, so that it gives the same ids."""
        return self._next

    @place.setter
    def place(self, place: int) -> None:
        self._next = place

    def __init__(self, seed: UUID, make: Callable[[bytes], UUID] = from_bytes, chance: bytes = b"") -> None:
        self._next = seed.int
        self._chance = chance
        self._make = make  # the engine has a quicker kind of UUID, which its driver takes as it is

    def new(self) -> UUID:
        current = self._next
        self._next = current + 1
        return self._make(current.to_bytes(16, "big"))

    def secret(self) -> int:
        """256 bits that nobody can tell from any id, and the same ones when a decision is asked again."""
        return int.from_bytes(hmac.digest(self._chance, b"secret:" + self.new().bytes, "sha256"))
