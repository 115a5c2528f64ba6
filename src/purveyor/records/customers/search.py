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
DIGITS_OF_A_WORD = (2, 6)  # at least and at most: more are a phone
SHORTEST_BESIDE_WORDS = 7  # digits, where a name stands beside the number
KEEPS_ZERO = frozenset({"39", "378", "225", "241"})  # numbers there begin with a zero behind the country's code
_PHONE = re.compile(r"[+(]?[\d(](?:[\d\s/().\u00a0\u2010-\u2015-]*\d)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
#: What stands before a number in letters and on cards, and behind it for a desk in a large house.
_LABEL = re.compile(
    r"\b(?:tel(?:[eé]f(?:on[eo]?|ono))?|telephone|telem[oó]vel|fon|phone|call|cell|m[oó]vil|mob(?:il(?:e|telefon)?)?|handy"
    r"|fax|whatsapp|ph)\b\s*(?:no\.|nr\.)?[\s.:]*(?=[+(]?\d)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;/-]*(?:extension|ext|x|durchwahl|dw|ramal|anexo|int|#)[\s.:]*\d{1,6}\s*$", re.IGNORECASE
)


class Meant(msgspec.Struct, frozen=True):
    """What a text can mean of a person: words, all of them, and beginnings of phone numbers, one of them.

    Digits alone may be either: a phone, or what a company is called (4711, 24/7).
    """

    words: list[str]
    phones: list[str]
    email: str = ""  # a whole one
    is_either: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.phones or self.email)


def meant(text: str) -> Meant:
    """A text as somebody types it who looks for a person."""
    text = text.strip()
    if _EMAIL.fullmatch(text):
        return Meant([plain(text)], [], plain(text).lower())
    if _PHONE.fullmatch(text) and DIGITS_OF_A_WORD[0] <= len(_digits(text)) <= DIGITS_OF_A_WORD[1]:
        return Meant(words_of(text), phones_of(text), is_either=True)
    text = _EXTENSION.sub("", _LABEL.sub("", text))
    if _PHONE.fullmatch(text):
        return Meant([], phones_of(text))
    beside = max(_PHONE.finditer(text), key=lambda found: len(_digits(found[0])), default=None)
    if beside is not None and "@" not in text and len(_digits(beside[0])) >= SHORTEST_BESIDE_WORDS:
        return Meant(words_of(text[: beside.start()] + " " + text[beside.end() :]), phones_of(beside[0]))
    return Meant(words_of(text), [])


def phones_of(text: str) -> list[str]:
    """The beginnings in E.164 that a number can have, however it is written: +49 30, 0049 (0)30, 030/12, (212) 555."""
    if "(0)" in text:  # a zero that is dialed within the country alone, where it is not a part of the number
        inland = phones_of(text.replace("(0)", "0"))
        kept = [number for number in inland if number[1:].startswith(tuple(KEEPS_ZERO))]
        return list(dict.fromkeys([*phones_of(text.replace("(0)", "")), *kept]))
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


class _Looked(msgspec.Struct, frozen=True):
    """Which addresses are looked through: as expressions that have indexes, and where the newest are."""

    folded: str
    email: str
    phone: str
    there: str
    newer_contacts: str
    newer_customers: str


_DELIVERY = _Looked(
    "contact_folded(name, company, email)",
    "lower(email)",
    "phone",
    "true",
    "(SELECT id, name, company, email FROM contact ORDER BY id DESC LIMIT {}) AS newer",
    """
    (SELECT k.id AS customer_id, p.name, p.company, p.email
       FROM (SELECT id, contact_id FROM customer ORDER BY id DESC LIMIT {}) AS k JOIN contact p ON p.id = k.contact_id
   ORDER BY k.id DESC) AS newer
    """,
)
_BILLED = "SELECT {what}, billing FROM contact WHERE billing IS NOT NULL{more} ORDER BY id DESC"
_BILLING = _Looked(
    "billing_folded(billing)",
    "lower(billing ->> 'email')",
    "(billing ->> 'phone')",
    "billing IS NOT NULL",
    f"({_BILLED.format(what='id', more='')} LIMIT {{}}) AS newer",
    f"({_BILLED.format(what='customer_id', more=' AND customer_id IS NOT NULL')} LIMIT {{}}) AS newer",
)


def contacts_meant(who: Meant, put: Put, limit: int = MOST_FOUND, *, customers: bool = False) -> str:
    """A query for the ids of contacts, or of customers alone: of who receives, and of who pays."""
    ways = (_found_in(where, who, put, limit, customers=customers) for where in (_DELIVERY, _BILLING))
    return f"({' UNION '.join(f'SELECT id FROM {way} AS way' for way in ways)})"


def _found_in(where: _Looked, who: Meant, put: Put, limit: int, *, customers: bool) -> str:
    condition = has_words(where.folded, who.words, put)
    if who.email:  # a part of another one, such as that of a subdomain, where nobody has it
        whole = f"{begins_with(where.email, who.email, put)} AND {where.email} <> '' AND {where.there}"
        return f"""
            (WITH whole AS MATERIALIZED {_ids(whole, limit, customers=customers)}
             SELECT id FROM whole UNION ALL
             SELECT id FROM {_by_words(where, condition, limit, customers=customers)} AS part
              WHERE NOT EXISTS (SELECT FROM whole))
        """
    if who.phones and who.is_either:
        ways = [_by_phone(where, who.phones, "", put, limit, customers=customers)]
        if condition:
            ways.append(_by_words(where, condition, limit, customers=customers))
        return f"({' UNION '.join(f'SELECT id FROM {way} AS either' for way in ways)})"
    if who.phones:
        return _by_phone(where, who.phones, condition, put, limit, customers=customers)
    return _by_words(where, condition, limit, customers=customers)


def _by_words(where: _Looked, condition: str, limit: int, *, customers: bool) -> str:
    """Whatever is frequent is looked for among the newer."""
    column, newer = ("customer_id", where.newer_customers) if customers else ("id", where.newer_contacts)
    seldom = f"{condition} AND {where.there} AND (SELECT count(*) FROM recent) < {OFTEN}"
    return f"""
        (WITH recent AS MATERIALIZED (SELECT {column} AS id FROM {newer.format(NEWEST)} WHERE {condition}),
              seldom AS MATERIALIZED ({_ids(seldom, limit, customers=customers)}),
              often AS MATERIALIZED (SELECT {column} AS id FROM {newer.format(NEWER)}
                                      WHERE {condition} AND (SELECT count(*) FROM recent) >= {OFTEN} LIMIT {limit})
         SELECT id FROM recent UNION SELECT id FROM seldom UNION SELECT id FROM often)
    """


def _ids(condition: str, limit: int, *, customers: bool) -> str:
    if customers:
        return f"(SELECT customer_id AS id FROM contact WHERE customer_id IS NOT NULL AND {condition} LIMIT {limit})"
    return f"(SELECT id FROM contact WHERE {condition} LIMIT {limit})"


def _by_phone(where: _Looked, phones: list[str], condition: str, put: Put, limit: int, *, customers: bool) -> str:
    """Each beginning is one look at the index; there are some hundred countries where nobody says which."""
    phone = where.phone
    matches = f"{phone} ~>=~ typed AND {phone} ~<~ (typed || '{LAST}') AND {phone} <> '' AND {where.there}"
    named = f" AND {condition}" if condition else ""
    found = _ids(f"{matches}{named}", limit, customers=customers)
    return f"(SELECT f.id FROM unnest({put(phones)}::text[]) AS typed, LATERAL {found} AS f LIMIT {limit})"
