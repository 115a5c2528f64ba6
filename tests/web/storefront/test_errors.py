"""What goes wrong in the shop is told in the shop: with its name, its cart and its legal pages around it."""

from __future__ import annotations

import pytest

from tests.web.storefront.conftest import Visitor

SELLER = {
    "name": "Loja Évora",
    "street": "Rua do Teste 1",
    "postal_code": "7000-000",
    "city": "Évora",
    "country": "PT",
    "terms": "First.",
}
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/nope", "Page not found"),
        ("/p/NOPE", "Page not found"),
        ("/c/nope", "Page not found"),
        ("/legal/privacy", "Page not found"),
        ("/search?q=mug&after=x", "This did not work"),
    ],
)
async def test_an_error_has_the_shop_around_it(visitor: Visitor, path: str, title: str) -> None:
    await visitor.policy("seller", **SELLER)
    await visitor.puts("MUG")
    page = (await visitor.see(path, **HTML)).text

    assert f"<title>{title} · Loja Évora</title>" in page
    assert "Purveyor" not in page
    assert "Rua do Teste 1" in page
    assert 'href="/legal/terms"' in page
    assert 'href="/legal/imprint"' in page
    assert "Units in it: </span>1<" in page


@pytest.mark.parametrize("path", ["/o/nope", "/o/nope/nope", "/checkout/done/nope"])
async def test_a_link_that_leads_to_no_order_says_whose_shop_it_is(visitor: Visitor, path: str) -> None:
    await visitor.policy("seller", **SELLER)
    page = (await visitor.see(path, **HTML)).text

    assert "<title>This link does not lead to an order · Loja Évora</title>" in page
    assert "Purveyor" not in page
    assert 'href="/legal/imprint"' in page
