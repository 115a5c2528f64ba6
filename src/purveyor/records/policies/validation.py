"""What a policy that fits its shape must also be, so that a shop can work by it.

Every policy has a check here, or stands in `NEED_NONE` with the reason. A check sees all policies as they would be,
because some name what another one has; it tells each thing that cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final

from stdnum import iban

from purveyor.core.addresses import A_COUNTRY, COUNTRIES
from purveyor.core.block_lists import HASHED
from purveyor.core.currencies import CURRENCIES
from purveyor.core.emails import EXPECTED as AN_EMAIL, is_email
from purveyor.core.field_types import A_TAX_AREA, EARLIEST, LATEST
from purveyor.core.money import A_CURRENCY
from purveyor.core.policies import Policies, RiskRule
from purveyor.core.positions import BACKORDER
from purveyor.core.refusals import Invalid, wanted
from purveyor.core.saved_answers import unknown_placeholders
from purveyor.core.tax_areas import AREAS
from purveyor.core.vocabulary import CHANNELS, PRODUCT_KINDS, ROLES

Wrong = tuple[str, Any, str]  # the field, what it says, and what it should be
Check = Callable[[Policies], Iterator[Wrong]]

#: Policies whose bounds say all that can be said of them.
NEED_NONE: Final = {
    "routing": "a choice and a number, and none of their values contradicts another",
}
ANYWHERE: Final = "*"
#: Tests of orders by a list, which find nothing without one; and by a number, which find everything at 0.
BY_LIST: Final = frozenset({"country", "email_domain", "email", "phone", "customer"})
BY_NUMBER: Final = frozenset({"amount", "quantity", "velocity"})


def check_sense(name: str, policies: Policies) -> None:
    """Refuses with `Invalid`, which says where, a policy by which no shop can work."""
    for field, found, expected in CHECKS[name](policies) if name in CHECKS else ():
        between = "" if not field or field.startswith("[") else "."
        raise Invalid(field=f"data{between}{field}", found=found, expected=expected)


def one_of(words: Iterable[str]) -> str:
    return wanted(f"one of {', '.join(words)}")


def _known(field: str, found: Iterable[str], words: Iterable[str]) -> Iterator[Wrong]:
    """Words that there are, each once."""
    found = tuple(found)
    for number, word in enumerate(found, 1):
        if word not in words:
            yield f"{field}[{number}]", word, one_of(words)
    yield from _once(field, "", found)


def _once(field: str, part: str, keys: Iterable[Any]) -> Iterator[Wrong]:
    """Rows that are told apart by a key: of two with the same one, only the first would ever count."""
    seen: set[Any] = set()
    for number, key in enumerate(keys, 1):
        if key in seen:
            words = ", ".join(map(str, key)) if isinstance(key, tuple) else key
            yield f"{field}[{number}]{part}", words, wanted("one that no row before it has")
        seen.add(key)


def _countries(field: str, countries: Iterable[str]) -> Iterator[Wrong]:
    countries = tuple(countries)
    for number, country in enumerate(countries, 1):
        if country not in COUNTRIES:
            yield f"{field}[{number}]", country, A_COUNTRY
    yield from _once(field, "", countries)


def _day(field: str, day: date | None) -> Iterator[Wrong]:
    if day is not None and not EARLIEST.date() <= day < LATEST.date():
        yield field, day, wanted("a day from 1900 to 2199")


def _not_above(field: str, least: int, other: str, most: int) -> Iterator[Wrong]:
    if least > most:
        yield field, least, wanted(f"at most {other}, which is {most}")


def _at_least_one(**numbers: int) -> Iterator[Wrong]:
    for field, number in numbers.items():
        if number < 1:
            yield field, number, wanted("at least 1")


# ------------------------------------------------------------------------------------------------------- what is sold


def _currency(policies: Policies) -> Iterator[Wrong]:
    if policies.currency not in CURRENCIES:
        yield "", policies.currency, A_CURRENCY


def _closed_channels(policies: Policies) -> Iterator[Wrong]:
    yield from _known("", policies.closed_channels, CHANNELS)


def _tax(policies: Policies) -> Iterator[Wrong]:
    rates = policies.tax.rates
    if not rates:
        yield "rates", wanted("no row"), wanted("at least one, or every order would be refused")
    for number, rate in enumerate(rates, 1):
        where = f"rates[{number}]"
        if rate.country != ANYWHERE and rate.country not in COUNTRIES and rate.country not in AREAS:
            yield (
                f"{where}.country",
                rate.country,
                A_TAX_AREA,
            )
        if rate.country == ANYWHERE and rate.domestic:
            yield f"{where}.domestic", "true", wanted("false: no seller is at home in all countries")
        yield from _day(f"{where}.valid_from", rate.valid_from)
    yield from _once(
        "rates", "", ((each.country, each.tax_class, each.valid_from or "always", each.domestic) for each in rates)
    )


def _seller(policies: Policies) -> Iterator[Wrong]:
    seller = policies.seller
    if seller.country and seller.country not in COUNTRIES:
        yield "country", seller.country, A_COUNTRY
    if seller.email and not is_email(seller.email):
        yield "email", seller.email, AN_EMAIL
    if seller.iban and not iban.is_valid(seller.iban):
        yield "iban", seller.iban, wanted("an IBAN whose check digits are right")


def _shipping(policies: Policies) -> Iterator[Wrong]:
    options = policies.shipping.options
    if not options:
        yield "options", wanted("no row"), wanted("at least one, or nothing could be sent")
    yield from _once("options", "", ((each.code, each.currency) for each in options))
    for number, option in enumerate(options, 1):
        yield from _countries(f"options[{number}].countries", option.countries)


def _payment(policies: Policies) -> Iterator[Wrong]:
    yield from _other_currencies(
        policies.payment.currency, (each.currency for each in policies.payment.other_currencies)
    )


def _other_currencies(own: str, others: Iterable[str]) -> Iterator[Wrong]:
    for number, currency in enumerate(others := tuple(others), 1):
        if currency == own:
            yield f"other_currencies[{number}].currency", currency, wanted(f"another currency than {own}")
    yield from _once("other_currencies", ".currency", others)


def _carts(policies: Policies) -> Iterator[Wrong]:
    carts = policies.carts
    yield from _not_above("most_of_one", carts.most_of_one, "most_of_visitor", carts.most_of_visitor)


# -------------------------------------------------------------------------------------------------- what is looked at


def _risk(policies: Policies) -> Iterator[Wrong]:
    risk = policies.risk
    yield from _not_above("hold_from", risk.hold_from, "refuse_from", risk.refuse_from)
    if risk.refuse_from < 1:
        yield "refuse_from", risk.refuse_from, wanted("at least 1, or every order would be refused")
    yield from _once("rules", ".name", (rule.name for rule in risk.rules))
    for number, rule in enumerate(risk.rules, 1):
        for field, found, expected in _risk_rule(rule):
            yield f"rules[{number}].{field}", found, expected


def _risk_rule(rule: RiskRule) -> Iterator[Wrong]:
    if rule.test in BY_LIST and not rule.values:
        yield "values", wanted("no value"), wanted("what the test is held against")
    if rule.test not in BY_LIST and rule.values:
        yield "values", wanted(f"{len(rule.values)} values"), wanted(f"none: the test {rule.test} looks at no list")
    if rule.test in BY_NUMBER and not rule.limit:
        yield "limit", 0, wanted("at least 1, or the rule would fire for every order")
    if rule.test == "country":
        yield from _countries("values", rule.values)
    for number, value in enumerate(rule.values, 1):
        match rule.test:
            case "email_domain" if "@" in value or not value or value != value.strip().lower():
                yield f"values[{number}]", value, wanted("a domain in small letters, such as trashmail.com")
            case "email" if not value.startswith(HASHED) and not is_email(value):
                yield f"values[{number}]", wanted(f"{len(value)} characters"), AN_EMAIL
            case _:
                pass


def _holds(policies: Policies) -> Iterator[Wrong]:
    yield from _once("rules", ".type", (rule.type for rule in policies.holds.rules))


def _sign_in(policies: Policies) -> Iterator[Wrong]:
    sign_in = policies.sign_in
    yield from _not_above("idle_minutes", sign_in.idle_minutes, "session_hours in minutes", sign_in.session_hours * 60)
    yield from _known("second_factor_for", sign_in.second_factor_for, ROLES)


# --------------------------------------------------------------------------------------------------- places and hours


def _locations(policies: Policies) -> Iterator[Wrong]:
    """None is how a shop begins: everything says so until there is one."""
    yield from _once("", ".code", (each.code for each in policies.locations))
    for number, location in enumerate(policies.locations, 1):
        if location.code == BACKORDER:
            yield f"[{number}].code", BACKORDER, wanted("another code: this is where units stand that wait for stock")
        if location.country not in COUNTRIES:
            yield f"[{number}].country", location.country, A_COUNTRY


def _calendar(policies: Policies) -> Iterator[Wrong]:
    calendar = policies.calendar
    if (wrong := calendar.wrong()) is not None:
        yield wrong
    yield from _once("weekdays", "", calendar.weekdays)
    codes = [each.code for each in policies.locations]
    for number, closing in enumerate(calendar.closing_days, 1):
        yield from _day(f"closing_days[{number}].day", closing.day)
        if closing.location and closing.location not in codes:
            expected = one_of(codes) if codes else "nothing while there are no locations"
            yield f"closing_days[{number}].location", closing.location, expected
    yield from _once("closing_days", "", ((each.day, each.location or "everywhere") for each in calendar.closing_days))


def _support(policies: Policies) -> Iterator[Wrong]:
    support = policies.support
    yield from _not_above("answer_hours", support.answer_hours, "solve_hours", support.solve_hours)
    yield from _not_above(
        "claim_answer_hours", support.claim_answer_hours, "claim_solve_hours", support.claim_solve_hours
    )


def _stages(policies: Policies) -> Iterator[Wrong]:
    yield from _once("clocks", ".stage", (clock.stage for clock in policies.stages.clocks))


# ------------------------------------------------------------------------------------------------ goods on their way


def _packing(policies: Policies) -> Iterator[Wrong]:
    cartons = policies.packing.cartons
    if not cartons:
        yield "cartons", wanted("no row"), wanted("at least one, or nothing could be packed")
    yield from _once("cartons", ".code", (carton.code for carton in cartons))


def _delivery(policies: Policies) -> Iterator[Wrong]:
    delivery = policies.delivery
    yield from _at_least_one(
        download_days=delivery.download_days,
        download_count=delivery.download_count,
        collect_days=delivery.collect_days,
        failed_attempts=delivery.failed_attempts,
        lost_after_days=delivery.lost_after_days,
    )


def _returns(policies: Policies) -> Iterator[Wrong]:
    policy = policies.returns[-1]
    if not policy.reasons:
        yield "reasons", wanted("no reason"), wanted("at least one, or nobody could send anything back")
    yield from _once("reasons", "", policy.reasons)
    yield from _known("our_fault", policy.our_fault, policy.reasons)
    if not policy.kinds:
        yield "kinds", wanted("no kind"), one_of(PRODUCT_KINDS)
    yield from _known("kinds", policy.kinds, PRODUCT_KINDS)
    yield from _other_currencies(policy.currency, (each.currency for each in policy.other_currencies))


def _survey(policies: Policies) -> Iterator[Wrong]:
    yield from _at_least_one(expires_after_days=policies.survey.expires_after_days)


def _saved_answers(policies: Policies) -> Iterator[Wrong]:
    answers = policies.saved_answers
    for number, answer in enumerate(answers, 1):
        for field, text in (("title", answer.title), ("text", answer.text)):
            if not text.strip():
                yield f"[{number}].{field}", wanted("nothing"), wanted("some words")
        for name in unknown_placeholders(answer.text):
            yield f"[{number}].text", name, wanted("between braces only number, name or status")
    yield from _once("", ".title", ((answer.title, answer.language) for answer in answers))


CHECKS: Final[dict[str, Check]] = {
    "currency": _currency,
    "closed_channels": _closed_channels,
    "tax": _tax,
    "locations": _locations,
    "shipping": _shipping,
    "risk": _risk,
    "holds": _holds,
    "payment": _payment,
    "packing": _packing,
    "delivery": _delivery,
    "returns": _returns,
    "survey": _survey,
    "sign_in": _sign_in,
    "seller": _seller,
    "carts": _carts,
    "calendar": _calendar,
    "support": _support,
    "saved_answers": _saved_answers,
    "stages": _stages,
}
