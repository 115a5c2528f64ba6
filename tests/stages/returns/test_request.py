"""What may come back, and what the customer sees before sending anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from purveyor.core.calendars import CalendarPolicy
from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Contact, Product
from purveyor.stages.returns.commands import NoteDelivery, RequestReturn, ReturnItem
from purveyor.stages.returns.refusals import NoStoreCredit, NotDelivered, NotReturnable, ReturnWindowClosed
from purveyor.stages.returns.state import DeliveredUnits, Rma, RmaItem
from tests.pure import ADDRESS, BERLIN, NOON, SHOP, a_call, a_shop, do, later, placed, walk
from tests.stages.returns.shop import FREE, a_shop_under, delivered, first_line, items, request


def test_the_customer_sees_what_it_comes_to_before_sending_anything() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))

    fact = request(shop, book, 1)

    assert (fact.outcome.goods_minor, fact.outcome.tax_minor) == (1_190, 112)
    assert (fact.outcome.label_minor, fact.outcome.credit_minor) == (490, 700)
    assert fact.reply()["outcome"]["credit_minor"] == 700
    assert (fact.location, fact.expires_at) == ("main", later(days=30))
    assert (book.units("delivered"), book.units("returning")) == (1, 1)


@pytest.mark.parametrize(
    ("country", "postal_code", "may_withdraw"),
    [
        ("FI", "22100", True),
        ("AX", "22100", True),
        ("FR", "97400", True),
        ("RE", "97400", True),
        ("GP", "97100", True),
        ("MQ", "97200", True),
        ("GF", "97300", True),
        ("YT", "97600", True),
        ("MF", "97150", True),
        ("ES", "35001", True),
        ("PT", "9000-001", True),
        ("PF", "98714", False),
        ("NC", "98800", False),
        ("BL", "97133", False),
        ("PM", "97500", False),
        ("FO", "100", False),
        ("GL", "3900", False),
        ("CH", "8001", False),
    ],
)
def test_the_right_to_withdraw_holds_where_the_treaties_do(country: str, postal_code: str, may_withdraw: bool) -> None:
    shop = a_shop_under(ReturnPolicy(restocking_fee_basis_points=1_500))
    contact = msgspec.structs.replace(ADDRESS, country=country, postal_code=postal_code, region="")
    book = delivered(shop, ("MUG", 2), contact=contact)

    fact = request(shop, book, 2)

    assert (fact.items[0].fee_basis_points, fact.returns_shipping) == ((0, True) if may_withdraw else (1_500, False))


def test_what_is_still_owed_is_lowered_before_anything_is_refunded() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 2))  # 2380 and 490 for shipping, nothing paid
    owing = request(shop, book, 1).outcome
    book.order.receivable_minor = 1_000
    partly = request(shop, book, 1).outcome

    assert (owing.credit_minor, owing.refund_minor) == (1_190, 0)
    assert (partly.credit_minor, partly.refund_minor) == (1_190, 190)


def test_the_window_closes_with_the_last_day() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))  # on 2 March, at noon; 30 days
    last = datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)

    with pytest.raises(ReturnWindowClosed) as refusal:
        request(shop, book, 1, at=last + timedelta(seconds=1))
    assert refusal.value.closed_at == datetime(2026, 4, 2, tzinfo=UTC)
    assert str(refusal.value) == "The last day on which this could be returned was 2026-04-01."
    assert not book.rows(Rma)
    assert book.units("delivered") == 2
    assert request(shop, book, 1, at=last).items


def test_the_window_counts_from_the_last_delivery_of_a_line() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    do(shop, NoteDelivery(order_id=book.order.id, units=(UnitsOf(first_line(book), 1),), at=later(days=20)))
    do(shop, NoteDelivery(order_id=book.order.id, units=(UnitsOf(first_line(book), 1),), at=later(days=5)))

    assert book.row(DeliveredUnits, first_line(book)).at == later(days=20)
    assert request(shop, book, 1, at=later(days=50)).items
    with pytest.raises(ReturnWindowClosed):
        request(shop, book, 1, at=later(days=51))


def test_consumers_in_the_union_have_fourteen_days_whatever_the_policy_says() -> None:
    shop = a_shop_under(ReturnPolicy(window_days=7))
    ours = delivered(shop, ("MUG", 2))
    companys = delivered(shop, ("MUG", 2), contact=msgspec.structs.replace(ADDRESS, company="Example Ltd"))
    swiss = delivered(shop, ("MUG", 2), contact=msgspec.structs.replace(ADDRESS, country="CH"))

    assert request(shop, ours, 1, at=later(days=14)).items
    with pytest.raises(ReturnWindowClosed):
        request(shop, ours, 1, at=later(days=15))
    for book in (companys, swiss):
        assert request(shop, book, 1, at=later(days=7)).items
        with pytest.raises(ReturnWindowClosed):
            request(shop, book, 1, at=later(days=8))


def test_the_fourteen_days_do_not_start_while_goods_are_to_come() -> None:
    shop = a_shop_under(ReturnPolicy(window_days=7))
    book = placed(shop, ("MUG", 1), ("TEE", 1))
    walk(book, shop, "allocated")
    mug, tee = book.lines.values()
    mug.allocated, mug.delivered = 0, 1
    do(shop, NoteDelivery(order_id=book.order.id, units=(UnitsOf(mug.id, 1),), at=NOON))

    assert request(shop, book, 1, at=later(days=60)).items
    tee.allocated, tee.canceled = 0, 1
    mug.returning, mug.delivered = 0, 1
    with pytest.raises(ReturnWindowClosed):
        request(shop, book, 1, at=later(days=60))


def test_no_fee_is_taken_while_the_law_lets_them_withdraw_nor_for_our_faults() -> None:
    shop = a_shop_under(ReturnPolicy(restocking_fee_basis_points=1_000, customer_pays_label=False))
    book = delivered(shop, ("MUG", 3))

    assert request(shop, book, 1, at=later(days=14)).outcome.fee_minor == 0
    assert request(shop, book, 1, at=later(days=20)).outcome.fee_minor == 119
    assert request(shop, book, 1, at=later(days=20), reason="damaged").outcome.fee_minor == 0


def test_we_pay_the_label_when_anything_is_our_fault() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2), ("TEE", 1))
    mixed = (*items(book, 1), *items(book, 0, 1, reason="wrong_item"))

    fact = do(shop, RequestReturn(order_id=book.order.id, items=mixed))[0]

    assert fact.outcome.label_minor == 0  # type: ignore[attr-defined]
    assert request(shop, book, 1).outcome.label_minor == 490


def test_the_policy_in_force_at_the_purchase_counts() -> None:
    old, new = ReturnPolicy(version=1, window_days=60), ReturnPolicy(version=2, window_days=20)
    shop = a_shop_under(old)
    book = delivered(shop, ("MUG", 1))
    shop.policies = msgspec.structs.replace(SHOP, returns=(old, new))
    later_book = delivered(shop, ("MUG", 1))

    assert request(shop, book, 1, at=later(days=50)).policy_version == 1
    with pytest.raises(ReturnWindowClosed):
        request(shop, later_book, 1, at=later(days=50))


def test_only_what_the_customer_has_can_be_returned_and_only_once() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))

    with pytest.raises(NotDelivered) as refusal:
        request(shop, book, 3)
    assert (refusal.value.wanted, refusal.value.returnable) == (3, 2)
    twice = (*items(book, 1), *items(book, 2))
    with pytest.raises(NotDelivered):
        do(shop, RequestReturn(order_id=book.order.id, items=twice))
    assert not book.rows(Rma)
    request(shop, book, 2)
    with pytest.raises(NotDelivered):
        request(shop, book, 1)


def test_what_was_not_delivered_yet_is_not_returned() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    with pytest.raises(NotDelivered):
        request(shop, book, 1)
    assert book.units("placed") == 1


def test_final_sales_come_back_only_for_our_faults() -> None:
    shop = a_shop()
    shop.shared[Product]["MUG"].returnable = False
    book = delivered(shop, ("MUG", 2))

    with pytest.raises(NotReturnable, match="final sale"):
        request(shop, book, 1)
    assert request(shop, book, 1, reason="damaged").items


def test_downloads_are_taken_back_only_where_the_policy_says_so() -> None:
    shop = a_shop()
    book = placed(shop, ("BOOK", 1))
    walk(book, shop, "allocated", "delivered", location=None)

    with pytest.raises(NotReturnable, match="takes back goods"):
        request(shop, book, 1)
    shop.policies = msgspec.structs.replace(SHOP, returns=(ReturnPolicy(kinds=("goods", "download")),))
    fact = request(shop, book, 1)
    assert [item.handling for item in fact.items] == ["switch_off"]
    assert (fact.outcome.label_minor, fact.expires_at) == (0, None)
    assert book.units("returned") == 1


def test_bad_requests_are_refused_with_what_would_be_right() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    line = first_line(book)

    def ask(*wanted: ReturnItem) -> None:
        do(shop, RequestReturn(order_id=book.order.id, items=wanted))

    with pytest.raises(Invalid, match="at least one"):
        ask()
    with pytest.raises(Invalid, match="whole number"):
        ask(ReturnItem(line_id=line, quantity=0, reason="changed_mind"))
    with pytest.raises(Invalid, match="one of changed_mind"):
        ask(ReturnItem(line_id=line, quantity=1, reason="whim"))
    with pytest.raises(Invalid, match="exchange_sku"):
        ask(ReturnItem(line_id=line, quantity=1, reason="too_small", want="exchange"))
    with pytest.raises(Invalid, match="a product for sale"):
        ask(ReturnItem(line_id=line, quantity=1, reason="too_small", want="exchange", exchange_sku="CUP"))
    with pytest.raises(Invalid, match="open a return for each"):
        ask(*items(book, 1), *items(book, 1, want="store_credit"))
    with pytest.raises(NoStoreCredit):
        ask(*items(book, 1, want="store_credit"))
    with pytest.raises(NotFound):
        ask(ReturnItem(line_id=a_call().ids.new(), quantity=1, reason="changed_mind"))
    assert not book.rows(Rma)
    assert not book.rows(RmaItem)


def test_goods_of_little_worth_stay_where_they_are() -> None:
    shop = a_shop_under(ReturnPolicy(keep_below_minor=2_000))
    book = delivered(shop, ("MUG", 3))

    kept = request(shop, book, 1)
    sent = request(shop, book, 2)

    assert ([item.handling for item in kept.items], kept.outcome.label_minor) == (["keep"], 0)
    assert [item.handling for item in sent.items] == ["send"]
    assert (book.units("delivered"), book.units("returning")) == (1, 2)
    with pytest.raises(NotDelivered):
        request(shop, book, 1)


def test_an_erased_customer_is_protected_as_a_consumer() -> None:
    shop = a_shop_under(ReturnPolicy(window_days=7))
    book = delivered(shop, ("MUG", 1))
    contact = shop.shared[Contact][book.order.contact_id]
    contact.name, contact.erased = "", True

    assert request(shop, book, 1, at=later(days=10)).items


@pytest.mark.parametrize(
    ("delivered_on", "asked_on", "is_taken"),
    [
        ("2026-05-29", "2026-06-13", False),  # the last day was Friday 12 June
        ("2026-05-31", "2026-06-15", True),  # it would have been a Sunday
        ("2026-05-30", "2026-06-15", True),  # it would have been a Saturday
        ("2026-05-31", "2026-06-16", False),
        ("2026-06-01", "2026-06-15", True),
        ("2026-06-01", "2026-06-16", False),
        ("2026-03-20", "2026-04-07", True),  # Good Friday, a weekend and Easter Monday lie in between
        ("2026-03-20", "2026-04-08", False),
        ("2026-04-17", "2026-05-04", True),  # the first of May
    ],
)
def test_the_last_day_of_the_law_is_never_a_day_off(delivered_on: str, asked_on: str, *, is_taken: bool) -> None:
    shop = a_shop(msgspec.structs.replace(BERLIN, returns=(ReturnPolicy(window_days=14),)))
    book = delivered(shop, ("MUG", 1), at=datetime.fromisoformat(f"{delivered_on}T10:00+02:00"))
    asked = datetime.fromisoformat(f"{asked_on}T08:00+02:00")

    if is_taken:
        assert request(shop, book, 1, at=asked).outcome.shipping_minor == 490
    else:
        with pytest.raises(ReturnWindowClosed):
            request(shop, book, 1, at=asked)


def test_holidays_of_the_consumer_and_of_the_shop_count() -> None:
    policies = msgspec.structs.replace(BERLIN, returns=(ReturnPolicy(window_days=14),))
    shop = a_shop(policies)
    at = datetime.fromisoformat("2026-06-30T10:00+02:00")  # 14 days later is the national day of France
    french = delivered(shop, ("MUG", 2), at=at, contact=msgspec.structs.replace(ADDRESS, country="FR"))
    german = delivered(shop, ("MUG", 1), at=at)
    day_after = datetime.fromisoformat("2026-07-15T23:59:59+02:00")

    assert request(shop, french, 1, at=day_after).items
    with pytest.raises(ReturnWindowClosed) as too_late_in_france:
        request(shop, french, 1, at=day_after + timedelta(seconds=1))
    with pytest.raises(ReturnWindowClosed) as too_late_in_germany:
        request(shop, german, 1, at=day_after)
    assert too_late_in_france.value.last_day == date(2026, 7, 15)
    assert too_late_in_germany.value.last_day == date(2026, 7, 14)


@pytest.mark.parametrize(("days", "last"), [(7, date(2026, 12, 9)), (14, date(2026, 12, 9)), (30, date(2026, 12, 24))])
def test_a_late_return_is_told_the_later_of_the_last_days(days: int, last: date) -> None:
    policies = msgspec.structs.replace(
        BERLIN, calendar=CalendarPolicy(zone="Europe/Lisbon"), returns=(ReturnPolicy(window_days=days),)
    )
    shop = a_shop(policies)
    delivered_on = datetime.fromisoformat("2026-11-24T12:00+00:00")  # 14 days later is a holiday in Portugal
    book = delivered(shop, ("MUG", 1), at=delivered_on, contact=msgspec.structs.replace(ADDRESS, country="PT"))

    with pytest.raises(ReturnWindowClosed) as refusal:
        request(shop, book, 1, at=datetime.fromisoformat("2027-01-11T09:00+00:00"))

    assert refusal.value.last_day == last
