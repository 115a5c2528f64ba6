"""A policy that fits its shape and by which no shop can work is refused, with the field and what would be right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.policies import Location, Policies, ReturnPolicy
from purveyor.core.refusals import Invalid
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.decide import NAMES
from purveyor.records.policies.state import Policy
from purveyor.records.policies.validation import CHECKS, NEED_NONE
from purveyor.simulation.shop import LOCATIONS, SELLER
from tests.pure import SHOP, a_call, a_shop, do

RATE = {"country": "DE", "tax_class": "standard", "basis_points": 1_900}
PLACE = {"code": "main", "name": "Main", "country": "DE"}
OPTION = {"code": "a", "name": "A", "price_minor": 1, "days": 1}
CARTON = {"code": "S", "length_mm": 1, "width_mm": 1, "height_mm": 1, "tare_g": 1, "limit_g": 1}
HOLD = {"type": "fraud", "owner": "reviewer", "hours": 48, "at_deadline": "cancel"}
RISK = {"name": "a", "test": "amount", "score": 1, "limit": 1}
MOSCOW = {"name": "a", "test": "country", "score": 1, "values": ["RU"]}
EUROS = {"currency": "EUR"}
DOLLARS = {"currency": "USD"}
CLOSED = {"day": "2026-12-24"}
ANSWER = {"title": "Late", "text": "Hello {name}, order {number}: {status}."}
CLOCK = {"stage": "picking", "minutes": 5}

#: The policy, what cannot be, the field that says so, and a part of what is told of what would be right.
WRONG: list[tuple[str, Any, str, str]] = [
    ("currency", "XXX", "data", "ISO 4217"),
    ("closed_channels", ["nope"], "data[1]", "web, phone, email"),
    ("closed_channels", ["api", "Web"], "data[2]", "web, phone, email"),
    ("closed_channels", ["api", "api"], "data[2]", "no row before it has"),
    ("tax", {"rates": []}, "data.rates", "at least one"),
    ("tax", {"rates": [RATE | {"country": "UK"}]}, "data.rates[1].country", "such as ES-CN"),
    ("tax", {"rates": [RATE, RATE | {"country": "EU"}]}, "data.rates[2].country", "such as ES-CN"),
    ("tax", {"rates": [RATE | {"country": "DE-XX"}]}, "data.rates[1].country", "tax area"),
    ("tax", {"rates": [RATE, RATE | {"basis_points": 700}]}, "data.rates[2]", "no row before it has"),
    ("tax", {"rates": [RATE | {"valid_from": "0001-01-01"}]}, "data.rates[1].valid_from", "1900 to 2199"),
    ("tax", {"rates": [RATE | {"valid_from": "9999-12-31"}]}, "data.rates[1].valid_from", "1900 to 2199"),
    ("tax", {"rates": [RATE | {"country": "*", "domestic": True}]}, "data.rates[1].domestic", "false"),
    ("locations", [PLACE | {"country": "XX"}], "data[1].country", "such as DE or GB"),
    ("locations", [PLACE, PLACE | {"code": "b", "country": "UK"}], "data[2].country", "such as DE or GB"),
    ("locations", [PLACE, PLACE | {"name": "Other"}], "data[2].code", "no row before it has"),
    ("locations", [PLACE | {"code": "backorder"}], "data[1].code", "wait for stock"),
    ("shipping", {"options": []}, "data.options", "at least one"),
    ("shipping", {"options": [OPTION, OPTION | {"days": 9}]}, "data.options[2]", "no row before it has"),
    ("shipping", {"options": [OPTION, OPTION | EUROS]}, "data.options[2]", "no row before it has"),
    ("shipping", {"options": [OPTION | {"countries": ["DE", "EU"]}]}, "data.options[1].countries[2]", "ISO 3166-1"),
    ("shipping", {"options": [OPTION | {"countries": ["DE", "DE"]}]}, "data.options[1].countries[2]", "no row before"),
    ("risk", {"hold_from": 60, "refuse_from": 40}, "data.hold_from", "at most refuse_from, which is 40"),
    ("risk", {"hold_from": -5, "refuse_from": 0}, "data.refuse_from", "at least 1"),
    ("risk", {"rules": [RISK, RISK]}, "data.rules[2].name", "no row before it has"),
    ("risk", {"rules": [RISK | {"limit": 0}]}, "data.rules[1].limit", "every order"),
    ("risk", {"rules": [RISK | {"test": "velocity", "limit": 0}]}, "data.rules[1].limit", "every order"),
    ("risk", {"rules": [RISK | {"values": ["RU"]}]}, "data.rules[1].values", "looks at no list"),
    ("risk", {"rules": [MOSCOW | {"values": []}]}, "data.rules[1].values", "held against"),
    ("risk", {"rules": [MOSCOW | {"values": ["RU", "Russia"]}]}, "data.rules[1].values[2]", "ISO 3166-1"),
    ("risk", {"rules": [MOSCOW | {"test": "email_domain", "values": ["@a.com"]}]}, "data.rules[1].values[1]", "domain"),
    ("risk", {"rules": [MOSCOW | {"test": "email", "values": ["a.com"]}]}, "data.rules[1].values[1]", "ann@example"),
    ("holds", {"rules": [HOLD, HOLD | {"hours": 1}]}, "data.rules[2].type", "no row before it has"),
    ("payment", {"other_currencies": [EUROS]}, "data.other_currencies[1].currency", "another currency than EUR"),
    ("payment", {"other_currencies": [DOLLARS, DOLLARS]}, "data.other_currencies[2].currency", "no row before it has"),
    ("packing", {"cartons": []}, "data.cartons", "at least one"),
    ("packing", {"cartons": [CARTON, CARTON | {"limit_g": 9}]}, "data.cartons[2].code", "no row before it has"),
    ("delivery", {"download_count": 0}, "data.download_count", "at least 1"),
    ("delivery", {"lost_after_days": 0}, "data.lost_after_days", "at least 1"),
    ("returns", {"reasons": [], "our_fault": []}, "data.reasons", "at least one"),
    ("returns", {"reasons": ["broken"], "our_fault": ["late"]}, "data.our_fault[1]", "one of broken"),
    ("returns", {"reasons": ["broken", "broken"], "our_fault": []}, "data.reasons[2]", "no row before it has"),
    ("returns", {"kinds": []}, "data.kinds", "one of goods"),
    ("returns", {"kinds": ["goods", "food"]}, "data.kinds[2]", "one of goods"),
    ("returns", {"other_currencies": [DOLLARS, DOLLARS]}, "data.other_currencies[2].currency", "no row before it has"),
    ("survey", {"expires_after_days": 0}, "data.expires_after_days", "at least 1"),
    ("sign_in", {"second_factor_for": ["boss"]}, "data.second_factor_for[1]", "one of admin, sales"),
    ("sign_in", {"idle_minutes": 90, "session_hours": 1}, "data.idle_minutes", "which is 60"),
    ("seller", {"country": "XX"}, "data.country", "such as DE or GB"),
    ("seller", {"country": "UK"}, "data.country", "such as DE or GB"),
    ("seller", {"email": "hello"}, "data.email", "ann@example.com"),
    ("seller", {"iban": "DE02 1203 0000 0000 2020 52"}, "data.iban", "check digits"),
    ("carts", {"most_of_one": 61, "most_of_visitor": 60}, "data.most_of_one", "at most most_of_visitor, which is 60"),
    ("calendar", {"zone": "Europe/Bielefeld"}, "data.zone", "Europe/Berlin"),
    ("calendar", {"weekdays": ["monday", "monday"]}, "data.weekdays[2]", "no row before it has"),
    ("calendar", {"closing_days": [CLOSED | {"location": "moon"}]}, "data.closing_days[1].location", "one of main"),
    ("calendar", {"closing_days": [CLOSED, CLOSED | {"name": "x"}]}, "data.closing_days[2]", "no row before it has"),
    ("calendar", {"closing_days": [{"day": "0001-01-01"}]}, "data.closing_days[1].day", "1900 to 2199"),
    ("support", {"answer_hours": 9, "solve_hours": 8}, "data.answer_hours", "at most solve_hours, which is 8"),
    ("support", {"claim_answer_hours": 99}, "data.claim_answer_hours", "at most claim_solve_hours, which is 16"),
    ("saved_answers", [ANSWER, ANSWER], "data[2].title", "no row before it has"),
    ("saved_answers", [ANSWER | {"title": " "}], "data[1].title", "some words"),
    ("saved_answers", [ANSWER | {"text": "\n "}], "data[1].text", "some words"),
    ("saved_answers", [ANSWER, {"title": "B", "text": "Hi {nmae}"}], "data[2].text", "number, name or status"),
    ("saved_answers", [ANSWER | {"text": "Total: {}"}], "data[1].text", "number, name or status"),
    ("stages", {"clocks": [CLOCK, CLOCK]}, "data.clocks[2].stage", "no row before it has"),
]  # fmt: skip

NO_LIMITS = {"refund_limit_minor": 0, "day_limit_minor": 0, "cash_limit_minor": 0}  # to raise them takes two persons
#: What looks odd, and is right.
RIGHT: list[tuple[str, Any]] = [
    ("closed_channels", ["api", "edi"]),
    ("tax", {"rates": [RATE, RATE | {"valid_from": "2027-01-01"}, RATE | {"country": "*"}, RATE | {"country": "XI"}]}),
    ("locations", []),
    ("locations", [PLACE, PLACE | {"code": "b"}]),
    ("shipping", {"options": [OPTION, OPTION | DOLLARS]}),
    ("risk", {"hold_from": 40, "refuse_from": 40, "rules": [RISK | {"test": "first_order", "limit": 0}]}),
    ("holds", {"rules": []}),
    ("payment", {"other_currencies": [DOLLARS]}),
    ("payment", NO_LIMITS | {"currency": "USD", "other_currencies": [EUROS]}),
    ("returns", {"reasons": ["broken"], "our_fault": []}),
    ("sign_in", {"second_factor_for": []}),
    ("seller", {"iban": "de02120300000000202051", "country": "GB"}),
    ("calendar", {"closing_days": [CLOSED, CLOSED | {"location": "main"}]}),
    ("support", {"answer_hours": 8, "solve_hours": 8}),
    ("saved_answers", [ANSWER, ANSWER | {"language": "de"}, ANSWER | {"title": "late"}]),
    ("saved_answers", []),
]


def test_every_policy_has_a_check_or_a_reason_to_need_none() -> None:
    assert set(CHECKS) | set(NEED_NONE) == set(NAMES)
    assert not set(CHECKS) & set(NEED_NONE)
    assert all(NEED_NONE.values())


def test_every_check_has_something_that_it_refuses() -> None:
    assert {name for name, *_ in WRONG} == set(CHECKS)


@pytest.mark.parametrize(("name", "data", "field", "expected"), WRONG)
def test_a_policy_that_makes_no_sense_is_refused_with_its_field(
    name: str, data: Any, field: str, expected: str
) -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, locations=(Location("main", "Main", "DE"),)))

    with pytest.raises(Invalid) as refusal:
        do(shop, SetPolicy(name=name, data=data))

    assert refusal.value.data["field"] == field
    assert expected in str(refusal.value)
    assert shop.find(Policy, "name", name) == []


@pytest.mark.parametrize(("name", "data"), RIGHT)
def test_a_policy_that_looks_odd_and_can_be_worked_by_is_set(name: str, data: Any) -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, locations=(Location("main", "Main", "DE"),)))

    do(shop, SetPolicy(name=name, data=data), a_call(actor=OPERATOR))

    assert shop.row(Policy, name).version == 1


def test_the_policies_of_a_new_shop_make_sense() -> None:
    policies = msgspec.structs.replace(Policies(), locations=LOCATIONS, seller=SELLER, returns=(ReturnPolicy(),))
    assert [(name, *wrong) for name, check in CHECKS.items() for wrong in check(policies)] == []


def test_what_made_no_sense_before_is_still_read() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, locations=(Location("main", "Main", "XX"),) * 2))

    do(shop, SetPolicy(name="routing", data={"rule": "priority"}))

    assert shop.row(Policy, "routing").version == 1
