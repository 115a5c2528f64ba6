"""Connections to checked addresses only: a name is looked up once, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from purveyor.core.networks import NetworkPolicy, addresses_in


class BlockedAddress(httpx.ConnectError):
    """Nothing may be sent there. Says which address, and why."""


async def check_address(reach: NetworkPolicy, host: str, port: int) -> list[str]:
    """The addresses of a host that may be told. Raises `BlockedAddress` where one of them may not."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = addresses_in(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        why = reach.why_not(address, port)
        if why:
            raise BlockedAddress(why)
    return [str(address) for address in addresses]


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by TCP to what `check_address` lets through. Certificates are checked against the name, as ever."""

    def __init__(self, reach: NetworkPolicy) -> None:
        self._reach = reach
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (as the interface has it)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        last: httpcore.ConnectError | None = None
        for address in await check_address(self._reach, host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(self, *_args: Any, **_kwargs: Any) -> httpcore.AsyncNetworkStream:
        raise BlockedAddress("a socket of this machine is no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def transport(reach: NetworkPolicy, limits: httpx.Limits) -> httpx.AsyncHTTPTransport:
    """What a client sends through, without a proxy."""
    made = httpx.AsyncHTTPTransport(limits=limits)
    made._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 (httpx has no other way to give it a network)
        ssl_context=httpx.create_ssl_context(),
        max_connections=limits.max_connections,
        max_keepalive_connections=limits.max_keepalive_connections,
        keepalive_expiry=limits.keepalive_expiry,
        network_backend=CheckedNetwork(reach),
    )
    return made
