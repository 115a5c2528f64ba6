"""Passwords that follow the calendar: a season, a month or a common word, with a year and some signs behind it.

Lists of common passwords have them for years that are over. Who guesses tries the year that is, and the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from purveyor.core.locales import locale_of

LANGUAGES: Final = ("en", "de", "es", "pt", "fr", "it", "nl", "pl")
SEASONS: Final = """
    spring summer autumn fall winter fruehling fruhling fruehjahr fruhjahr sommer herbst primavera verano otono invierno
    verao outono inverno printemps ete automne hiver estate autunno lente zomer herfst wiosna lato jesien zima
    easter christmas xmas ostern weihnachten pascua navidad pascoa natal paques noel pasqua natale pasen kerst
"""
MOST_RANK: Final = 10_000  # of words and names that are common
SHORTEST_WORD: Final = 3
MOST_SIGNS: Final = 3  # different ones, that follow a habit
MOST_DIGITS: Final = 4  # that follow a habit where no year is among them
MOST_DIGITS_BESIDE_WORDS: Final = 8  # a day, or a row of them: more are no habit
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}([./-]?)\d{1,2}\1(?:19|20)\d\d(?!\d)")
_LEET = str.maketrans("013457@$!", "oieastasi")


def follows_the_calendar(password: str, own: Iterable[str] = ()) -> bool:
    """Whether nothing is in a password but a word of the calendar, of the shop or of everyday, a year, and a few signs.

    `own`: words that whoever guesses knows of the shop and the person.
    """
    without_years = _YEAR.sub("", password)
    digits = sum(sign.isdigit() for sign in without_years)
    has_year = without_years != password
    signs = {sign for sign in password if not sign.isalnum()}
    if len(signs) > MOST_SIGNS or (digits > MOST_DIGITS and not has_year):
        return False
    known = _calendar() | {_folded(word) for word in own if len(_folded(word)) > SHORTEST_WORD}
    return any(_is_made_of(letters, known, has_number=has_year or digits > 0) for letters in _readings(without_years))


def is_two_words(password: str, known: Iterable[str]) -> bool:
    """Whether its letters are one or two words, one of them `known`, the other perhaps one of everyday in English."""
    words = {_folded(word) for word in known}
    words = {word for word in words if len(word) >= SHORTEST_WORD}
    if sum(sign.isdigit() for sign in password) > MOST_DIGITS_BESIDE_WORDS:
        return False
    for letters in _readings(_YEAR.sub("", password)):
        for at in range(SHORTEST_WORD, len(letters) + 1):
            head, tail = letters[:at], letters[at:]
            if (head in words and (not tail or tail in words or tail in _common())) or (
                tail in words and head in _common()
            ):
                return True
    return False


def _readings(text: str) -> set[str]:
    """The letters of a text: as they are, with digits that stand for letters, and backwards."""
    plain, read = _folded(text), _folded(text.strip("!").translate(_LEET))
    return {plain, read, plain[::-1], read[::-1]}


def _is_made_of(letters: str, known: set[str] | frozenset[str], *, has_number: bool) -> bool:
    rest = letters
    for word in sorted(known, key=len, reverse=True):
        if word in rest:
            rest = rest.replace(word, " ")
    is_known = rest != letters
    more = rest.split()
    if is_known:
        return len(more) <= 1 and all(len(each) <= SHORTEST_WORD or each in _common() for each in more)
    return has_number and letters in _common()


def _folded(text: str) -> str:
    """Small letters without accents, and nothing else."""
    text = text.casefold().replace("ß", "ss")
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if sign.isalpha())


@cache
def _calendar() -> frozenset[str]:
    words = set(SEASONS.split())
    for language in LANGUAGES:
        locale = locale_of(language)
        for names in (locale.months["stand-alone"]["wide"], locale.days["stand-alone"]["wide"]):
            words.update(_folded(str(name).partition("-")[0]) for name in names.values())
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)


@cache
def _common() -> frozenset[str]:
    return frozenset(
        word for words in FREQUENCY_LISTS.values() for word in words[:MOST_RANK] if len(word) >= SHORTEST_WORD
    )
