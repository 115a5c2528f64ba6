"""A database URL as providers print it: every word is understood, or refused in a sentence."""

from __future__ import annotations

import socket

import pytest

from purveyor.db.pool import connect_pool
from purveyor.db.url import read_url
from purveyor.settings import SettingsError

URL = "postgresql://u:p@h1:5432,h2:5433/purveyor"


def test_a_url_without_words_of_libpq_is_left_as_it_is() -> None:
    for url in (
        URL,
        f"{URL}?sslmode=require&target_session_attrs=read-write",
        f"{URL}?options=-c%20search_path%3Dshop",
    ):
        assert read_url(url).dsn == url
    assert read_url(URL).timeout_s is None


def test_words_that_the_driver_does_not_know_are_taken_out_and_understood() -> None:
    address = read_url(
        f"{URL}?sslmode=require&connect_timeout=5&keepalives=1&keepalives_idle=30&keepalives_interval=10"
        "&keepalives_count=3&tcp_user_timeout=20000&channel_binding=prefer&gssencmode=disable&client_encoding=utf8"
    )

    assert address.dsn == f"{URL}?sslmode=require"
    assert address.timeout_s == 5
    assert address.socket_options == {
        "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000,
    }  # fmt: skip


@pytest.mark.parametrize(("word", "found_s"), [("0", None), ("-1", None), ("1", 2), ("2", 2), ("60", 60)])
def test_the_time_to_connect_means_what_it_means_to_libpq(word: str, found_s: float | None) -> None:
    assert read_url(f"{URL}?connect_timeout={word}").timeout_s == found_s


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "channel_binding=require",
            "channel_binding=require, which Purveyor cannot do: leave it away, or say prefer or",
        ),
        ("gssencmode=require", "gssencmode=require"),
        ("client_encoding=LATIN1", "client_encoding=LATIN1"),
        ("load_balance_hosts=random", "load_balance_hosts=random"),
        ("replication=database", "replication=database"),
        ("require_auth=scram-sha-256", "require_auth, which Purveyor does not know"),
        ("hostaddr=127.0.0.1", "hostaddr"),
        ("connect_timeout=soon", "connect_timeout=soon, but it must be a whole number"),
        ("keepalives_idle=", "keepalives_idle=, but"),
        ("sslmode", "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(words: str, said: str) -> None:
    with pytest.raises(SettingsError, match="PURVEYOR_DATABASE_URL") as refused:
        read_url(f"{URL}?{words}")

    assert said in str(refused.value)
    assert "p@h1" not in str(refused.value)


async def test_sockets_are_set_as_the_url_says_it() -> None:
    """Without a server: the options of a socket are there before anything is sent."""
    ours, theirs = socket.create_server(("127.0.0.1", 0)), socket.socket()
    with ours, theirs:
        theirs.connect(ours.getsockname())

        class Wire:
            def get_extra_info(self, _name: str) -> socket.socket:
                return theirs

        class Connected:
            _transport = Wire()

        read_url(f"{URL}?keepalives_idle=33").prepare_socket(Connected())  # type: ignore[arg-type]
        assert theirs.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 33
        read_url(f"{URL}?keepalives=0").prepare_socket(Connected())  # type: ignore[arg-type]
        assert theirs.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


async def test_a_pool_opens_with_words_of_libpq(database: str) -> None:
    pool = await connect_pool(f"{database}&connect_timeout=5&keepalives_idle=30&application_name=mine", 1)
    try:
        assert await pool.fetchval("SELECT 1") == 1
    finally:
        await pool.close()
