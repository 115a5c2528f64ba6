"""Who may see an order: whoever has its link, and nobody else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from purveyor.settings import Settings
from purveyor.web.handling import WebContext
from purveyor.web.pages.order_links import current_order_path, order_of, order_token, read_token
from tests.web.order_page.conftest import Counter


def a_desk(**changes: Any) -> WebContext:
    settings = Settings(secret_key="x" * 40, **changes)
    return cast("WebContext", SimpleNamespace(house=SimpleNamespace(settings=settings)))


def test_a_link_says_for_which_order_and_version_it_was_made() -> None:
    desk = a_desk()
    order_id = UUID(int=2**127 + 5)
    assert read_token(desk, order_token(desk, order_id)) == (order_id, 0)
    assert read_token(desk, order_token(desk, order_id, 300)) == (order_id, 300)


def test_no_letter_of_a_link_can_be_changed() -> None:
    desk = a_desk()
    token = order_token(desk, UUID(int=2**127 + 5))
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        assert read_token(desk, token[:place] + other + token[place + 1 :]) is None


def test_a_link_of_another_installation_leads_nowhere() -> None:
    order_id = UUID(int=7)
    other = cast("WebContext", SimpleNamespace(house=SimpleNamespace(settings=Settings(secret_key="y" * 40))))
    assert read_token(a_desk(), order_token(other, order_id)) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "\u00e4.\u00f6", "A" * 500, f"{'A' * 22}.{'A' * 22}"])
def test_what_is_no_link_is_none(token: str) -> None:
    assert read_token(a_desk(), token) is None


async def test_a_revoked_link_looks_like_one_that_never_was(shop: Counter) -> None:
    customer = await shop.order()
    order_id = await shop.order_id()
    assert (await customer.see()).status_code == 200

    revoked = await shop.api.post(f"/orders/{order_id}/links/revoke")
    assert revoked.status_code == 200, revoked.text
    old = await customer.see()
    made_up = await customer.browser.get("/o/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA")

    assert old.status_code == made_up.status_code == 404
    assert "does not lead to an order" in old.text
    assert old.text.count(customer.path) == made_up.text.count("/o/AAAA")  # the language form alone names the address
    assert await order_of(shop.desk, customer.path.removeprefix("/o/")) is None
    assert (await customer.browser.get(await current_order_path(shop.desk, order_id))).status_code == 200


async def test_no_page_below_a_revoked_link_answers(shop: Counter) -> None:
    customer = await shop.order()
    await shop.api.post(f"/orders/{await shop.order_id()}/links/revoke")
    for page in ("/live", "/help", "/return", "/cancel", "/documents/invoice-1"):
        assert (await customer.see(page)).status_code == 404


async def test_things_of_another_order_cannot_be_reached_by_their_ids(shop: Counter) -> None:
    await shop.order(("BOOK", 1), terms="at_counter", tenders=[{"method": "cash"}])
    (grant,) = await shop.api.house.read.values("SELECT id FROM download_grant")
    stranger = await shop.order()
    happened = await shop.api.happened()
    response = await stranger.send(f"/downloads/{grant}", seen_at="/help")

    assert response.status_code == 404
    assert await shop.api.happened() == happened
