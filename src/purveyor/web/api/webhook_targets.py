"""Whether an address of a webhook may be told, as far as can be seen without looking its name up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from purveyor.core.networks import NetworkPolicy, addresses_in
from purveyor.core.refusals import Invalid

LOCAL = "127.0.0.1"


def check_target(settings: Any, url: str | None) -> None:
    """Raises `Invalid`. What a name stands for is checked whenever something is sent, because it may change."""
    reach: NetworkPolicy = settings.webhook_reach
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        is_local = host == "localhost" or host.endswith(".localhost")
        (address,) = addresses_in([LOCAL if is_local else host])
    except ValueError:  # a name, or what the rules refuse in words of their own
        return
    why = reach.why_not(address, port)
    if why:
        raise Invalid(field="url", found=why, expected="a public address, or one in a private network that was named")
