"""What strangers and chance cannot do to those who work here: shut them out, guess, come in by what was left lying."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog
from structlog.testing import LogCapture

from purveyor.core.refusals import Invalid
from purveyor.records.staff.commands import UnlockStaff
from purveyor.records.staff.queries import colleague_by_login
from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.passwords import check_password
from purveyor.web.auth.second_factor import new_recovery_codes
from purveyor.web.http import security_log
from tests.web.auth.conftest import NEW, PASSWORD, Browser, Console, browser_of


async def _shut_out(console: Console, address: str = "127.0.0.1", times: int = 5) -> None:
    async with browser_of(console, address=address) as client:
        for _ in range(times):
            assert (await Browser(client).sign_in("ada", "wrong")).status_code == 401


async def test_a_stranger_elsewhere_shuts_nobody_out(console: Console, browser: Browser) -> None:
    await _shut_out(console, "203.0.113.9")
    async with browser_of(console, address="203.0.113.9") as stranger:
        assert (await Browser(stranger).sign_in()).status_code == 401, "not even with the right password"

    assert (await browser.sign_in()).status_code == 200
    await console.verified()


async def test_a_stranger_in_the_same_network_does_not_shut_out_a_browser_that_was_here_before(
    console: Console, browser: Browser
) -> None:
    assert (await browser.sign_in()).status_code == 200
    await _shut_out(console)
    assert (await browser.sign_in()).status_code == 200
    async with browser_of(console) as pia:  # that somebody else was here opens nothing
        assert (await Browser(pia).sign_in("pia")).status_code == 200
        assert (await Browser(pia).sign_in("ada")).status_code == 401


async def test_a_browser_that_was_here_before_guesses_no_longer_than_others(console: Console, browser: Browser) -> None:
    assert (await browser.sign_in()).status_code == 200
    for _ in range(5):
        assert (await browser.sign_in("ada", "wrong")).status_code == 401

    assert (await browser.sign_in()).status_code == 401
    async with browser_of(console) as other:
        assert (await Browser(other).sign_in()).status_code == 200


async def test_the_operator_ends_a_lock(console: Console, browser: Browser) -> None:
    await _shut_out(console)
    assert (await browser.sign_in()).status_code == 401
    ada = await colleague_by_login(console.house.read, "ada")
    assert ada is not None
    await console.do(UnlockStaff(staff_id=ada.id))

    assert (await browser.sign_in()).status_code == 200
    await console.verified()


async def test_what_was_refused_is_counted_and_names_nobody(
    console: Console, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = security_log.refused.copy()
    written = LogCapture()  # whatever an earlier test has made of the logs
    monkeypatch.setattr(security_log, "log", structlog.wrap_logger(None, processors=[written]))
    for login in ("ada", "nobody"):
        await browser.sign_in(login, "wrong")
    await _shut_out(console, times=4)

    assert security_log.refused["auth.refused"] - before["auth.refused"] == 6
    assert security_log.refused["auth.locked"] - before["auth.locked"] == 1
    events = [entry for entry in written.entries if entry["event"].startswith("auth.")]
    assert len(events) == 7
    for entry in events:
        assert {"ada", "nobody", "wrong"}.isdisjoint(map(str, entry.values()))


async def test_a_password_that_was_made_here_ends_after_three_days(console: Console, browser: Browser) -> None:
    await console.accounts.add("staff:test", "bo", "Bo Somebody", ("picker",), NEW, is_made=True)
    console.wall.ahead = timedelta(hours=71, minutes=59)
    assert (await browser.sign_in("bo", NEW)).status_code == 200
    console.wall.ahead = timedelta(hours=72)
    late = await browser.sign_in("bo", NEW)

    assert late.status_code == 401
    assert "Ask an admin" in late.json()["detail"]
    bo = await colleague_by_login(console.house.read, "bo")
    assert bo is not None
    await console.accounts.set_password("staff:test", bo.id, PASSWORD)
    assert (await browser.sign_in("bo", PASSWORD)).status_code == 200
    await console.verified()


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "123456789012",
        "qwertyuiopas",
        "Passw0rd1234",
        "iloveyou1234",
        "purveyor1234",
        "letmeinletmein",
        "monkey123456",
        "1q2w3e4r5t6y",
        "abcdefghijklmnop",
        "Lindqvist & S\u00f6hne",
        "adaadaadaada",
        "aaaaaaaaaaaab",
        "  iloveyou1234  ",
        "lind-qvist \u00b7 2026 \u00b7 kq",
    ],
)
def test_a_password_that_others_would_try_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(password, "ada", "Lindqvist")

    assert password not in str(refusal.value)


@pytest.mark.parametrize(
    "password",
    [
        "Summer2026!!",
        "Sommer2027!!",
        "Verano2026!!!",
        "Ver\u00e3o2026!!!!",
        "September2026",
        "!!2026Winter!",
        "Winter-2026-!",
        "Monday01.03.2026",
        "5umm3r2026!!",
        "remmuS2026!!",
        "Sum2026mer!!",
        "M\u00e4rz 2026 ????",
        "Fr\u00fchling2026!",
        "Juni2026Juni2026",
        "Summer2026Winter2026",
        "HappySummer2026!",
        "SommerUndWinter26",
        "Welcome2026!!",
        "Sunflower2026!",
        "Purveyor2026!!",
        "Sibelius2026!!",
        "Autumn!!!!!!!",
    ],
)
def test_a_word_with_a_year_is_no_password(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(password, "ada", "Sibelius")

    assert password not in str(refusal.value)


@pytest.mark.parametrize(
    "password",
    [
        "winter is coming to stay",
        "correct horse battery 2026",
        "april-kettle-zinc",
        "Summer84629173x",
        "march of the penguins",
    ],
)
def test_words_of_the_calendar_may_stand_in_a_password(password: str) -> None:
    check_password(password, "ada", "Sibelius")


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW, "a3f1-9c2e-77b0", "kX9#mQ2$vL7p", " blue kettle at noon ", "x7" + "correct horse " * 18]
)
def test_a_password_that_nobody_would_try_is_taken(password: str) -> None:
    check_password(password, "ada", "Castellanos")


@pytest.mark.parametrize(
    "password",
    [
        "willkommen123",
        "Willkommen12345",
        "Fu\u00dfball123456",
        "fussball654321",
        "Schmetterling12",
        "hallowelt123",
        "Gl\u00fccklich1234",
        "gluecklich1234",
        "contrase\u00f1a123",
        "Contrasena2026!",
        "Bienvenido2024",
        "mariposa12345",
        "bemvindo1234",
        "Palavrapasse1!",
        "Cora\u00e7\u00e3o123456",
        "ada@shop.example",
        "ada@shop.example1",
        "GraceHopper1",
        "Grace Hopper 1906",
        "hopper123456",
    ],
)
def test_words_of_everyday_in_any_language_and_names_of_colleagues_are_tried_first(password: str) -> None:
    colleagues = ("ada@shop.example", "Ada Byron", "grace", "Grace Hopper")
    with pytest.raises(Invalid) as refusal:
        check_password(password, "bo", "Castellanos", colleagues=colleagues)

    assert password not in str(refusal.value)


@pytest.mark.parametrize(
    "password", ["Pferd Kaffee Klammer richtig", "grace eats blue kettles", "lluvia con tijeras 58"]
)
def test_everyday_words_may_stand_in_a_password_of_many(password: str) -> None:
    check_password(password, "bo", "Castellanos", colleagues=("grace", "Grace Hopper"))


async def test_the_login_of_a_colleague_is_no_password(console: Console) -> None:
    await console.hire("grace.hopper", "picker")
    with pytest.raises(Invalid):
        await console.hire("bo", "picker", password="grace.hopper")


async def test_a_password_keeps_its_blanks(console: Console, browser: Browser) -> None:
    await console.hire("bo", "picker", password=f" {NEW} ")

    assert (await browser.sign_in("bo", NEW)).status_code == 401
    assert (await browser.sign_in("bo", f" {NEW} ")).status_code == 200


def test_recovery_codes_have_more_than_112_bits() -> None:
    for code in new_recovery_codes():
        assert 31 ** len(code.replace("-", "")) > 2**112


async def test_the_name_of_the_shop_is_no_password(console: Console) -> None:
    with pytest.raises(Invalid):
        await Accounts(console.sessions).add("staff:test", "bo", "Bo", ("picker",), "the purveyor shop")
