"""The secret of this installation: it signs what goes out to browsers and must come back, and seals what is kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from purveyor.core.encrypted_values import ENCRYPTED_PREFIX, is_encrypted

KEY_FILE = "secret_key"
KEY_BYTES = 32
NONCE_BYTES = 12  # of AES-GCM (NIST SP 800-38D, 8.2)


def secret_key_of(given: str | None, data_dir: Path) -> bytes:
    """The setting `secret_key`, or the key in the data folder, made when there is none (mode 0600).

    Processes on several machines must share one, so there it has to be set. Raises `OSError` where it cannot be kept,
    and `ValueError` when the file holds something else.
    """
    if given is not None:
        return hashlib.sha256(given.encode()).digest()
    path = data_dir / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        message = f"{path} has {len(key)} bytes, but must have {KEY_BYTES}. Delete it to have a new one made."
        raise ValueError(message)
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and the first of several processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(KEY_BYTES))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class SecretKey:
    """Signs what goes out, for one purpose each, so that a value of one kind is none of another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def tag(self, purpose: str, text: str) -> str:
        """The signature alone (HMAC-SHA-256), for what both sides know."""
        mac = hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def seal(self, purpose: str, text: str) -> str:
        """The text with its signature. It can be read by whoever has it."""
        body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{body}.{self.tag(purpose, text)}"

    def unseal(self, purpose: str, sealed: str) -> str | None:
        """The text again, or None when it is not one of ours."""
        body, _, tag = sealed.partition(".")
        try:
            text = base64.urlsafe_b64decode(body.encode() + b"=" * (-len(body) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        return text if constant_time_equal(tag, self.tag(purpose, text)) else None

    def closed(self, purpose: str, text: str) -> str:
        """The text as nobody can read it without our key (AES-256-GCM), for what is kept: secrets of other machines.

        The nonce is a keyed hash of the text, so that no two texts share one, and a request that is sent again gives
        the same command again. It tells that two texts are the same: seal only what has bits enough of its own.
        """
        nonce = self._derived(f"nonce\0{purpose}\0{text}")[:NONCE_BYTES]
        kept = nonce + self._cipher(purpose).encrypt(nonce, text.encode(), purpose.encode())
        return ENCRYPTED_PREFIX + base64.urlsafe_b64encode(kept).decode().rstrip("=")

    def opened(self, purpose: str, kept: str) -> str:
        """The text again; one that was kept in clear, as all were once, is given back as it is.

        Raises `ValueError` for what another key has closed, or somebody has changed.
        """
        if not is_encrypted(kept):
            return kept
        body = kept.removeprefix(ENCRYPTED_PREFIX)
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            return self._cipher(purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            message = f"a {purpose} was sealed under another secret_key"
            raise ValueError(message) from None

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self._derived(f"kept\0{purpose}"))

    def _derived(self, use: str) -> bytes:
        return hmac.digest(self._key, use.encode(), "sha256")


@lru_cache(maxsize=16)
def seal_of(given: str | None, data_dir: Path) -> SecretKey:
    """The seal of an installation. Raises as `secret_key_of`."""
    return SecretKey(secret_key_of(given, data_dir))


def constant_time_equal(found: str, expected: str) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(found.encode(), expected.encode())
