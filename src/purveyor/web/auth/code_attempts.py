"""Secrets that people say, such as the code of a parcel: nobody finds one by trying, however many tries come at once.

A refusal changes nothing, so a wrong guess is counted by a command of its own. Until it is counted, the next guess at
the same order waits: each process looks at one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID
from weakref import WeakValueDictionary

from purveyor.core.messages import Command
from purveyor.engine.answers import CommandResult, Refused
from purveyor.stages.delivery.commands import CountWrongCode, HandOver
from purveyor.stages.delivery.decide.counter import CollectLocked
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House

# By command: the refusal that says that it was a wrong guess, and what counts it.
COUNTED_ATTEMPTS: Final[Mapping[type[Command], tuple[str, Callable[[Any], Command]]]] = {
    HandOver: ("wrong_code", lambda said: CountWrongCode(order_id=said.order_id, parcel_id=said.parcel_id)),
}


class CodeAttempts:
    """All commands that callers ask for go through here; most are no guesses, and pass."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def submit(self, command: Command, *, key: str, actor: str) -> CommandResult:
        """As the committer does."""
        guessed = COUNTED_ATTEMPTS.get(type(command))
        if guessed is None:
            return await self._house.committer.submit(command, key=key, actor=actor)
        code, count = guessed
        async with self._lock_of(command.order_id):  # type: ignore[attr-defined]
            given = await self._house.committer.submit(command, key=key, actor=actor)
            refusal = given.answer.refusal
            if refusal is not None and not given.repeated:
                _note(refusal, code, actor)
            if refusal is not None and refusal.code == code:
                await self._house.committer.submit(count(command), key=f"{key}:refused", actor=actor)
        return given

    def _lock_of(self, order_id: UUID) -> asyncio.Lock:
        lock = self._locks.get(order_id)
        if lock is None:
            lock = self._locks[order_id] = asyncio.Lock()
        return lock


def _note(refusal: Refused, wrong: str, actor: str) -> None:
    """In the security log: a wrong guess, the one after which no other counts, and those that come later."""
    if refusal.code in (wrong, CollectLocked.code):
        security_log.note("auth.refused", why=refusal.code, actor=actor)
    if refusal.code == wrong and refusal.data.get("tries_left") == 0:
        security_log.note("auth.locked", why=refusal.code, actor=actor)
