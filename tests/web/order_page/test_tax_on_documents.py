"""What an invoice says of tax: whose VAT numbers, which rates, and why there is none. It names the seller, or waits."""

from __future__ import annotations

import msgspec

from purveyor.core.policies import SellerPolicy
from purveyor.records.policies.commands import SetPolicy
from purveyor.web.order_page.tax_texts import REASONS, reasons_of
from tests.pure import ADDRESS, SHOP, a_shop, placed
from tests.web.console.staff import somebody
from tests.web.order_page.conftest import Counter


async def test_an_invoice_names_both_vat_numbers(shop: Counter) -> None:
    customer = await shop.collected(vat_id="de 136 695 976")
    page = (await customer.see("/documents/invoice-1")).text

    assert "VAT no. DE136695976" in page
    assert "VAT no. DE999999999" in page
    order = (await shop.api.get(f"/orders/{await shop.order_id()}")).json()
    assert order["contact"]["vat_id"] == "DE136695976"


async def test_papers_wait_for_the_seller_and_nothing_is_lost(shop: Counter) -> None:
    bare = SetPolicy(name="seller", data={})
    await shop.api.house.committer.submit(bare, key="bare seller", actor="staff:test")
    customer = await shop.collected()
    staff = await somebody(shop.api, "admin")

    waiting = await customer.see("/documents/invoice-1")
    assert waiting.status_code == 409
    assert "Not issued yet" in waiting.text
    told = (await staff.see("/console/payments")).text
    assert "No invoice is issued yet" in told
    assert "/console/policies/seller" in told

    whole = SetPolicy(name="seller", data={"street": "A 1", "city": "Berlin", "country": "DE", "tax_id": "DE999999999"})
    await shop.api.house.committer.submit(whole, key="whole seller", actor="staff:test")
    assert (await customer.see("/documents/invoice-1")).status_code == 200
    assert "No invoice is issued yet" not in (await staff.see("/console/payments")).text


def test_a_paper_says_why_there_is_no_tax() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, seller=SellerPolicy(country="DE")))
    abroad = msgspec.structs.replace(ADDRESS, country="FR", postal_code="75001")
    book = placed(shop, ("MUG", 1), ("BOOK", 1), contact=abroad, vat_id="FR40303265045")

    assert reasons_of(book.order, book) == [REASONS["intra_community_supply"], REASONS["reverse_charge"]]
    at_home = placed(shop, ("MUG", 1))
    assert reasons_of(at_home.order, at_home) == []
