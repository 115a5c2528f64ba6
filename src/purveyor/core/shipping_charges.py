"""What sending an order costs, in the order's currency, with the tax of the goods. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from purveyor.core.policies import Policies, ShippingOption
from purveyor.core.refusals import Invalid, NoAmountInCurrency
from purveyor.core.rows import CreditAccount, Customer, ShippingTax
from purveyor.core.taxes import Taxed, share_shipping


def option_for(policies: Policies, code: str, country: str, currency: str, field: str) -> ShippingOption:
    """A shipping option that goes to a country; refuses with `Invalid` and `NoAmountInCurrency`."""
    option = policies.shipping_option(code, currency)
    if option is not None and (not option.countries or country in option.countries):
        return option
    known = sorted({each.currency for each in policies.shipping.options if each.code == code})
    if option is None and known:
        raise NoAmountInCurrency(what=f"The shipping option {code}", currency=currency, configured=known)
    offered = [each.code for each in policies.shipping_options(currency, country)]
    served = sorted({each for option in policies.shipping_options(currency) for each in option.countries})
    if served and not offered:
        where = "contact.country" if field == "shipping_option" else field
        raise Invalid(field=where, found=country, expected=f"one of {', '.join(served)}")
    expected = f"one of {', '.join(offered)}" if offered else f"a country that something is shipped to, not {country}"
    raise Invalid(field=field, found=code, expected=expected)


def account_currency(policies: Policies, customer: Customer, account: CreditAccount | None) -> str:
    """In which currency a customer's account is kept: its own, else that of the credit line, else the shop's."""
    if account is not None and account.currency:
        return account.currency
    return customer.credit_currency if customer.credit_limit_minor else policies.currency


def shipping_charge(
    policies: Policies, option: ShippingOption, goods_minor: int, sent: Iterable[Taxed]
) -> tuple[ShippingTax, ...]:
    """The charge by the rates of the goods that are sent; nothing from the option's limit on."""
    if option.free_from_minor is not None and goods_minor >= option.free_from_minor:
        return ()
    return share_shipping(option.price_minor, sent, inclusive=policies.tax.inclusive)
