"""Block lists that name nobody: what is on them is kept as a keyed hash, which only a test for one person can use."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

HASHED: Final = "hash:"
PERSONAL: Final = frozenset({"email", "phone"})  # tests whose values are people's own


def hashed(value: str, salt: str) -> str:
    """An e-mail address (in any case) or phone number, as it stands on a list. What is hashed already stays."""
    if value.startswith(HASHED):
        return value
    return HASHED + blake2b(value.strip().lower().encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()


def is_listed(value: str, values: tuple[str, ...], salt: str) -> bool:
    """Whether a list has this value. Lists that were set before hashes came have it as it is."""
    return bool(value) and (value.lower() in values or (bool(salt) and hashed(value, salt) in values))


def without_people(policy: Any, salt: str) -> Any:
    """A risk policy as it is kept: with the salt of its lists, and hashes in the place of e-mails and phones."""
    rules = [
        {**rule, "values": [hashed(str(value), salt) for value in rule["values"]]}
        if isinstance(rule, dict) and rule.get("test") in PERSONAL and rule.get("values")
        else rule
        for rule in policy.get("rules", ())
    ]
    has_people = any(isinstance(rule, dict) and rule.get("test") in PERSONAL for rule in rules)
    return {**policy, "rules": rules, "salt": salt} if has_people else policy
