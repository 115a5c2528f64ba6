"""What a person types is shown as it was typed: it never leads to a text that somebody else wrote."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from purveyor.core.reason_texts import reference, referred
from purveyor.core.refusals import Invalid
from purveyor.core.validation import check
from purveyor.stages.review.commands import CancelUnits
from tests.web.conftest import Api, an_order
from tests.web.console.staff import somebody

SECRET = "Ann from the second floor called about her neighbor"


async def secret_of(api: Api) -> str:
    """A reference to what a colleague wrote as a reason."""
    order = await api.place()
    held = await api.post(f"/orders/{order['order_id']}/hold", {"type": "approval", "why": SECRET})
    assert held.status_code in (200, 201), held.text
    (text_id,) = await api.house.read.values("SELECT id FROM private_text WHERE text = $1", SECRET)
    return reference(UUID(str(text_id)))


@pytest.mark.parametrize(
    "field",
    ["document", "contact", "source", "reference"],
)
async def test_a_reference_that_is_typed_is_refused_with_its_field_and_nothing_happens(api: Api, field: str) -> None:
    typed = await secret_of(api)
    before = await api.happened()
    for said in (typed, f"see {typed}!", typed.upper()):
        order = an_order()
        changes: dict[str, Any] = {
            "document": {"source": f"Dear shop, {said}"},
            "contact": {"contact": order["contact"] | {"name": said}},
            "source": {"tenders": [{"method": "card", "source": said}]},
            "reference": {"reference": said},
        }[field]
        answer = await api.post("/orders", order | changes)

        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "invalid"
        assert answer.json()["data"]["expected"] == "a text of your own"
        assert SECRET not in answer.text
    assert await api.happened() == before


async def test_a_reason_that_looks_like_a_reference_leads_nowhere(api: Api) -> None:
    typed = await secret_of(api)
    order = await api.place()
    held = await api.post(f"/orders/{order['order_id']}/hold", {"type": "approval", "why": typed})

    assert held.status_code == 422
    assert held.json()["data"]["field"] == "why"
    assert (await api.get(f"/orders/{order['order_id']}")).json()["parts"].get("hold", []) == []


async def test_what_is_searched_for_stands_in_the_box_as_it_was_typed(api: Api) -> None:
    typed = await secret_of(api)
    admin = await somebody(api, "admin")

    for page in (f"/search?q={typed}", f"/console/orders?text={typed}", f"/console/find?q={typed}"):
        shown = (await admin.see(page)).text
        assert typed in shown, page
        assert SECRET not in shown, page


async def test_a_form_that_is_shown_again_says_what_was_typed(api: Api) -> None:
    typed = await secret_of(api)
    admin = await somebody(api, "admin")
    number = (await api.place())["number"]
    answer = await admin.send(
        f"/console/orders/{number}/notes", seen_at=f"/console/orders/{number}", note=f"as said in {typed}"
    )

    assert answer.status_code == 422
    assert typed in answer.text
    assert SECRET not in answer.text


async def test_the_reasons_that_we_refer_to_are_still_read(api: Api) -> None:
    await secret_of(api)
    admin = await somebody(api, "admin")
    (number,) = await api.house.read.values("SELECT number FROM orders")

    assert SECRET in (await admin.see(f"/console/orders/{number}")).text
    assert SECRET in (await api.get(f"/orders/{number}")).text


def test_jobs_and_sweeps_hand_references_on() -> None:
    command = CancelUnits(order_id=uuid4(), units="all", reason=reference(uuid4()))

    assert check(command)
    with pytest.raises(Invalid):
        check(command, may_refer=False)


@pytest.mark.parametrize(
    "text",
    ["text:{0195f0a4-0000-7000-8000-00000000000}", "TEXT:0195f0a4-0000-7000-8000-000000000001", "text:" + "0" * 36],
)
def test_only_what_we_write_ourselves_is_a_reference(text: str) -> None:
    assert referred(text) is None
