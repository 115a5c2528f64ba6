"""Risk rules as data: each is one test of an order, and adds its score when it fires."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from purveyor.core.block_lists import is_listed
from purveyor.core.messages import Call
from purveyor.core.policies import RiskPolicy, RiskRule
from purveyor.core.rows import Contact, OrderTrace
from purveyor.core.state import Book, State

NEW_FOR: Final = timedelta(days=7)  # a customer is new for so long after being registered
_DAY: Final = timedelta(days=1)


class Risk(msgspec.Struct, frozen=True, gc=False):
    score: int
    reasons: tuple[str, ...]  # names of the rules that fired


def assess(state: State, book: Book, contact: Contact, at: datetime) -> Risk:
    """Hold an order against every rule of the policy in force."""
    score = 0
    reasons: list[str] = []
    for rule in state.policies.risk.rules:
        if _TESTS[rule.test](rule, state, book, contact, at):
            score += rule.score
            reasons.append(rule.name)
    return Risk(score, tuple(reasons))


def traces(policy: RiskPolicy, book: Book, contact: Contact, call: Call) -> Iterator[OrderTrace]:
    """What a rule that counts orders will find tomorrow; nothing where there is no such rule."""
    if any(rule.test == "velocity" for rule in policy.rules):
        for who in _names(book, contact):
            named = f"{call.at:%Y-%m-%d}:{who}"
            yield OrderTrace(call.ids.new(), named, call.at, contact.id, book.order.customer_id)


def _names(book: Book, contact: Contact) -> Iterator[str]:
    if book.order.customer_id is not None:
        yield f"customer:{book.order.customer_id}"
    if contact.email:
        yield f"email:{hashlib.blake2b(contact.email.lower().encode(), digest_size=12).hexdigest()}"


Test = Callable[[RiskRule, State, Book, Contact, datetime], bool]


def _large(rule: RiskRule, state: State, book: Book, _contact: Contact, _at: datetime) -> bool:
    return _is_above(rule, state, book)


def _is_above(rule: RiskRule, state: State, book: Book) -> bool:
    """Whether the total is above the limit; of rules for several currencies only the order's own can fire.

    Where no rule of the kind knows the currency, nobody said which total is small, so the first one fires.
    """
    if rule.currency == book.currency:
        return book.order.total_minor > rule.limit
    alike = [each for each in state.policies.risk.rules if each.test == rule.test]
    return rule == alike[0] and all(each.currency != book.currency for each in alike)


def _many(rule: RiskRule, _state: State, book: Book, _contact: Contact, _at: datetime) -> bool:
    return any(line.quantity > rule.limit for line in book.lines.values())


def _country(rule: RiskRule, _state: State, book: Book, _contact: Contact, _at: datetime) -> bool:
    return book.order.country in rule.values


def _mismatch(_rule: RiskRule, _state: State, _book: Book, contact: Contact, _at: datetime) -> bool:
    billed = contact.billing.get("country", "") if contact.billing else ""
    return bool(billed) and billed != contact.country


def _email_domain(rule: RiskRule, _state: State, _book: Book, contact: Contact, _at: datetime) -> bool:
    return bool(contact.email) and contact.email.rpartition("@")[2].lower() in rule.values


def _email(rule: RiskRule, state: State, _book: Book, contact: Contact, _at: datetime) -> bool:
    return is_listed(contact.email, rule.values, state.policies.risk.salt)


def _phone(rule: RiskRule, state: State, _book: Book, contact: Contact, _at: datetime) -> bool:
    return is_listed(contact.phone, rule.values, state.policies.risk.salt)


def _customer(rule: RiskRule, _state: State, book: Book, _contact: Contact, _at: datetime) -> bool:
    return str(book.order.customer_id) in rule.values


def _velocity(rule: RiskRule, state: State, book: Book, contact: Contact, at: datetime) -> bool:
    """More than `limit` orders within a day, this one among them."""
    days = (f"{at:%Y-%m-%d}", f"{at - _DAY:%Y-%m-%d}")
    for who in _names(book, contact):
        seen = [trace for day in days for trace in state.find(OrderTrace, "who", f"{day}:{who}")]
        if 1 + sum(trace.at > at - _DAY for trace in seen) > rule.limit:
            return True
    return False


def _first_order(rule: RiskRule, state: State, book: Book, _contact: Contact, at: datetime) -> bool:
    """A guest, or a customer whose id (UUIDv7: it holds its time) is a few days old."""
    if not _is_above(rule, state, book):
        return False
    customer_id = book.order.customer_id
    if customer_id is None:
        return True
    return customer_id.version == 7 and (customer_id.int >> 80) / 1000 > (at - NEW_FOR).timestamp()  # noqa: PLR2004


_TESTS: Final[dict[str, Test]] = {
    "amount": _large,
    "quantity": _many,
    "country": _country,
    "mismatch": _mismatch,
    "email_domain": _email_domain,
    "email": _email,
    "phone": _phone,
    "customer": _customer,
    "velocity": _velocity,
    "first_order": _first_order,
}
