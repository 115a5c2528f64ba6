"""Who comes through which door: every role at every page and action, every scope at every address of the API.

A door that somebody forgets to guard, or guards by the wrong scope, is found here whatever its name.
"""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import pytest

from purveyor.core.vocabulary import ROLES
from purveyor.records.staff.scopes import allows
from purveyor.web.api.command_endpoints import ROOT
from purveyor.web.api.routes import SECTIONS
from purveyor.web.auth import api_keys, sessions
from purveyor.web.auth.roles import scopes_of
from purveyor.web.console.order.actions import ENDPOINTS
from purveyor.web.reading.contact_access import lacks_addresses
from purveyor.web.server.page_routes import PAGES
from tests.web.conftest import Api, key_for
from tests.web.console.staff import Colleague, somebody

NOBODYS = UUID(int=7)  # an id that nothing has: whoever comes through finds nothing
CONSOLE = [page for page in PAGES if page.door == "console" and page.scope]
# Papers that say where a parcel goes.
ADDRESSED = (
    "/console/packing/slips/{order_id:uuid}/{parcel_id:uuid}",
    "/console/shipping/labels/{order_id:uuid}/{shipment_id:uuid}",
)
_PARAMETER = re.compile(r"\{\w+:(\w+)\}")


def _address(path: str) -> str:
    made_up = {"uuid": str(NOBODYS), "int": "1", "str": "nothing"}
    return _PARAMETER.sub(lambda match: made_up[match[1]], path)


def _is_refused_by_role(response: httpx.Response) -> bool:
    """By what somebody may do, not by the form that lacks its token."""
    return response.status_code == 403 and "Only these roles may do this" in response.text


@pytest.fixture
async def house_of_all(api: Api, monkeypatch: pytest.MonkeyPatch) -> dict[str, Colleague]:
    """Somebody for each role, whose session is looked up once."""
    monkeypatch.setattr(sessions, "KEPT_S", 600.0)
    return {role: await somebody(api, role) for role in ROLES}


async def test_every_role_at_every_page(house_of_all: dict[str, Colleague], api: Api) -> None:
    (last,) = await api.house.read.values("SELECT max(seq) FROM journal")
    wrong = []
    for role, colleague in house_of_all.items():
        for page in CONSOLE:
            scopes = scopes_of([role])
            may = allows(scopes, page.scope) and not (page.path in ADDRESSED and lacks_addresses(scopes))
            if page.method == "GET" and may and role not in ("admin", "analyst"):
                continue  # these two see every page between them, and the others are shown nothing else
            if page.path.endswith("/live"):
                continue  # it does not end
            answer = await colleague.browser.request(page.method, _address(page.path))
            if _is_refused_by_role(answer) is may:
                wrong.append((role, page.method, page.path, answer.status_code))

    assert wrong == []
    since = await api.house.read.values("SELECT kind FROM journal WHERE seq > $1", last)
    assert set(since) == {"staff.orders_exported"}, "who takes a list of people is written down; no form did anything"


async def test_every_role_at_every_action_of_an_order(house_of_all: dict[str, Colleague], api: Api) -> None:
    number = (await api.place())["number"]
    wrong = []
    for role, colleague in house_of_all.items():
        for name, (_, endpoint) in ENDPOINTS.items():
            page = f"/console/orders/{number}/do/{name}"
            if (await colleague.browser.post(page)).status_code != 403:  # without its token nothing is done for anybody
                wrong.append((role, "POST", name))
            may = allows(scopes_of([role]), endpoint.scope)
            if not may and not _is_refused_by_role(await colleague.see(page)):
                wrong.append((role, "GET", name))

    assert wrong == []


async def test_nobody_at_every_page_of_the_console(api: Api) -> None:
    wrong = []
    for page in CONSOLE:
        answer = await api.client.request(page.method, _address(page.path))
        if answer.status_code not in (303, 403) or (
            answer.status_code == 303 and not answer.headers["location"].startswith("/console/sign-in")
        ):
            wrong.append((page.method, page.path, answer.status_code))

    assert wrong == []


async def test_every_scope_at_every_address_of_the_api(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "KEPT_S", 600.0)
    doors = [("GET", door.path, door.scope) for section in SECTIONS for door in section.reads]
    doors += [
        ("POST", door.path, door.scope)
        for section in SECTIONS
        for group in (section.endpoints, section.maintenance)
        for door in group
    ]
    scopes = sorted({scope for _, _, scope in doors})
    held = {scope: await key_for(api.house, scope, name=scope) for scope in scopes}
    happened = await api.happened()
    wrong = []
    for method, path, needs in doors:
        for scope, authorization in held.items():
            if scope == needs and method == "GET":
                continue  # the tests of each list see that it opens
            headers = {"Authorization": authorization}  # a write without its key is refused after the door
            answer = await api.client.request(method, ROOT + _address(path), headers=headers)
            refused = answer.status_code == 403 and answer.json()["code"] == "scope_missing"
            if refused is (scope == needs):
                wrong.append((method, path, scope, answer.status_code))

    assert wrong == []
    assert await api.happened() == happened
