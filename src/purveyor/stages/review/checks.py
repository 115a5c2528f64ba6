"""What can be seen of an address at once. Reasons are codes: they say what is wrong, never what was written."""

from __future__ import annotations

import re
from typing import Final

from purveyor.core.rows import Contact

COUNTRIES: Final = frozenset(  # ISO 3166-1 alpha-2, and XK, which carriers use
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 (nobody can read the list)
)

# Shapes of postal codes (Universal Postal Union, addressing systems of its members).
_FIVE, _FOUR, _SIX = re.compile(r"\d{5}"), re.compile(r"\d{4}"), re.compile(r"\d{6}")
POSTAL_CODES: Final = {
    **dict.fromkeys(("DE", "FR", "ES", "IT", "FI", "EE", "HR", "LT", "MX", "TR", "UA"), _FIVE),
    **dict.fromkeys(("AT", "CH", "BE", "DK", "NO", "HU", "BG", "SI", "LU", "AU", "NZ", "ZA"), _FOUR),
    **dict.fromkeys(("IN", "CN", "SG", "RO"), _SIX),
    "NL": re.compile(r"\d{4} ?[A-Za-z]{2}"),
    "SE": re.compile(r"\d{3} ?\d{2}"),
    "CZ": re.compile(r"\d{3} ?\d{2}"),
    "SK": re.compile(r"\d{3} ?\d{2}"),
    "GR": re.compile(r"\d{3} ?\d{2}"),
    "PL": re.compile(r"\d{2}-?\d{3}"),
    "PT": re.compile(r"\d{4}(-\d{3})?"),
    "US": re.compile(r"\d{5}(-\d{4})?"),
    "CA": re.compile(r"[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d"),
    "GB": re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}"),
    "BR": re.compile(r"\d{5}-?\d{3}"),
    "JP": re.compile(r"\d{3}-?\d{4}"),
}
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
    """.split()  # noqa: SIM905 (as above)
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
        if not contact.street:
            found.append("street_missing")
        if not contact.city:
            found.append("city_missing")
        shape = POSTAL_CODES.get(contact.country)
        if shape is not None and not shape.fullmatch(contact.postal_code):
            found.append("postal_code_shape" if contact.postal_code else "postal_code_missing")
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
