"""Catalog, customers, stock, policies and keys: what may be so, and what may not."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.money import Money
from purveyor.core.positions import BACKORDER
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import ApiKey, Contact, Customer, PrivateText, Product
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import (
    BlockCustomer,
    CustomerAddress,
    EraseCustomer,
    RegisterCustomer,
    SetTerms,
)
from purveyor.records.customers.decide import AlreadyErased, NumberTaken
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.state import Policy, assemble
from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.decide import KeyIsRevoked, PrefixTaken
from purveyor.records.stock.commands import CountStock, ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.records.stock.decide import CapBelowWaiting
from tests.pure import a_call, a_shop, do, eur, placed, walk


def test_a_product_is_saved_and_saved_again() -> None:
    shop = a_shop()
    do(shop, SaveProducts(products=(ProductData(sku="NEW", name="New", price=eur(100)),)))
    do(shop, SaveProducts(products=(ProductData(sku="NEW", name="Newer", price=eur(200), kind="download"),)))

    product = shop.row(Product, "NEW")
    assert (product.name, product.price_minor, product.kind) == ("Newer", 200, "download")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sku": " X"}, "products[1].sku"),
        ({"sku": ""}, "products[1].sku"),
        ({"price": Money(1, "eur")}, "products[1].price.currency"),
        ({"price": eur(-1)}, "products[1].price"),
        ({"weight_g": -1}, "products[1].weight_g"),
    ],
)
def test_a_product_that_cannot_be_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    shop = a_shop()
    data: dict[str, Any] = {"sku": "NEW", "name": "New", "price": eur(100), **change}

    with pytest.raises(Invalid) as refusal:
        do(shop, SaveProducts(products=(ProductData(**data),)))

    assert refusal.value.data["field"] == field
    assert shop.get(Product, "NEW") is None


def test_goods_come_in_where_there_is_a_location() -> None:
    shop = a_shop()
    do(shop, ReceiveStock(items=(ReceivedItem(sku="MUG", location="shop", quantity=5),), reference="PO 7"))

    assert shop.stock["MUG"]["shop"].on_hand == 5
    with pytest.raises(Invalid, match="a location: main, shop"):
        do(shop, ReceiveStock(items=(ReceivedItem(sku="MUG", location="moon", quantity=5),)))
    with pytest.raises(NotFound):
        do(shop, ReceiveStock(items=(ReceivedItem(sku="CUP", location="shop", quantity=5),)))


def test_a_count_corrects_the_books_and_says_what_was_promised_and_is_not_there() -> None:
    shop = a_shop(MUG=10)
    walk(placed(shop, ("MUG", 4)), shop, "allocated")

    (counted,) = do(shop, CountStock(sku="MUG", location="main", counted=4))
    assert (counted.counted, counted.short) == (4, 0)  # type: ignore[attr-defined]
    assert shop.stock["MUG"]["main"].on_hand == 4

    (counted,) = do(shop, CountStock(sku="MUG", location="main", counted=3))
    assert (counted.counted, counted.short) == (3, 1)  # type: ignore[attr-defined]


def test_the_backorder_cap_is_never_below_who_waits() -> None:
    shop = a_shop(MUG=0)
    do(shop, SetBackorderCap(sku="MUG", cap=3))
    walk(placed(shop, ("MUG", 2)), shop, "backordered", location=None)

    assert (shop.stock["MUG"][BACKORDER].on_hand, shop.stock["MUG"][BACKORDER].allocated) == (3, 2)
    with pytest.raises(CapBelowWaiting):
        do(shop, SetBackorderCap(sku="MUG", cap=1))
    do(shop, SetBackorderCap(sku="MUG", cap=2))
    assert shop.stock["MUG"][BACKORDER].on_hand == 2


def registered(shop: Any, number: str = "7") -> Customer:
    do(shop, RegisterCustomer(number=number, address=CustomerAddress(name="Ann", email="ann@example.com")))
    return shop.find(Customer, "number", number)[0]  # type: ignore[no-any-return]


def test_a_customer_has_one_number() -> None:
    shop = a_shop()
    registered(shop)

    with pytest.raises(NumberTaken):
        registered(shop)
    assert len(shop.shared[Customer]) == 1


def test_terms_and_blocks_are_kept_with_the_customer() -> None:
    shop = a_shop()
    customer = registered(shop)
    do(shop, SetTerms(customer_id=customer.id, credit_limit_minor=50_000))
    do(shop, BlockCustomer(customer_id=customer.id, blocked=True, reason="chargebacks"))

    assert (customer.credit_limit_minor, customer.blocked) == (50_000, True)
    assert do(shop, BlockCustomer(customer_id=customer.id, blocked=True, reason="again")) == []


def test_erasing_a_person_empties_every_row_and_keeps_the_order() -> None:
    shop = a_shop()
    customer = registered(shop)
    book = placed(shop, ("MUG", 1), customer_id=customer.id, source="Dear shop, I want a mug")

    do(shop, EraseCustomer(customer_id=customer.id, reason="asked"))

    contacts = shop.find(Contact, "customer_id", customer.id)
    assert len(contacts) == 2
    assert all(each.erased and not each.email and not each.name for each in contacts)
    assert [text.text for text in shop.find(PrivateText, "customer_id", customer.id)] == [""]
    assert book.order.total_minor == 1_680
    with pytest.raises(AlreadyErased):
        do(shop, EraseCustomer(customer_id=customer.id, reason="asked"))


def test_a_policy_counts_only_when_it_fits() -> None:
    shop = a_shop()
    do(shop, SetPolicy(name="routing", data={"rule": "priority"}))
    do(shop, SetPolicy(name="routing", data={"rule": "fewest_parcels"}))

    assert shop.row(Policy, "routing").version == 2
    assert assemble(shop.shared[Policy].values()).routing.rule == "fewest_parcels"
    with pytest.raises(Invalid, match=r"data\.rule must be one of fewest_parcels or priority"):
        do(shop, SetPolicy(name="routing", data={"rule": "nearest"}))
    with pytest.raises(Invalid, match="one of"):
        do(shop, SetPolicy(name="weather", data={}))
    assert shop.row(Policy, "routing").version == 2


def test_a_new_return_policy_leaves_the_old_one_to_what_was_bought_under_it() -> None:
    shop = a_shop()
    do(shop, SetPolicy(name="returns", data={"window_days": 14}))
    do(shop, SetPolicy(name="returns", data={"window_days": 60}), a_call(actor=OPERATOR))

    policies = assemble(shop.shared[Policy].values())

    assert [policies.return_policy("default", version).window_days for version in (1, 2, 3)] == [30, 14, 60]
    assert policies.current_return_policy.version == 3


def test_a_key_comes_in_by_its_prefix_until_it_is_revoked() -> None:
    shop = a_shop()
    do(shop, CreateApiKey(name="web shop", prefix="abc", hash="h", scopes=("receipt:write", "orders:read")))
    key = shop.find(ApiKey, "prefix", "abc")[0]

    with pytest.raises(PrefixTaken):
        do(shop, CreateApiKey(name="other", prefix="abc", hash="h", scopes=("*",)))
    with pytest.raises(Invalid, match="orders:read"):
        do(shop, CreateApiKey(name="other", prefix="abd", hash="h", scopes=("everything",)))
    do(shop, RevokeApiKey(key_id=key.id))
    assert key.revoked_at is not None
    with pytest.raises(KeyIsRevoked):
        do(shop, RevokeApiKey(key_id=key.id))


@pytest.mark.parametrize("notices", ["shipped:sms", "fax", "email fax", ""])
def test_a_way_of_telling_that_there_is_not_is_refused(notices: str) -> None:
    shop = a_shop()
    with pytest.raises(Invalid, match="notices"):
        do(shop, RegisterCustomer(number="C1", address=CustomerAddress(country="DE"), notices=notices))
