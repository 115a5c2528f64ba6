"""What law wants to be found from every page of the shop, and a checkout that says what to mend, where."""

from __future__ import annotations

import re

import pytest

from tests.web.storefront.conftest import CARD, Visitor

SELLER = {"name": "Beans & Co", "street": "Teststr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}


async def test_terms_privacy_withdrawal_and_imprint_are_linked_from_every_page(visitor: Visitor) -> None:
    await visitor.policy(
        "seller", **SELLER, terms="First.\n\nSecond <b>one</b>.", privacy="https://example.com/privacy", withdrawal=""
    )
    await visitor.puts("MUG")

    for path in ("/", "/p/MUG", "/cart", "/checkout", "/account", "/legal/terms"):
        page = (await visitor.see(path)).text
        assert 'href="/legal/terms"' in page, path
        assert 'href="https://example.com/privacy"' in page, path
        assert 'href="/legal/imprint"' in page, path
        assert "/legal/withdrawal" not in page, "what nobody has written is linked nowhere"
    terms = (await visitor.see("/legal/terms")).text
    assert "<p>First.</p><p>Second &lt;b&gt;one&lt;/b&gt;.</p>" in terms
    assert "Beans &amp; Co\nTeststr. 1\n10115 Berlin\nGermany" in (await visitor.see("/legal/imprint")).text
    assert (await visitor.see("/legal/privacy")).headers["location"] == "https://example.com/privacy"
    for path in ("/legal/withdrawal", "/legal/name", "/legal/tax_id", "/legal/x"):
        assert (await visitor.see(path)).status_code == 404, path


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "https://a.example/ see there", "//a.example"]
)
async def test_only_an_address_becomes_a_link(visitor: Visitor, text: str) -> None:
    await visitor.policy("seller", **SELLER, terms=text)

    assert 'href="/legal/terms"' in (await visitor.see("/")).text
    assert text in (await visitor.see("/legal/terms")).text


async def test_a_shop_that_says_nothing_of_itself_links_nothing(visitor: Visitor) -> None:
    await visitor.policy("seller", name="Beans & Co")

    assert "/legal/" not in (await visitor.see("/")).text


async def test_the_customers_page_of_an_order_links_them_too(visitor: Visitor) -> None:
    await visitor.policy("seller", **SELLER)
    await visitor.puts("MUG")
    done = await visitor.orders()
    page = (await visitor.see(done.headers["location"])).text
    order = re.search(r'href="(/o/[^"]+)"', page)

    assert order is not None
    assert 'href="/legal/imprint"' in (await visitor.see(order[1])).text


def focused(page: str) -> list[str]:
    return re.findall(r'name="([\w.]+)"[^>]* autofocus', page)


async def test_the_first_field_that_is_wrong_has_the_focus_and_is_linked_with_its_message(visitor: Visitor) -> None:
    await visitor.puts("MUG")
    wrong = {"contact.email": "nope", "contact.postal_code": "1", "card_number": "1234"}
    page = (await visitor.orders(**wrong)).text

    assert focused(page) == ["contact.email"], "one, and the first"
    for name in wrong:
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field is not None
        assert 'aria-invalid="true"' in field[0], "all of it is told at once, the card too"
        described = re.search(r'aria-describedby="([^"]+)"', field[0])
        assert described is not None
        assert f'id="{described[1]}"' in page


async def test_a_card_that_was_right_is_asked_for_again_in_words(visitor: Visitor) -> None:
    await visitor.puts("MUG")
    page = (await visitor.orders(**{"contact.name": ""})).text

    assert focused(page) == ["contact.name"]
    assert "Please type the card once more: it is never kept." in page
    assert CARD["card_number"] not in re.sub(r"(?s)<details.*?</details>|placeholder=\"[^\"]*\"", "", page)
    assert "type the card once more" not in (await visitor.see("/checkout")).text


async def test_the_total_stands_beside_the_button_on_a_phone(visitor: Visitor) -> None:
    await visitor.puts("MUG", 2)
    page = (await visitor.see("/checkout")).text
    bar = page[page.index('class="checkout-bar"') :]

    assert re.search(r'id="bar-total".*€28\.70.*Order and pay', bar, re.DOTALL)
    assert "#totals,#bar-total" in page, "it changes with the way of delivery"


async def test_what_is_optional_says_so_and_a_field_has_one_name(visitor: Visitor) -> None:
    await visitor.puts("MUG")
    page = (await visitor.orders(card_expiry="12 / 20")).text

    assert "Phone (optional)" in page
    assert "Card expiry" not in page
    assert page.count("Valid until") >= 2, "at the field and on top"
