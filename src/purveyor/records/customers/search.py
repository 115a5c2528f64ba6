"""Who is meant: people by words of their name or company, a part of their e-mail, or their phone as it is written."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from purveyor.db.search import LAST, Put, begins_with, has_words, plain, words_of

MOST_FOUND = 1_000  # people that a text finds at most
NEWEST = 1_000  # of these, each is looked at: who came last is found in any case
OFTEN = 50  # so many of the newest have it: then only the newer ones are looked through, and no index is asked
NEWER = 20_000
SHORTEST_PHONE = 5  # digits
SHORTEST_BESIDE_WORDS = 7  # digits, where a name stands beside the number
KEEPS_ZERO = frozenset({"39", "378", "225", "241"})  # numbers there begin with a zero behind the country's code
_PHONE = re.compile(r"[+(]?[\d(](?:[\d\s/().\u00a0\u2010-\u2015-]*\d)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


class Meant(msgspec.Struct, frozen=True):
    """What a text can mean of a person: words, all of them, and beginnings of phone numbers, one of them."""

    words: list[str]
    phones: list[str]
    email: str = ""  # a whole one

    def __bool__(self) -> bool:
        return bool(self.words or self.phones or self.email)


def meant(text: str) -> Meant:
    """A text as somebody types it who looks for a person."""
    text = text.strip()
    if _EMAIL.fullmatch(text):
        return Meant([], [], plain(text).lower())
    if _PHONE.fullmatch(text):
        return Meant([], phones_of(text))
    beside = max(_PHONE.finditer(text), key=lambda found: len(_digits(found[0])), default=None)
    if beside is not None and "@" not in text and len(_digits(beside[0])) >= SHORTEST_BESIDE_WORDS:
        return Meant(words_of(text[: beside.start()] + " " + text[beside.end() :]), phones_of(beside[0]))
    return Meant(words_of(text), [])


def phones_of(text: str) -> list[str]:
    """The beginnings in E.164 that a number can have, however it is written: +49 30, 0049 (0)30, 030/12, (212) 555."""
    text = text.replace("(0)", "")
    digits = _digits(text)
    if len(digits) < SHORTEST_PHONE:
        return []
    if text.lstrip("( ").startswith("+"):
        return _without_trunk(digits)
    if digits.startswith("00"):
        return _without_trunk(digits[2:])
    national = dict.fromkeys((digits.removeprefix("0"), digits))
    return [f"+{code}{number}" for code in _calling_codes() for number in national] + [f"+{digits}"]


def _digits(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def _without_trunk(digits: str) -> list[str]:
    """`+49 030` is written too, though the zero is dialed within the country only."""
    found = [f"+{digits}"]
    for length in (1, 2, 3):
        code, rest = digits[:length], digits[length:]
        if code in _calling_codes() and code not in KEEPS_ZERO and rest.startswith("0"):
            found.append(f"+{code}{rest[1:]}")
    return found


@cache
def _calling_codes() -> frozenset[str]:
    import phonenumbers  # it takes long to load, and most processes never look for a phone

    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def numbered(text: str, put: Put) -> str:
    """A condition for the number of a customer, in any case. Those from before may differ in it alone."""
    return f"lower(number) = lower({put(plain(text).strip().removeprefix('#'))})"


def contacts_meant(who: Meant, put: Put, limit: int = MOST_FOUND, *, customers: bool = False) -> str:
    """A query for the ids of contacts, or of customers alone. Whatever is frequent is looked for among the newer."""
    condition = has_words("contact_folded(name, company, email)", who.words, put)
    if who.email:
        return _ids(f"{begins_with('lower(email)', who.email, put)} AND email <> ''", limit, customers=customers)
    if who.phones:
        return _by_phone(who.phones, condition, put, limit, customers=customers)
    column, newer = ("customer_id", _NEWER_CUSTOMERS) if customers else ("id", _NEWER_CONTACTS)
    return f"""
        (WITH recent AS MATERIALIZED (SELECT {column} AS id FROM {newer.format(NEWEST)} WHERE {condition}),
              seldom AS MATERIALIZED ({
        _ids(f"{condition} AND (SELECT count(*) FROM recent) < {OFTEN}", limit, customers=customers)
    }),
              often AS MATERIALIZED (SELECT {column} AS id FROM {newer.format(NEWER)}
                                      WHERE {condition} AND (SELECT count(*) FROM recent) >= {OFTEN} LIMIT {limit})
         SELECT id FROM recent UNION SELECT id FROM seldom UNION SELECT id FROM often)
    """


_NEWER_CONTACTS = "(SELECT id, name, company, email FROM contact ORDER BY id DESC LIMIT {}) AS newer"
_NEWER_CUSTOMERS = """
    (SELECT k.id AS customer_id, p.name, p.company, p.email
       FROM (SELECT id, contact_id FROM customer ORDER BY id DESC LIMIT {}) AS k JOIN contact p ON p.id = k.contact_id
   ORDER BY k.id DESC) AS newer
"""


def _ids(condition: str, limit: int, *, customers: bool) -> str:
    if customers:
        return f"(SELECT customer_id AS id FROM contact WHERE customer_id IS NOT NULL AND {condition} LIMIT {limit})"
    return f"(SELECT id FROM contact WHERE {condition} LIMIT {limit})"


def _by_phone(phones: list[str], condition: str, put: Put, limit: int, *, customers: bool) -> str:
    """Each beginning is one look at the index; there are some hundred countries where nobody says which."""
    matches = f"phone ~>=~ typed AND phone ~<~ (typed || '{LAST}') AND phone <> ''"
    named = f" AND {condition}" if condition else ""
    found = _ids(f"{matches}{named}", limit, customers=customers)
    return f"(SELECT f.id FROM unnest({put(phones)}::text[]) AS typed, LATERAL {found} AS f LIMIT {limit})"
