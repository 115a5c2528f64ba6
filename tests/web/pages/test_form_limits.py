"""Forms are looked at from outside before they are taken apart."""

from __future__ import annotations

import pytest

from purveyor.web.pages.forms import Form
from tests.web.conftest import Api
from tests.web.storefront.conftest import Visitor


@pytest.fixture
def visitor(api: Api) -> Visitor:
    return Visitor(api)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/account/link", "&".join(f"a{number}=1" for number in range(350_000))),
        ("/account/link", "&".join(["a=1"] * 2_000)),
        ("/cart/add", "a=" + "x" * 200_000),
        ("/console/sign-in", "&".join(["a"] * 60_000)),
    ],
)
async def test_a_form_with_more_than_any_page_has_is_refused(visitor: Visitor, path: str, body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await visitor.browser.post(path, content=body, headers=headers)

    assert response.status_code == 413


async def test_a_file_is_taken_only_where_a_form_asks_for_one(visitor: Visitor) -> None:
    response = await visitor.browser.post("/cart/add", files={"photo": b"x" * 10_000})

    assert response.status_code == 415


@pytest.mark.parametrize("typed", ["one\r\ntwo", "one\rtwo", "one\ntwo"])
def test_the_end_of_a_line_counts_once(typed: str) -> None:
    assert Form({"text": typed}).text("text") == "one\ntwo"
