"""Whom we know, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from purveyor.core.contacts import cleaned
from purveyor.core.currencies import CURRENCIES
from purveyor.core.messages import Call
from purveyor.core.money import A_CURRENCY, Money
from purveyor.core.reason_texts import category
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Contact, CreditAccount, Customer, OrderTrace, PrivateText
from purveyor.core.shipping_charges import account_currency
from purveyor.core.state import Lookup, State
from purveyor.records.customers.commands import (
    BlockCustomer,
    ChangeCustomer,
    CustomerAddress,
    EraseCustomer,
    EraseOrderPerson,
    RegisterCustomer,
    SetTerms,
    SignCustomerOut,
    UseSignInLink,
    WriteCustomerNote,
)
from purveyor.records.customers.facts import (
    CustomerBlocked,
    CustomerChanged,
    CustomerNoteWritten,
    CustomerRegistered,
    CustomerSignedOut,
    OrderPersonErased,
    PersonErased,
    SignInLinkUsed,
    TermsSet,
)
from purveyor.records.customers.rows import CustomerSession

NOTICES = {"email", "sms", "none"}


class NumberTaken(Refusal):
    """Another customer has this number."""

    number: str
    sentence = "There is a customer {number} already."


class AlreadyErased(Refusal):
    """There is nothing left to erase."""

    number: str
    sentence = "The data of customer {number} was erased before."


class NothingToErase(Refusal):
    """An order without personal data: it was erased before."""

    number: int
    sentence = "Order {number} holds no personal data any more."


class AccountInUse(Refusal):
    """A customer's account gets no other currency while something is owed on it or kept as store credit."""

    currency: str
    other: str
    held: list[str]
    sentence = "The account is kept in {currency} and not empty ({held}). It cannot be kept in {other} meanwhile."
    instead = ("set the terms in the currency of the account", "settle what is open and use up the store credit first")


NOTE: Final = "staff_note"  # the kind of private text


@decides(RegisterCustomer)
def decide_register(state: State, command: RegisterCustomer, call: Call) -> Decision:
    """Refuses with `NumberTaken` and `Invalid`."""
    address = cleaned(command.address, "address", state.policies.seller.country)
    _check_notices(command.notices)
    if taken := state.look_up(NUMBERED, command.number):
        raise NumberTaken(number=taken[0])
    if command.customer_id is not None and state.get(Customer, command.customer_id) is not None:
        raise NumberTaken(number=command.number)
    customer_id = command.customer_id or call.ids.new()
    contact_id = call.ids.new()
    yield _contact(contact_id, customer_id, address)
    yield CustomerRegistered(
        customer_id=customer_id,
        number=command.number,
        contact_id=contact_id,
        group=command.group,
        language=command.language,
        notices=command.notices,
        alike=tuple(state.look_up(ALIKE, address.email, address.phone)[:MOST_ALIKE]),
    )


NUMBERED: Final = Lookup(
    # Whoever reads a number out or types it does not say in which case.
    "SELECT number FROM customer WHERE lower(number) = lower($1) ORDER BY number <> $1, id LIMIT 1",
    lambda state, number: (
        customer.number for customer in state.shared[Customer].values() if customer.number.lower() == number.lower()
    ),
)


def _alike(state: State, email: str, phone: str) -> Iterator[str]:
    contacts = state.shared[Contact]
    for customer in state.shared[Customer].values():
        contact = contacts.get(customer.contact_id)
        if contact is None:
            continue
        if _is_same(contact.email.lower(), email.lower()) or _is_same(contact.phone, phone):
            yield customer.number


def _is_same(one: str, other: str) -> bool:
    return one != "" and one == other


