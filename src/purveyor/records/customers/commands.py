"""What may be asked of customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.field_types import (
    CountryOrNone,
    CustomerNumber,
    Days,
    Language,
    Line,
    Mail,
    Minor,
    Name,
    Reason,
    Text,
    Word,
    trim,
)
from purveyor.core.messages import Command
from purveyor.core.policies import AmountCurrency


class CustomerAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who and where. Phones in E.164, countries in ISO 3166-1 alpha-2."""

    name: Name = ""
    company: Name = ""
    email: Mail = ""
    phone: Word = ""
    street: Line = ""
    city: Name = ""
    postal_code: Word = ""
    region: Name = ""
    country: CountryOrNone = ""


class RegisterCustomer(Command, frozen=True, kw_only=True, tag="customers.register"):
    """Get to know somebody. `customer_id` is given by sources that have ids of their own."""

    number: CustomerNumber
    address: CustomerAddress
    customer_id: UUID | None = None
    group: Word = "retail"
    language: Language = "en"
    notices: Word = "email"

    def __post_init__(self) -> None:
        trim(self, "number")


class ChangeCustomer(Command, frozen=True, kw_only=True, tag="customers.change"):
    """Another name, address or way to reach somebody. Orders that were placed keep theirs."""

    customer_id: UUID
    address: CustomerAddress
    group: Word = "retail"
    language: Language = "en"
    notices: Word = "email"


class SetTerms(Command, frozen=True, kw_only=True, tag="customers.set_terms"):
    """Let a customer buy on account, up to a limit (minor units of `currency`), or not any more (limit 0)."""

    customer_id: UUID
    credit_limit_minor: Minor
    currency: AmountCurrency = ""  # empty: the shop's
    terms_days: Days = 14


class BlockCustomer(Command, frozen=True, kw_only=True, tag="customers.block"):
    """Have a person look at every order of a customer, or not any more."""

    customer_id: UUID
    blocked: bool
    reason: Reason


class WriteCustomerNote(Command, frozen=True, kw_only=True, tag="customers.write_note"):
    """Write a note on a customer for staff. It is erased with the customer."""

    customer_id: UUID
    text: Text


class UseSignInLink(Command, frozen=True, kw_only=True, tag="customers.use_sign_in_link"):
    """Come in by a link that was sent by mail. Its id is the key of the command, so it is used once.

    It is the id of the session as well, in which the address is proved until it ends.
    """

    link_id: UUID
    email: Mail
    until: datetime


class SignCustomerOut(Command, frozen=True, kw_only=True, tag="customers.sign_out"):
    """End a customer's session, or all sessions of its address."""

    session_id: UUID
    everywhere: bool = False


class EraseCustomer(Command, frozen=True, kw_only=True, tag="customers.erase"):
    """Empty a customer's personal data for ever (GDPR Art. 17). Orders, journal and books stay whole."""

    apart = ()  # a reason that is none of our words is kept as "other"

    customer_id: UUID
    reason: Reason


class EraseOrderPerson(Command, frozen=True, kw_only=True, tag="customers.erase_order_person"):
    """Empty the personal data of one order for ever: of a guest, or of whoever was sent a present (GDPR Art. 17)."""

    apart = ()  # a reason that is none of our words is kept as "other"

    order_id: UUID
    reason: Reason
