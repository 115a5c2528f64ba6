"""The rules of receipt: what may come in, and at which price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from purveyor.core import vat_ids
from purveyor.core.calendars import days_after, local_day
from purveyor.core.field_types import payable
from purveyor.core.messages import Call
from purveyor.core.money import Money
from purveyor.core.positions import BACKORDER, Posting, StockMove, UnitMove
from purveyor.core.refusals import Invalid, Refusal, wanted
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.rows import Contact, Customer, PrivateText, Product, ShippingTax
from purveyor.core.shipping_charges import option_for, shipping_charge
from purveyor.core.state import Needs, State
from purveyor.core.taxes import NoTaxRate, Sale, Tax, Taxed, sale_to, share_shipping, shipping_sums, tax_of
from purveyor.stages.receipt.approval import second_look
from purveyor.stages.receipt.carts import OutOfStock, check_not_ordered, reservations_of
from purveyor.stages.receipt.commands import LineItem, PlaceOrder, Tender
from purveyor.stages.receipt.facts import CartOrdered, CartReleased, CartReservation, OrderedLine, OrderPlaced
from purveyor.stages.receipt.pricing import price_line, spread_discount
from purveyor.stages.receipt.state import Cart
from purveyor.stages.receipt.validation import WrongCurrency, check_account, check_amounts, checked


class ChannelClosed(Refusal):
    """The merchant takes no orders this way now."""

    channel: str
    sentence = "No orders are taken by {channel} at the moment."
    code_fields = ("channel",)


class UnknownSku(Refusal):
    """A SKU that the catalog does not have, or no longer sells."""

    sku: str
    line_no: int
    sentence = "Line {line_no}: there is no product {sku} for sale."
    status = 422


class DiscountExceedsPrice(Refusal):
    """More off than there is."""

    discount: int
    amount: int
    currency: str
    amount_fields = ("discount", "amount")
    sentence = "A discount of {discount} is more than the amount of {amount}."
    status = 422


class TendersDoNotCover(Refusal):
    """The tenders add up to something else than the total."""

    tendered: int
    total: int
    currency: str
    amount_fields = ("tendered", "total")
    sentence = "The payments add up to {tendered}, the order to {total}."
    status = 422


class NotPaidAtTheDoor(Refusal):
    """Cash on delivery for what nobody hands over: downloads, licenses, access."""

    skus: list[str]
    sentence = "Nobody hands {skus} over at the door, so no cash can be taken for it."
    instead = ("pay another way", "order it by itself, paid in advance")
    status = 422


@needs(PlaceOrder)
def what_an_order_needs(command: PlaceOrder) -> Needs:
    wanted = Needs(stock=[line.sku for line in command.lines], rows={Product: [line.sku for line in command.lines]})
    if command.customer_id is not None:
        wanted.rows[Customer].add(command.customer_id)
    if command.cart_id is not None:
        wanted.rows[Cart].add(command.cart_id)
    return wanted


@decides(PlaceOrder)
def decide_place(state: State, command: PlaceOrder, call: Call) -> Decision:
    """Take an order in: check it, price it, freeze it.

    Refuses with `EmptyOrder`, `ChannelClosed`, `UnknownSku`, `WrongCurrency`, `DiscountExceedsPrice`, `NoTaxRate`,
    `OutOfStock`, `TendersDoNotCover`, `NotPaidAtTheDoor`, `CartAlreadyOrdered`, `Invalid` (which says the field) and
    `NotFound` (customer).
    """
    policies = state.policies
    if command.channel in policies.closed_channels:
        raise ChannelClosed(channel=command.channel)
    command = checked(command, call.at)
    if command.cart_id is not None:
        check_not_ordered(state, command.cart_id)
    if command.customer_id is not None:
        state.row(Customer, command.customer_id)
    country, postal_code = command.contact.country, command.contact.postal_code
    if command.method == "collect":
        place = policies.location(command.collect_at)
        if place is None or not place.collects:
            raise Invalid(
                field="collect_at",
                found=command.collect_at,
                expected="a location where customers collect: "
                + (", ".join(each.code for each in policies.locations if each.collects) or wanted("there is none")),
            )
        country, postal_code = place.country, place.postal_code
    placed_at = min(command.placed_at or call.at, call.at)  # clocks may differ by minutes
    vat_id = vat_ids.normal(command.vat_id) or ""
    vat_country = vat_ids.country(vat_id)
    today = local_day(call.at, policies.zone)
    day = today if placed_at is call.at else local_day(placed_at, policies.zone)
    sale = sale_to(policies, country, postal_code, vat_country, day, today)

    products = [_product(state, line, number) for number, line in enumerate(command.lines, 1)]
    freed = reservations_of(state, command.cart_id)
    _check_stock(state, command.lines, products, freed)

    lines = _priced_lines(state, command, products, sale, call)
    goods = sum(line.total_minor for line in lines)
    usual, shipping_taxes = _shipping(state, command, lines, goods, country)
    shipping, shipping_tax = shipping_sums(shipping_taxes)
    total = payable(goods + shipping, command.currency, "lines")
    tax = sum(line.tax_minor for line in lines) + shipping_tax
    tenders = _tenders(command, total)
    _check_door(tenders, products)
    check_amounts(policies, command, products, tenders)
    if command.customer_id is not None:
        check_account(state, state.row(Customer, command.customer_id), tenders, command.currency)
    look = second_look(state, command, products, tenders, call, less_shipping=shipping_sums(usual)[0] - shipping)

    order_id = call.ids.new()
    contact = _contact(command, vat_id, call)
    yield contact
    source_id = None
    if command.source:
        source_id = call.ids.new()
        yield PrivateText(source_id, command.customer_id, order_id, "source", command.source)
    if freed:
        assert command.cart_id is not None
        yield CartReleased(
            cart_id=command.cart_id,
            stock=tuple(StockMove(claim.sku, claim.location, held=-claim.quantity) for claim in freed),
            why="ordered",
        )
    option = policies.shipping_option(command.shipping_option, command.currency)
    needs_shipping = any(product.kind == "goods" for product in products)
    policy = policies.current_return_policy
    yield OrderPlaced(
        order_id=order_id,
        number=call.number,
        channel=command.channel,
        reference=command.reference,
        customer_id=command.customer_id,
        contact_id=contact.id,
        source_id=source_id,
        currency=command.currency,
        language=command.language,
        country=country,
        terms=command.terms,
        method=command.method if needs_shipping else "none",
        collect_at=command.collect_at if command.method == "collect" else "",
        shipping_option=command.shipping_option,
        lines=tuple(lines),
        tenders=tenders,
        goods_minor=goods,
        discount_minor=sum(line.discount_minor for line in lines),
        tax_minor=tax,
        shipping_minor=shipping,
        shipping_tax_minor=shipping_tax,
        total_minor=total,
        return_policy=policy.name,
        return_policy_version=policy.version,
        placed_at=placed_at,
        promised_at=days_after(placed_at, option.days, policies.zone) if option and needs_shipping else None,
        tax_area=sale.area,
        vat_country=vat_country,
        shipping_taxes=shipping_taxes,
        second_look=look.holds,
        agreed_shipping_minor=None if command.shipping is UNSET else command.shipping.minor,
        counts=look.counts,
        moves=tuple(UnitMove(line.id, line.sku, None, "placed", line.quantity) for line in lines),
        postings=sales_postings(goods, shipping, tax - shipping_tax, shipping_tax),
    )
    if command.cart_id is not None:
        yield CartOrdered(order_id=order_id, cart_id=command.cart_id)


def sales_postings(
    goods_minor: int, shipping_minor: int, tax_minor: int, shipping_tax_minor: int
) -> tuple[Posting, ...]:
    """The customer owes the total; revenue, shipping and tax are its other side."""
    postings = [
        Posting("receivable", goods_minor + shipping_minor),
        Posting("revenue", -(goods_minor - tax_minor)),
        Posting("tax", -(tax_minor + shipping_tax_minor)),
        Posting("shipping", -(shipping_minor - shipping_tax_minor)),
    ]
    return tuple(posting for posting in postings if posting.minor)


def _product(state: State, line: LineItem, line_no: int) -> Product:
    product = state.get(Product, line.sku)
    if product is None or not product.active:
        raise UnknownSku(sku=line.sku, line_no=line_no)
    return product


def _check_stock(
    state: State, lines: Iterable[LineItem], products: Iterable[Product], freed: Iterable[CartReservation]
) -> None:
    """Demand is summed by SKU before it is held against what can be promised now and on backorder."""
    wanted: dict[str, int] = {}
    for line, product in zip(lines, products, strict=True):
        if product.kind == "goods":
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    mine: dict[str, int] = {}
    for claim in freed:
        mine[claim.sku] = mine.get(claim.sku, 0) + claim.quantity
    for sku, quantity in wanted.items():
        rows = state.stock_of(sku)
        available = sum(row.available for row in rows.values()) + mine.get(sku, 0)
        if BACKORDER not in rows:
            available += state.policies.routing.backorder_cap
        if quantity > available:
            raise OutOfStock(sku=sku, wanted=quantity, available=available, held=sum(row.held for row in rows.values()))


def _priced_lines(
    state: State, command: PlaceOrder, products: Sequence[Product], sale: Sale, call: Call
) -> list[OrderedLine]:
    policies = state.policies
    listed: list[int] = []
    own: list[int] = []
    for number, (line, product) in enumerate(zip(command.lines, products, strict=True), 1):
        if line.unit_price is None and product.currency != command.currency:
            raise WrongCurrency(field=f"lines[{number}].sku", found=product.currency, expected=command.currency)
        unit = product.price_minor if line.unit_price is None else line.unit_price.minor
        listed.append(payable(unit * line.quantity, command.currency, f"lines[{number}]"))
        own.append(line.discount.minor if line.discount is not None else 0)
        if own[-1] > listed[-1]:
            raise DiscountExceedsPrice(discount=own[-1], amount=listed[-1], currency=command.currency)
    amounts = [amount - discount for amount, discount in zip(listed, own, strict=True)]
    whole = command.discount.minor if command.discount is not None else 0
    if whole > sum(amounts):
        raise DiscountExceedsPrice(discount=whole, amount=sum(amounts), currency=command.currency)
    shares = spread_discount(whole, amounts)
    lines: list[OrderedLine] = []
    taxes: dict[tuple[str, str], Tax | None] = {}
    inclusive = policies.tax.inclusive
    for index, (line, product) in enumerate(zip(command.lines, products, strict=True)):
        kind = (product.kind, product.tax_class)
        if kind not in taxes:
            taxes[kind] = tax_of(policies, sale, *kind)
        tax = taxes[kind]
        if tax is None:
            raise NoTaxRate(country=sale.area, tax_class=product.tax_class)
        priced = price_line(listed[index], own[index] + shares[index], tax.basis_points, inclusive=inclusive)
        lines.append(
            OrderedLine(
                call.ids.new(),
                product.sku,
                product.name,
                product.kind,
                line.quantity,
                listed[index] // line.quantity,
                priced.discount_minor,
                tax.basis_points,
                priced.tax_minor,
                priced.total_minor,
                product.weight_g,
                tax.reason,
            )
        )
    return lines


def _shipping(
    state: State, command: PlaceOrder, lines: Sequence[OrderedLine], goods_minor: int, country: str
) -> tuple[tuple[ShippingTax, ...], tuple[ShippingTax, ...]]:
    """The charge with its tax, as the option has it and as it counts: nothing for what is collected or not sent."""
    sent = [line for line in lines if line.kind == "goods"]
    agreed = command.shipping
    if command.method == "collect" or not sent:
        if agreed is not UNSET and agreed.minor:
            raise Invalid(field="shipping", found=str(agreed), expected="nothing: the order is not shipped")
        return (), ()
    option = option_for(state.policies, command.shipping_option, country, command.currency, "shipping_option")
    worth = [Taxed(line.total_minor, line.tax_basis_points, line.tax_reason) for line in sent]
    usual = shipping_charge(state.policies, option, goods_minor, worth)
    if agreed is UNSET:
        return usual, usual
    return usual, share_shipping(agreed.minor, worth, inclusive=state.policies.tax.inclusive)


_USUAL_TENDER = {"prepaid": "card", "invoice": "invoice", "on_delivery": "cash_on_delivery", "at_counter": "cash"}


def _tenders(command: PlaceOrder, total_minor: int) -> tuple[Tender, ...]:
    """Tenders with their amounts: one may leave its amount open and takes the rest."""
    if not total_minor:
        return ()
    tenders = command.tenders or (Tender(method=_USUAL_TENDER[command.terms]),)  # type: ignore[arg-type]
    for number, tender in enumerate(tenders, 1):
        found = command.currency if tender.amount is None else tender.amount.currency
        if found != command.currency:
            raise WrongCurrency(field=f"tenders[{number}].amount", found=found, expected=command.currency)
    given = sum(tender.amount.minor for tender in tenders if tender.amount is not None)
    open_ended = [tender for tender in tenders if tender.amount is None]
    rest = total_minor - given
    fits = rest > 0 if open_ended else rest == 0
    if not fits or len(open_ended) > 1 or any(t.amount is not None and t.amount.minor <= 0 for t in tenders):
        raise TendersDoNotCover(tendered=given, total=total_minor, currency=command.currency)
    return tuple(
        Tender(method=tender.method, amount=tender.amount or Money(rest, command.currency), source=tender.source)
        for tender in tenders
    )


def _check_door(tenders: Iterable[Tender], products: Iterable[Product]) -> None:
    """Whoever pays at the door pays for what is handed over there: goods, and installations."""
    if any(tender.method == "cash_on_delivery" for tender in tenders):
        elsewhere = sorted({product.sku for product in products if product.kind not in {"goods", "service"}})
        if elsewhere:
            raise NotPaidAtTheDoor(skus=elsewhere)


def _contact(command: PlaceOrder, vat_id: str, call: Call) -> Contact:
    address = command.contact
    billing = command.billing
    return Contact(
        id=call.ids.new(),
        customer_id=command.customer_id,
        name=address.name,
        company=address.company,
        email=address.email,
        phone=address.phone,
        street=address.street,
        city=address.city,
        postal_code=address.postal_code,
        region=address.region,
        country=address.country,
        billing={name: getattr(billing, name) for name in billing.__struct_fields__} if billing else None,
        vat_id=vat_id,
    )