MOST_ALIKE: Final = 10
ALIKE: Final = Lookup(
    # Others may be the same person. Each way has an index.
    """
    SELECT number
      FROM (SELECT k.id, k.number FROM contact p JOIN customer k ON k.contact_id = p.id
             WHERE lower(p.email) = lower($1) AND p.email <> ''
             UNION
            SELECT k.id, k.number FROM contact p JOIN customer k ON k.contact_id = p.id
             WHERE p.phone = $2 AND p.phone <> '') AS others
  ORDER BY id
     LIMIT 10
    """,
    _alike,
)


def _check_notices(notices: str) -> None:
    if not set(notices.split()) <= NOTICES or not notices.strip():
        raise Invalid(field="notices", found=notices, expected="email, sms, both with a blank between, or none")


@decides(ChangeCustomer)
def decide_change(state: State, command: ChangeCustomer, call: Call) -> Decision:
    """Refuses with `NotFound`, `AlreadyErased` and `Invalid`. The address before stays until it is erased."""
    customer = state.row(Customer, command.customer_id)
    if customer.erased_at is not None:
        raise AlreadyErased(number=customer.number)
    address = cleaned(command.address, "address", state.policies.seller.country)
    _check_notices(command.notices)
    contact_id = call.ids.new()
    before = state.contact(customer.contact_id).email
    sessions = _sessions(state, [before]) if before.lower() != address.email.lower() else ()
    if sessions:  # who reads the mail of the old address need not be the customer any more
        yield CustomerSignedOut(sessions=sessions, why="another e-mail address")
    yield _contact(contact_id, customer.id, address)
    yield CustomerChanged(
        customer_id=customer.id,
        contact_id=contact_id,
        group=command.group,
        language=command.language,
        notices=command.notices,
    )


def _contact(contact_id: UUID, customer_id: UUID, address: CustomerAddress) -> Contact:
    values = {name: getattr(address, name) for name in address.__struct_fields__}
    return Contact(id=contact_id, customer_id=customer_id, **values)


@decides(SetTerms)
def decide_set_terms(state: State, command: SetTerms, call: Call) -> Decision:
    """Refuses with `NotFound`, `Invalid` and `AccountInUse`."""
    customer = state.row(Customer, command.customer_id)
    if command.credit_limit_minor < 0:
        raise Invalid(field="credit_limit_minor", found=command.credit_limit_minor, expected="a whole number from 0")
    if not 0 <= command.terms_days <= 365:  # noqa: PLR2004 (a year)
        raise Invalid(field="terms_days", found=command.terms_days, expected="0 to 365")
    if command.currency and command.currency not in CURRENCIES:
        raise Invalid(field="currency", found=command.currency, expected=A_CURRENCY)
    yield TermsSet(
        customer_id=command.customer_id,
        credit_limit_minor=command.credit_limit_minor,
        currency=_currency_of(state, customer, command),
        terms_days=command.terms_days,
    )


def _currency_of(state: State, customer: Customer, command: SetTerms) -> str:
    """In which currency the account is to be kept. Taking a credit line away never asks for another one."""
    account = state.get(CreditAccount, customer.id)
    own = account_currency(state.policies, customer, account)
    held = account.held if account else {}
    if not command.credit_limit_minor and not command.currency and held:
        return own
    wanted = command.currency or state.policies.currency
    if wanted != own and held.keys() - {wanted}:
        amounts = [str(Money(minor, currency)) for currency, minor in sorted(held.items())]
        raise AccountInUse(currency=own, other=wanted, held=amounts)
    return wanted


@decides(BlockCustomer)
def decide_block(state: State, command: BlockCustomer, call: Call) -> Decision:
    """Refuses with `NotFound`; what is so already stays so."""
    if state.row(Customer, command.customer_id).blocked != command.blocked:
        yield CustomerBlocked(customer_id=command.customer_id, blocked=command.blocked, why=command.reason)


