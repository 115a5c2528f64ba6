"""The rules of editing a placed order: a set of changes, all or none, with the difference in units and in money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, assert_never
from uuid import UUID

import msgspec

from purveyor.core import approval_limits
from purveyor.core.calendars import days_after
from purveyor.core.contacts import cleaned
from purveyor.core.messages import Call
from purveyor.core.policies import ShippingOption
from purveyor.core.positions import BACKORDER, UnitMove, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Contact, Line, Order, Product, ShippingTax
from purveyor.core.shipping_charges import option_for, shipping_charge
from purveyor.core.state import Book, State
from purveyor.core.tax_areas import area_of
from purveyor.core.taxes import Taxed
from purveyor.stages.review.addresses import mistakes
from purveyor.stages.review.change_amounts import (
    ChangeAmounts,
    adjustment_postings,
    amounts_of,
    postings_for,
    total_of,
    totals_after,
    worth,
)
from purveyor.stages.review.commands import (
    AddLine,
    ChangeAddress,
    ChangeShipping,
    EditOrder,
    NewAddress,
    RemoveLine,
    SetQuantity,
)
from purveyor.stages.review.decide.allocating import room_to_wait
from purveyor.stages.review.decide.approval_limits import Given, given_by_somebody
from purveyor.stages.review.decide.canceled_units import (
    canceling_moves,
    check_cancelable,
    check_quantity,
    taken_off_before,
)
from purveyor.stages.review.decide.hold_facts import is_over, released
from purveyor.stages.review.decide.pricing import new_line, repriced
from purveyor.stages.review.decide.shipping_charges import added_goods, has_left, kept_goods, shipping_after
from purveyor.stages.review.facts import AddedLine, OrderEdited, RepricedLine
from purveyor.stages.review.refusals import (
    AlreadyPacked,
    CountryCannotChange,
    OrderHasLeft,
    OrderIsOver,
    OutOfStock,
    TaxAreaCannotChange,
    UnknownSku,
)
from purveyor.stages.review.state import open_holds

LONGEST_TEXT: Final = 10_000
WITHOUT_GOODS: Final = "none"  # the method of an order of nothing that is sent or collected


class Draft(msgspec.Struct):
    """What an edit has come to so far."""

    less: dict[UUID, int] = msgspec.field(default_factory=dict)
    more: dict[UUID, int] = msgspec.field(default_factory=dict)
    added: list[AddedLine] = msgspec.field(default_factory=list)
    address: ChangeAddress | None = None
    shipping: str | None = None


@decides(EditOrder)
def decide_edit(state: State, command: EditOrder, call: Call) -> Decision:
    """Change a placed order, all changes or none.

    What is added costs today's price, or an agreed one. Lines that grow keep their frozen price, rate and discount.
    The shipping charge changes with the shipping option only, and goes with the last goods; its tax follows them. The
    first goods of an order bring it: they are charged as they would have been, had the order been placed with them.

    Refuses with `OrderHasLeft`, `OrderIsOver`, `NotCancelable`, `OutOfStock`, `UnknownSku`, `NoTaxRate`,
    `AlreadyPacked`, `CountryCannotChange`, `TaxAreaCannotChange`,
    `NoAmountInCurrency`, `Invalid` (which says the field) and `NotFound` (line).
    """
    book = state.book(command.order_id)
    _check_editable(book)
    draft = Draft()
    if not command.changes:
        raise Invalid(field="changes", found="none", expected="at least one change")
    for number, change in enumerate(command.changes, 1):
        field = f"changes[{number}]"
        match change:
            case SetQuantity():
                check_quantity(change.quantity, f"{field}.quantity", least=0)
                _set_quantity(book, draft, book.line(change.line_id), change.quantity)
            case RemoveLine():
                _set_quantity(book, draft, book.line(change.line_id), 0)
            case AddLine():
                draft.added.append(_added(state, book, change, field, call))
            case ChangeAddress():
                draft.address = _checked_address(book, change, field)
            case ChangeShipping():
                draft.shipping = change.option
            case _:
                assert_never(change)
    _check_stock(state, book, draft)
    contact = _contact(state, book, draft.address, call) if draft.address is not None else None
    if contact is not None:
        yield contact
    edited = _edited(state, book, draft, contact, command.reason, call)
    yield from given_by_somebody(state, book, edited, _given(state, book, draft), call)
    if contact is not None:
        yield from released(book, [hold for hold in open_holds(book) if hold.type == "address"], "new address")


def _given(state: State, book: Book, draft: Draft) -> Given:
    """Of what the edit adds: how much less it costs than the catalog asks today, and what that is."""
    more = [(line.sku, line.unit_price_minor, line.quantity) for line in draft.added]
    for line_id, quantity in draft.more.items():
        line = book.line(line_id)
        more.append((line.sku, line.unit_price_minor, quantity))
    below = listed = 0
    is_unlisted = False
    for sku, price_minor, quantity in more:
        price = approval_limits.own_price(state.policies, state.get(Product, sku), price_minor, book.currency)
        below += price.below_minor * quantity
        listed += price.listed_minor * quantity
        is_unlisted = is_unlisted or price.is_unlisted
    return Given(below, listed, is_unlisted)


def _check_editable(book: Book) -> None:
    if has_left(book):
        raise OrderHasLeft(number=book.order.number)
    if is_over(book):
        raise OrderIsOver(number=book.order.number)


def _set_quantity(book: Book, draft: Draft, line: Line, quantity: int) -> None:
    """The last change of a line counts."""
    draft.less.pop(line.id, None)
    draft.more.pop(line.id, None)
    now = line.quantity - line.canceled
    if quantity < now:
        check_cancelable(line, now - quantity)
        draft.less[line.id] = now - quantity
    elif quantity > now:
        draft.more[line.id] = quantity - now


def _added(state: State, book: Book, change: AddLine, field: str, call: Call) -> AddedLine:
    check_quantity(change.quantity, f"{field}.quantity")
    product = state.get(Product, change.sku)
    if product is None or not product.active:
        raise UnknownSku(sku=change.sku)
    agreed = change.unit_price
    currency = product.currency if agreed is None else agreed.currency
    if currency != book.currency:
        raise Invalid(field=f"{field}.unit_price", found=currency, expected=f"a price in {book.currency}")
    price = product.price_minor if agreed is None else agreed.minor
    if price < 0:
        raise Invalid(field=f"{field}.unit_price", found=price, expected="a price from 0")
    return new_line(state, book, product, change.quantity, price, call)


def _check_stock(state: State, book: Book, draft: Draft) -> None:
    """What an edit adds must be there, or may wait; what it takes away elsewhere is not counted on."""
    wanted: defaultdict[str, int] = defaultdict(int)
    for line_id, quantity in draft.more.items():
        line = book.line(line_id)
        wanted[line.sku] += quantity if line.kind == "goods" else 0
    for added in draft.added:
        wanted[added.sku] += added.quantity if added.kind == "goods" else 0
    for sku, quantity in wanted.items():
        if quantity:
            rows = state.stock_of(sku).values()
            available = sum(row.available for row in rows if row.location != BACKORDER) + room_to_wait(state, sku)
            if quantity > available:
                raise OutOfStock(sku=sku, wanted=quantity, available=available)


def _edited(state: State, book: Book, draft: Draft, contact: Contact | None, why: str, call: Call) -> OrderEdited:
    """The change as a fact: units that come and go, lines at their new price, and what is owed more or less."""
    order = book.order
    grown: dict[UUID, RepricedLine] = {
        line_id: repriced(state, book.line(line_id), more) for line_id, more in draft.more.items()
    }
    change = total_of(
        (
            *(
                amounts_of(book.line(line_id), less) - amounts_of(book.line(line_id))
                for line_id, less in draft.less.items()
            ),
            *(_grown(book.line(line_id), draft.more[line_id], line) for line_id, line in grown.items()),
            *(ChangeAmounts(line.total_minor, line.tax_minor) for line in draft.added),
        )
    )
    sent = _sent(book, draft, grown)
    way = _way(state, book, draft, contact, is_first=bool(sent) and not kept_goods(book, {}))
    shipping = _shipping(state, book, draft, way, change.total_minor, sent)
    totals = totals_after(order, change, shipping)
    kept = tuple(taken_off_before(book, draft.less, shipping))
    moves = list(canceling_moves(book, ((book.line(line_id), quantity) for line_id, quantity in draft.less.items())))
    for line_id, quantity in draft.more.items():
        moves.append(UnitMove(line_id, book.line(line_id).sku, None, "placed", quantity))
    moves.extend(UnitMove(line.id, line.sku, None, "placed", line.quantity) for line in draft.added)
    return OrderEdited(
        order_id=order.id,
        added=tuple(draft.added),
        repriced=tuple(grown.values()),
        canceled=tuple(UnitsOf(line_id, quantity) for line_id, quantity in draft.less.items()),
        contact_id=contact.id if contact is not None else None,
        shipping_option=way.option.code if way.option is not None else order.shipping_option,
        promised_at=_promised_at(state, book, way, call),
        method=way.method if way.method != order.method else "",
        totals=totals,
        moves=tuple(moves),
        postings=(*postings_for(order, totals), *adjustment_postings(kept)),
        adjustments=kept,
        why=why,
    )


def _grown(line: Line, more: int, new: RepricedLine) -> ChangeAmounts:
    after = worth(new.total_minor, new.tax_minor, line.discount_minor, line.canceled, line.quantity + more)
    return after - amounts_of(line)


def _sent(book: Book, draft: Draft, grown: Mapping[UUID, RepricedLine]) -> list[Taxed]:
    """What will be sent after the edit, line by line."""
    more = [
        Taxed(_grown(line, draft.more[line_id], new).total_minor, line.tax_basis_points, line.tax_reason)
        for line_id, new in grown.items()
        if (line := book.line(line_id)).kind == "goods"
    ]
    return [*kept_goods(book, draft.less), *more, *added_goods(draft.added)]


class Way(NamedTuple):
    """How the goods reach the customer. `option` is one that is charged now; None: what was agreed stays."""

    method: str
    option: ShippingOption | None = None
    is_first: bool = False  # there were no goods before


def _way(state: State, book: Book, draft: Draft, contact: Contact | None, *, is_first: bool) -> Way:
    """Goods that come to an order of none are collected where all of it was to be, or sent."""
    order = book.order
    method = order.method
    if is_first and method == WITHOUT_GOODS:
        method = "collect" if order.collect_at else "ship"
    if is_first and method == "ship":
        if order.method != method:
            _check_sent_to(order, contact or state.contact(order.contact_id))
        code = order.shipping_option if draft.shipping is None else draft.shipping
        return Way(method, option_for(state.policies, code, order.country, order.currency, "option"), is_first)
    if draft.shipping is None or draft.shipping == order.shipping_option:
        return Way(method)
    if method != "ship":
        raise Invalid(field="option", found=draft.shipping, expected="nothing: the order is not shipped")
    if book.units("packed"):
        raise AlreadyPacked(number=order.number)
    return Way(method, option_for(state.policies, draft.shipping, order.country, order.currency, "option"))


def _check_sent_to(order: Order, contact: Contact) -> None:
    """Whoever bought nothing to be sent may have left no address, or one in another country than the tax is of."""
    if contact.country != order.country:
        raise CountryCannotChange(found=contact.country, expected=order.country)
    area = area_of(contact.country, contact.postal_code)
    if order.tax_area and area != order.tax_area:
        raise TaxAreaCannotChange(found=area, expected=order.tax_area)
    wrong = mistakes(contact, is_delivered=True)
    if wrong:
        raise Invalid(field="contact", found=", ".join(wrong), expected="an address that goods can be delivered to")


def _shipping(
    state: State, book: Book, draft: Draft, way: Way, change_minor: int, sent: Sequence[Taxed]
) -> tuple[ShippingTax, ...]:
    """The charge: what was agreed, unless another option is wanted. What only takes away makes nothing dearer."""
    order = book.order
    if way.option is not None:
        return shipping_charge(state.policies, way.option, order.goods_minor + change_minor, sent)
    only_less = not draft.more and not draft.added
    return shipping_after(state.policies, book, sent, order.shipping_minor - change_minor if only_less else None)


def _promised_at(state: State, book: Book, way: Way, call: Call) -> datetime | None:
    order = book.order
    if way.option is None:
        return order.promised_at
    return days_after(call.at if way.is_first else order.placed_at, way.option.days, state.policies.zone)


def _checked_address(book: Book, change: ChangeAddress, field: str) -> ChangeAddress:
    """The change with its addresses as they are kept."""
    order = book.order
    if book.units("packed"):
        raise AlreadyPacked(number=order.number)
    contact = _checked_form(change.contact, f"{field}.contact")
    billing = _checked_form(change.billing, f"{field}.billing") if change.billing is not None else None
    change = msgspec.structs.replace(change, contact=contact, billing=billing)
    if order.method == "ship" and change.contact.country != order.country:
        raise CountryCannotChange(found=change.contact.country, expected=order.country)
    area = area_of(change.contact.country, change.contact.postal_code)
    if order.method == "ship" and order.tax_area and area != order.tax_area:
        raise TaxAreaCannotChange(found=area, expected=order.tax_area)
    wrong = mistakes(_row(change, None, UUID(int=0), None), is_delivered=order.method == "ship")
    if wrong:
        raise Invalid(field=f"{field}.contact", found=", ".join(wrong), expected="an address that can be delivered to")
    return change


def _checked_form(address: NewAddress, field: str) -> NewAddress:
    for name in address.__struct_fields__:
        text: str = getattr(address, name)
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise Invalid(field=f"{field}.{name}", found=f"{len(text)} characters", expected="a short text")
    return cleaned(address, field)


def _contact(state: State, book: Book, change: ChangeAddress, call: Call) -> Contact:
    before = state.contact(book.order.contact_id)
    return msgspec.structs.replace(
        _row(change, book.order.customer_id, call.ids.new(), before.billing), replaces=before.id, vat_id=before.vat_id
    )


def _row(change: ChangeAddress, customer_id: UUID | None, id_: UUID, billing: dict[str, str] | None) -> Contact:
    values = msgspec.structs.asdict(change.contact)
    return Contact(
        id=id_,
        customer_id=customer_id,
        billing=msgspec.structs.asdict(change.billing) if change.billing is not None else billing,
        **values,
    )
