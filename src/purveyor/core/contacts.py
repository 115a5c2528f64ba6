"""Who and where, as it is kept: one check and one way of writing for every door through which it comes."""

from __future__ import annotations

from typing import Protocol, TypeVar

import msgspec

from purveyor.core import emails, phones
from purveyor.core.addresses import A_COUNTRY, COUNTRIES, normal_postal_code
from purveyor.core.refusals import Invalid


class _Written(Protocol):
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def postal_code(self) -> str: ...
    @property
    def country(self) -> str: ...


A = TypeVar("A", bound=_Written)


def cleaned(address: A, field: str, country: str = "") -> A:
    """The address with its phone in E.164 and its postal code as the country writes it.

    `country` is where numbers are from that say nothing else, for an address without a country. Raises `Invalid` with
    the field for what is no e-mail address and no phone number.
    """
    if address.country and address.country not in COUNTRIES:
        raise Invalid(field=f"{field}.country", found=address.country, expected=A_COUNTRY)
    email = address.email.strip()
    if email and not emails.is_email(email):
        raise Invalid(field=f"{field}.email", found=f"{len(address.email)} characters", expected=emails.EXPECTED)
    phone: str | None = address.phone.strip()
    if phone:
        phone = phones.e164(phone, address.country or country)
        if phone is None:
            raise Invalid(field=f"{field}.phone", found=f"{len(address.phone)} characters", expected=phones.EXPECTED)
    code = address.postal_code and normal_postal_code(address.country, address.postal_code)
    if (email, phone, code) == (address.email, address.phone, address.postal_code):
        return address
    return msgspec.structs.replace(address, email=email, phone=phone, postal_code=code)  # type: ignore[type-var]
