"""Review's side effect: a close look at an address that was typed, or that gives reason to doubt."""

from __future__ import annotations

from collections.abc import Iterator

from purveyor.core.addresses import contradicts
from purveyor.core.emails import is_email
from purveyor.core.rows import Contact
from purveyor.engine.jobs import Ports, job_handler
from purveyor.stages.review.addresses import mistakes
from purveyor.stages.review.commands import CheckAddress, HoldOrder

CONTACT = """
    SELECT id, customer_id, name, company, email, phone, street, city, postal_code, region, country, billing, erased
      FROM contact WHERE id = $1
"""
METHOD = "SELECT method FROM orders WHERE id = $1"


@job_handler(CheckAddress)
async def check_address(job: CheckAddress, _: str, outside: Ports) -> HoldOrder | None:
    """Hold the order when it is sure that something is wrong."""
    contact = await outside.read.row(Contact, CONTACT, job.contact_id)
    methods = await outside.read.values(METHOD, job.order_id)
    if contact is None or contact.erased or not methods:
        return None
    wrong = tuple(faults(contact, is_delivered=methods[0] == "ship"))
    if not wrong:
        return None
    return HoldOrder(order_id=job.order_id, type="address", why=", ".join(wrong), if_needed=True)


def faults(contact: Contact, *, is_delivered: bool) -> Iterator[str]:
    """Codes of what is wrong with the e-mail and, where a parcel goes there, the address.

    A phone that is wrong stops no parcel. A region or city that is not in the data is only not in the data.
    """
    if contact.email and not is_email(contact.email):
        yield "email_invalid"
    if is_delivered and contact.country:
        found = mistakes(contact, is_delivered=True)
        yield from (fault for fault in found if fault != "postal_code_shape")
        is_elsewhere = contradicts(contact.country, contact.region, contact.city, contact.postal_code)
        if is_elsewhere or "postal_code_shape" in found:
            yield "postal_code_invalid"
