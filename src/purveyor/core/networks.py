"""Where other programs may be told: which addresses are public, and which nobody may be sent to at all."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

import msgspec

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: Where clouds tell their keys to whoever asks, and what leads anywhere or nowhere: no setting opens these.
NEVER: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # RFC 3927: link-local, and the metadata of most clouds
        "100.100.100.200/32",  # the metadata of Alibaba Cloud, inside of RFC 6598
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",  # RFC 4291: link-local
        "fd00:ec2::/32",  # the metadata of AWS, inside of RFC 4193
        "ff00::/8",
    )
)
_NAT64: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_NAT64_LOW: Final = (1 << 32) - 1


class Reach(msgspec.Struct, frozen=True):
    """Which addresses may be told: public ones, and private `networks` that were named. Never our own `port` here."""

    networks: tuple[Network, ...] = ()
    port: int = 0

    def why_not(self, address: Address, port: int) -> str:
        """Why nothing is sent to this address; empty where it may be."""
        for each in meant_by(address):
            if any(each in network for network in NEVER):
                return f"{address} is where nobody may be sent to"
            if each.is_loopback and port == self.port:
                return f"{address} port {port} is ourselves"
            if not each.is_global and not any(each in network for network in self.networks):
                return f"{address} is not public, and not in PURVEYOR_WEBHOOK_NETWORKS"
        return ""


def meant_by(address: Address) -> tuple[Address, ...]:
    """The address itself, or the IPv4 addresses that it leads to: by mapping, by NAT64, by a tunnel."""
    if isinstance(address, IPv4Address):
        return (address,)
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        inner.append(IPv4Address(int(address) & _NAT64_LOW))
        return tuple(each for each in inner if each is not None)
    found = tuple(each for each in inner if each is not None)
    return found if address.ipv4_mapped is not None else (address, *found)


def networks_of(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8, fd00::/8` as networks. Raises `ValueError` for what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_open_to_all(address: str) -> bool:
    return all(each.is_global for each in meant_by(ip_address(address)))


def addresses_in(hosts: Iterable[str]) -> list[Address]:
    """As the resolver gives them, without the zone of link-local ones."""
    return [ip_address(host.partition("%")[0]) for host in hosts]
