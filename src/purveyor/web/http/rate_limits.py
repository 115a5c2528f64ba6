"""How often somebody may try: token buckets in the memory of the process.

Each process counts for itself, so behind a balancer of n processes n times as much comes through. That is enough for
what they are for: to make guessing and flooding slow. What must hold exactly stands in rows (lock-outs, holds).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic
from typing import Any

from purveyor.web.http import security_log
from purveyor.web.http.problem_details import Problem

MOST_KEPT = 50_000


class RateLimit:
    """`most` tries at once for each key; another one every `every_s` seconds."""

    def __init__(self, what: str, *, most: int, every_s: float, clock: Callable[[], float] = monotonic) -> None:
        """`what`: what is counted, for the sentence: "tries to sign in"."""
        self._what = what
        self._most = most
        self._every_s = every_s
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when the bucket of a key is full again

    def wait_s(self, key: str) -> float:
        """How long a key has to wait for its next try: 0 when it may."""
        full_at = self._full_at.get(key, 0.0)
        return max(0.0, full_at - self._clock() - (self._most - 1) * self._every_s)

    def take(self, key: str) -> None:
        """Count a try. Raises `Problem` (429, with `Retry-After`) when there were too many; that one is not counted."""
        wait_s = self.wait_s(key)
        if wait_s > 0:
            security_log.note("limit.hit", what=self._what)
            raise too_many(self._what, wait_s)
        now = self._clock()
        self._full_at[key] = max(self._full_at.get(key, now), now) + self._every_s
        self._full_at.move_to_end(key)
        while len(self._full_at) > MOST_KEPT or self._oldest_is_full(now):
            self._full_at.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Start anew: whoever tried has succeeded."""
        self._full_at.pop(key, None)

    def _oldest_is_full(self, now: float) -> bool:
        return bool(self._full_at) and next(iter(self._full_at.values())) <= now


def too_many(what: str, wait_s: float) -> Problem:
    seconds = ceil(wait_s)
    return Problem(
        429,
        "too_many_tries",
        f"Too many {what}. Try again in {seconds} {'second' if seconds == 1 else 'seconds'}.",
        data={"retry_after_s": seconds},
        headers={"Retry-After": str(seconds)},
    )


def address_of(request: Any, proxies: int = 0) -> str:
    """Where a request came from, for limits and session lists; "" where that is not known.

    `proxies`: how many of our own stand before us. Each adds to `X-Forwarded-For` whom it saw, so the first of them
    saw the entry of that place from the end; what stands before it may be made up.
    """
    client = request.client.host if request.client else ""
    if proxies > 0:
        seen = [each.strip() for each in request.headers.get("x-forwarded-for", "").split(",") if each.strip()]
        if len(seen) >= proxies:
            return str(seen[-proxies])[:64]
    return str(client)


def network_of(address: str) -> str:
    """What is counted as one for limits: an IPv4 address, or the /64 of an IPv6 one, which one line has for itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
