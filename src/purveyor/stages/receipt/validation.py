"""What can be said of an order without looking anything up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import UNSET

from purveyor.core import vat_ids
from purveyor.core.contacts import cleaned
from purveyor.core.currencies import CURRENCIES
from purveyor.core.field_types import MOST_UNITS, happened
from purveyor.core.money import A_CURRENCY, Money
from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid, NoAmountInCurrency, Refusal
from purveyor.core.rows import CreditAccount, Customer, Product
from purveyor.core.shipping_charges import account_currency
from purveyor.core.state import State
from purveyor.stages.receipt.commands import Address, PlaceOrder, Tender


class EmptyOrder(Refusal):
    """An order without lines."""

    sentence = "An order needs at least one line."
    status = 422


class WrongCurrency(Refusal):
    """A price, a discount or a payment in another currency than the order's."""

    field: str
    found: str
    expected: str
    sentence = "{field}: the amount is in {found}, the order in {expected}."
    status = 422


def checked(command: PlaceOrder, now: datetime) -> PlaceOrder:
    """The order with its addresses as they are kept, after what can be said of it without looking anything up."""
    if not command.lines:
        raise EmptyOrder
    if command.currency not in CURRENCIES:
        raise Invalid(field="currency", found=command.currency, expected=A_CURRENCY)
    if command.vat_id and vat_ids.normal(command.vat_id) is None:
        raise Invalid(field="vat_id", found=f"{len(command.vat_id)} characters", expected=vat_ids.EXPECTED)
    _check_lines(command)
    if command.discount is not None:
        _check_amount(command.discount, command.currency, "discount")
    if command.shipping is not UNSET:
        _check_amount(command.shipping, command.currency, "shipping")
    if command.placed_at is not None:
        happened(command.placed_at, now, "placed_at")
    contact = _as_kept(command.contact, "contact")
    billing = _as_kept(command.billing, "billing") if command.billing is not None else None
    if contact is command.contact and billing is command.billing:
        return command
    return msgspec.structs.replace(command, contact=contact, billing=billing)


def _check_lines(command: PlaceOrder) -> None:
    for number, line in enumerate(command.lines, 1):
        if not 1 <= line.quantity <= MOST_UNITS:
            raise Invalid(
                field=f"lines[{number}].quantity", found=line.quantity, expected=f"a whole number, 1 to {MOST_UNITS}"
            )
        for name, amount in (("unit_price", line.unit_price), ("discount", line.discount)):
            if amount is not None:
                _check_amount(amount, command.currency, f"lines[{number}].{name}")


def check_amounts(
    policies: Policies, command: PlaceOrder, products: Iterable[Product], tenders: Iterable[Tender]
) -> None:
    """Refuse an order whose fees, now or when it comes back, nobody set in its currency (`NoAmountInCurrency`)."""
    currency = command.currency
    payment, returns = policies.payment, policies.current_return_policy
    if any(tender.method == "cash_on_delivery" for tender in tenders):
        fees = [payment.cod_fee_minor, *(each.cod_fee_minor for each in payment.other_currencies)]
        if any(fees) and payment.amounts_in(currency) is None:
            raise NoAmountInCurrency(
                what="The fee for cash on delivery",
                currency=currency,
                configured=[payment.currency, *(each.currency for each in payment.other_currencies)],
            )
    if returns.customer_pays_label and any(product.kind == "goods" and product.returnable for product in products):
        charges = [returns.label_minor, *(each.label_minor for each in returns.other_currencies)]
        if any(charges) and returns.amounts_in(currency) is None:
            raise NoAmountInCurrency(
                what="The label of a return",
                currency=currency,
                configured=[returns.currency, *(each.currency for each in returns.other_currencies)],
            )


def check_account(state: State, customer: Customer, tenders: Iterable[Tender], currency: str) -> None:
    """Store credit of another currency pays nothing: refuses with `NoAmountInCurrency`."""
    if all(tender.method != "store_credit" for tender in tenders):
        return
    own = account_currency(state.policies, customer, state.get(CreditAccount, customer.id))
    if own != currency:
        raise NoAmountInCurrency(what="The customer's store credit", currency=currency, configured=[own])


def _check_amount(amount: Money, currency: str, field: str) -> None:
    if amount.currency != currency:
        raise WrongCurrency(field=field, found=amount.currency, expected=currency)
    if amount.minor < 0:
        raise Invalid(field=field, found=str(amount), expected="an amount that is not negative")


def _as_kept(address: Address, field: str) -> Address:
    if not address.country:
        raise Invalid(field=f"{field}.country", found="", expected="two capital letters, such as DE")
    return cleaned(address, field)
