"""Passwords: argon2id in threads of its own, and what a new one must be like."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from zxcvbn import zxcvbn

from purveyor.core.refusals import Invalid
from purveyor.web.auth.common_words import everyday_words, plain_letters, plain_letters_in_case
from purveyor.web.auth.guessable_words import follows_the_calendar, is_two_words

SHORTEST = 12  # characters
LONGEST = 256
FEWEST_DIFFERENT = 5
SHORTEST_WORD = 4  # that a password may not contain: shorter ones are in many
LONGEST_TRIED = 48  # characters whose guessing is estimated: that takes ever longer, and so many are enough
LEAST_SCORE = 3  # of zxcvbn, 0 to 4: safely unguessable, moderate protection from an offline attack
OURS = ("purveyor",)
# RFC 9106, 4: the second recommended option, 64 MiB and three passes; about 50 ms.
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)
AT_ONCE = 2  # hashes of 64 MiB each that are computed at the same time in one process: the others wait

_threads = ThreadPoolExecutor(AT_ONCE, "argon2")
T = TypeVar("T")


def check_password(password: str, *others: str, colleagues: Iterable[str] = (), field: str = "password") -> None:
    """What a new password must be like (NIST SP 800-63B, 5.1.1.2): long, not common, not guessed from what is known.

    `others` are texts that it may not contain: login, name, the shop's name. Logins and names of `colleagues` may stand
    in it, and are easily guessed. Raises `Invalid` in words; the password is not repeated.
    """
    normal = _normal(password)
    length = len(normal)
    if not SHORTEST <= length <= LONGEST:
        raise Invalid(field=field, found=f"{length} characters", expected=f"{SHORTEST} to {LONGEST} characters")
    if len(set(normal)) < FEWEST_DIFFERENT:
        expected = f"at least {FEWEST_DIFFERENT} different characters"
        raise Invalid(field=field, found="the same characters again and again", expected=expected)
    for other in others:
        word = _letters(other)
        if len(word) >= SHORTEST_WORD and word in _letters(normal):
            raise Invalid(
                field=field,
                found="your login or name, or that of the shop, in it",
                expected="one that others cannot guess",
            )
    if follows_the_calendar(normal, [*OURS, *others]):
        raise Invalid(
            field=field,
            found="a word with a year, a number or some signs, which is easily guessed",
            expected="some words that do not belong together, or one that a password manager makes",
        )
    if _is_guessed(normal, (*OURS, *others, *_as_written(colleagues))):
        raise Invalid(
            field=field,
            found="a password that is often used, or easily guessed",
            expected="some words that do not belong together, or one that a password manager makes",
        )


def _is_guessed(password: str, own: Iterable[str]) -> bool:
    """Whether few tries lead to it. Blanks around what everybody tries are tried as well, and plain letters."""
    words = [plain_letters(word) for word in own if word]
    if is_two_words(password, [*words, *everyday_words()]):
        return True
    tried = plain_letters_in_case(password.strip()[:LONGEST_TRIED])
    score: int = zxcvbn(tried, user_inputs=[*words, *everyday_words()])["score"]
    return score < LEAST_SCORE


def _as_written(people: Iterable[str]) -> Iterator[str]:
    """Logins and names, whole and in their parts: somebody who guesses tries them all."""
    for text in people:
        yield from {text, text.replace(" ", ""), text.partition("@")[0], *text.split()}


def _letters(text: str) -> str:
    """Letters and digits alone: `Ringo & Co` is in `ringo&co` too."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


async def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt (PHC string format)."""
    return await _in_thread(lambda: HASHER.hash(_normal(password)))


async def is_password(found: str, password: str) -> bool:
    """Whether a password belongs to a hash. No hash (`""`) takes as long as a wrong password, and is none."""
    wanted = found or await _in_thread(_nobodys)

    def verify() -> bool:
        try:
            return HASHER.verify(wanted, _normal(password)[: LONGEST + 1])
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError):
            return False

    return await _in_thread(verify) and bool(found)


def is_outdated(found: str) -> bool:
    """Whether a hash was made under other parameters than today's."""
    return HASHER.check_needs_rehash(found)


@cache
def _nobodys() -> str:
    return HASHER.hash("the password of nobody")


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
