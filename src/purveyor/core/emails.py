"""E-mail addresses: one test for all that take one, and the form in which mail servers take them."""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from purveyor.core.refusals import wanted

LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3
LONGEST_LOCAL: Final = 64  # RFC 5321, 4.5.3.1.1
EXPECTED: Final = wanted("an address such as ann@example.com")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: RFC 5321, 4.1.2 without quotes and numbers for a domain, which nobody's mailbox has.
_ASCII: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")


def is_email(text: str) -> bool:
    """Whether mail can be sent there: one address, nothing around it."""
    if text.isascii():
        found = _ASCII.fullmatch(text) if len(text) <= LONGEST else None
        return found is not None and len(found[1]) <= LONGEST_LOCAL
    return _read(text) is not None


def for_sending(text: str) -> str:
    """The address with its domain in ASCII (RFC 5891); as it is where it is none.

    A part before the @ that is not ASCII stays, and needs a mail server that speaks SMTPUTF8 (RFC 6531).
    """
    if text.isascii():
        return text
    found = _read(text)
    return text if found is None else f"{found.local_part}@{found.ascii_domain}"


def needs_smtputf8(text: str) -> bool:
    """Whether the part before the @ has letters that plain mail servers cannot take."""
    return not text.rpartition("@")[0].isascii()


def _read(text: str) -> ValidatedEmail | None:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found if "." in (found.ascii_domain or "") else None
