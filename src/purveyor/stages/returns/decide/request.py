"""What may come back, under the policy that was in force at the purchase, and what it would come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from purveyor.core.calendars import local_day
from purveyor.core.messages import Call
from purveyor.core.order_value import WithTax, sums
from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import UnitMove
from purveyor.core.refusals import Invalid, NoAmountInCurrency
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import CreditAccount, Customer, Line, Product
from purveyor.core.shipping_charges import account_currency
from purveyor.core.state import Book, State
from purveyor.core.taxes import tax_for_order
from purveyor.stages.returns.commands import AddToReturn, RequestReturn, ReturnItem
from purveyor.stages.returns.decide.returnable_units import (
    check_counter,
    delivered_at,
    home_of,
    is_consumer,
    last_delivered_at,
    pieces_of,
    policy_of,
    returnable,
    shipping_back,
)
from purveyor.stages.returns.facts import AnnouncedItem, Handling, ReturnAuthorized, ReturnExtended
from purveyor.stages.returns.outcome import (
    Outcome,
    fee_points,
    label_charge,
    last_day,
    outcome_of,
    withdrawal_ends_at,
)
from purveyor.stages.returns.reasons import KINDS_TAKEN_BACK
from purveyor.stages.returns.refusals import (
    NoStoreCredit,
    NotDelivered,
    NotReturnable,
    ReturnNotOpen,
    ReturnWindowClosed,
)
from purveyor.stages.returns.state import Rma, RmaItem

EXPIRES_AFTER: Final = timedelta(days=30)
UNDELIVERED: Final = ("placed", "allocated", "backordered", "picked", "packed", "shipped")


@decides(RequestReturn)
def decide_request(state: State, command: RequestReturn, call: Call) -> Decision:
    """Authorize a return and say what it comes to.

    Refuses with `Invalid` (which says the field), `NotFound` (line), `NotReturnable`, `NotDelivered`,
    `ReturnWindowClosed`, `NoStoreCredit` and `NoTaxRate` (of what is wanted in exchange).
    """
    book = state.book(command.order_id)
    order = book.order
    policy = policy_of(state, book)
    _check_form(policy, command.items)
    if command.bring_to:
        check_counter(state, command.bring_to, "bring_to")
    settle_to = _settle_to(state, book, command.items)
    lines = _checked_lines(state, book, command.items, call)
    may_withdraw = _check_window(state, book, policy, list(lines.values()), call.at)
    items = _announced(book, policy, command.items, call, may_withdraw=may_withdraw)
    sent = [item.line_id for item in items if item.handling == "send"]
    reasons = [item.reason for item in items]
    label = label_charge(policy, reasons, book.currency) if sent and not command.bring_to else 0
    returns_shipping = may_withdraw or all(reason in policy.our_fault for reason in reasons)
    yield ReturnAuthorized(
        order_id=order.id,
        rma_id=call.ids.new(),
        items=items,
        outcome=_outcome(book, items, label, returns_shipping=returns_shipping),
        currency=order.currency,
        refund_on=policy.refund_on,
        settle_to=settle_to,
        policy=policy.name,
        policy_version=policy.version,
        location=(command.bring_to or home_of(state, book, sent)) if sent else "",
        label_minor=label,
        returns_shipping=returns_shipping,
        expires_at=call.at + EXPIRES_AFTER if sent else None,
        way="counter" if sent and command.bring_to else "parcel",
        moves=_moves(items),
    )


@decides(AddToReturn)
def decide_add(state: State, command: AddToReturn, call: Call) -> Decision:
    """Take more units into a return; refuses as `RequestReturn` does, but for the window, and with `ReturnNotOpen`."""
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    policy = policy_of(state, book)
    _check_form(policy, command.items)
    if rma.kind != "return":
        raise ReturnNotOpen(rma_id=rma.id, return_status=rma.kind)
    if any(
        item.want != "exchange" and (item.want == "store_credit") != (rma.settle_to == "store_credit")
        for item in command.items
    ):
        raise Invalid(field="items", found=command.items[0].want, expected=f"what the return asks for: {rma.settle_to}")
    _checked_lines(state, book, command.items, call)
    items = tuple(
        AnnouncedItem(
            call.ids.new(),
            item.line_id,
            book.line(item.line_id).sku,
            item.quantity,
            item.reason,
            item.want,
            item.exchange_sku,
            "send" if book.line(item.line_id).kind == "goods" else "switch_off",
            fee_points(policy, item.reason, may_withdraw=False),
        )
        for item in command.items
    )
    yield ReturnExtended(
        order_id=book.order.id,
        rma_id=rma.id,
        items=items,
        expires_at=call.at + EXPIRES_AFTER,
        moves=_moves(items),
    )


def _check_form(policy: ReturnPolicy, items: Sequence[ReturnItem]) -> None:
    if not items:
        raise Invalid(field="items", found="none", expected="at least one item")
    for number, item in enumerate(items, 1):
        field = f"items[{number}]"
        if item.quantity < 1:
            raise Invalid(field=f"{field}.quantity", found=item.quantity, expected="a whole number from 1")
        if item.reason not in policy.reasons:
            raise Invalid(
                field=f"{field}.reason", found="something else", expected=f"one of {', '.join(policy.reasons)}"
            )
        if (item.want == "exchange") != bool(item.exchange_sku):
            raise Invalid(
                field=f"{field}.exchange_sku", found=item.exchange_sku, expected="a SKU for an exchange, and only then"
            )


def _settle_to(state: State, book: Book, items: Sequence[ReturnItem]) -> Literal["original", "store_credit"]:
    """All money of one return goes one way."""
    wants = {item.want for item in items}
    if {"refund", "store_credit"} <= wants:
        raise Invalid(field="items", found="refund and store_credit", expected="one of them: open a return for each")
    if "store_credit" not in wants:
        return "original"
    if book.order.customer_id is None:
        raise NoStoreCredit(order_id=book.order.id)
    account = state.get(CreditAccount, book.order.customer_id)
    own = account_currency(state.policies, state.row(Customer, book.order.customer_id), account)
    if own != book.currency:
        raise NoAmountInCurrency(what="The customer's store credit", currency=book.currency, configured=[own])
    return "store_credit"


def _checked_lines(state: State, book: Book, items: Sequence[ReturnItem], call: Call) -> dict[UUID, Line]:
    """The lines of the items, of which at least so many units are there to be returned."""
    policy = policy_of(state, book)
    taken_back: defaultdict[UUID, int] = defaultdict(int)
    lines: dict[UUID, Line] = {}
    for number, item in enumerate(items, 1):
        line = lines[item.line_id] = book.line(item.line_id)
        taken_back[line.id] += item.quantity
        if line.kind not in policy.kinds:
            raise NotReturnable(line_id=line.id, sku=line.sku, why=KINDS_TAKEN_BACK(kinds_words=policy.kinds))
        product = state.get(Product, line.sku)
        # Final sale is no answer to goods that are not as they should be (Directive (EU) 2019/771, Art. 13).
        if product is not None and not product.returnable and item.reason not in policy.our_fault:
            raise NotReturnable(line_id=line.id, sku=line.sku, why="it is a final sale")
        if item.exchange_sku:
            other = state.get(Product, item.exchange_sku)
            if other is None or not other.active:
                raise Invalid(
                    field=f"items[{number}].exchange_sku", found=item.exchange_sku, expected="a product for sale"
                )
            if other.sku != line.sku:
                tax_for_order(state.policies, book.order, other, call.at)
    for line in lines.values():
        left = returnable(book, line)
        if taken_back[line.id] > left:
            raise NotDelivered(line_id=line.id, sku=line.sku, wanted=taken_back[line.id], returnable=max(0, left))
    return lines


def _check_window(state: State, book: Book, policy: ReturnPolicy, lines: Sequence[Line], now: datetime) -> bool:
    """Refuse what comes too late. Answers whether the customer may withdraw by law.

    That time starts with the last goods of the order (Directive 2011/83/EU, Art. 9(2)(b)): not while some are to come.
    """
    policies = state.policies
    until = withdrawal_ends_at(
        book.order.country, last_delivered_at(book), policies, is_consumer=is_consumer(state, book)
    )
    may_withdraw = until is not None and (now < until or book.units(*UNDELIVERED) > 0)
    if not may_withdraw:
        for line in lines:
            of_policy = last_day(delivered_at(book, line), policy.window_days, policies.zone)
            closed_at = of_policy if until is None else max(of_policy, until)
            if now >= closed_at:
                raise ReturnWindowClosed(
                    line_id=line.id,
                    closed_at=closed_at.astimezone(policies.zone),
                    days=policy.window_days,
                    last_day=local_day(closed_at - timedelta(microseconds=1), policies.zone),
                )
    return may_withdraw


def _announced(
    book: Book, policy: ReturnPolicy, items: Sequence[ReturnItem], call: Call, *, may_withdraw: bool
) -> tuple[AnnouncedItem, ...]:
    keeps = _may_keep(book, policy, items)
    announced: list[AnnouncedItem] = []
    for item in items:
        line = book.line(item.line_id)
        handling: Handling = "switch_off" if line.kind != "goods" else "keep" if keeps else "send"
        points = fee_points(policy, item.reason, may_withdraw=may_withdraw)
        announced.append(
            AnnouncedItem(
                call.ids.new(),
                line.id,
                line.sku,
                item.quantity,
                item.reason,
                item.want,
                item.exchange_sku,
                handling,
                0 if handling == "keep" else points,
            )
        )
    return tuple(announced)


def _may_keep(book: Book, policy: ReturnPolicy, items: Sequence[ReturnItem]) -> bool:
    """Goods of so little worth are not asked back. What was kept before counts, so splitting up gains nothing."""
    amounts = policy.amounts_in(book.currency)
    limit = amounts.keep_below_minor if amounts else 0
    if not limit or any(item.want == "exchange" for item in items):
        return False
    worth = outcome_of(
        pieces_of(book, [(book.line(item.line_id), item.quantity, 0, None) for item in items])
    ).goods_minor
    before = sum(item.credited_minor for item in book.rows(RmaItem).values() if item.handling == "keep")
    return before + worth < limit


def _outcome(book: Book, items: Sequence[AnnouncedItem], label_minor: int, *, returns_shipping: bool) -> Outcome:
    going = [(item.line_id, item.quantity) for item in items]
    is_over = returns_shipping and not any(item.want == "exchange" for item in items)
    carriage = sums(shipping_back(book, going)) if is_over else WithTax()
    return outcome_of(
        pieces_of(book, [(book.line(item.line_id), item.quantity, item.fee_basis_points, None) for item in items]),
        shipping_minor=-carriage.minor,
        shipping_tax_minor=-carriage.tax_minor,
        label_minor=label_minor,
        receivable_minor=book.order.receivable_minor,
    )


def _moves(items: Sequence[AnnouncedItem]) -> tuple[UnitMove, ...]:
    """Sent goods are on their way; what is switched off is back at once; what is kept stays."""
    moves: list[UnitMove] = []
    for item in items:
        if item.handling != "keep":
            moves.append(UnitMove(item.line_id, item.sku, "delivered", "returning", item.quantity))
        if item.handling == "switch_off":
            moves.append(UnitMove(item.line_id, item.sku, "returning", "returned", item.quantity))
    return tuple(moves)
