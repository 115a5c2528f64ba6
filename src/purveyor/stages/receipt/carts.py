"""The rules of carts: stock that is kept for somebody who has not ordered yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from purveyor.core.field_types import seen
from purveyor.core.messages import Call
from purveyor.core.positions import BACKORDER, StockMove
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.stages.receipt.commands import ReduceReservations, ReleaseCart, ReserveCart
from purveyor.stages.receipt.facts import CartReleased, CartReservation, CartReservationsReduced, CartReserved
from purveyor.stages.receipt.state import CARTS_HOLDING, CARTS_OF_VISITOR, Cart


class OutOfStock(Refusal):
    """Not enough can be promised, neither now nor later."""

    sku: str
    wanted: int
    available: int
    held: int
    sentence = "{wanted} of {sku} wanted, {available} available."
    instead = ("order fewer",)

    def what_instead(self) -> tuple[str, ...]:
        return self.instead if self.available > 0 else ()


class MoreThanOneMayBuy(Refusal):
    """More of one product than is kept for one cart."""

    sku: str
    wanted: int
    most: int
    sentence = "{wanted} of {sku} wanted: at most {most} are kept for one cart."
    instead = ("order fewer", "ask us for a larger quantity")


class TooManyReserved(Refusal):
    """One visitor keeps as much as one may, in however many carts."""

    code = "held_enough"

    held: int
    most: int
    sentence = "{held} units would be kept for one visitor: at most {most} are."
    instead = ("order what is in the carts",)


class CartNotReserved(Refusal):
    """A cart that keeps nothing, or whose time is not over yet."""

    code = "cart_not_held"

    cart_id: UUID
    sentence = "This cart holds nothing that could be released."


class CartAlreadyOrdered(Refusal):
    """A cart becomes one order, however often and from how many windows it is sent."""

    cart_id: UUID
    order_id: UUID
    sentence = "This cart was ordered before."
    instead = ("look at the order", "start a new cart")


@decides(ReserveCart)
def decide_reserve_cart(state: State, command: ReserveCart, call: Call) -> Decision:
    """Hold stock for a cart, in order of the locations' priority.

    Refuses with `OutOfStock` and holds nothing then, and with `CartAlreadyOrdered`.
    """
    check_not_ordered(state, command.cart_id)
    if not 1 <= command.minutes <= 24 * 60:
        raise Invalid(field="minutes", found=command.minutes, expected="1 to 1440")
    wanted: defaultdict[str, int] = defaultdict(int)
    for number, item in enumerate(command.items, 1):
        if item.quantity < 1:
            raise Invalid(field=f"items[{number}].quantity", found=item.quantity, expected="a whole number from 1")
        wanted[item.sku] += item.quantity
    _check_bounds(state, command, wanted)
    before = reservations_of(state, command.cart_id)
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
    yield CartReserved(
        cart_id=command.cart_id,
        claims=tuple(claims),
        expires_at=call.at + timedelta(minutes=command.minutes),
        visitor=command.visitor,
        stock=tuple(StockMove(claim.sku, claim.location, held=claim.quantity) for claim in claims),
    )


def _check_bounds(state: State, command: ReserveCart, wanted: Mapping[str, int]) -> None:
    """Nobody takes a shelf away from all others without buying: so many of a product, and so many for one visitor."""
    bounds = state.policies.carts
    for sku, quantity in wanted.items():
        if quantity > bounds.most_of_one:
            raise MoreThanOneMayBuy(sku=sku, wanted=quantity, most=bounds.most_of_one)
    if not command.visitor:
        return
    held = sum(wanted.values())
    for cart_id in state.look_up(CARTS_OF_VISITOR, command.visitor):
        if cart_id != command.cart_id:
            held += sum(claim.quantity for claim in state.row(Cart, cart_id).claims)
    if held > bounds.most_of_visitor:
        raise TooManyReserved(held=held, most=bounds.most_of_visitor)


@decides(ReduceReservations)
def decide_reduce_reservations(state: State, command: ReduceReservations, call: Call) -> Decision:
    """Whoever came last loses first. What orders were promised is not touched."""
    row = state.stock_of(command.sku).get(command.location)
    missing = row.on_hand - command.on_hand if row is not None else 0
    place = (command.sku, command.location)
    for cart_id in state.look_up(CARTS_HOLDING, *place) if missing > 0 else ():
        kept: list[CartReservation] = []
        cut = 0
        for claim in state.row(Cart, cart_id).claims:
            lost = min(claim.quantity, missing - cut) if (claim.sku, claim.location) == place else 0
            cut += lost
            if claim.quantity > lost:
                kept.append(CartReservation(claim.sku, claim.location, claim.quantity - lost))
        if cut:
            missing -= cut
            moved = StockMove(*place, on_hand=-cut, held=-cut)
            yield CartReservationsReduced(cart_id=cart_id, claims=tuple(kept), stock=(moved,), why="counted less")


@decides(ReleaseCart)
def decide_release_cart(state: State, command: ReleaseCart, call: Call) -> Decision:
    """Let a cart go. Refuses with `CartNotReserved` when it holds nothing, or has been renewed past `expired_by`."""
    cart = state.row(Cart, command.cart_id)
    over = seen(command.expired_by, call.at) if command.expired_by is not None else None
    renewed = over is not None and cart.expires_at is not None and cart.expires_at > over
    if cart.expires_at is None or renewed:
        raise CartNotReserved(cart_id=command.cart_id)
    yield CartReleased(
        cart_id=cart.id,
        stock=tuple(StockMove(claim.sku, claim.location, held=-claim.quantity) for claim in cart.claims),
        why="expired" if command.expired_by else "emptied",
    )


def check_not_ordered(state: State, cart_id: UUID) -> None:
    """Raises `CartAlreadyOrdered`."""
    cart = state.get(Cart, cart_id)
    if cart is not None and cart.order_id is not None:
        raise CartAlreadyOrdered(cart_id=cart_id, order_id=cart.order_id)


def reservations_of(state: State, cart_id: UUID | None) -> Sequence[CartReservation]:
    cart = state.get(Cart, cart_id) if cart_id is not None else None
    return tuple(cart.claims) if cart is not None else ()


def _claim(state: State, sku: str, quantity: int, freed: dict[tuple[str, str], int]) -> Iterable[CartReservation]:
    """Take `quantity` of a SKU from its locations, fullest first; raises `OutOfStock` when it is not there."""
    rows = [row for row in state.stock_of(sku).values() if row.location != BACKORDER]
    there = {row.location: row.available + freed.get((sku, row.location), 0) for row in rows}
    available = sum(there.values())
    if quantity > available:
        raise OutOfStock(sku=sku, wanted=quantity, available=available, held=sum(row.held for row in rows))
    for location, count in sorted(there.items(), key=lambda item: (-item[1], item[0])):
        taken = min(quantity, count)
        if taken > 0:
            yield CartReservation(sku, location, taken)
            quantity -= taken
