"""Types of hold are declared once, and merchants may add their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import purveyor
from purveyor.core.holds import HOLD_TYPES, UNTIL_PAID, UNTOLD, HoldPolicy, HoldRule
from purveyor.core.policies import Policies
from purveyor.records.policies.state import Policy, assemble
from purveyor.web.pages.labels.lookup import LABELS, label

SOURCE = Path(purveyor.__file__).parent
#: Words that are no types of hold where these stand: stages, topics and ways to be reached.
OTHER_WORDS = frozenset({"payment", "address", "customer", "stock", "credit", "price", "cash", "balance", "choice"})


def lists_of_types(source: str) -> Iterator[list[str]]:
    """Collections that hold nothing but types of hold, two at least, one of which is a word for nothing else."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Set | ast.Tuple | ast.List):
            elements = node.elts
        elif isinstance(node, ast.Dict):
            elements = [key for key in node.keys if key is not None]
        else:
            continue
        words = [each.value for each in elements if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        is_list = len(words) > 1 and len(words) == len(elements) and set(words) <= HOLD_TYPES.keys()
        if is_list and (set(words) - OTHER_WORDS or {"payment", "balance"} <= set(words)):
            yield words


def test_no_second_list_of_types_of_hold_exists() -> None:
    found = {
        path.relative_to(SOURCE).as_posix(): lists
        for path in sorted(SOURCE.rglob("*.py"))
        if (lists := list(lists_of_types(path.read_text())))
    }

    assert found == {}


def test_such_a_list_would_be_found() -> None:
    assert list(lists_of_types('STOPPING = frozenset({"address", "fraud", "payment"})')) == [
        ["address", "fraud", "payment"]
    ]
    assert list(lists_of_types('x in ("payment", "balance")')) == [["payment", "balance"]]


def test_no_template_types_them_in_by_hand() -> None:
    for path in (SOURCE / "web" / "templates").rglob("*.html"):
        text = path.read_text()
        assert not ('"fraud"' in text and '"approval"' in text), path.name


def test_a_new_shop_holds_as_the_table_says() -> None:
    policy = HoldPolicy()

    for each in HOLD_TYPES.values():
        assert policy.rule(each.type) == each
        assert label(each.type) == each.name == LABELS[each.type]
        assert each.next_action.endswith(".")
    assert policy.chosen("choice") is None
    assert {rule.type for rule in policy.rules} == HOLD_TYPES.keys() - {"choice"}


def test_a_policy_that_was_set_before_a_type_existed_does_not_hide_it() -> None:
    old = [{"type": "stock", "owner": "buyers", "hours": 24, "at_deadline": "release"}]
    policy = assemble([Policy("holds", 1, {"rules": old})]).holds

    assert (policy.rule("stock").owner, policy.rule("stock").hours) == ("buyers", 24)
    assert policy.rule("stock").next_action == HOLD_TYPES["stock"].next_action
    for each in HOLD_TYPES.values():
        if each.type != "stock":
            assert policy.rule(each.type) == each


def test_a_merchants_own_type_keeps_goods_in_the_house_unless_he_says_otherwise() -> None:
    rules = (
        HoldRule("age", "desk", 24, "cancel", next_action="Ask for a passport."),
        HoldRule("engraving", "workshop", 24, "escalate", stops="dispatch"),
        HoldRule("note", "desk", 24, "release", stops="nothing"),
    )
    policy = HoldPolicy(rules=rules)

    types = ["age", "engraving", "note", "nobody_knows"]
    assert policy.stopping(types, "picking") == ["age", "nobody_knows"]
    assert policy.stopping(types, "dispatch") == ["age", "engraving", "nobody_knows"]
    assert policy.rule("age").next_action == "Ask for a passport."
    assert policy.types() == [*HOLD_TYPES, "age", "engraving", "note"]


@pytest.mark.parametrize("type_", sorted(HOLD_TYPES))
def test_goods_stay_in_the_house_under_every_type_but_those_about_missing_goods(type_: str) -> None:
    policy = Policies().holds

    assert policy.stopping([type_], "dispatch") == ([] if type_ in {"stock", "choice", "file"} else [type_])
    assert policy.stopping([type_], "picking") == ([] if type_ in {"stock", "choice", "file", "balance"} else [type_])


def test_money_that_comes_in_lets_go_of_holds_for_money() -> None:
    assert set(UNTIL_PAID) == {"payment", "balance"}
    assert all(HOLD_TYPES[each].owner == "finance" for each in UNTIL_PAID)


def test_the_customer_is_told_of_every_hold_that_no_other_message_is_about() -> None:
    assert set(UNTOLD) == {"payment", "choice"}
