"""Arguments for any command, made from its types: mostly what is lying about, sometimes what is silly."""

from __future__ import annotations

import types
import typing
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal
from uuid import UUID

import msgspec

from purveyor.core.money import Money

WORDS = ("", "MUG", "TEE", "main", "shop", "card_ok", "because", "standard", "payment", "nonsense")
NUMBERS = (1, 1, 1, 1, 2, 2, 3, 0, -1, 7, 100, 1_190, 10**7)


class Pool:
    """Values by the name of the field they were seen in: of one order, or of all that belongs to none."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[Any]] = defaultdict(list)

    def take_in(self, message: msgspec.Struct) -> None:
        for name, value in _fields(message):
            if isinstance(value, str) and value.startswith("text:"):
                continue  # where a text is stored: nobody may type that
            values = self.seen[name]
            if value not in values:
                values.append(value)
                del values[:-8]


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct) and not isinstance(value, Money):
        for field in value.__struct_fields__:
            yield from _fields(getattr(value, field), field)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _fields(each, name)
    elif value is not None:
        yield name, value


class Maker:
    """Makes one command. `ignore` of ten values are taken from nowhere."""

    def __init__(self, chance: Random, now: datetime, *pools: Pool, ignore: int = 1) -> None:
        self._chance = chance
        self._now = now
        self._pools = pools
        self._ignore = ignore

    def make(self, kind: type[msgspec.Struct], **given: Any) -> Any:
        hints = typing.get_type_hints(kind)
        values = dict(given)
        for field in msgspec.structs.fields(kind):
            if field.name in values:
                continue
            has_default = not field.required
            if has_default and self._chance.random() < 0.5:
                continue
            values[field.name] = self._value(field.name, hints[field.name])
        return kind(**values)

    def _value(self, name: str, hint: Any) -> Any:
        if self._chance.randrange(10) >= self._ignore:
            candidates = [value for pool in self._pools for value in pool.seen.get(name, ()) if _fits(value, hint)]
            if candidates:
                return self._chance.choice(candidates)
        return self._invent(name, hint)

    def _invent(self, name: str, hint: Any) -> Any:
        chance = self._chance
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is Literal:
            return chance.choice(inner)
        if origin in (typing.Union, types.UnionType):
            return self._of_union(name, inner)
        if origin in (tuple, list):
            return tuple(self._value(name, inner[0]) for _ in range(chance.choice((1, 1, 1, 2, 0))))
        if isinstance(hint, type) and issubclass(hint, Money):
            return Money(chance.choice((*NUMBERS, *self._amounts())), chance.choice(("EUR",) * 9 + ("USD",)))
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.make(hint)
        return self._plain(hint)

    def _of_union(self, name: str, inner: tuple[Any, ...]) -> Any:
        chosen = self._chance.choice(inner)
        return None if chosen is type(None) else self._value(name, chosen)

    def _plain(self, hint: Any) -> Any:
        chance = self._chance
        if hint is bool:
            return chance.random() < 0.5
        if hint is int:
            return chance.choice(NUMBERS)
        if hint is UUID:
            return UUID(int=chance.getrandbits(128))
        if hint is datetime:
            return self._now + timedelta(hours=chance.choice((0, -1, 1, -100, 100)))
        if hint is str:
            return chance.choice(WORDS)
        return {} if typing.get_origin(hint) is dict else None

    def _amounts(self) -> list[int]:
        return [
            value
            for pool in self._pools
            for name, values in pool.seen.items()
            if name.endswith("_minor")
            for value in values
        ]


def _fits(value: Any, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except (msgspec.ValidationError, TypeError):
        return False
    return True
