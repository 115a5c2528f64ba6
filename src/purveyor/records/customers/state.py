"""How facts change customers."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import Contact, CreditAccount, Customer, OrderTrace, PrivateText
from purveyor.core.state import State
from purveyor.records.customers.facts import (
    CustomerBlocked,
    CustomerChanged,
    CustomerNoteWritten,
    CustomerRegistered,
    CustomerSignedOut,
    OrderPersonErased,
    PersonErased,
    TermsSet,
)
from purveyor.records.customers.rows import CustomerNote, CustomerSession


@applies(CustomerRegistered)
def register(state: State, fact: CustomerRegistered, stamp: Stamp) -> None:
    state.add(
        Customer(
            id=fact.customer_id,
            number=fact.number,
            contact_id=fact.contact_id,
            group=fact.group,
            language=fact.language,
            notices=fact.notices,
        )
    )


@applies(CustomerChanged)
def change(state: State, fact: CustomerChanged, stamp: Stamp) -> None:
    customer = state.row(Customer, fact.customer_id)
    customer.contact_id = fact.contact_id
    customer.group = fact.group
    customer.language = fact.language
    customer.notices = fact.notices


@applies(TermsSet)
def set_terms(state: State, fact: TermsSet, stamp: Stamp) -> None:
    customer = state.row(Customer, fact.customer_id)
    customer.credit_limit_minor = fact.credit_limit_minor
    customer.credit_currency = fact.currency
    customer.terms_days = fact.terms_days
    account = state.get(CreditAccount, fact.customer_id)
    if account is None:
        account = CreditAccount(fact.customer_id)
        state.add(account)
    if not account.store_credit_minor:
        account.keep_in(fact.currency if fact.credit_limit_minor else "")


@applies(CustomerBlocked)
def block(state: State, fact: CustomerBlocked, stamp: Stamp) -> None:
    state.row(Customer, fact.customer_id).blocked = fact.blocked


@applies(CustomerNoteWritten)
def write_note(state: State, fact: CustomerNoteWritten, stamp: Stamp) -> None:
    state.add(CustomerNote(fact.note_id, fact.customer_id, fact.text_id, stamp.actor, stamp.at))


@applies(PersonErased)
def erase(state: State, fact: PersonErased, stamp: Stamp) -> None:
    state.row(Customer, fact.customer_id).erased_at = stamp.at
    _empty(state, fact)
    _end(state, fact.sessions, stamp)


@applies(OrderPersonErased)
def erase_of_order(state: State, fact: OrderPersonErased, stamp: Stamp) -> None:
    _empty(state, fact)
    _end(state, fact.sessions, stamp)


@applies(CustomerSignedOut)
def sign_out(state: State, fact: CustomerSignedOut, stamp: Stamp) -> None:
    _end(state, fact.sessions, stamp)


def _end(state: State, sessions: tuple[UUID, ...], stamp: Stamp) -> None:
    """The address goes with the session: nobody needs to know who was here."""
    for session_id in sessions:
        session = state.get(CustomerSession, session_id)
        if session is not None:
            session.ended_at = stamp.at
            session.email = ""


def _empty(state: State, fact: PersonErased | OrderPersonErased) -> None:
    """Empty the rows that are there. A replay has none of them, and needs none."""
    for contact_id in fact.contacts:
        contact = state.get(Contact, contact_id)
        if contact is not None:
            for name in ("name", "company", "email", "phone", "street", "city", "postal_code", "region", "vat_id"):
                setattr(contact, name, "")
            contact.billing = None
            contact.erased = True
    for text_id in fact.texts:
        text = state.get(PrivateText, text_id)
        if text is not None:
            text.text = ""
            text.erased = True
    for trace_id in fact.traces:
        trace = state.get(OrderTrace, trace_id)
        if trace is not None:
            trace.who = ""
