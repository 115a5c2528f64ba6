"""What is read of customers."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.rows import Customer
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
