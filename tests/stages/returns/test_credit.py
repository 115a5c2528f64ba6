"""What the customer gets: to the cent, and never more than was paid."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from purveyor.core.credits import credited_share
from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import Posting, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Product
from purveyor.core.state import State
from purveyor.core.taxes import NoTaxRate
from purveyor.flow.returns import give_money_or_other_goods
from purveyor.stages.payment.commands import SettleBalance
from purveyor.stages.returns.commands import (
    AddToReturn,
    CreditedUnits,
    CreditReturn,
    ImportReturn,
    NoteCredit,
    NoteDelivery,
    NotePriceCut,
    RequestReturn,
)
from purveyor.stages.returns.facts import DeliveryNoted, Exchange
from purveyor.stages.returns.outcome import Piece, credit_postings, outcome_of
from purveyor.stages.returns.refusals import DeductionExceedsCredit, NotDelivered, NothingToCredit
from purveyor.stages.returns.state import DeliveredUnits, LineCredit, Rma
from purveyor.stages.review.commands import AddUnits
from tests.pure import NOON, a_call, a_shop, do, eur, later, placed, walk
from tests.stages.returns.shop import (
    FREE,
    a_shop_under,
    all_units,
    come_back,
    credit,
    delivered,
    first_line,
    inspect,
    items,
    receive,
    request,
    rma,
)


def test_a_line_returned_unit_by_unit_gives_back_exactly_what_it_cost() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 3), discount=eur(70))  # 3500 in all, 559 of it tax: neither goes by three

    amounts = [come_back(shop, book, 1).credits[0].amount_minor for _ in range(3)]

    assert amounts == [1_167, 1_166, 1_167]
    assert sum(amounts) == 3_500
    assert book.order.receivable_minor == 0  # with the last one shipping went back as well


@given(
    total=st.integers(0, 100_000), cuts=st.lists(st.tuples(st.booleans(), st.integers(1, 7)), min_size=1, max_size=9)
)
def test_canceled_from_the_front_and_credited_from_the_back_make_the_line(
    total: int, cuts: list[tuple[bool, int]]
) -> None:
    quantity = sum(count for _, count in cuts)
    canceled = credited = given_back = 0
    for is_return, count in cuts:
        if is_return:
            given_back += credited_share(total, credited, count, quantity)
            credited += count
        else:
            given_back += credited_share(total, quantity - canceled - count, count, quantity)
            canceled += count
    assert given_back == total


@settings(max_examples=200)
@given(
    total=st.integers(0, 50_000),
    points=st.integers(0, 2_500),
    fee=st.integers(0, 10_000),
    deduct=st.integers(0, 60_000),
    label=st.integers(0, 5_000),
    quantity=st.integers(1, 9),
)
def test_nothing_is_ever_kept_back_that_was_not_there(
    total: int, points: int, fee: int, deduct: int, label: int, quantity: int
) -> None:
    line_id = a_call().ids.new()
    piece = Piece(line_id, quantity, 9, 0, total, total * points // (10_000 + points), fee, 0, deduct)

    outcome = outcome_of([piece], label_minor=label)

    assert 0 <= outcome.credit_minor <= outcome.goods_minor <= total
    assert sum(posting.minor for posting in credit_postings(outcome)) == 0


def test_what_is_kept_makes_the_goods_cheaper_by_less_at_their_own_rate() -> None:
    shop = a_shop_under(ReturnPolicy(restocking_fee_basis_points=1_000))
    book = delivered(shop, ("MUG", 2))
    fact = request(shop, book, 1, at=later(days=20))
    receive(shop, book, fact.rma_id, 1)

    credited = credit(shop, book, fact.rma_id)

    assert set(credited.postings) == {
        Posting("revenue", 488),
        Posting("tax", 93),  # 581 * 19 / 119
        Posting("receivable", -581),
    }
    assert credited.credit_minor == fact.outcome.credit_minor == 581


def test_the_label_is_charged_once_however_many_boxes_come() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 3))
    rma_id = request(shop, book, 2).rma_id

    receive(shop, book, rma_id, 1)
    first = credit(shop, book, rma_id)
    receive(shop, book, rma_id, 1)
    second = credit(shop, book, rma_id)

    assert (first.label_minor, second.label_minor) == (490, 0)
    assert first.credit_minor + second.credit_minor == 2_380 - 490


def test_nothing_is_credited_before_it_came_nor_twice() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 1).rma_id

    with pytest.raises(NothingToCredit):
        credit(shop, book, rma_id)
    receive(shop, book, rma_id, 1)
    credit(shop, book, rma_id)
    with pytest.raises(NothingToCredit):
        credit(shop, book, rma_id)
    assert do(shop, CreditReturn(order_id=book.order.id, rma_id=rma_id, when_inspected=True)) == []


def test_a_credit_that_waits_for_inspection_waits_for_all_of_it() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 2).rma_id
    receive(shop, book, rma_id, 2)
    wait = CreditReturn(order_id=book.order.id, rma_id=rma_id, when_inspected=True)

    inspect(shop, book, rma_id, 1)
    assert do(shop, wait) == []
    inspect(shop, book, rma_id, 1)
    assert len(do(shop, wait)) == 1
    assert rma(book, rma_id).status == "done"


def test_money_may_go_back_before_the_goods_do() -> None:
    shop = a_shop_under(ReturnPolicy(refund_on="request", customer_pays_label=False))
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 1).rma_id

    assert credit(shop, book, rma_id).credit_minor == 1_190
    assert book.units("returning") == 1
    receive(shop, book, rma_id, 1)
    with pytest.raises(NothingToCredit):
        credit(shop, book, rma_id)


def test_what_is_kept_is_credited_without_coming_back() -> None:
    shop = a_shop_under(ReturnPolicy(keep_below_minor=1_200))
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 1).rma_id

    fact = credit(shop, book, rma_id)

    assert (fact.credit_minor, fact.credits[0].is_kept) == (1_190, True)
    assert (book.units("delivered"), rma(book, rma_id).status) == (2, "done")
    with pytest.raises(NotDelivered):
        request(shop, book, 2)


def test_lost_value_is_kept_back_up_to_what_the_units_are_worth() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 1).rma_id
    receive(shop, book, rma_id, 1)

    with pytest.raises(DeductionExceedsCredit) as refusal:
        inspect(shop, book, rma_id, 1, condition="used", deduct=eur(1_191))
    assert refusal.value.most == 1_190
    with pytest.raises(Invalid, match="an amount in EUR"):
        inspect(shop, book, rma_id, 1, deduct=eur(-1))
    inspect(shop, book, rma_id, 1, condition="used", deduct=eur(190), why="worn")
    assert credit(shop, book, rma_id).credit_minor == 1_000


def test_an_exchange_is_credited_and_named() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))

    fact = come_back(shop, book, 1, reason="too_small", want="exchange", exchange_sku="TEE")

    assert fact.exchanges == (Exchange(first_line(book), "TEE", 1),)
    assert (fact.credit_minor, fact.settle_to) == (1_190, "original")


def untaxed(shop: State, sku: str) -> Product:
    """A product of a class that has no rate in Germany."""
    product = msgspec.structs.replace(shop.product("TEE"), sku=sku, tax_class="reduced_2")
    shop.shared[Product][sku] = product
    return product


@pytest.mark.parametrize("how", ["asked", "added"])
def test_what_has_no_tax_rate_where_the_order_goes_is_not_promised_in_exchange(how: str) -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    untaxed(shop, "SCARF")
    rma_id = request(shop, book, 1, reason="too_small", want="exchange", exchange_sku="TEE").rma_id
    wanted = items(book, 1, reason="too_small", want="exchange", exchange_sku="SCARF")
    asked = RequestReturn(order_id=book.order.id, items=wanted)
    added = AddToReturn(order_id=book.order.id, rma_id=rma_id, items=wanted)

    with pytest.raises(NoTaxRate, match="reduced_2 goods delivered to DE"):
        do(shop, asked if how == "asked" else added)


def test_the_same_product_in_exchange_keeps_its_rate() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    shop.product("MUG").tax_class = "reduced_2"

    fact = come_back(shop, book, 1, reason="too_small", want="exchange", exchange_sku="MUG")

    assert fact.exchanges == (Exchange(first_line(book), "MUG", 1),)


def test_what_lost_its_tax_rate_is_credited_all_the_same_and_a_person_looks_at_it() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 1, reason="too_small", want="exchange", exchange_sku="TEE").rma_id
    shop.product("TEE").tax_class = "reduced_2"
    receive(shop, book, rma_id, 1)

    fact = credit(shop, book, rma_id)
    follows = list(give_money_or_other_goods(fact, shop))

    assert (fact.credit_minor, fact.exchanges[0].has_tax) == (1_190, False)
    assert [type(each).__name__ for each in follows if not isinstance(each, SettleBalance)][-1] == "OpenCase"
    assert not [each for each in follows if isinstance(each, AddUnits)]


def test_shipping_goes_back_with_the_last_unit_of_a_withdrawal() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))

    assert come_back(shop, book, 1).shipping_minor == 0
    assert come_back(shop, book, 1).shipping_minor == 490
    assert book.order.receivable_minor == 0

    late = delivered(shop, ("MUG", 1))
    fact = request(shop, late, 1, at=later(days=20))
    receive(shop, late, fact.rma_id, 1)
    assert credit(shop, late, fact.rma_id).shipping_minor == 0


def test_whoever_exchanges_everything_does_not_get_shipping_back() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 1))
    wish = {"reason": "too_small", "want": "exchange", "exchange_sku": "TEE"}

    fact = request(shop, book, 1, **wish)  # type: ignore[arg-type]
    receive(shop, book, fact.rma_id, 1)

    assert fact.outcome.shipping_minor == credit(shop, book, fact.rma_id).shipping_minor == 0


def test_units_that_a_claim_paid_back_are_not_paid_back_again() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    line = first_line(book)
    claimed = (CreditedUnits(line_id=line, quantity=1),)

    do(shop, NoteCredit(order_id=book.order.id, units=claimed))

    with pytest.raises(NotDelivered):
        request(shop, book, 2)
    assert come_back(shop, book, 1).credit_minor == 1_190 + 490
    do(shop, NoteCredit(order_id=book.order.id, units=claimed))
    assert book.row(LineCredit, line).quantity == 2


def test_lost_units_that_turn_up_after_they_were_paid_back_are_not_returnable() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))
    line = book.line(first_line(book))
    line.delivered, line.lost = 1, 1
    do(shop, NoteCredit(order_id=book.order.id, units=(CreditedUnits(line_id=line.id, quantity=1, is_lost=True),)))
    line.delivered, line.lost = 2, 0

    with pytest.raises(NotDelivered):
        request(shop, book, 2)
    assert request(shop, book, 1).items


def test_what_was_taken_off_the_price_is_not_given_back() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 1), ("TEE", 1))

    do(shop, NotePriceCut(order_id=book.order.id, amount_minor=369))  # a tenth

    assert come_back(shop, book, 1).credits[0].amount_minor == 1_071
    assert come_back(shop, book, 0, 1).credits[0].amount_minor == 2_250
    assert do(shop, NotePriceCut(order_id=book.order.id, amount_minor=0)) == []


def test_a_return_of_the_past_is_received_restocked_and_credited_in_one_go() -> None:
    shop = a_shop(MUG=5)
    book = delivered(shop, ("MUG", 3))
    line = first_line(book)
    asked = ImportReturn(order_id=book.order.id, items=(UnitsOf(line, 1), UnitsOf(line, 1)), at=NOON, reason="import")

    facts = do(shop, asked)

    assert len(facts) == 1
    assert (book.units("returned"), book.units("delivered")) == (2, 1)
    assert shop.stock["MUG"]["main"].on_hand == 4
    assert book.order.receivable_minor == 490 + 1_190
    row = next(iter(book.rows(Rma).values()))
    assert (row.kind, row.status, row.credited_minor) == ("imported", "done", 2_380)


def test_a_return_of_the_past_is_refused_where_nothing_was_delivered() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 1))

    def asked(quantity: int) -> ImportReturn:
        return ImportReturn(order_id=book.order.id, items=(UnitsOf(first_line(book), quantity),), at=NOON)

    with pytest.raises(NotDelivered):
        do(shop, asked(2))
    with pytest.raises(Invalid, match="whole number"):
        do(shop, asked(0))
    with pytest.raises(Invalid, match="not to come"):
        do(shop, msgspec.structs.replace(asked(1), at=later(days=1)))
    with pytest.raises(Invalid, match="at least one"):
        do(shop, ImportReturn(order_id=book.order.id, items=(), at=NOON))
    assert not book.rows(Rma)
    do(shop, asked(1))
    with pytest.raises(NotDelivered):
        do(shop, asked(1))


def test_notes_of_nothing_note_nothing() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 1))

    assert do(shop, NoteDelivery(order_id=book.order.id, units=())) == []
    assert do(shop, NoteCredit(order_id=book.order.id, units=())) == []
    assert items(book) == ()


def test_what_was_coming_back_and_is_delivered_after_all_was_delivered_once_and_since_then() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    row = book.row(DeliveredUnits, first_line(book))

    for days, at in ((3, 3), (3, 3), (1, 3), (5, 5)):
        do(shop, NoteDelivery(order_id=book.order.id, units=all_units(book), at=later(days=days)))
        assert (row.quantity, row.at) == (2, later(days=at))
    assert do(shop, NoteDelivery(order_id=book.order.id, units=all_units(book), at=later(days=5))) == []


def test_of_a_line_of_which_nothing_was_delivered_nothing_is_noted() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 2))

    assert do(shop, NoteDelivery(order_id=book.order.id, units=all_units(book))) == []
    assert book.rows(DeliveredUnits) == {}


def test_units_of_one_line_that_are_told_in_parts_are_counted_together() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 3))
    walk(book, shop, "allocated", "picked", "packed", "shipped", "delivered")
    line = first_line(book)
    parts = (UnitsOf(line, 2), UnitsOf(line, 2), UnitsOf(line, 0))

    [noted] = do(shop, NoteDelivery(order_id=book.order.id, units=parts))

    assert isinstance(noted, DeliveryNoted)
    assert noted.units == (UnitsOf(line, 3),)
    assert book.row(DeliveredUnits, line).quantity == 3
