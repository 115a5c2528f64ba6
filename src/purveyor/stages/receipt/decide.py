"""The rules of receipt: what may come in, and at which price."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.money import Money
from purveyor.core.positions import BACKORDER, Posting, StockMove, UnitMove
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import Contact, Customer, PrivateText, Product
from purveyor.core.rules import Decision, decides, needs
from purveyor.core.state import Needs, State
from purveyor.stages.receipt.commands import Address, HoldCart, LineItem, PlaceOrder, ReleaseCart, Tender
from purveyor.stages.receipt.facts import CartClaim, CartHeld, CartReleased, OrderedLine, OrderPlaced
from purveyor.stages.receipt.pricing import price_line, spread_discount, tax_upon, tax_within
from purveyor.stages.receipt.state import Cart

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_TEXT = 10_000
MOST_UNITS = 1_000_000


class EmptyOrder(Refusal):
    """An order without lines."""

    sentence = "An order needs at least one line."
    status = 422


class ChannelClosed(Refusal):
    """The merchant takes no orders this way now."""

    channel: str
    sentence = "No orders are taken by {channel} at the moment."


class UnknownSku(Refusal):
    """A SKU that the catalog does not have, or no longer sells."""

    sku: str
    line_no: int
    sentence = "Line {line_no}: there is no product {sku} for sale."
    status = 422


class WrongCurrency(Refusal):
    """A price in another currency than the order's."""

    line_no: int
    found: str
    expected: str
    sentence = "Line {line_no}: the price is in {found}, the order in {expected}."
    status = 422


class DiscountExceedsPrice(Refusal):
    """More off than there is."""

    discount: int
    amount: int
    sentence = "A discount of {discount} (minor units) is more than the amount of {amount}."
    status = 422


class NoTaxRate(Refusal):
    """The tax table has no rate for a country and class."""

    country: str
    tax_class: str
    sentence = "There is no tax rate for {tax_class} goods delivered to {country}."


class OutOfStock(Refusal):
    """Not enough can be promised, neither now nor later."""

    sku: str
    wanted: int
    available: int
    held: int
    sentence = "{wanted} of {sku} wanted, {available} available."
    instead = ("order fewer", "ask to be told when it is back")


class TendersDoNotCover(Refusal):
    """The tenders add up to something else than the total."""

    tendered: int
    total: int
    sentence = "The payments add up to {tendered}, the order to {total} (minor units)."
    status = 422


class CartNotHeld(Refusal):
    """A cart that holds nothing, or whose time is not over yet."""

    cart_id: UUID
    sentence = "Cart {cart_id} holds nothing that could be released."


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
    `OutOfStock`, `TendersDoNotCover`, `Invalid` (which says the field) and `NotFound` (customer).
    """
    policies = state.policies
    if command.channel in policies.closed_channels:
        raise ChannelClosed(channel=command.channel)
    _check_form(command, call.at)
    if command.customer_id is not None:
        state.row(Customer, command.customer_id)
    country = command.contact.country
    if command.method == "collect":
        place = policies.location(command.collect_at)
        if place is None or not place.collects:
            raise Invalid(
                field="collect_at",
                found=command.collect_at,
                expected="a location where customers collect: "
                + (", ".join(each.code for each in policies.locations if each.collects) or "there is none"),
            )
        country = place.country

    products = [_product(state, line, number) for number, line in enumerate(command.lines, 1)]
    freed = _claims_of(state, command.cart_id)
    _check_stock(state, command.lines, products, freed)

    lines = _priced_lines(state, command, products, country, call)
    goods = sum(line.total_minor for line in lines)
    shipping, shipping_tax = _shipping(state, command, products, goods, country)
    total = goods + shipping
    tax = sum(line.tax_minor for line in lines) + shipping_tax
    tenders = _tenders(command, total)

    order_id = call.ids.new()
    contact = _contact(command, call)
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
    placed_at = command.placed_at or call.at
    option = policies.shipping.option(command.shipping_option)
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
        promised_at=placed_at + timedelta(days=option.days) if option and needs_shipping else None,
        moves=tuple(UnitMove(line.id, line.sku, None, "placed", line.quantity) for line in lines),
        postings=sales_postings(goods, shipping, tax - shipping_tax, shipping_tax),
    )


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


@decides(HoldCart)
def decide_hold_cart(state: State, command: HoldCart, call: Call) -> Decision:
    """Hold stock for a cart, in order of the locations' priority; refuses with `OutOfStock` and holds nothing then."""
    if not 1 <= command.minutes <= 24 * 60:
        raise Invalid(field="minutes", found=command.minutes, expected="1 to 1440")
    wanted: defaultdict[str, int] = defaultdict(int)
    for number, item in enumerate(command.items, 1):
        if item.quantity < 1:
            raise Invalid(field=f"items[{number}].quantity", found=item.quantity, expected="a whole number from 1")
        wanted[item.sku] += item.quantity
    before = _claims_of(state, command.cart_id)
    freed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for claim in before:
        freed[claim.sku, claim.location] += claim.quantity
    claims = [claim for sku, quantity in wanted.items() for claim in _claim(state, sku, quantity, freed)]
    if before:
        yield CartReleased(
            cart_id=command.cart_id,
            stock=tuple(StockMove(claim.sku, claim.location, held=-claim.quantity) for claim in before),
            why="replaced",
        )
    yield CartHeld(
        cart_id=command.cart_id,
        claims=tuple(claims),
        expires_at=call.at + timedelta(minutes=command.minutes),
        stock=tuple(StockMove(claim.sku, claim.location, held=claim.quantity) for claim in claims),
    )


