"""What can be claimed, and what puts it right."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.positions import Posting
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.stages.support.commands import (
    CloseCase,
    CreditedUnits,
    NoteCredit,
    NotePriceCut,
    OpenClaim,
    ResolveClaim,
)
from purveyor.stages.support.refusals import (
    AlreadyPaidBack,
    CaseIsClosed,
    ClaimExceedsUnits,
    GoodwillExceedsOrder,
    MoreThanClaimed,
    NotAClaim,
    RefundExceedsCost,
)
from purveyor.stages.support.state import Case, CaseMessage, ClaimRemedy
from tests.pure import a_shop, do, eur, placed
from tests.stages.support.shop import a_case, a_claim, first_line, resolve, say, shipped, units


def test_only_what_has_left_us_can_be_claimed_and_only_once() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3))

    a_claim(shop, book, 2)

    with pytest.raises(ClaimExceedsUnits) as refusal:
        a_claim(shop, book, 2, claim="missing")
    assert (refusal.value.wanted, refusal.value.claimable) == (2, 1)
    with pytest.raises(ClaimExceedsUnits):
        a_claim(shop, book, 1, claim="lost")  # they are there
    with pytest.raises(ClaimExceedsUnits):
        a_claim(shop, placed(shop, ("MUG", 1)), 1)
    assert len(book.rows(Case)) == 1
    assert a_claim(shop, book, 1, claim="wrong").contents


def test_what_a_carrier_lost_is_claimed_unless_the_customer_did() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2), to="shipped")
    a_claim(shop, book, 1, claim="lost")
    line = book.line(first_line(book))
    line.shipped, line.lost = 0, 2
    by_itself = OpenClaim(order_id=book.order.id, claim="lost", contents=units(book, 2), only_unclaimed=True)

    do(shop, by_itself)

    assert [case.contents for case in book.rows(Case).values()] == [units(book, 1), units(book, 1)]
    assert do(shop, by_itself) == []
    with pytest.raises(ClaimExceedsUnits):  # nobody else is told that it was taken, when it was not
        do(shop, msgspec.structs.replace(by_itself, only_unclaimed=False))


def test_a_photo_is_kept_outside_the_journal() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))
    with pytest.raises(Invalid, match="a picture"):
        a_claim(shop, book, 1, photo="data:text/html,hello")

    a_claim(shop, book, 1, photo="data:image/png;base64,AAAA", text="Look.")

    message = next(iter(book.rows(CaseMessage).values()))
    assert shop.shared[PrivateText][message.photo_id].what == "claim_photo"
    assert shop.shared[PrivateText][message.text_id].text == "Look."


def test_bad_claims_are_refused() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))

    with pytest.raises(Invalid, match="at least one unit"):
        a_claim(shop, book)
    with pytest.raises(Invalid, match="whole number"):
        a_claim(shop, book, -1)
    other = shipped(shop, ("MUG", 1))
    with pytest.raises(NotFound):
        do(shop, OpenClaim(order_id=book.order.id, claim="lost", contents=units(other, 1)))
    assert not book.rows(Case)


def test_a_refund_takes_back_revenue_and_tax_of_those_units() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2), ("TEE", 1))
    case = a_claim(shop, book, 1)

    fact = resolve(shop, book, case, "refund")

    assert set(fact.postings) == {Posting("revenue", 1_000), Posting("tax", 190), Posting("receivable", -1_190)}
    assert (fact.amount_minor, fact.shipping_minor, case.status) == (1_190, 0, "closed")
    assert book.units("delivered") == 3


def test_with_the_last_unit_shipping_is_paid_back_as_well() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2), to="lost")

    first = resolve(shop, book, a_claim(shop, book, 1, claim="lost"), "refund")
    last = resolve(shop, book, a_claim(shop, book, 1, claim="lost"), "refund")

    assert (first.shipping_minor, last.shipping_minor) == (0, 490)
    assert book.order.receivable_minor == 0


def test_a_line_refunded_unit_by_unit_gives_back_exactly_what_it_cost() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 3), discount=eur(70))
    case = a_claim(shop, book, 3)

    amounts = [resolve(shop, book, case, "refund", contents=units(book, 1)).units[0].amount_minor for _ in range(3)]

    assert sum(amounts) == 3_500
    assert case.status == "closed"


def test_each_unit_is_put_right_once() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2))
    case = a_claim(shop, book, 2)

    resolve(shop, book, case, "resend", contents=units(book, 1))
    assert (case.status, case.contents) == ("open", units(book, 1))
    with pytest.raises(MoreThanClaimed):
        resolve(shop, book, case, "refund", contents=units(book, 2))
    resolve(shop, book, case, "refund")
    with pytest.raises(CaseIsClosed):
        resolve(shop, book, case, "refund")
    with pytest.raises(ClaimExceedsUnits):
        a_claim(shop, book, 1)
    say(shop, case, "customer", "And now?")
    with pytest.raises(NotAClaim):
        resolve(shop, book, case, "refund")
    assert book.order.receivable_minor == 2_380 + 490 - 1_190


def test_a_claim_that_was_turned_down_may_be_made_again() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))
    case = a_claim(shop, book, 1)

    fact = resolve(shop, book, case, "none")

    assert (fact.postings, case.status) == ((), "closed")
    assert not book.rows(ClaimRemedy)
    other = a_claim(shop, book, 1)
    do(shop, CloseCase(order_id=book.order.id, case_id=other.id))
    assert a_claim(shop, book, 1).contents


def test_a_resend_costs_nothing_and_names_the_units() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2))

    fact = resolve(shop, book, a_claim(shop, book, 2), "resend")

    assert [(each.sku, each.quantity, each.amount_minor) for each in fact.units] == [("MUG", 2, 0)]
    assert (fact.postings, fact.amount_minor) == ((), 0)


def test_a_part_of_the_price_can_be_refunded_with_its_tax() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1), ("TEE", 1))
    case = a_claim(shop, book, 1)

    with pytest.raises(RefundExceedsCost) as refusal:
        resolve(shop, book, case, "refund", amount=eur(1_191))
    assert refusal.value.cost == 1_190
    fact = resolve(shop, book, case, "refund", amount=eur(119))
    assert set(fact.postings) == {Posting("revenue", 100), Posting("tax", 19), Posting("receivable", -119)}


def test_goodwill_is_for_what_has_left_and_was_not_given_back() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1), ("TEE", 1))
    case = a_case(shop, book)
    with pytest.raises(GoodwillExceedsOrder) as refusal:
        resolve(shop, book, case, "goodwill", amount=eur(1))
    assert refusal.value.left == 0

    mug = book.line(first_line(book))
    mug.placed, mug.delivered = 0, 1
    do(shop, NotePriceCut(order_id=book.order.id, amount_minor=190))
    resolve(shop, book, case, "goodwill", amount=eur(200))
    with pytest.raises(GoodwillExceedsOrder) as refusal:
        resolve(shop, book, case, "goodwill", amount=eur(1_291))
    assert refusal.value.left == 1_290  # of the mug, and its shipping
    do(shop, NoteCredit(order_id=book.order.id, units=(CreditedUnits(line_id=mug.id, quantity=1),)))
    with pytest.raises(GoodwillExceedsOrder) as refusal:
        resolve(shop, book, case, "goodwill", amount=eur(1_000))
    assert refusal.value.left == 290


def test_goodwill_is_a_fee_of_ours_and_never_more_than_the_order() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))  # 1680 with shipping
    case = a_case(shop, book)

    fact = resolve(shop, book, case, "goodwill", amount=eur(1_000))

    assert fact.postings == (Posting("fees", 1_000), Posting("receivable", -1_000))
    assert (fact.is_settled, case.status) == (False, "open")
    with pytest.raises(GoodwillExceedsOrder) as refusal:
        resolve(shop, book, a_claim(shop, book, 1), "goodwill", amount=eur(681))
    assert refusal.value.left == 680
    assert case.goodwill_minor == 1_000


def test_amounts_that_cannot_be_are_refused() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1))
    case = a_claim(shop, book, 1)

    for remedy, amount in (("goodwill", None), ("goodwill", eur(0)), ("refund", eur(-1)), ("resend", eur(1))):
        with pytest.raises(Invalid, match="amount"):
            resolve(shop, book, case, remedy, amount=amount)
    with pytest.raises(NotAClaim):
        resolve(shop, book, a_case(shop, book), "refund")
    assert case.contents == units(book, 1)


def test_what_a_return_paid_back_is_not_paid_back_by_a_claim() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 2))
    case = a_claim(shop, book, 2)
    line = first_line(book)

    do(shop, NoteCredit(order_id=book.order.id, units=(CreditedUnits(line_id=line, quantity=1, is_kept=True),)))

    with pytest.raises(AlreadyPaidBack):
        resolve(shop, book, case, "refund")
    assert resolve(shop, book, case, "refund", contents=units(book, 1)).amount_minor == 1_190 + 490
    with pytest.raises(ClaimExceedsUnits):
        a_claim(shop, book, 1)


def test_what_was_taken_off_the_price_is_not_given_back() -> None:
    shop = a_shop()
    book = shipped(shop, ("MUG", 1), ("TEE", 1))

    do(shop, NotePriceCut(order_id=book.order.id, amount_minor=369))

    assert resolve(shop, book, a_claim(shop, book, 1), "refund").amount_minor == 1_071
    assert do(shop, NotePriceCut(order_id=book.order.id, amount_minor=0)) == []
    assert do(shop, NoteCredit(order_id=book.order.id, units=())) == []


def test_a_claim_is_of_its_own_order() -> None:
    shop = a_shop()
    case = a_claim(shop, shipped(shop, ("MUG", 1)), 1)
    other = shipped(shop, ("MUG", 1))

    with pytest.raises(NotFound):
        do(shop, ResolveClaim(order_id=other.order.id, case_id=case.id, remedy="refund"))
    assert case.status == "open"
