"""What a database URL says: the words of libpq that the driver does not know are understood here, or refused."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
import msgspec

from purveyor.settings import SettingsError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

PREFIX = "PURVEYOR_DATABASE_URL says"
#: What sets a connection's socket, and the name that its option has in Python.
SOCKET_WORDS = {
    "keepalives_idle": "TCP_KEEPIDLE",
    "keepalives_interval": "TCP_KEEPINTVL",
    "keepalives_count": "TCP_KEEPCNT",
    "tcp_user_timeout": "TCP_USER_TIMEOUT",
}
#: What may be said because it asks for nothing that we do not do anyway: the values that are right.
NOTHING_TO_DO = {
    "channel_binding": ("prefer", "disable"),
    "client_encoding": ("UTF8", "utf8", "UTF-8", "utf-8", "auto"),
    "fallback_application_name": None,
    "gssdelegation": ("0",),
    "gssencmode": ("prefer", "disable"),
    "load_balance_hosts": ("disable",),
    "max_protocol_version": ("3.0", "3.2", "latest"),
    "min_protocol_version": ("3.0",),
    "replication": ("0", "false", "off", "no"),
    "requiressl": ("0",),
    "sslcertmode": ("allow", "disable"),
    "sslcompression": ("0",),
    "sslsni": ("0", "1"),
}
NOT_KNOWN = ("hostaddr", "require_auth", "requirepeer", "scram_client_key", "scram_server_key", "sslcrldir")


class Address(msgspec.Struct, frozen=True):
    """Where a database is, in words that the driver knows, and how its connections are opened and kept."""

    dsn: str
    timeout_s: float | None = None  # to connect; None is as long as the driver likes
    keeps_alive: bool = True
    socket_options: dict[str, int] = {}

    async def connect(self, **how: Any) -> Connection:
        """One connection."""
        if self.timeout_s is not None:
            how = {"timeout": self.timeout_s} | how
        connection: Connection = await asyncpg.connect(self.dsn, **how)
        self.prepare_socket(connection)
        return connection

    def prepare_socket(self, connection: Connection) -> None:
        """Notice a server that is gone as early as the URL asks for."""
        wire = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # noqa: SLF001 (no other way)
        if wire is None or wire.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(self.keeps_alive))
        for name, value in self.socket_options.items():
            option = getattr(socket, name, None)  # not every system has all of them
            if option is not None:
                with contextlib.suppress(OSError):
                    wire.setsockopt(socket.IPPROTO_TCP, option, value)


def read_url(url: str) -> Address:
    """Take our words out of a URL. Raises `SettingsError` for what we cannot do, and for what is no URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port if "," not in parts.netloc else None
        words = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        message = (
            f"PURVEYOR_DATABASE_URL cannot be read ({error}): write it like postgresql://user@host/name?word=value."
        )
        raise SettingsError(message) from error
    left: list[tuple[str, str]] = []
    numbers: dict[str, int] = {}
    for word, value in words:
        if word in {"connect_timeout", "keepalives", *SOCKET_WORDS}:
            numbers[word] = _number(word, value)
        elif word in NOTHING_TO_DO:
            _check_right(word, value)
        elif word in NOT_KNOWN:
            raise SettingsError(f"{PREFIX} {word}, which Purveyor does not know. Leave it away.")
        else:
            left.append((word, value))
    wait_s = numbers.get("connect_timeout", 0)
    return Address(
        dsn=parts._replace(query=urlencode(left)).geturl() if len(left) < len(words) else url,
        timeout_s=max(wait_s, 2) if wait_s > 0 else None,  # as libpq has it
        keeps_alive=numbers.get("keepalives", 1) != 0,
        socket_options={SOCKET_WORDS[word]: n for word, n in numbers.items() if word in SOCKET_WORDS and n > 0},
    )


def _number(word: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"{PREFIX} {word}={value}, but it must be a whole number.") from None


def _check_right(word: str, value: str) -> None:
    right = NOTHING_TO_DO[word]
    if right is not None and value not in right:
        message = f"{PREFIX} {word}={value}, which Purveyor cannot do: leave it away, or say {' or '.join(right)}."
        raise SettingsError(message)
