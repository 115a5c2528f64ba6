"""What is read of customers."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.rows import Contact, CreditAccount, Customer
from purveyor.db.reader import Reader
from purveyor.db.search import Values
from purveyor.records.customers.search import contacts_meant, meant, numbered

_COLUMNS = ", ".join(f'c."{name}"' for name in Customer.__struct_fields__)
BY_NUMBER = f"SELECT {_COLUMNS} FROM customer c WHERE lower(c.number) = lower($1) ORDER BY c.id LIMIT 10"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FOUND = """
    -- By number, or whoever is meant; everybody where nothing was typed.
    SELECT c.id, c.number, p.name, p.company, p.email, p.phone, p.city, p.country
      FROM customer c JOIN contact p ON p.id = c.contact_id
     WHERE c.id > $1 AND {condition}
  ORDER BY c.id
     LIMIT $2
"""
KNOWN_AS = """
    -- Customers whose own e-mail address it is, and who are not erased yet.
    SELECT c.id FROM contact p JOIN customer c ON c.contact_id = p.id
     WHERE lower(p.email) = lower($1) AND p.email <> '' AND c.erased_at IS NULL
  ORDER BY c.id
"""
ORDERED_AS = """
    -- Orders that the address stands on: now, before a change of address, or with the invoice.
    WITH RECURSIVE named AS (
        SELECT id FROM contact WHERE lower(email) = lower($1) AND email <> ''
         UNION
        SELECT id FROM contact WHERE lower(billing ->> 'email') = lower($1)
    ), later AS (
        SELECT id FROM named
         UNION
        SELECT c.id FROM later JOIN contact c ON c.replaces = later.id
    )
    SELECT o.id FROM later JOIN orders o ON o.contact_id = later.id
  ORDER BY o.id
"""

NOBODY = UUID(int=0)  # before the first


class FoundCustomer(msgspec.Struct):
    id: UUID
    number: str
    name: str
    company: str
    email: str
    phone: str
    city: str
    country: str


async def customer_by_number(read: Reader, number: str) -> Customer | None:
    """A customer by number, in any case where one alone is meant, or by id."""
    found = await read.rows(Customer, BY_NUMBER, number)
    exactly = [customer for customer in found if customer.number == number]
    if exactly or len(found) == 1:
        return (exactly or found)[0]
    return await read.row(Customer, BY_ID, UUID(number)) if _ID.fullmatch(number) else None


async def find_customers(read: Reader, text: str, after: UUID = NOBODY, limit: int = 50) -> list[FoundCustomer]:
    """By number, any word of a name or company, a part of an e-mail, or a phone; in order of their ids."""
    values = Values(after, limit)
    query = FOUND.format(condition=_is_meant(text, values))
    return await read.rows(FoundCustomer, query, *values.all)


def _is_meant(text: str, values: Values) -> str:
    text = text.strip()
    if not text:
        return "true"
    ways = [f"SELECT id FROM customer WHERE number = {values.put(text)} OR {numbered(text, values.put)}"]
    if who := meant(text):
        ways.append(f"SELECT id FROM {contacts_meant(who, values.put, customers=True)} AS meant")
    return f"c.id IN ({' UNION '.join(ways)})"


class Traces(msgspec.Struct, frozen=True):
    """Where an e-mail address stands: with whom we know, and on which orders."""

    customers: list[UUID]
    orders: list[UUID]


async def traces_of_email(read: Reader, email: str) -> Traces:
    """All that must be erased for somebody who is known by an e-mail address. Reads every billing address."""
    return Traces(await read.values(KNOWN_AS, email.strip()), await read.values(ORDERED_AS, email.strip()))


class KnownCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in the console's list."""

    id: UUID
    number: str
    name: str
    company: str
    email: str
    phone: str
    city: str
    country: str
    group: str
    blocked: bool
    erased_at: datetime | None
    credit_limit_minor: int
    credit_currency: str
    account_currency: str
    open_minor: int
    others: dict[str, int]

    @property
    def owed(self) -> dict[str, int]:
        """What is owed, by currency."""
        return CreditAccount(self.id, self.open_minor, 0, self.account_currency, self.others).owed


_KNOWN = """
    SELECT c.id, c.number, p.name, p.company, p.email, p.phone, p.city, p.country, c."group", c.blocked, c.erased_at,
           c.credit_limit_minor, c.credit_currency, coalesce(a.currency, '') AS account_currency,
           coalesce(a.open_minor, 0) AS open_minor, coalesce(a.others, '{}') AS others
      FROM customer c JOIN contact p ON p.id = c.contact_id LEFT JOIN credit_account a ON a.customer_id = c.id
"""
LIKE = f"{_KNOWN.replace('{', '{{').replace('}', '}}')} WHERE c.id < $1 AND {{condition}} ORDER BY c.id DESC LIMIT $2"
LAST = UUID(int=2**128 - 1)  # after the newest


