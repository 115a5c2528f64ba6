"""However units are cut in price, credited and canceled, they never give back more than they cost."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from purveyor.core.credits import cut_used, units_out, worth_out
from purveyor.core.ids import uuid7
from purveyor.core.money import ratio
from purveyor.core.rows import Line

STEPS = st.lists(st.tuples(st.sampled_from(("ship", "cut", "credit", "cancel")), st.integers(1, 40)), max_size=40)


def a_line(total_minor: int, quantity: int) -> Line:
    return Line(
        id=uuid7(1, 1),
        order_id=uuid7(1, 2),
        line_no=1,
        sku="MUG",
        name="Mug",
        kind="goods",
        quantity=quantity,
        unit_price_minor=total_minor // quantity,
        discount_minor=0,
        tax_basis_points=0,
        tax_minor=0,
        total_minor=total_minor,
        weight_g=1,
        placed=quantity,
    )


@settings(max_examples=300)
@given(total=st.integers(0, 5_000), quantity=st.integers(1, 9), steps=STEPS)
def test_cuts_credits_and_cancellations_make_at_most_the_line(
    total: int, quantity: int, steps: list[tuple[str, int]]
) -> None:
    line = a_line(total, quantity)
    cut = credited = given_back = 0
    for what, number in steps:
        out = units_out(line, credited)
        match what:
            case "ship" if line.placed:
                line.placed, line.delivered = line.placed - 1, line.delivered + 1
            case "cut":
                more = min(worth_out(line, credited, cut), number * 50)
                cut, given_back = cut + more, given_back + more
            case "credit" if out:
                more = min(out, number)
                used = cut_used(total, quantity, credited, out, more, cut)
                cost = ratio(total, quantity - credited, quantity) - ratio(total, quantity - credited - more, quantity)
                assert 0 <= used <= min(cut, cost)
                credited, cut, given_back = credited + more, cut - used, given_back + cost - used
            case "cancel" if line.placed:
                before = ratio(total, line.canceled, quantity)
                line.placed, line.canceled = line.placed - 1, line.canceled + 1
                given_back += ratio(total, line.canceled, quantity) - before
            case _:
                pass
        assert worth_out(line, credited, cut) >= 0
        assert given_back <= total
    if credited + line.canceled == quantity:
        assert (given_back, cut) == (total, 0)