@decides(WriteCustomerNote)
def decide_write_note(state: State, command: WriteCustomerNote, call: Call) -> Decision:
    """Keep a text that only staff read. Refuses with `NotFound`, `AlreadyErased` and `Invalid`."""
    customer = state.row(Customer, command.customer_id)
    if customer.erased_at is not None:
        raise AlreadyErased(number=customer.number)
    text = command.text.strip()
    if not text:
        raise Invalid(field="text", found="nothing", expected="some words")
    kept = PrivateText(call.ids.new(), customer.id, None, NOTE, text)
    yield kept
    yield CustomerNoteWritten(customer_id=customer.id, note_id=call.ids.new(), text_id=kept.id)


@decides(UseSignInLink)
def decide_use_link(state: State, command: UseSignInLink, call: Call) -> Decision:
    """Done once for a link; whether it was the first time is told by the engine (`Given.repeated`)."""
    if state.get(CustomerSession, command.link_id) is not None:
        return
    yield CustomerSession(
        id=command.link_id,
        email=command.email.lower(),
        begun_at=call.at,
        seen_at=call.at,
        until=command.until,
        ended_at=None,
    )
    yield SignInLinkUsed(link_id=command.link_id)


@decides(SignCustomerOut)
def decide_sign_out(state: State, command: SignCustomerOut, _call: Call) -> Decision:
    """Nothing to do for a session that is over or none."""
    session = state.get(CustomerSession, command.session_id)
    if session is None or session.ended_at is not None:
        return
    yield CustomerSignedOut(sessions=_sessions(state, [session.email]) if command.everywhere else (session.id,))


def _sessions(state: State, emails: Iterable[str]) -> tuple[UUID, ...]:
    """Those in which one of these addresses is proved, and that are not over."""
    wanted = sorted({email.lower() for email in emails if email})
    return tuple(
        session.id
        for email in wanted
        for session in state.find(CustomerSession, "email", email)
        if session.ended_at is None
    )


@decides(EraseCustomer)
def decide_erase(state: State, command: EraseCustomer, call: Call) -> Decision:
    """Refuses with `NotFound` and `AlreadyErased`. The reason is a category, not a text about the person."""
    customer = state.row(Customer, command.customer_id)
    if customer.erased_at is not None:
        raise AlreadyErased(number=customer.number)
    contacts = state.find(Contact, "customer_id", command.customer_id)
    texts = state.find(PrivateText, "customer_id", command.customer_id)
    traces = state.find(OrderTrace, "customer_id", command.customer_id)
    sessions = _sessions(state, [contact.email for contact in contacts])
    yield PersonErased(
        customer_id=command.customer_id,
        contacts=tuple(contact.id for contact in contacts if not contact.erased),
        texts=tuple(text.id for text in texts if not text.erased),
        traces=tuple(trace.id for trace in traces if trace.who),
        sessions=sessions,
        why=category(command.reason),
    )


@decides(EraseOrderPerson)
def decide_erase_order_person(state: State, command: EraseOrderPerson, call: Call) -> Decision:
    """Refuses with `NotFound` and `NothingToErase`. Other orders of the same person stay as they are."""
    order = state.book(command.order_id).order
    contacts = _versions(state, order.contact_id)
    texts = [text for text in state.find(PrivateText, "order_id", order.id) if not text.erased]
    traces = [trace for each in contacts for trace in state.find(OrderTrace, "contact_id", each.id) if trace.who]
    fact = OrderPersonErased(
        order_id=order.id,
        contacts=tuple(contact.id for contact in contacts if not contact.erased),
        texts=tuple(text.id for text in texts),
        traces=tuple(trace.id for trace in traces),
        sessions=_sessions(state, [contact.email for contact in contacts]),
        why=category(command.reason),
    )
    if not (fact.contacts or fact.texts or fact.traces):
        raise NothingToErase(number=order.number)
    yield fact


def _versions(state: State, contact_id: UUID) -> list[Contact]:
    """The address of an order and what it was before each change, the latest first."""
    versions = [state.contact(contact_id)]
    while (before := versions[-1].replaces) is not None:
        versions.append(state.contact(before))
    return versions