@decides(ReleaseCart)
def decide_release_cart(state: State, command: ReleaseCart, call: Call) -> Decision:
    """Let a cart go. Refuses with `CartNotHeld` when it holds nothing, or has been renewed past `expired_by`."""
    cart = state.row(Cart, command.cart_id)
    renewed = command.expired_by is not None and cart.expires_at is not None and cart.expires_at > command.expired_by
    if cart.expires_at is None or renewed:
        raise CartNotHeld(cart_id=command.cart_id)
    yield CartReleased(
        cart_id=cart.id,
        stock=tuple(StockMove(claim.sku, claim.location, held=-claim.quantity) for claim in cart.claims),
        why="expired" if command.expired_by else "emptied",
    )


def _check_form(command: PlaceOrder, now: datetime) -> None:
    """What can be said of the order without looking anything up."""
    if not command.lines:
        raise EmptyOrder
    if not _CURRENCY.fullmatch(command.currency):
        raise Invalid(field="currency", found=command.currency, expected="an ISO 4217 code such as EUR")
    for number, line in enumerate(command.lines, 1):
        if not 1 <= line.quantity <= MOST_UNITS:
            raise Invalid(
                field=f"lines[{number}].quantity", found=line.quantity, expected=f"a whole number, 1 to {MOST_UNITS}"
            )
        for amount in (line.unit_price, line.discount):
            if amount is not None:
                _check_amount(amount, command.currency, number)
    if command.discount is not None:
        _check_amount(command.discount, command.currency, 0)
    if command.placed_at is not None and (command.placed_at.tzinfo is None or command.placed_at > now):
        raise Invalid(field="placed_at", found=command.placed_at, expected="a time with its zone that is not to come")
    check_address(command.contact, "contact")
    if command.billing is not None:
        check_address(command.billing, "billing")


def _check_amount(amount: Money, currency: str, line_no: int) -> None:
    if amount.currency != currency:
        raise WrongCurrency(line_no=line_no, found=amount.currency, expected=currency)
    if amount.minor < 0:
        raise Invalid(field=f"lines[{line_no}]", found=str(amount), expected="an amount that is not negative")


def check_address(address: Address, field: str) -> None:
    """Refuse what cannot be an address; whether it is the right one is for review to say."""
    if not _COUNTRY.fullmatch(address.country):
        raise Invalid(field=f"{field}.country", found=address.country, expected="two capital letters, such as DE")
    if address.email and not _EMAIL.fullmatch(address.email):
        raise Invalid(field=f"{field}.email", found=address.email, expected="an address such as ann@example.com")
    if address.phone and not _PHONE.fullmatch(address.phone):
        raise Invalid(field=f"{field}.phone", found=address.phone, expected="an E.164 number such as +4930123456")
    for name in ("name", "company", "street", "city", "postal_code", "region"):
        text: str = getattr(address, name)
        if len(text) > LONGEST_TEXT:
            raise Invalid(
                field=f"{field}.{name}", found=f"{len(text)} characters", expected=f"at most {LONGEST_TEXT} characters"
            )
        if "\0" in text:
            raise Invalid(field=f"{field}.{name}", found="a zero character", expected="text")


def _product(state: State, line: LineItem, line_no: int) -> Product:
    product = state.get(Product, line.sku)
    if product is None or not product.active:
        raise UnknownSku(sku=line.sku, line_no=line_no)
    return product


def _claims_of(state: State, cart_id: UUID | None) -> Sequence[CartClaim]:
    cart = state.get(Cart, cart_id) if cart_id is not None else None
    return tuple(cart.claims) if cart is not None else ()


