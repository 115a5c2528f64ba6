"""What is turned away stands in the security log: what it was, why, and where it came from."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import httpx
import msgspec
import pyotp
import pytest
import structlog
from structlog.testing import LogCapture

from purveyor.records.staff.queries import colleague_by_login
from purveyor.stages.delivery.decide.counter import MOST_WRONG_CODES
from purveyor.web.auth import sessions
from purveyor.web.auth.sessions import Sessions
from purveyor.web.http import security_log
from tests.web.conftest import Api, key_for
from tests.web.console.staff import PASSWORD, Colleague, somebody
from tests.web.test_at_the_counter import a_waiting_parcel

RECOVERY_CODE = re.compile(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){5}\b")
ADDRESS = "203.0.113.9"
Written = list[Any]


class From(httpx.AsyncBaseTransport):
    """The same application, as somebody at another address reaches it."""

    def __init__(self, api: Api) -> None:
        app = api.client._transport.app  # type: ignore[attr-defined]
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(ADDRESS, 4711))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)


@pytest.fixture
def written(api: Api, monkeypatch: pytest.MonkeyPatch) -> Written:
    """The events of the security log. Everybody comes from one address."""
    log = LogCapture()
    monkeypatch.setattr(security_log, "log", structlog.wrap_logger(None, processors=[log]))
    monkeypatch.setattr(sessions, "KEPT_S", -1)
    monkeypatch.setattr(api.client, "_transport", From(api))
    return log.entries


async def _with_code(api: Api, who: Colleague) -> tuple[pyotp.TOTP, list[str]]:
    """A second factor for somebody, and the recovery codes."""
    await who.send("/console/account/second-factor", seen_at="/console/account", password=PASSWORD)
    (kept,) = await api.house.read.values("SELECT value FROM staff_secret WHERE what = 'totp' AND value <> ''")
    totp = pyotp.TOTP(Sessions(api.house).seal.opened("second factor", kept))
    shown = await who.send("/console/account/second-factor/confirm", seen_at="/console/account", code=totp.now())
    return totp, RECOVERY_CODE.findall(shown.text)


async def _asks_for_a_code(api: Api, **fields: str) -> httpx.Response:
    """Sign in with the right password, and answer what is asked for then."""
    browser = Colleague(api, httpx.AsyncClient(transport=api.client._transport, base_url="http://purveyor"))
    page = await browser.send("/console/sign-in", login="picker@test", password=PASSWORD)
    hidden = page.text.partition('name="ticket" value="')[2].partition('"')[0]
    return await browser.send("/console/sign-in/code", seen_at="/console/sign-in", **{"ticket": hidden, **fields})


async def _wrong_password(api: Api) -> None:
    browser = Colleague(api, httpx.AsyncClient(transport=api.client._transport, base_url="http://purveyor"))
    await browser.send("/console/sign-in", login="nobody@test", password="wrong")


async def _old_password_wrong(api: Api) -> None:
    pia = await somebody(api, "picker")
    new = "staple of another colour"
    answer = await pia.send("/console/account/password", seen_at="/console/account", old="wrong", new=new, again=new)
    assert answer.status_code == 403


async def _confirmed_wrongly(api: Api) -> None:
    pia = await somebody(api, "picker")
    assert (await pia.send("/console/account/confirm", password="wrong")).status_code == 403


async def _factor_begun_wrongly(api: Api) -> None:
    pia = await somebody(api, "picker")
    path = "/console/account/second-factor"
    assert (await pia.send(path, seen_at="/console/account", password="wrong")).status_code == 403


async def _factor_removed_wrongly(api: Api) -> None:
    pia = await somebody(api, "picker")
    path = "/console/account/second-factor/remove"
    assert (await pia.send(path, seen_at="/console/account", password="wrong")).status_code == 403


async def _first_code_wrong(api: Api) -> None:
    pia = await somebody(api, "picker")
    await pia.send("/console/account/second-factor", seen_at="/console/account", password=PASSWORD)
    path = "/console/account/second-factor/confirm"
    assert (await pia.send(path, seen_at="/console/account", code="12")).status_code == 403


async def _code_wrong(api: Api) -> None:
    await _with_code(api, await somebody(api, "picker"))
    assert (await _asks_for_a_code(api, code="12")).status_code == 401


async def _ticket_made_up(api: Api) -> None:
    await _with_code(api, await somebody(api, "picker"))
    assert (await _asks_for_a_code(api, code="12", ticket="x")).status_code == 401


async def _recovery_code_used(api: Api) -> None:
    _, codes = await _with_code(api, await somebody(api, "picker"))
    assert (await _asks_for_a_code(api, code=codes[0])).status_code == 303
    again = await _asks_for_a_code(api, code=codes[0])
    assert "This recovery code was used before." in again.text
    assert "half a minute" not in again.text


async def _sign_in_link_made_up(api: Api) -> None:
    assert (await api.client.get("/account/enter/made-up")).status_code == 410


async def _order_link_made_up(api: Api) -> None:
    assert (await api.client.get("/o/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA")).status_code == 404


async def _parcel_code_wrong(api: Api) -> None:
    order, parcel = await a_waiting_parcel(api)
    path = f"/orders/{order}/collections/{parcel}/hand-over"
    assert (await api.post(path, {"code": "WRONG"})).status_code == 409


PROOFS: list[tuple[str, Callable[[Api], Awaitable[None]]]] = [
    ("unknown_login", _wrong_password),
    ("password_wrong", _old_password_wrong),
    ("password_wrong", _confirmed_wrongly),
    ("password_wrong", _factor_begun_wrongly),
    ("password_wrong", _factor_removed_wrongly),
    ("code_wrong", _first_code_wrong),
    ("code_wrong", _code_wrong),
    ("code_used", _recovery_code_used),
    ("ticket_over", _ticket_made_up),
    ("sign_in_link", _sign_in_link_made_up),
    ("order_link", _order_link_made_up),
    ("wrong_code", _parcel_code_wrong),
]


@pytest.mark.parametrize(("why", "refused"), PROOFS, ids=[each.__name__.strip("_") for _, each in PROOFS])
async def test_a_proof_that_is_none_is_logged_and_counted(
    api: Api, written: Written, why: str, refused: Callable[[Api], Awaitable[None]]
) -> None:
    before = security_log.refused["auth.refused"]
    await refused(api)

    assert security_log.refused["auth.refused"] - before == 1
    (event,) = [entry for entry in written if entry["event"] == "auth.refused"]
    assert event["why"] == why
    assert event["address"] == ADDRESS


async def test_too_many_wrong_passwords_in_my_account_are_a_lock_that_is_logged(api: Api, written: Written) -> None:
    pia = await somebody(api, "picker")
    for _ in range(5):
        await pia.send("/console/account/confirm", password="wrong")
    assert [entry["event"] for entry in written] == ["auth.refused"] * 5 + ["auth.locked"]


async def test_a_parcel_whose_code_is_guessed_at_is_locked_and_that_is_logged(api: Api, written: Written) -> None:
    order, parcel = await a_waiting_parcel(api)
    path = f"/orders/{order}/collections/{parcel}/hand-over"
    for number in range(MOST_WRONG_CODES + 1):
        await api.post(path, {"code": f"WRONG{number}"})

    events = [(entry["event"], entry["why"]) for entry in written]
    wrong = [("auth.refused", "wrong_code")] * MOST_WRONG_CODES
    assert events == [*wrong, ("auth.locked", "wrong_code"), ("auth.refused", "collect_locked")]


async def test_everything_that_is_turned_away_says_where_it_came_from(api: Api, written: Written) -> None:
    msgspec.structs.force_setattr(api.house.settings, "carrier_webhook_secret", "whsec_" + "A" * 32)
    pia = await somebody(api, "picker")
    assert await colleague_by_login(api.house.read, "picker@test") is not None
    for _ in range(6):  # refused, locked, and then too many
        await pia.send("/console/account/confirm", password="wrong")
    await pia.see("/console/staff")
    await api.client.post("/cart/add", data={"sku": "MUG"})
    await api.client.get("/api/v1/orders", headers={"Authorization": "Bearer pk_x_y"})
    await api.client.get("/api/v1/orders", headers={"Authorization": await key_for(api.house, "stock:read")})
    await api.client.post("/webhooks/carrier", content=b"{}")

    assert {entry["event"] for entry in written} == set(get_args(security_log.Reason))
    assert {entry["event"] for entry in written if entry["address"] != ADDRESS} == set()
