"""What is read of customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.rows import Contact, CreditAccount, Customer
from purveyor.db.reader import Reader

_COLUMNS = ", ".join(f'c."{name}"' for name in Customer.__struct_fields__)
BY_NUMBER = f"SELECT {_COLUMNS} FROM customer c WHERE c.number = $1 OR c.id::text = $1"
FOUND = """
    -- By number, or by the beginning of a name, an e-mail or a phone number.
    SELECT c.id, c.number, p.name, p.company, p.email, p.phone, p.city, p.country
      FROM customer c JOIN contact p ON p.id = c.contact_id
     WHERE c.id > $2 AND ($1 = '' OR c.number = $1 OR lower(p.email) = lower($1) OR p.phone = $1
           OR lower(p.name) LIKE lower($1) || '%')
  ORDER BY c.id
     LIMIT $3
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
    """A customer by number or id."""
    return await read.row(Customer, BY_NUMBER, number)


async def find_customers(read: Reader, text: str, after: UUID = NOBODY, limit: int = 50) -> list[FoundCustomer]:
    return await read.rows(FoundCustomer, FOUND, text, after, limit)


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
    open_minor: int


_KNOWN = """
    SELECT c.id, c.number, p.name, p.company, p.email, p.phone, p.city, p.country, c."group", c.blocked, c.erased_at,
           c.credit_limit_minor, c.credit_currency, coalesce(a.open_minor, 0) AS open_minor
      FROM customer c JOIN contact p ON p.id = c.contact_id LEFT JOIN credit_account a ON a.customer_id = c.id
"""
KNOWN = f"{_KNOWN} WHERE c.id < $1 ORDER BY c.id DESC LIMIT $2"
LIKE = f"""
    -- Newest first. Each way to find somebody has an index of its own, and finds so many at most.
    WITH found AS (
        SELECT id FROM customer WHERE number = $1
         UNION (SELECT customer_id FROM contact WHERE lower(email) = lower($1) AND email <> '' LIMIT 1000)
         UNION (SELECT customer_id FROM contact WHERE phone = $1 AND phone <> '' LIMIT 1000)
         UNION (SELECT customer_id FROM contact
                 WHERE lower(name) ~>=~ lower($1) AND lower(name) ~<~ (lower($1) || chr(1114111)) AND name <> ''
                 LIMIT 1000)
    )
    {_KNOWN} WHERE c.id IN (SELECT id FROM found) AND c.id < $2
  ORDER BY c.id DESC
     LIMIT $3
"""
LAST = UUID(int=2**128 - 1)  # after the newest


async def customers_like(read: Reader, text: str, before: UUID, limit: int) -> list[KnownCustomer]:
    """By number, e-mail, phone, or the beginning of a name; everybody where there is no text."""
    if not text:
        return await read.rows(KnownCustomer, KNOWN, before, limit)
    return await read.rows(KnownCustomer, LIKE, text, before, limit)


_CONTACT = ", ".join(f'p."{name}"' for name in Contact.__struct_fields__)
BY_ID = f"SELECT {_COLUMNS} FROM customer c WHERE c.id = $1"
CONTACT = f"SELECT {_CONTACT} FROM contact p JOIN customer c ON c.contact_id = p.id WHERE c.id = $1"
ACCOUNT = "SELECT customer_id, open_minor, store_credit_minor FROM credit_account WHERE customer_id = $1"
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
