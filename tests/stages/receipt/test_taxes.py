"""Which tax an order bears, by where it goes, who buys and when; and why it bears none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from purveyor.core.policies import Policies, SellerPolicy, TaxPolicy
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Line, Product, ShippingTax
from purveyor.core.state import Book, State
from purveyor.core.tax_areas import AREAS, area_of, example_of
from purveyor.core.taxes import NoTaxRate, shipping_parts
from purveyor.core.vat_rates import RATES, TaxRate
from purveyor.stages.receipt.commands import Address
from tests.pure import ADDRESS, SHOP, a_call, a_shop, an_order_for, do, eur, later, placed

IN_FORCE = datetime(2026, 11, 27, 12, tzinfo=UTC)


def a_seller(country: str, **changes: Any) -> Policies:
    return msgspec.structs.replace(SHOP, seller=SellerPolicy(country=country), **changes)


def a_taxed_shop(policies: Policies = SHOP) -> State:
    shop = a_shop(policies)
    for product in (
        Product("NOVEL", "Novel", "goods", 1_000, "EUR", tax_class="reduced", weight_g=300),
        Product("GIFT", "Gift card", "download", 1_000, "EUR", tax_class="zero"),
    ):
        shop.shared[Product][product.sku] = product
    shop.stock["NOVEL"] = {"main": msgspec.structs.replace(shop.stock["MUG"]["main"], sku="NOVEL")}
    return shop


def sent_to(shop: State, country: str, postal_code: str = "", sku: str = "MUG", **changes: Any) -> Book:
    contact = msgspec.structs.replace(ADDRESS, country=country, postal_code=postal_code)
    facts = do(shop, an_order_for((sku, 1), contact=contact, **changes), a_call(IN_FORCE))
    order_id = facts[0].order_id
    assert order_id is not None
    return shop.books[order_id]


def line_of(book: Book) -> Line:
    return next(iter(book.lines.values()))


@pytest.mark.parametrize("home", ["CH", "LI"])
@pytest.mark.parametrize(("country", "postal_code"), [("CH", "8001"), ("LI", "9490"), ("DE", "78266")])
def test_switzerland_liechtenstein_and_buesingen_are_one_territory(home: str, country: str, postal_code: str) -> None:
    shop = a_taxed_shop(a_seller(home))

    for sku, points in (("MUG", 810), ("NOVEL", 260)):
        line = line_of(sent_to(shop, country, postal_code, sku))
        assert (line.tax_basis_points, line.tax_reason) == (points, "")


@pytest.mark.parametrize(
    ("home", "country", "postal_code", "points"),
    [
        ("CH", "IT", "22061", 0),  # Campione d'Italia
        ("LI", "IT", "22061", 0),
        ("CH", "DE", "10115", 1_900),
        ("DE", "LI", "9490", 0),
        ("DE", "CH", "8001", 0),
        ("DE", "DE", "78266", 0),
    ],
)
def test_the_swiss_territory_ends_at_its_borders(home: str, country: str, postal_code: str, points: int) -> None:
    assert line_of(sent_to(a_taxed_shop(a_seller(home)), country, postal_code)).tax_basis_points == points


@pytest.mark.parametrize(
    ("country", "points"),
    [("PL", 2_300), ("BE", 2_100), ("IE", 2_300), ("SE", 2_500), ("DK", 2_500), ("HU", 2_700), ("MT", 1_800)],
)
def test_a_consumer_in_the_eu_pays_the_rate_of_his_country(country: str, points: int) -> None:
    line = line_of(sent_to(a_taxed_shop(), country))

    assert (line.tax_basis_points, line.tax_reason) == (points, "")
    assert line.tax_minor > 0


@pytest.mark.parametrize(
    ("country", "postal_code", "area"),
    [
        ("ES", "35001", "ES-CN"),
        ("ES", "38 001", "ES-CN"),
        ("ES", "51001", "ES-CE"),
        ("ES", "E-52001", "ES-ML"),
        ("DE", "27498", "DE-HGL"),
        ("DE", "D-78266", "DE-BUS"),
        ("IT", "23041", "IT-LIV"),
        ("IT", "22061", "IT-CAM"),
        ("FI", "22100", "FI-01"),
        ("AX", "22100", "AX"),
        ("GR", "630 86", "GR-69"),
        ("FR", "97400", "FR-OM"),
        ("GP", "97100", "GP"),
        ("GB", "SW1A 1AA", "GB"),
        ("GB", "JE2 3AB", "GB-CHA"),
        ("IM", "IM1 1AA", "GB"),
        ("CH", "8001", "CH"),
        ("US", "10001", "US"),
    ],
)
def test_what_leaves_the_vat_territory_is_an_export(country: str, postal_code: str, area: str) -> None:
    book = sent_to(a_taxed_shop(), country, postal_code)
    line = line_of(book)

    assert (line.tax_basis_points, line.tax_minor, line.tax_reason) == (0, 0, "export")
    assert book.order.tax_area == area
    assert [part.reason for part in shipping_parts(book.order)] == ["export"]
    assert (book.order.tax_minor, book.order.shipping_tax_minor) == (0, 0)


@pytest.mark.parametrize(
    ("country", "postal_code", "points"),
    [
        ("ES", "28001", 2_100),
        ("ES", "", 2_100),
        ("DE", "78262", 1_900),
        ("DE", "27499", 1_900),
        ("IT", "23030", 2_200),
        ("FI", "00100", 2_550),
        ("FR", "75001", 2_000),
        ("FR", "98000", 2_000),
        ("MC", "98000", 2_000),
        ("GB", "BT1 1AA", 2_000),
        ("PT", "1000-001", 2_300),
        ("PT", "9500-321", 1_600),
        ("PT", "9000-001", 2_200),
        ("GR", "811 00", 2_400),  # Lesbos: lower rates are for what is sold there
        ("GR", "814 00", 2_400),
        ("AT", "6991", 1_900),
        ("AT", "6990", 2_000),
    ],
)
def test_what_stays_in_the_vat_territory_is_taxed_as_its_place_is(country: str, postal_code: str, points: int) -> None:
    line = line_of(sent_to(a_taxed_shop(), country, postal_code))

    assert (line.tax_basis_points, line.tax_reason) == (points, "")


def test_services_to_northern_ireland_are_supplied_outside_the_eu() -> None:
    line = line_of(sent_to(a_taxed_shop(), "GB", "BT1 1AA", sku="BOOK"))

    assert (line.tax_basis_points, line.tax_reason) == (0, "outside_scope")


def test_what_is_collected_is_taxed_where_it_is_collected() -> None:
    book = sent_to(a_taxed_shop(), "CH", "8001", method="collect", collect_at="shop")

    assert (line_of(book).tax_basis_points, book.order.tax_area) == (1_900, "DE")


@pytest.mark.parametrize(
    ("vat_id", "country", "sku", "reason"),
    [
        ("FR 40 303 265 045", "FR", "MUG", "intra_community_supply"),
        ("FR40303265045", "FR", "BOOK", "reverse_charge"),
        ("FR40303265045", "BE", "MUG", "intra_community_supply"),
        ("EL094259216", "GR", "MUG", "intra_community_supply"),
        ("GR094259216", "GR", "SITE", "reverse_charge"),
        ("ATU13585627", "AT", "FIT", "reverse_charge"),
    ],
)
def test_a_business_of_another_member_state_is_charged_no_vat(vat_id: str, country: str, sku: str, reason: str) -> None:
    line = line_of(sent_to(a_taxed_shop(a_seller("DE")), country, sku=sku, vat_id=vat_id))

    assert (line.tax_basis_points, line.tax_minor, line.tax_reason) == (0, 0, reason)


def test_goods_for_a_business_in_northern_ireland_are_an_intra_community_supply() -> None:
    book = sent_to(a_taxed_shop(a_seller("DE")), "GB", "BT1 1AA", vat_id="XI980780684")

    assert line_of(book).tax_reason == "intra_community_supply"
    assert (book.order.vat_country, book.order.tax_area) == ("XI", "XI")


@pytest.mark.parametrize(
    ("vat_id", "country", "points"),
    [
        ("DE136695976", "DE", 1_900),  # at home
        ("DE136695976", "FR", 1_900),  # a business of the seller's own country: no distance selling
        ("DE136695976", "IT", 1_900),
        ("FR40303265045", "DE", 1_900),  # goods that stay at home
        ("GB980780684", "FR", 2_000),  # not of a member state
        ("", "FR", 2_000),
    ],
)
def test_everybody_else_is_charged_vat(vat_id: str, country: str, points: int) -> None:
    line = line_of(sent_to(a_taxed_shop(a_seller("DE")), country, vat_id=vat_id))

    assert (line.tax_basis_points, line.tax_reason) == (points, "")


@pytest.mark.parametrize("sku", ["BOOK", "SITE", "FIT", "NOVEL"])
def test_a_business_of_the_sellers_own_state_is_taxed_there_wherever_in_the_eu_it_is_sent(sku: str) -> None:
    at_home, in_france = (
        line_of(sent_to(a_taxed_shop(a_seller("DE")), country, sku=sku, vat_id="DE136695976"))
        for country in ("DE", "FR")
    )

    assert in_france.tax_basis_points == at_home.tax_basis_points


def test_what_leaves_the_territory_is_an_export_for_a_business_of_the_sellers_own_state_too() -> None:
    line = line_of(sent_to(a_taxed_shop(a_seller("DE")), "CH", "8001", vat_id="DE136695976"))

    assert (line.tax_basis_points, line.tax_reason) == (0, "export")


def test_nobody_is_abroad_where_it_is_not_known_where_the_seller_is() -> None:
    nowhere = msgspec.structs.replace(SHOP, locations=())

    line = line_of(sent_to(a_taxed_shop(nowhere), "FR", vat_id="FR40303265045"))

    assert line.tax_basis_points == 2_000


def test_the_country_of_a_seller_who_says_none_is_that_of_his_first_location() -> None:
    line = line_of(sent_to(a_taxed_shop(), "FR", vat_id="FR40303265045"))

    assert line.tax_reason == "intra_community_supply"


@pytest.mark.parametrize("vat_id", ["DE123", "FR40303265046", "EU372022452", "IM3720000224", "US123456789", "???"])
def test_a_vat_id_that_cannot_be_one_is_refused_with_the_field(vat_id: str) -> None:
    shop = a_taxed_shop()

    with pytest.raises(Invalid) as refusal:
        sent_to(shop, "DE", vat_id=vat_id)

    assert refusal.value.data["field"] == "vat_id"
    assert not shop.books


def test_a_class_that_no_row_names_is_refused() -> None:
    shop = a_taxed_shop()
    shop.shared[Product]["WINE"] = Product("WINE", "Wine", "goods", 1_000, "EUR", tax_class="parking", weight_g=900)
    shop.stock["WINE"] = shop.stock["NOVEL"]

    with pytest.raises(NoTaxRate) as refusal:
        sent_to(shop, "DE", sku="WINE")

    assert refusal.value.data == {"country": "DE", "tax_class": "parking"}
    assert not shop.books


def test_denmark_reduces_nothing() -> None:
    assert line_of(sent_to(a_taxed_shop(), "DK", sku="NOVEL")).tax_basis_points == 2_500


def test_a_country_that_no_row_of_the_merchants_table_names_is_refused() -> None:
    table = TaxPolicy(rates=(TaxRate("DE", "standard", 1_900),))

    with pytest.raises(NoTaxRate):
        sent_to(a_taxed_shop(a_seller("DE", tax=table)), "BE")


def test_a_rate_that_the_merchant_names_counts_outside_the_eu_too() -> None:
    table = TaxPolicy(rates=(TaxRate("GB", "standard", 2_000), *RATES))

    line = line_of(sent_to(a_taxed_shop(a_seller("DE", tax=table)), "GB", "SW1A 1AA"))

    assert (line.tax_basis_points, line.tax_reason) == (2_000, "")


def test_the_first_row_without_a_day_counts_before_a_series() -> None:
    table = TaxPolicy(rates=(TaxRate("DE", "standard", 1_600), *RATES))

    assert line_of(sent_to(a_taxed_shop(a_seller("DE", tax=table)), "DE")).tax_basis_points == 1_600


def test_an_order_takes_the_rate_of_its_own_day() -> None:
    table = TaxPolicy(
        rates=(TaxRate("DE", "standard", 1_900, date(2026, 1, 1)), TaxRate("DE", "standard", 2_000, date(2027, 1, 1)))
    )
    shop = a_taxed_shop(a_seller("DE", tax=table))

    assert line_of(placed(shop, ("MUG", 1))).tax_basis_points == 1_900
    assert line_of(sent_to(shop, "DE", placed_at=later(days=-30))).tax_basis_points == 1_900
    next_year = do(shop, an_order_for(("MUG", 1)), a_call(datetime(2027, 1, 1, 12, tzinfo=UTC)))
    assert line_of(shop.books[next_year[0].order_id]).tax_basis_points == 2_000  # type: ignore[index]


def test_a_seller_outside_the_eu_charges_his_own_rate_at_home_and_exports_elsewhere() -> None:
    shop = a_taxed_shop(a_seller("GB"))

    assert line_of(sent_to(shop, "GB", "SW1A 1AA")).tax_basis_points == 2_000
    assert line_of(sent_to(shop, "IM", "IM1 1AA")).tax_basis_points == 2_000
    assert line_of(sent_to(shop, "US", "10001")).tax_reason == "abroad"
    assert line_of(sent_to(shop, "GB", "JE2 3AB")).tax_reason == "abroad"
    assert line_of(sent_to(shop, "FR", "75001")).tax_basis_points == 2_000  # consumed in the EU, which the table names


def test_a_seller_whose_own_country_no_row_names_is_refused_at_home() -> None:
    with pytest.raises(NoTaxRate):
        sent_to(a_taxed_shop(a_seller("US")), "US", "10001")


def test_goods_that_the_merchant_declares_free_of_tax_are() -> None:
    line = line_of(sent_to(a_taxed_shop(), "PL", sku="GIFT"))

    assert (line.tax_basis_points, line.tax_reason) == (0, "")


# shipping


def test_shipping_bears_the_tax_of_what_is_sent() -> None:
    book = placed(a_taxed_shop(), ("NOVEL", 1))

    assert [(part.basis_points, part.amount_minor, part.tax_minor) for part in shipping_parts(book.order)] == [
        (700, 490, 32)
    ]
    assert (book.order.shipping_minor, book.order.shipping_tax_minor) == (490, 32)
    assert book.order.tax_minor == 65 + 32


def test_shipping_of_a_mixed_order_is_shared_by_value_and_adds_up() -> None:
    book = placed(a_taxed_shop(), ("NOVEL", 1), ("MUG", 2), ("BOOK", 1))  # what is not sent does not count

    parts = shipping_parts(book.order)
    assert [(part.basis_points, part.amount_minor) for part in parts] == [(1_900, 345), (700, 145)]
    assert [part.tax_minor for part in parts] == [55, 9]
    assert sum(part.amount_minor for part in parts) == book.order.shipping_minor == 490
    assert sum(part.tax_minor for part in parts) == book.order.shipping_tax_minor


def test_shipping_tax_comes_on_top_where_prices_are_without() -> None:
    shop = a_taxed_shop(msgspec.structs.replace(SHOP, tax=TaxPolicy(inclusive=False)))

    book = placed(shop, ("NOVEL", 1))

    assert (book.order.shipping_minor, book.order.shipping_tax_minor) == (490 + 34, 34)


def test_goods_that_cost_nothing_are_shipped_at_their_rate() -> None:
    book = placed(a_taxed_shop(), ("NOVEL", 1), discount=eur(1_000))

    assert [(part.basis_points, part.tax_minor) for part in shipping_parts(book.order)] == [(700, 32)]


def test_an_order_from_before_its_shipping_was_kept_by_rates_tells_one() -> None:
    book = placed(a_taxed_shop(), ("NOVEL", 1))
    book.order.shipping_taxes = ""

    assert shipping_parts(book.order) == (ShippingTax(700, 490, 32),)


def test_orders_of_the_past_are_looked_at_again_where_they_went() -> None:
    book = sent_to(a_taxed_shop(), "ES", "35001")
    address = Address(country=book.order.country, postal_code=example_of(book.order.tax_area))

    assert area_of(address.country, address.postal_code) == "ES-CN"
    assert {code: area_of(area.country, area.example) for code, area in AREAS.items()} == {code: code for code in AREAS}


@pytest.mark.parametrize(
    ("country", "code", "area"),
    [
        ("FI", "AX-22100", "FI-01"),
        ("FI", "ALA 22100", "FI-01"),
        ("IT", "ITA-22061", "IT-CAM"),
        ("ES", "E-35001", "ES-CN"),
        ("DE", "(D) 78266", "DE-BUS"),
        ("GB", "UK BT1 1AA", "XI"),
        ("FR", "GP-97100", "FR-OM"),
    ],
)
def test_an_area_is_known_by_a_code_with_what_says_the_country(country: str, code: str, area: str) -> None:
    assert area_of(country, code) == area
