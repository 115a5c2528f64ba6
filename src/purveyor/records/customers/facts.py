"""What may have happened to customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class CustomerRegistered(Fact, frozen=True, kw_only=True, tag="customers.registered"):
    """We know somebody."""

    customer_id: UUID
    number: str
    contact_id: UUID
    group: str
    language: str
    notices: str
    alike: tuple[str, ...] = ()  # numbers of others with this e-mail address or phone

    def reply(self) -> dict[str, Any]:
        return {"customer_id": self.customer_id, "number": self.number, "alike": self.alike}


class CustomerChanged(Fact, frozen=True, kw_only=True, tag="customers.changed"):
    """Somebody is called otherwise, lives elsewhere, or wants to be told otherwise."""

    customer_id: UUID
    contact_id: UUID
    group: str
    language: str
    notices: str


class TermsSet(Fact, frozen=True, kw_only=True, tag="customers.terms_set"):
    """A customer may buy on account up to a limit."""

    customer_id: UUID
    credit_limit_minor: int
    currency: str
    terms_days: int


class CustomerBlocked(Fact, frozen=True, kw_only=True, tag="customers.blocked"):
    """A person looks at the orders of this customer (or, not `blocked`, nobody needs to)."""

    customer_id: UUID
    blocked: bool


class CustomerNoteWritten(Fact, frozen=True, kw_only=True, tag="customers.note_written"):
    """Staff wrote something about a customer; the words stand in `private_text`."""

    customer_id: UUID
    note_id: UUID
    text_id: UUID


class SignInLinkUsed(Fact, frozen=True, kw_only=True, tag="customers.sign_in_link_used"):
    """Somebody came in by a link. Whose it was stands in the row of the session alone, which has the same id."""

    link_id: UUID


class CustomerSignedOut(Fact, frozen=True, kw_only=True, tag="customers.signed_out"):
    """Sessions ended: whoever has their cookies is nobody any more."""

    sessions: tuple[UUID, ...]


class PersonErased(Fact, frozen=True, kw_only=True, tag="customers.person_erased"):
    """The personal data of a customer is gone: the rows are there, and empty."""

    customer_id: UUID
    contacts: tuple[UUID, ...]
    texts: tuple[UUID, ...]
    traces: tuple[UUID, ...] = ()
    sessions: tuple[UUID, ...] = ()

    def reply(self) -> dict[str, Any]:
        return {"emptied": len(self.contacts) + len(self.texts) + len(self.traces)}


class OrderPersonErased(Fact, frozen=True, kw_only=True, tag="customers.order_person_erased"):
    """The personal data of an order is gone: every version of its address, its texts, its traces."""

    contacts: tuple[UUID, ...]
    texts: tuple[UUID, ...]
    traces: tuple[UUID, ...] = ()
    sessions: tuple[UUID, ...] = ()

    def reply(self) -> dict[str, Any]:
        return {"emptied": len(self.contacts) + len(self.texts) + len(self.traces)}
