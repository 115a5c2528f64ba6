"""What can be seen of an address at once. Reasons are codes: they say what is wrong, never what was written."""

from __future__ import annotations

from typing import Final

from purveyor.core.addresses import COUNTRIES, FIELDS, REGION_DECIDES, fits_postal_code, region_of, rules_of
from purveyor.core.rows import Contact

PHONE_PREFIXES: Final = {
    "DE": "+49", "AT": "+43", "CH": "+41", "FR": "+33", "NL": "+31", "BE": "+32", "LU": "+352", "ES": "+34",
    "PT": "+351", "IT": "+39", "GB": "+44", "IE": "+353", "DK": "+45", "SE": "+46", "NO": "+47", "FI": "+358",
    "PL": "+48", "CZ": "+420", "US": "+1", "CA": "+1", "BR": "+55", "MX": "+52", "JP": "+81", "AU": "+61",
}  # fmt: skip
# Slips of the finger that nobody has a mailbox at.
MISSPELLED: Final = frozenset(
    """
    gmial.com gmal.com gmai.com gmaill.com gnail.com gmail.con gmail.co hotmial.com hotmal.com hotmail.con outlok.com
    outlook.con yaho.com yahooo.com yahoo.con iclod.com icloud.con
    """.split()  # noqa: SIM905 (nobody can read the list)
)


def mistakes(contact: Contact, *, is_delivered: bool) -> tuple[str, ...]:
    """What cannot be right. `is_delivered`: a parcel goes there, so that somebody must be able to find it."""
    found: list[str] = []
    if contact.country and contact.country not in COUNTRIES:
        found.append("country_unknown")
    if contact.email and contact.email.rpartition("@")[2].lower() in MISSPELLED:
        found.append("email_domain_misspelled")
    if is_delivered:
        if not contact.country:
            found.append("country_missing")
        rules = rules_of(contact.country)
        found += [f"{name}_missing" for name, _ in FIELDS if name in rules.required and not getattr(contact, name)]
        if contact.postal_code and not fits_postal_code(contact.country, contact.postal_code):
            found.append("postal_code_shape")
        if contact.region and contact.country in REGION_DECIDES and not region_of(contact.country, contact.region):
            found.append("region_unknown")
    return tuple(found)


def doubts(contact: Contact, *, is_delivered: bool) -> tuple[str, ...]:
    """What may be right, and is worth a closer look."""
    found: list[str] = []
    prefix = PHONE_PREFIXES.get(contact.country)
    if contact.phone and prefix is not None and not contact.phone.startswith(prefix):
        found.append("phone_of_another_country")
    if is_delivered and contact.street and not any(map(str.isdigit, contact.street)):
        found.append("no_house_number")
    return tuple(found)
