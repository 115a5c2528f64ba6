"""Orders of many lines: the first ten are shown, all others where they are asked for, and none is lost."""

from __future__ import annotations

import pytest

from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.order_page.conftest import Counter

TEN = 10


def shown(page: str, item: str) -> tuple[int, int]:
    """How often something is there at first, and how often within what can be unfolded."""
    folded = "".join(part.partition("</details>")[0] for part in page.split('<details class="more"')[1:])
    return page.count(item) - folded.count(item), folded.count(item)


@pytest.mark.parametrize(("lines", "folded"), [(10, 0), (11, 1), (14, 4)])
async def test_a_customer_sees_the_first_ten_things_and_asks_for_the_others(
    shop: Counter, lines: int, folded: int
) -> None:
    customer = await shop.order(*[("MUG", 1)] * lines)
    page = (await customer.see()).text

    assert shown(page, 'class="thing-name"') == (TEN, folded)
    assert (f"Show all {lines}" in page) == bool(folded)


async def test_staff_see_the_first_ten_lines_with_the_sums_below_all(api: Api) -> None:
    number = (await api.place(*[("MUG", 1)] * 12))["number"]
    admin = await somebody(api, "admin")
    page = (await admin.see(f"/console/orders/{number}")).text

    assert shown(page, 'class="units-picture"') == (TEN, 2)
    assert page.count("Total, with") == 1
    assert page.index("Show all 12") < page.index("Total, with")
