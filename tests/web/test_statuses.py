"""The words that lists filter by are those that the summary of an order writes: no more, no fewer."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, get_args

from purveyor import summary
from purveyor.core.positions import POSITIONS
from purveyor.core.service_levels import Stage
from purveyor.web.reading import order_lists
from tests.pure import a_shop, placed
from tests.test_debts_given_up import billed


def units() -> Iterator[dict[str, int]]:
    """Every mix of positions in which an order can be, two units in each; what comes back was delivered, or was not."""
    for mix in product((0, 2), repeat=len(POSITIONS)):
        if any(mix):
            counts: dict[str, int] = {**dict(zip(POSITIONS, mix, strict=True))}
            counts["ordered"] = sum(mix)
            counts["waiting"] = 0
            counts["ended"] = counts["delivered"] + counts["returned"] + counts["canceled"] + counts["lost"]
            for undelivered in {0, counts["returning"] + counts["returned"]}:
                yield {**counts, "undelivered": undelivered}


def words(literal: Any) -> set[str]:
    return set(get_args(literal))


def test_order_statuses_are_those_that_are_written() -> None:
    written = {summary._status(counts, closed=closed) for counts in units() for closed in (False, True)}
    assert written == words(order_lists.Status)


def test_fulfillment_statuses_are_those_that_are_written() -> None:
    assert {summary._fulfillment_status(counts) for counts in units()} == words(order_lists.FulfillmentStatus)


def test_return_statuses_are_those_that_are_written() -> None:
    assert {summary._return_status(counts) for counts in units()} == words(order_lists.ReturnStatus)


def test_payment_statuses_are_those_that_are_written() -> None:
    order = placed(a_shop(), ("MUG", 1)).order
    written = set()
    for receivable, authorized, captured, refunded in product((-5, 0, 5), (0, 3, 10), (0, 10), (-10, -5, 0)):
        if captured + refunded < 0:
            continue  # nobody gives back what was not taken
        order.receivable_minor, order.authorized_minor = receivable, authorized
        order.captured_minor, order.refunded_minor = captured, refunded
        for canceled, disputed in product((False, True), repeat=2):
            written.add(summary._payment_status(order, canceled=canceled, disputed=disputed))
    written.add(summary._paid_or_not(billed()[1]))
    assert written == words(order_lists.PaymentStatus)


def test_stages_are_those_that_are_written_and_receipt() -> None:
    """An order that was received is on its way to the next stage already: no order stands in `receipt`."""
    written = returned_by(summary._stage) | returned_by(summary._afterwards)
    assert written | {"receipt"} == words(Stage)
    assert "receipt" not in written


def returned_by(function: Callable[..., str]) -> set[str]:
    """The words in the return statements of a function."""
    tree = ast.parse(inspect.getsource(function))
    returns = (each.value for each in ast.walk(tree) if isinstance(each, ast.Return) and each.value is not None)
    results = (result for value in returns for result in branches(value))
    return {str(each.value) for each in results if isinstance(each, ast.Constant)}


def branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from branches(value.body)
        yield from branches(value.orelse)
    else:
        yield value
