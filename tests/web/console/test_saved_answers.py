"""Answers that support gives often: who writes them, and how they get into an answer."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told

PLACE = "/console/support/answers"
LATE = {"title": "Late", "language": "en", "text": "Hello {name},\n\norder {number} is late. Status: {status}."}
BOX = re.compile(r'<textarea[^>]*id="f-text"[^>]*>([^<]*)</textarea>')


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def answers(api: Api) -> list[dict[str, Any]]:
    found = await api.house.read.values("SELECT data FROM policy WHERE name = 'saved_answers'")
    return list(found[0]) if found else []


async def a_case(api: Api, **changes: Any) -> tuple[dict[str, Any], str]:
    """An order, and the page of its case."""
    order = await api.place(**changes)
    body = {"topic": "question", "text": "Where is it?", "channel": "email"}
    opened = await api.post(f"/orders/{order['order_id']}/cases", body)
    return order, f"/console/support/{order['order_id']}/{opened.json()['reply']['case_id']}"


def in_the_box(page: str) -> str:
    found = BOX.search(page)
    assert found is not None
    return unescape(found[1])


async def test_answers_are_written_changed_and_deleted_one_by_one(api: Api, admin: Colleague) -> None:
    for answer in (LATE, LATE | {"language": "de", "text": "Guten Tag {name}"}, LATE | {"title": "Lost"}):
        done = await admin.send(PLACE, was="", **answer)
        assert done.status_code == 303, told(done)
    changed = await admin.send(PLACE, was="de:Late", title="Spät", language="de", text="Hallo {name}")
    assert changed.status_code == 303, told(changed)
    await admin.send(f"{PLACE}/delete", seen_at=PLACE, was="en:Lost")

    assert await answers(api) == [LATE, {"title": "Spät", "language": "de", "text": "Hallo {name}"}]
    page = (await admin.see(PLACE)).text
    assert "Spät" in page
    assert "Lost" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "Title"),
        ({"text": ""}, "Text"),
        ({"text": "Hello {nmae}"}, "{nmae}"),
        ({"text": "x" * 5_001}, "5000"),
        ({"language": "english"}, "Language"),
        ({"was": ""}, "Late"),
    ],
)
async def test_an_answer_that_cannot_be_is_refused_and_what_was_typed_stays(
    api: Api, admin: Colleague, changes: dict[str, str], said: str
) -> None:
    await admin.send(PLACE, was="", **LATE)
    refused = await admin.send(PLACE, **({"was": "en:Late", "text": "Typed."} | LATE | {"text": "Typed."} | changes))

    assert refused.status_code == 422
    assert said in unescape(refused.text)
    assert "is-invalid" in refused.text
    assert changes.get("text", "Typed.") in unescape(refused.text)
    assert await answers(api) == [LATE]


async def test_what_is_wrong_is_told_in_the_form_of_its_answer_alone(admin: Colleague) -> None:
    for answer in (LATE, LATE | {"title": "Lost"}):
        await admin.send(PLACE, was="", **answer)
    refused = await admin.send(PLACE, **(LATE | {"was": "en:Lost", "title": "Lost", "text": ""}))

    assert refused.text.count("is-invalid") == 1
    assert "is-invalid" in refused.text.partition('name="was" value="en:Lost"')[2].split("</form>")[0]


async def test_an_answer_that_somebody_has_deleted_is_not_written_again(api: Api, admin: Colleague) -> None:
    refused = await admin.send(PLACE, **(LATE | {"was": "en:Gone"}))

    assert refused.status_code == 404
    assert await answers(api) == []


async def test_only_who_manages_policies_writes_them(api: Api, admin: Colleague) -> None:
    await admin.send(PLACE, was="", **LATE)
    support, picker = await somebody(api, "support"), await somebody(api, "picker")
    page = (await support.see(PLACE)).text

    assert "Late" in page
    assert ">Save<" not in page
    assert (await support.send(PLACE, seen_at="/console/account", was="", **LATE)).status_code == 403
    assert (await support.send(f"{PLACE}/delete", seen_at="/console/account", was="en:Late")).status_code == 403
    assert (await picker.see(PLACE)).status_code == 403
    assert await answers(api) == [LATE]


async def test_an_answer_is_put_below_what_was_typed_and_sent_only_when_it_is_sent(api: Api, admin: Colleague) -> None:
    await admin.send(PLACE, was="", **LATE)
    order, place = await a_case(api)
    support = await somebody(api, "support")
    happened = await api.happened()

    page = await support.send(f"{place}/saved-answer", seen_at=place, saved="en:Late", text="As I said:", asks="1")

    assert page.status_code == 200
    assert in_the_box(page.text) == (
        f"As I said:\n\nHello Ann Example,\n\norder {order['number']} is late. Status: Open."
    )
    assert re.search(r'name="asks" value="1" checked', page.text)
    assert await api.happened() == happened
    sent = await support.send(f"{place}/answer", seen_at=place, text=in_the_box(page.text), to="customer")
    assert sent.status_code == 303
    assert "Hello Ann Example," in (await support.see(place)).text


async def test_answers_in_the_language_of_the_customer_come_first_and_speak_it(api: Api, admin: Colleague) -> None:
    for language, title in (("en", "Late"), ("pt", "Tarde"), ("de", "Zu spät"), ("de", "Anfang")):
        await admin.send(PLACE, was="", title=title, language=language, text="{status}")
    order, place = await a_case(api, language="de-AT")
    page = (await admin.see(place)).text
    listed = page[page.index('id="f-saved"') :]

    assert re.findall(r'<optgroup label="(\w+)"', listed) == ["Deutsch", "English", "Português"]
    assert re.findall(r'<option value="\w+:([^"]+)"', listed)[:4] == ["Anfang", "Zu spät", "Late", "Tarde"]
    await api.post(f"/orders/{order['order_id']}/cancel", {"units": "all", "reason": "customer"})
    filled = await admin.send(f"{place}/saved-answer", seen_at=place, saved="de:Anfang", text="")
    assert in_the_box(filled.text) == "Storniert"


async def test_an_answer_that_there_is_not_is_refused_and_what_was_typed_stays(api: Api, admin: Colleague) -> None:
    _, place = await a_case(api)
    assert 'id="f-saved"' not in (await admin.see(place)).text, "there is none to choose"
    await admin.send(PLACE, was="", **LATE)

    for saved in ("", "en:Gone"):
        refused = await admin.send(f"{place}/saved-answer", seen_at=place, saved=saved, text="Typed.")
        assert refused.status_code == 422
        assert in_the_box(refused.text) == "Typed."
