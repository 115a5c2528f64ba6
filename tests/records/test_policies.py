"""A policy that is set can be worked by: a slip of the keyboard is refused, and what was set before is still read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import inspect

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.block_lists import is_listed
from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid
from purveyor.engine.redaction import redacted
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.facts import PolicySet
from purveyor.records.policies.state import Policy, assemble, in_force
from tests.bounded import unbounded
from tests.pure import a_call, a_shop, do

CARTON = {"code": "S", "length_mm": 1, "width_mm": 1, "height_mm": 1, "tare_g": 1, "limit_g": 1}


def test_every_number_text_and_list_of_a_policy_has_a_bound() -> None:
    assert [each for each in unbounded(inspect.type_info(Policies), "") if each != ".version: int"] == []


def test_the_policies_of_a_new_shop_are_within_their_bounds() -> None:
    assert msgspec.convert(msgspec.to_builtins(Policies()), Policies) == Policies()


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("payment", {"doubt_after_s": 10**15}, "doubt_after_s"),
        ("payment", {"doubt_after_s": 0}, "doubt_after_s"),
        ("payment", {"cod_fee_minor": -5}, "cod_fee_minor"),
        ("payment", {"invoice_days": 10**9}, "invoice_days"),
        ("shipping", {"options": [{"code": "a", "name": "A", "price_minor": 1, "days": 10**9}]}, "days"),
        ("shipping", {"options": [{"code": "a", "name": "A", "price_minor": -490, "days": 1}]}, "price_minor"),
        ("shipping", {"options": [{"code": "a" * 3_000, "name": "A", "price_minor": 1, "days": 1}]}, "code"),
        ("tax", {"rates": [{"country": "DE", "tax_class": "standard", "basis_points": -20_000}]}, "basis_points"),
        ("tax", {"rates": [{"country": "Germany", "tax_class": "standard", "basis_points": 1}]}, "country"),
        ("holds", {"rules": [{"type": "a", "owner": "b", "hours": 10**12, "at_deadline": "cancel"}]}, "hours"),
        ("returns", {"restocking_fee_basis_points": 20_000}, "restocking_fee_basis_points"),
        ("returns", {"window_days": 10**9}, "window_days"),
        ("routing", {"backorder_cap": -1}, "backorder_cap"),
        ("delivery", {"collect_days": 10**9}, "collect_days"),
        ("survey", {"days_after_delivery": -1}, "days_after_delivery"),
        ("packing", {"cartons": [{**CARTON, "length_mm": 0}]}, "length_mm"),
        ("currency", "euro", "ISO 4217"),
    ],
)  # fmt: skip
def test_a_policy_out_of_its_bounds_is_refused_with_the_field(name: str, data: Any, field: str) -> None:
    shop = a_shop()

    with pytest.raises(Invalid) as refusal:
        do(shop, SetPolicy(name=name, data=data))

    assert field in str(refusal.value)
    assert shop.find(Policy, "name", name) == []


def test_what_was_set_under_wider_bounds_is_read_at_the_bound() -> None:
    rows = [
        Policy("payment", 1, {"doubt_after_s": 10**15, "invoice_days": 30}),
        Policy("routing", 2, {"rule": "priority"}),
    ]

    policies = in_force(rows)

    assert (policies.payment.doubt_after_s, policies.payment.invoice_days) == (86_400, 30)
    assert (policies.routing.rule, policies.version) == ("priority", 3)
    with pytest.raises(msgspec.ValidationError):
        assemble(rows)


def test_a_return_policy_is_set_after_an_older_one_that_today_would_be_refused() -> None:
    shop = a_shop()
    shop.add(Policy("returns", 1, [{"name": "default", "version": 1, "window_days": 10**9}]))

    do(shop, SetPolicy(name="returns", data={"window_days": 14}))

    versions = in_force(shop.shared[Policy].values()).returns
    assert [each.window_days for each in versions] == [3_650, 14]


def test_a_calendar_that_cannot_be_is_refused_with_the_field() -> None:
    shop = a_shop()
    for data, field in (
        ({"zone": "Europe/Bielefeld"}, "data.zone"),
        ({"opens": "17:00", "closes": "09:00"}, "data.closes"),
        ({"country": "DE", "subdivision": "ZZ"}, "data.subdivision"),
        ({"opens": "25:00"}, "data.opens"),
    ):
        with pytest.raises(Invalid) as refusal:
            do(shop, SetPolicy(name="calendar", data=data))
        assert refusal.value.data["field"] == field
    assert Policy not in shop.shared or "calendar" not in shop.shared[Policy]

    do(shop, SetPolicy(name="calendar", data={"zone": "Europe/Berlin", "closing_days": [{"day": "2026-12-24"}]}))
    assert assemble(shop.shared[Policy].values()).zone.key == "Europe/Berlin"


def test_the_zone_of_the_installation_is_no_policy() -> None:
    for name in ("home_zone", "version"):
        with pytest.raises(Invalid):
            do(a_shop(), SetPolicy(name=name, data="Europe/Berlin"))


def test_a_block_list_names_nobody_and_still_knows_them() -> None:
    shop = a_shop()
    rules = [
        {"name": "mail", "test": "email", "score": 30, "values": ["Ann@Example.com", "eve@example.com"]},
        {"name": "phone", "test": "phone", "score": 30, "values": ["+4930123456"]},
        {"name": "throw-away", "test": "email_domain", "score": 5, "values": ["trashmail.com"]},
    ]
    [fact] = do(shop, SetPolicy(name="risk", data={"rules": rules}), a_call(actor=OPERATOR))
    assert isinstance(fact, PolicySet)
    kept = str(fact.data).lower()
    assert not any(word in kept for word in ("ann@", "eve@", "4930123456"))
    assert "trashmail.com" in kept

    again = do(shop, SetPolicy(name="risk", data=fact.data), a_call(actor=OPERATOR))  # as it was read, with one more
    assert isinstance(again[0], PolicySet)
    assert again[0].data == fact.data
    policy = assemble(shop.shared[Policy].values()).risk
    mail, phone, _ = policy.rules
    assert is_listed("ann@example.COM", mail.values, policy.salt)
    assert is_listed("+4930123456", phone.values, policy.salt)
    assert not is_listed("bob@example.com", mail.values, policy.salt)
    assert not is_listed("", mail.values, policy.salt)


def test_a_list_from_before_still_counts_and_two_shops_hash_differently() -> None:
    assert is_listed("ann@example.com", ("ann@example.com",), "")
    rules = [{"name": "mail", "test": "email", "score": 30, "values": ["ann@example.com"]}]
    first, second = (
        do(a_shop(), SetPolicy(name="risk", data={"rules": rules}), a_call(actor=OPERATOR))[0] for _ in range(2)
    )
    assert isinstance(first, PolicySet)
    assert isinstance(second, PolicySet)
    assert first.data["rules"] != second.data["rules"]
    assert "salt" not in redacted(PolicySet.kind(), msgspec.to_builtins(first))["data"]
