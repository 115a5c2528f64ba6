"""Where other programs may be told: which addresses are public, and which nobody may be sent to at all."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

import msgspec

from purveyor.core.refusals import wanted

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: Where clouds tell their keys to whoever asks, and what leads anywhere or nowhere: no setting opens these.
BLOCKED: Final = tuple(
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
#: Every row of the IANA registries of special-purpose addresses (as of 2026-11) that is not globally reachable, or no
#: longer, and whatever is no unicast address of the world. Python's `is_global` says something else in each version.
_NOT_PUBLIC_4: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # RFC 791: this network
        "10.0.0.0/8",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598: shared by customers of a provider
        "127.0.0.0/8",  # RFC 1122: loopback
        "169.254.0.0/16",  # RFC 3927: link-local
        "172.16.0.0/12",  # RFC 1918
        "192.0.0.0/24",  # RFC 6890: protocol assignments
        "192.0.2.0/24",  # RFC 5737: documentation
        "192.88.99.0/24",  # RFC 7526: relays that are no more
        "192.168.0.0/16",  # RFC 1918
        "198.18.0.0/15",  # RFC 2544: benchmarks
        "198.51.100.0/24",  # RFC 5737: documentation
        "203.0.113.0/24",  # RFC 5737: documentation
        "224.0.0.0/4",  # RFC 1112: multicast
        "240.0.0.0/4",  # RFC 1112: reserved, with limited broadcast
    )
)
_PUBLIC_4: Final = (ip_network("192.0.0.9/32"), ip_network("192.0.0.10/32"))  # RFC 7723, RFC 8155
_UNICAST_6: Final = ip_network("2000::/3")  # RFC 4291: whatever is outside of it is special, or given to nobody
_NOT_PUBLIC_6: Final = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # RFC 2928: protocol assignments, Teredo, benchmarks
        "2001:db8::/32",  # RFC 3849: documentation
        "3fff::/20",  # RFC 9637: documentation
    )
)
_PUBLIC_6: Final = tuple(
    ip_network(text)
    for text in (
        "2001:1::1/128",  # RFC 7723
        "2001:1::2/128",  # RFC 8155
        "2001:1::3/128",  # RFC 9665
        "2001:3::/32",  # RFC 7450
        "2001:4:112::/48",  # RFC 7535
        "2001:20::/28",  # RFC 7343
        "2001:30::/28",  # RFC 9374
    )
)
_SHARED: Final = ip_network("100.64.0.0/10")
_NAT64: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_NAT64_LOW: Final = (1 << 32) - 1


class NetworkPolicy(msgspec.Struct, frozen=True):
    """Which addresses may be told: public ones, and private `networks` that were named. Never our own `port` here."""

    networks: tuple[Network, ...] = ()
    port: int = 0

    def why_not(self, address: Address, port: int) -> str:
        """Why nothing is sent to this address; empty where it may be."""
        for each in embedded_address(address):
            if any(each in network for network in BLOCKED):
                return wanted(f"{address} is where nobody may be sent to")
            if each.is_loopback and port == self.port:
                return wanted(f"{address} port {port} is ourselves")
            if not _is_public(each) and not any(each in network for network in self.networks):
                return wanted(f"{address} is not public, and not in PURVEYOR_WEBHOOK_NETWORKS")
        return ""


def embedded_address(address: Address) -> tuple[Address, ...]:
    """The address itself, or the IPv4 addresses that it leads to: by mapping, by NAT64, by a tunnel."""
    if isinstance(address, IPv4Address):
        return (address,)
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        low = IPv4Address(int(address) & _NAT64_LOW)
        return (low,) if address in _NAT64[0] else (address, low)  # the second is of one network, which may be ours
    found = tuple(each for each in inner if each is not None)
    return found if address.ipv4_mapped is not None else (address, *found)


def networks_of(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8, fd00::/8` as networks. Raises `ValueError` for what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_open_to_all(address: str) -> bool:
    return all(_is_public(each) for each in embedded_address(ip_address(address)))


def is_private(address: Address) -> bool:
    """Whether it stays within a network, so that it may be spoken to without TLS."""
    return not any(_is_public(each) or each in _SHARED for each in embedded_address(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not _is_in(address, _NOT_PUBLIC_4) or _is_in(address, _PUBLIC_4)
    return address in _UNICAST_6 and (not _is_in(address, _NOT_PUBLIC_6) or _is_in(address, _PUBLIC_6))


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def addresses_in(hosts: Iterable[str]) -> list[Address]:
    """As the resolver gives them, without the zone of link-local ones."""
    return [ip_address(host.partition("%")[0]) for host in hosts]
