"""From which shelf."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, strategies as st

from purveyor.core.policies import Location
from purveyor.stages.review.allocation import Demand, Plan, allocate, serving

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def shelves(**by_sku: dict[str, int]) -> dict[str, dict[str, int]]:
    return by_sku


def taken(plan: Plan) -> list[tuple[str, str, int]]:
    return [(piece.sku, piece.location, piece.quantity) for piece in plan.pieces]


def test_by_priority_the_first_location_is_emptied_first() -> None:
    plan = allocate([Demand(A, "MUG", 5)], shelves(MUG={"main": 3, "shop": 9}), "priority", ["main", "shop"])

    assert taken(plan) == [("MUG", "main", 3), ("MUG", "shop", 2)]
    assert plan.why == "main, shop: by priority"


def test_for_fewest_parcels_the_location_that_has_everything_serves() -> None:
    stock = shelves(MUG={"main": 3, "shop": 9}, TEE={"main": 9, "shop": 1})
    plan = allocate([Demand(A, "MUG", 5), Demand(B, "TEE", 1)], stock, "fewest_parcels", ["main", "shop"])

    assert taken(plan) == [("MUG", "shop", 5), ("TEE", "shop", 1)]
    assert plan.why == "shop: has all of it"


def test_of_two_that_have_everything_the_one_with_priority_serves() -> None:
    stock = shelves(MUG={"main": 9, "shop": 9})

    assert taken(allocate([Demand(A, "MUG", 1)], stock, "fewest_parcels", ["shop", "main"])) == [("MUG", "shop", 1)]


def test_where_none_has_everything_the_fewest_that_have_it_together_serve() -> None:
    stock = shelves(MUG={"main": 2, "shop": 0, "annex": 4}, TEE={"main": 2, "shop": 3, "annex": 0})
    plan = allocate([Demand(A, "MUG", 4), Demand(B, "TEE", 3)], stock, "fewest_parcels", ["main", "shop", "annex"])

    assert taken(plan) == [("MUG", "annex", 4), ("TEE", "shop", 3)]
    assert plan.why == "annex, shop: fewest parcels"


def test_lines_of_one_sku_share_what_is_there_and_the_earlier_comes_first() -> None:
    plan = allocate([Demand(A, "MUG", 2), Demand(B, "MUG", 2)], shelves(MUG={"main": 3}), "priority", ["main"])

    assert [(piece.line_id, piece.quantity) for piece in plan.pieces] == [(A, 2), (B, 1)]
    assert plan.missing == (Demand(B, "MUG", 1),)


def test_what_is_nowhere_is_missing() -> None:
    plan = allocate([Demand(A, "MUG", 2)], shelves(MUG={"main": 0, "shop": 0}), "fewest_parcels", ["main", "shop"])

    assert not plan.pieces
    assert plan.missing == (Demand(A, "MUG", 2),)
    assert allocate([Demand(A, "MUG", 2)], shelves(MUG={"main": 2}), "priority", []).missing == (Demand(A, "MUG", 2),)


def test_an_order_to_be_collected_is_served_where_it_is_collected() -> None:
    places = (
        Location("far", "Far", "DE", priority=2),
        Location("near", "Near", "DE", priority=1),
        Location("counter", "Counter", "DE", priority=0, ships=False, collects=True),
    )

    assert serving(places, "counter") == ["counter"]
    assert serving(places, "") == ["near", "far"]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 9)), min_size=1, max_size=6),
    st.dictionaries(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")), st.integers(0, 9)),
    st.sampled_from(["priority", "fewest_parcels"]),
)
def test_nothing_is_taken_twice_and_nothing_is_left_behind(
    wanted: list[tuple[str, int]], there: dict[tuple[str, str], int], rule: str
) -> None:
    demand = [Demand(UUID(int=number), sku, quantity) for number, (sku, quantity) in enumerate(wanted)]
    stock = {sku: {place: there.get((sku, place), 0) for place in "xyz"} for sku in "ABC"}
    plan = allocate(demand, stock, rule, list("xyz"))

    for sku in "ABC":
        asked = sum(each.quantity for each in demand if each.sku == sku)
        given_ = sum(piece.quantity for piece in plan.pieces if piece.sku == sku)
        assert given_ == min(asked, sum(stock[sku].values()))
        assert given_ + sum(each.quantity for each in plan.missing if each.sku == sku) == asked
        for place in "xyz":
            used = sum(piece.quantity for piece in plan.pieces if (piece.sku, piece.location) == (sku, place))
            assert used <= stock[sku][place]