def _check_stock(
    state: State, lines: Iterable[LineItem], products: Iterable[Product], freed: Iterable[CartClaim]
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


def _claim(state: State, sku: str, quantity: int, freed: dict[tuple[str, str], int]) -> Iterable[CartClaim]:
    """Take `quantity` of a SKU from its locations, fullest first; raises `OutOfStock` when it is not there."""
    rows = [row for row in state.stock_of(sku).values() if row.location != BACKORDER]
    there = {row.location: row.available + freed.get((sku, row.location), 0) for row in rows}
    available = sum(there.values())
    if quantity > available:
        raise OutOfStock(sku=sku, wanted=quantity, available=available, held=sum(row.held for row in rows))
    for location, count in sorted(there.items(), key=lambda item: (-item[1], item[0])):
        taken = min(quantity, count)
        if taken > 0:
            yield CartClaim(sku, location, taken)
            quantity -= taken


def _priced_lines(
    state: State, command: PlaceOrder, products: Sequence[Product], country: str, call: Call
) -> list[OrderedLine]:
    tax = state.policies.tax
    listed: list[int] = []
    own: list[int] = []
    for number, (line, product) in enumerate(zip(command.lines, products, strict=True), 1):
        if line.unit_price is None and product.currency != command.currency:
            raise WrongCurrency(line_no=number, found=product.currency, expected=command.currency)
        unit = product.price_minor if line.unit_price is None else line.unit_price.minor
        listed.append(unit * line.quantity)
        own.append(line.discount.minor if line.discount is not None else 0)
        if own[-1] > listed[-1]:
            raise DiscountExceedsPrice(discount=own[-1], amount=listed[-1])
    amounts = [amount - discount for amount, discount in zip(listed, own, strict=True)]
    whole = command.discount.minor if command.discount is not None else 0
    if whole > sum(amounts):
        raise DiscountExceedsPrice(discount=whole, amount=sum(amounts))
    shares = spread_discount(whole, amounts)
    lines: list[OrderedLine] = []
    for index, (line, product) in enumerate(zip(command.lines, products, strict=True)):
        basis_points = tax.basis_points(country, product.tax_class)
        if basis_points is None:
            raise NoTaxRate(country=country, tax_class=product.tax_class)
        priced = price_line(listed[index], own[index] + shares[index], basis_points, inclusive=tax.inclusive)
        lines.append(
            OrderedLine(
                call.ids.new(),
                product.sku,
                product.name,
                product.kind,
                line.quantity,
                listed[index] // line.quantity,
                priced.discount_minor,
                basis_points,
                priced.tax_minor,
                priced.total_minor,
                product.weight_g,
            )
        )
    return lines


def _shipping(
    state: State, command: PlaceOrder, products: Iterable[Product], goods_minor: int, country: str
) -> tuple[int, int]:
    """The shipping charge with its tax, and the tax: nothing for what is collected or has no weight."""
    if command.method == "collect" or not any(product.kind == "goods" for product in products):
        return 0, 0
    policy = state.policies.shipping
    option = policy.option(command.shipping_option)
    if option is None or (option.countries and country not in option.countries):
        offered = [each.code for each in policy.options if not each.countries or country in each.countries]
        raise Invalid(field="shipping_option", found=command.shipping_option, expected=f"one of {', '.join(offered)}")
    if option.free_from_minor is not None and goods_minor >= option.free_from_minor:
        return 0, 0
    tax = state.policies.tax
    basis_points = tax.basis_points(country, policy.tax_class)
    if basis_points is None:
        raise NoTaxRate(country=country, tax_class=policy.tax_class)
    if tax.inclusive:
        return option.price_minor, tax_within(option.price_minor, basis_points)
    on_top = tax_upon(option.price_minor, basis_points)
    return option.price_minor + on_top, on_top


_USUAL_TENDER = {"prepaid": "card", "invoice": "invoice", "on_delivery": "cash_on_delivery", "at_counter": "cash"}


def _tenders(command: PlaceOrder, total_minor: int) -> tuple[Tender, ...]:
    """Tenders with their amounts: one may leave its amount open and takes the rest."""
    if not total_minor:
        return ()
    tenders = command.tenders or (Tender(method=_USUAL_TENDER[command.terms]),)  # type: ignore[arg-type]
    for tender in tenders:
        if tender.amount is not None and tender.amount.currency != command.currency:
            raise WrongCurrency(line_no=0, found=tender.amount.currency, expected=command.currency)
    given = sum(tender.amount.minor for tender in tenders if tender.amount is not None)
    open_ended = [tender for tender in tenders if tender.amount is None]
    rest = total_minor - given
    fits = rest > 0 if open_ended else rest == 0
    if not fits or len(open_ended) > 1 or any(t.amount is not None and t.amount.minor <= 0 for t in tenders):
        raise TendersDoNotCover(tendered=given, total=total_minor)
    return tuple(
        Tender(method=tender.method, amount=tender.amount or Money(rest, command.currency), source=tender.source)
        for tender in tenders
    )


def _contact(command: PlaceOrder, call: Call) -> Contact:
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
    )
