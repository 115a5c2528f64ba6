"""Time-based one-time passwords (RFC 6238), and recovery codes for those who have lost their device."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

from purveyor.secret_key import SecretKey, constant_time_equal

KEPT_AS = "second factor"  # the purpose under which a secret is sealed in its row
STEP_S = 30
WINDOW = 1  # steps before and after: clocks differ, and people type slowly
DIGITS = 6
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_GROUPS, _GROUP = 6, 4  # 24 letters of 31: 118 bits, which nobody guesses from a fast hash


def new_secret() -> str:
    """160 bits (RFC 4226, 4 R6), in base 32."""
    return pyotp.random_base32()


def kept_secret(seal: SecretKey, kept: str) -> str:
    """The secret of a row; "", which no code fits, when another `secret_key` was set since it was sealed."""
    try:
        return seal.opened(KEPT_AS, kept)
    except ValueError:
        return ""


def address_of_secret(secret: str, login: str, issuer: str) -> str:
    """`otpauth://...`, for a QR code that authenticator apps read."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, one before or after `now` at most; None for a wrong one.

    Whoever uses it must see to it that a step is used once (RFC 6238, 5.2).
    """
    digits = "".join(code.split())
    if not (secret and digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    generator = pyotp.HOTP(secret, digits=DIGITS)
    middle = int(now.timestamp()) // STEP_S
    found = None
    for step in range(middle - WINDOW, middle + WINDOW + 1):  # all of them, so that the time tells nothing
        if constant_time_equal(digits, generator.at(step)):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Each opens one session in the place of a code. Shown once; only their hashes are kept."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """SHA-256 in hex. A fast hash is right: nobody guesses 118 random bits."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"recovery:{plain}".encode()).hexdigest()


def recovery_place(code: str, hashes: Sequence[str]) -> int:
    """The place of a recovery code among the hashes of all, -1 for none."""
    wanted = recovery_hash(code)
    found = -1
    for place, each in enumerate(hashes):
        if constant_time_equal(each, wanted):
            found = place
    return found
