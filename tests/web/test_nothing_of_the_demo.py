"""A shop that is no demo: no inbox, no test cards, no stand-in downloads, and whatever is simulated says so."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest

from purveyor.settings import Settings, SettingsError
from purveyor.web.server.process import serve
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.order_page.conftest import Counter
from tests.web.storefront.conftest import CARD, Visitor

CASH = {"terms": "at_counter", "tenders": [{"method": "cash"}], "channel": "in_person"}


@pytest.fixture
def plain(api: Api) -> Api:
    """What `purveyor serve` serves with default settings."""
    msgspec.structs.force_setattr(api.house.settings, "demo", False)
    return api


async def test_nobody_reads_the_mails_of_others(plain: Api) -> None:
    visitor = Visitor(plain)
    await visitor.puts("MUG")
    asked = await visitor.send("/account/link", seen_at="/account", email="ann@example.com")

    assert asked.status_code in (200, 303)
    for path in ("/inbox", "/inbox?to=ann@example.com", "/inbox/1", "/inbox/1/html"):
        assert (await visitor.see(path)).status_code == 404
    assert "/inbox" not in (await visitor.see("/")).text


async def test_no_test_card_pays(plain: Api) -> None:
    visitor = Visitor(plain)
    await visitor.puts("MUG")
    page = (await visitor.see("/checkout")).text
    refused = await visitor.orders(**CARD)

    assert "card_number" not in page
    assert 'value="card"' not in page
    assert refused.status_code == 422
    assert "Cards cannot be paid with here." in refused.text
    assert await visitor.count("orders") == 0


async def test_no_test_card_pays_by_link_either(plain: Api) -> None:
    customer = await Counter(plain).order(tenders=[{"method": "card"}])
    (payment,) = await plain.house.read.values("SELECT id FROM payment")
    page = (await customer.see(f"/pay/{payment}")).text
    sent = await customer.send(f"/pay/{payment}", seen_at="/help", **{k: v for k, v in CARD.items() if k != "payment"})

    assert "card_number" not in page
    assert sent.status_code == 404
    assert await plain.house.read.values("SELECT status FROM payment") == ["offered"]


async def test_a_download_whose_file_is_missing_is_neither_sent_nor_counted(plain: Api, tmp_path: Path) -> None:
    shop = Counter(plain)
    customer = await shop.order(("BOOK", 1), **CASH)
    ((grant, left),) = await plain.house.pool.fetch("SELECT id, downloads_left FROM download_grant")
    missing = await customer.send(f"/downloads/{grant}", seen_at="/help")

    assert missing.status_code == 503
    assert "content-disposition" not in missing.headers
    assert await plain.house.read.values("SELECT downloads_left FROM download_grant") == [left]
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "book.epub").write_bytes(b"words")
    sent = await customer.send(f"/downloads/{grant}", seen_at="/help")
    assert (sent.status_code, sent.content) == (200, b"words")
    assert await plain.house.read.values("SELECT downloads_left FROM download_grant") == [left - 1]


async def test_what_is_simulated_is_said_in_the_console_and_at_the_checkout(plain: Api) -> None:
    visitor = Visitor(plain)
    await visitor.puts("MUG")
    console = (await (await somebody(plain, "admin")).see("/console")).text
    words = "Simulated: payments, carriers, messages."

    assert words in console
    assert words in (await visitor.see("/checkout")).text
    msgspec.structs.force_setattr(plain.house.settings, "gateway", "a real one")
    msgspec.structs.force_setattr(plain.house.settings, "carrier", "a real one")
    assert "Simulated: messages." in (await visitor.see("/checkout")).text
    msgspec.structs.force_setattr(plain.house.settings, "notifier", "smtp")
    assert "Simulated:" not in (await visitor.see("/checkout")).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"public_url": "https://shop.example"}, "https://shop.example"),
        ({"public_url": "http://10.0.0.5:8420"}, "PURVEYOR_GATEWAY, PURVEYOR_CARRIER, PURVEYOR_NOTIFIER"),
        ({"public_url": "https://shop.example", "notifier": "smtp"}, "(PURVEYOR_GATEWAY, PURVEYOR_CARRIER)"),
        ({"host": "0.0.0.0"}, "0.0.0.0"),
        ({"public_url": "http://localhost.evil.example"}, "localhost.evil.example"),
    ],
)
def test_a_simulated_shop_is_not_opened_to_others(
    capsys: pytest.CaptureFixture[str], changes: dict[str, str], says: str
) -> None:
    assert serve(msgspec.structs.replace(Settings(), **changes)) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "PURVEYOR_ALLOW_SIMULATED=true" in said


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(public_url="http://localhost:8420"),
        Settings(public_url="http://[::1]:8420"),
        Settings(public_url="https://shop.example", allow_simulated=True),
        Settings(public_url="https://shop.example", gateway="a", carrier="b", notifier="smtp"),
    ],
)
def test_otherwise_it_starts(capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert serve(settings, port=taken.getsockname()[1]) == 2
    assert "it is in use" in capsys.readouterr().err


def test_at_the_start_it_is_said_what_is_simulated_and_who_is_not_told() -> None:
    assert len(Settings().warnings) == 3
    assert "no money moves" in Settings().warnings[0]
    assert any("SMS" in line for line in Settings(notifier="smtp", smtp_url="smtp://mail.example").warnings)


def test_no_variable_makes_a_demo_of_a_shop() -> None:
    with pytest.raises(SettingsError, match="only `purveyor demo`"):
        Settings.from_environment({"PURVEYOR_DEMO": "true"})
    assert Settings.from_environment({"PURVEYOR_ALLOW_SIMULATED": "true"}).allow_simulated
