"""Where webhooks may go: public addresses, private networks that were named, and never where keys are told."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from purveyor.adapters.webhooks.http import HttpSender, text_of, told_of
from purveyor.core.networks import NetworkPolicy, is_open_to_all, is_private, networks_of
from purveyor.ports.webhooks import secret_of, signed
from tests.web.webhook_receiver import listening

MESSAGE = signed(secret_of(b"k" * 32), "msg_1", "test", {}, datetime(2026, 3, 2, tzinfo=UTC))
EVERYTHING = NetworkPolicy(networks_of("0.0.0.0/0, ::/0"), 8420)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_public_addresses_may_be_told(address: str) -> None:
    assert NetworkPolicy().why_not(ip_address(address), 443) == ""


#: An address of every row of the IANA registries of special-purpose addresses that is not globally reachable.
SPECIAL = """
    0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 169.254.1.1 172.16.0.1 172.31.255.254
    192.0.0.0 192.0.0.1 192.0.0.7 192.0.0.8 192.0.0.11 192.0.0.170 192.0.0.171 192.0.0.254 192.0.2.1 192.88.99.1
    192.168.0.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    ::1 :: ::10.0.0.1 ::ffff:10.0.0.1 ::ffff:192.0.0.1 64:ff9b:1::1 64:ff9b:1::5db8:d822 64:ff9b::c000:1 100::1
    100:0:0:1::1 2001::1 2001:1:: 2001:1::4 2001:2::1 2001:4:113::1 2001:10::1 2001:40::1 2001:1ff::1 2001:db8::1
    2002:c000:1::1 3fff::1 3fff:fff::1 5f00::1 fc00::1 fd00::1 fdff::1 fe80::1 fec0::1 ff02::1 4000::1 1::1 e000::1
"""
#: And of every row that is, with neighbors of those above.
REACHABLE = """
    1.0.0.1 9.255.255.255 11.0.0.1 100.63.255.254 100.128.0.1 172.15.255.254 172.32.0.1 191.255.255.254 192.0.0.9
    192.0.0.10 192.0.1.1 192.0.3.1 192.31.196.1 192.52.193.1 192.175.48.1 198.17.255.254 198.20.0.1 223.255.255.254
    2001:1::1 2001:1::2 2001:1::3 2001:3::1 2001:4:112::1 2001:20::1 2001:30::1 2001:200::1 2001:db7::1 2001:db9::1
    2620:4f:8000::1 2a00:1450::1 2600::1 3ffe::1 64:ff9b::5db8:d822 2002:5db8:d822::1
"""


@pytest.mark.parametrize("address", SPECIAL.split())
def test_no_special_address_may_be_told(address: str) -> None:
    assert NetworkPolicy().why_not(ip_address(address), 443) != ""
    assert not is_open_to_all(address)


@pytest.mark.parametrize("address", REACHABLE.split())
def test_special_addresses_of_the_whole_world_may(address: str) -> None:
    assert NetworkPolicy().why_not(ip_address(address), 443) == ""
    assert is_open_to_all(address)


@pytest.mark.parametrize(
    ("host", "is_so"),
    [
        ("10.0.0.1", True),
        ("127.0.0.1", True),
        ("192.0.0.1", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("100.64.0.1", False),  # others share it
        ("93.184.216.34", False),
        ("::ffff:93.184.216.34", False),
        ("64:ff9b::5db8:d822", False),
    ],
)
def test_without_tls_only_private_addresses_are_spoken_to(host: str, is_so: bool) -> None:
    assert is_private(ip_address(host)) == is_so


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.9.9",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
def test_private_ones_only_where_they_were_named(address: str) -> None:
    assert "not public" in NetworkPolicy().why_not(ip_address(address), 443)
    assert EVERYTHING.why_not(ip_address(address), 443) == ""


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "fe80::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
    ],
)
def test_where_clouds_tell_their_keys_nobody_goes_whatever_was_named(address: str) -> None:
    assert "nobody may be sent to" in EVERYTHING.why_not(ip_address(address), 443)


def test_our_own_port_is_never_told() -> None:
    assert "ourselves" in EVERYTHING.why_not(ip_address("127.0.0.1"), 8420)
    assert "ourselves" in EVERYTHING.why_not(ip_address("::ffff:127.0.0.1"), 8420)
    assert EVERYTHING.why_not(ip_address("127.0.0.1"), 9000) == ""


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="host bits"):
        networks_of("10.0.0.1/8")
    assert networks_of("") == ()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001"])
async def test_whatever_a_name_stands_for_is_checked_before_anything_is_sent(host: str) -> None:
    async with listening() as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        closed, opened = HttpSender(), HttpSender(reach=NetworkPolicy(networks_of("127.0.0.0/8, ::1/128")))
        refused, heard = await closed.send(url, MESSAGE), await opened.send(url, MESSAGE)
        await closed.close()
        await opened.close()

    assert refused.status is None
    assert "not public" in refused.text
    assert heard.status == 200
    assert len(receiver.heard) == 1


async def test_what_a_service_of_our_own_network_says_is_not_kept() -> None:
    async with listening() as receiver:
        sender = HttpSender(reach=NetworkPolicy(networks_of("127.0.0.0/8")))
        heard = await sender.send(receiver.url, MESSAGE)
        await sender.close()

    assert (heard.status, heard.text) == (200, "an answer of 10 bytes from a private network")


@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "zstd", "nonsense", "gzip, gzip"])
@pytest.mark.parametrize(
    "text", [b"heard you", gzip.compress(b"heard you" * 10, mtime=0), b""], ids=["plain", "gzip", "empty"]
)
async def test_how_an_answer_is_packed_changes_nothing(packed: str, text: bytes) -> None:
    async with listening() as receiver:
        receiver.packed, receiver.text = packed, text
        sender = HttpSender(reach=NetworkPolicy(networks_of("127.0.0.0/8")))
        heard = await sender.send(receiver.url, MESSAGE)
        await sender.close()

    assert (heard.status, heard.text) == (200, f"an answer of {len(text)} bytes from a private network")
    assert receiver.heard[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("packed", "answer", "told"),
    [
        ("gzip", b"heard you", "heard you"),
        ("gzip", gzip.compress(b"heard you", mtime=0), "an answer that is packed as gzip"),
        ("", b"heard\nyou", "heard\nyou"),
        ("identity", b"\xff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_bytes_that_nobody_can_read_are_named_and_not_kept(packed: str, answer: bytes, told: str) -> None:
    assert told_of(answer, None, packed) == told


@pytest.mark.parametrize("charset", [None, "utf-7", "unicode_escape", "raw_unicode_escape", "hex", "no-such"])
def test_an_answer_is_text_whatever_charset_it_names(charset: str | None) -> None:
    text = text_of(b"\\ud800 +2AA- received \xff\x00", charset)

    assert "received" in text.encode("utf-8").decode("utf-8")
    assert "\0" not in text
