"""Chance that is the same for the same seed, whoever asks first."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


class SeededRandom:
    """Draws that depend on the seed and on what they are about (an order's reference, a customer) alone.

    `share` 0 turns everything off that goes wrong or takes a detour, 1 is the usual shop.
    """

    def __init__(self, seed: int, share: float = 1.0) -> None:
        self.seed = seed
        self.share = share

    def random(self, *about: object) -> Random:
        """A source of draws about one thing."""
        return Random(self._number(about))  # noqa: S311 (a game, not a secret)

    def draw(self, *about: object) -> float:
        """A number from 0 up to 1."""
        return self._number(about) / (1 << 56)

    def happens(self, probability: float, *about: object) -> bool:
        """Whether something that need not happen does."""
        return self.draw(*about) < probability * self.share

    def entropy(self, key: str) -> int:
        """54 bits for the ids of a call: the same key makes the same rows."""
        return self._number(("id", key)) >> 2

    def _number(self, about: Sequence[object]) -> int:
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")


def weighted(random: Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of the choices, by weight."""
    return random.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]