async def customers_like(read: Reader, text: str, before: UUID, limit: int) -> list[KnownCustomer]:
    """The newest first, found like `find_customers`; everybody where there is no text."""
    values = Values(before, limit)
    query = LIKE.format(condition=_is_meant(text, values))
    return await read.rows(KnownCustomer, query, *values.all)


SAME_PERSON = """
    -- Other customers with this e-mail address or phone: perhaps they are one.
    SELECT c.id, c.number, p.name, p.company, p.email, p.phone, p.city, p.country
      FROM customer c JOIN contact p ON p.id = c.contact_id
     WHERE c.erased_at IS NULL AND c.id <> $1
       AND c.id IN (SELECT customer_id FROM contact WHERE lower(email) = lower($2) AND email <> ''
                     UNION SELECT customer_id FROM contact WHERE phone = $3 AND phone <> '')
       AND ((lower(p.email) = lower($2) AND p.email <> '') OR (p.phone = $3 AND p.phone <> ''))
  ORDER BY c.id
     LIMIT 10
"""


async def same_person(read: Reader, customer_id: UUID, email: str, phone: str) -> list[FoundCustomer]:
    return await read.rows(FoundCustomer, SAME_PERSON, customer_id, email, phone)


_CONTACT = ", ".join(f'p."{name}"' for name in Contact.__struct_fields__)
BY_ID = f"SELECT {_COLUMNS} FROM customer c WHERE c.id = $1"
CONTACT = f"SELECT {_CONTACT} FROM contact p JOIN customer c ON c.contact_id = p.id WHERE c.id = $1"
ACCOUNT = """
    SELECT customer_id, open_minor, store_credit_minor, currency, others FROM credit_account WHERE customer_id = $1
"""
PERSONAL = """
    SELECT (SELECT count(*) FROM contact WHERE customer_id = $1 AND NOT erased) AS addresses,
           (SELECT count(*) FROM private_text WHERE customer_id = $1 AND NOT erased) AS texts
"""


class Personal(msgspec.Struct, frozen=True):
    """How much there is to erase."""

    addresses: int
    texts: int


class Person(msgspec.Struct, frozen=True):
    """A customer, how to reach them, and what they owe."""

    customer: Customer
    contact: Contact
    account: CreditAccount
    personal: Personal


async def person(read: Reader, customer_id: UUID) -> Person | None:
    """All that the page of a customer shows of the records."""
    customer = await read.row(Customer, BY_ID, customer_id)
    contact = await read.row(Contact, CONTACT, customer_id)
    personal = await read.row(Personal, PERSONAL, customer_id)
    if customer is None or contact is None or personal is None:
        return None
    account = await read.row(CreditAccount, ACCOUNT, customer_id)
    return Person(customer, contact, account or CreditAccount(customer_id), personal)


class CustomerNoteView(msgspec.Struct, frozen=True):
    """A note of staff; `text` is empty once it was erased."""

    written_by: str
    at: datetime
    text: str
    erased: bool


NOTES_ON = """
    -- What staff wrote on a customer, newest first.
    SELECT n.written_by, n.at, coalesce(t.text, '') AS text, coalesce(t.erased, true) AS erased
      FROM customer_note n LEFT JOIN private_text t ON t.id = n.text_id
     WHERE n.customer_id = $1
  ORDER BY n.at DESC, n.id DESC
     LIMIT 100
"""


async def notes_on(read: Reader, customer_id: UUID) -> list[CustomerNoteView]:
    return await read.rows(CustomerNoteView, NOTES_ON, customer_id)


class OpenSession(msgspec.Struct, frozen=True):
    """A browser of a customer that is signed in."""

    id: UUID
    seen_at: datetime


SESSION = """
    SELECT id, seen_at FROM customer_session WHERE id = $1 AND ended_at IS NULL AND until > $2 AND seen_at > $3
"""
# When a browser was here is no fact.
NOTE_SEEN = "UPDATE customer_session SET seen_at = $2 WHERE id = $1 AND seen_at < $2"


async def customer_session(read: Reader, session_id: UUID, now: datetime, seen_after: datetime) -> OpenSession | None:
    """A session that is not over and was used since then."""
    return await read.row(OpenSession, SESSION, session_id, now, seen_after)
