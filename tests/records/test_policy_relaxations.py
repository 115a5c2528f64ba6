"""Policies that allow more than before wait for another admin, whichever they are."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.state import State
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.decide import NAMES
from purveyor.records.policies.facts import PolicyAsked, PolicySet
from purveyor.records.policies.relaxations import AT_ONCE, LOOSENED
from purveyor.records.policies.state import Policy, assemble
from tests.pure import a_call, a_shop, do

LARGE = {"name": "large", "test": "amount", "score": 30, "limit": 100_000}
MAILS = {"name": "mails", "test": "email_domain", "score": 40, "values": ["a.example", "b.example"]}
REGULAR = {"name": "regular", "test": "country", "score": -10, "values": ["DE"]}
RISK: dict[str, Any] = {"hold_from": 50, "refuse_from": 900, "rules": [LARGE, MAILS, REGULAR]}
HELD = {"type": "fraud", "owner": "reviewer", "hours": 48, "at_deadline": "release"}
IBAN, ANOTHER_IBAN = "DE89370400440532013000", "GB82WEST12345698765432"
RETURNS: dict[str, Any] = {
    "keep_below_minor": 500,
    "restocking_fee_basis_points": 1_000,
    "other_currencies": [{"currency": "USD", "label_minor": 700, "keep_below_minor": 100}],
}
SIGN_IN: dict[str, Any] = {"second_factor_for": ["admin", "finance"], "idle_minutes": 60, "session_hours": 8}


def _risk(*rules: dict[str, Any], **more: int) -> dict[str, Any]:
    return {**RISK, **more, "rules": list(rules)}


# What is in force, and what would allow more.
LOOSER: list[tuple[str, Any, Any]] = [
    ("sign_in", SIGN_IN, {**SIGN_IN, "second_factor_for": []}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "second_factor_for": ["admin", "support"]}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "failures": 6}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "failures": 100, "locked_minutes": 1}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "locked_minutes": 14}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "idle_minutes": 61}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "session_hours": 9}),
    ("sign_in", SIGN_IN, {}),  # what is left out is as in a new shop
    ("returns", RETURNS, {**RETURNS, "keep_below_minor": 100_000_000}),
    ("returns", RETURNS, {**RETURNS, "other_currencies": [{"currency": "CHF", "keep_below_minor": 1}]}),
    (
        "returns",
        RETURNS,
        {**RETURNS, "other_currencies": [{"currency": "USD", "label_minor": 699, "keep_below_minor": 100}]},
    ),
    ("returns", RETURNS, {**RETURNS, "window_days": 31}),
    ("returns", RETURNS, {**RETURNS, "refund_on": "request"}),
    ("returns", RETURNS, {**RETURNS, "customer_pays_label": False}),
    ("returns", RETURNS, {**RETURNS, "label_minor": 489}),
    ("returns", RETURNS, {**RETURNS, "restocking_fee_basis_points": 999}),
    ("returns", RETURNS, {**RETURNS, "kinds": ["goods", "download"]}),
    ("returns", RETURNS, {**RETURNS, "our_fault": ["damaged", "wrong_item", "not_as_described", "changed_mind"]}),
    ("returns", RETURNS, {**RETURNS, "name": "christmas", "keep_below_minor": 501}),
    ("risk", RISK, {}),
    ("risk", RISK, {"rules": []}),
    ("risk", RISK, _risk(LARGE, MAILS, REGULAR, hold_from=51)),
    ("risk", RISK, _risk(LARGE, MAILS, REGULAR, refuse_from=901)),
    ("risk", RISK, _risk(LARGE, REGULAR)),
    ("risk", RISK, _risk({**LARGE, "limit": 100_001}, MAILS, REGULAR)),
    ("risk", RISK, _risk({**LARGE, "score": 29}, MAILS, REGULAR)),
    ("risk", RISK, _risk({**LARGE, "test": "first_order"}, MAILS, REGULAR)),
    ("risk", RISK, _risk({**LARGE, "currency": "USD"}, MAILS, REGULAR)),
    # In dollars the rule for euros fired always, because nobody had said how much is little.
    ("risk", RISK, _risk(LARGE, {**LARGE, "name": "dollars", "currency": "USD"}, MAILS, REGULAR)),
    ("risk", RISK, _risk(LARGE, {**MAILS, "values": ["a.example"]}, REGULAR)),
    ("risk", RISK, _risk(LARGE, MAILS, {**REGULAR, "score": -11})),
    ("risk", RISK, _risk(LARGE, MAILS, {**REGULAR, "values": ["DE", "FR"]})),
    ("risk", RISK, _risk(LARGE, MAILS, REGULAR, {**REGULAR, "name": "more"})),
    ("holds", {}, {"price_below_percent": 26}),
    ("holds", {}, {"rules": [HELD]}),
    ("holds", {"rules": [HELD]}, {"rules": [{**HELD, "hours": 47}]}),
    ("holds", {}, {"rules": [{**HELD, "at_deadline": "cancel", "stops": "nothing"}]}),
    ("holds", {}, {"rules": [{**HELD, "type": "balance", "at_deadline": "escalate", "stops": "nothing"}]}),
    ("holds", {}, {"rules": [{**HELD, "type": "vip", "at_deadline": "cancel", "stops": "dispatch"}]}),
    ("payment", {}, {"invoice_days": 15}),
    ("payment", {}, {"refund_limit_minor": 50_001}),
    ("seller", {"iban": IBAN}, {"iban": ANOTHER_IBAN}),
    ("seller", {"iban": IBAN}, {}),  # or the next one would be the first
    ("packing", {}, {"tolerance_basis_points": 1_001}),
    ("delivery", {}, {"download_days": 31}),
    ("delivery", {}, {"download_count": 6}),
    ("carts", {}, {"most_of_one": 21}),
    ("carts", {}, {"most_of_visitor": 61}),
]
STRICTER: list[tuple[str, Any, Any]] = [
    ("sign_in", SIGN_IN, SIGN_IN),
    ("sign_in", SIGN_IN, {**SIGN_IN, "failures": 4, "locked_minutes": 16, "idle_minutes": 59, "session_hours": 7}),
    ("sign_in", SIGN_IN, {**SIGN_IN, "second_factor_for": ["finance", "admin", "support"]}),
    ("returns", RETURNS, {**RETURNS, "keep_below_minor": 499, "window_days": 29, "label_minor": 491}),
    ("returns", RETURNS, {**RETURNS, "our_fault": ["damaged"], "restocking_fee_basis_points": 1_001}),
    ("risk", RISK, _risk(REGULAR, {**MAILS, "name": "other name"}, LARGE)),
    ("risk", RISK, _risk({**LARGE, "limit": 99_999, "score": 31}, MAILS, hold_from=49, refuse_from=899)),
    ("risk", RISK, _risk(LARGE, MAILS, REGULAR, {"name": "many", "test": "quantity", "score": 1, "limit": 5})),
    ("risk", RISK, _risk(LARGE, {**MAILS, "values": ["b.example", "c.example", "a.example"]}, REGULAR)),
    ("holds", {"rules": [HELD]}, {"rules": [{**HELD, "hours": 49}]}),
    ("holds", {"rules": [HELD]}, {"rules": [], "price_below_percent": 24}),
    ("payment", {}, {"invoice_days": 13, "refund_limit_minor": 49_999}),
    ("seller", {}, {"iban": IBAN}),
    ("seller", {"iban": IBAN}, {"iban": "de89 3704 0044 0532 0130 00", "city": "Berlin"}),
    ("packing", {}, {"tolerance_basis_points": 999}),
    ("delivery", {}, {"download_days": 29, "download_count": 4}),
    ("carts", {}, {"most_of_one": 19, "most_of_visitor": 59}),
]


def _shop_with(name: str, data: Any) -> State:
    """A shop in which the operator has set a policy."""
    shop = a_shop()
    do(shop, SetPolicy(name=name, data=data), a_call(actor=OPERATOR))
    shop.policies = assemble(shop.shared[Policy].values())
    return shop


@pytest.mark.parametrize(("name", "data", "looser"), LOOSER)
def test_what_allows_more_than_before_waits_for_another_admin(name: str, data: Any, looser: Any) -> None:
    shop = _shop_with(name, data)
    before = shop.policies
    facts = do(shop, SetPolicy(name=name, data=looser), a_call(actor="staff:ada"))

    assert [type(fact) for fact in facts] == [PolicyAsked]
    assert assemble(shop.shared[Policy].values()) == before


@pytest.mark.parametrize(("name", "data", "stricter"), STRICTER)
def test_what_allows_no_more_counts_at_once(name: str, data: Any, stricter: Any) -> None:
    shop = _shop_with(name, data)
    facts = do(shop, SetPolicy(name=name, data=stricter), a_call(actor="staff:ada"))

    assert [type(fact) for fact in facts] == [PolicySet]


def test_of_every_policy_it_is_said_what_allows_more() -> None:
    assert set(LOOSENED) | set(AT_ONCE) == set(NAMES)
    assert not set(LOOSENED) & set(AT_ONCE)
    assert all(AT_ONCE.values())
