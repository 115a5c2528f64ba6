"""Secrets for webhooks: made once for a request, shown once, kept sealed."""

from __future__ import annotations

import base64

from purveyor.ports.webhooks import KEPT_AS, secret_of
from purveyor.secret_key import SecretKey


def new_secret(seal: SecretKey, request: str) -> str:
    """The secret for a request to make one, the same one when it is sent again.

    An HMAC-SHA-256 under the secret of this installation: nobody else can tell it, and it has 256 bits.
    """
    return secret_of(base64.urlsafe_b64decode(f"{seal.tag('webhook secret', request)}="))


def sealed_secret(seal: SecretKey, secret: str) -> str:
    """The secret as it is kept."""
    return seal.closed(KEPT_AS, secret)
