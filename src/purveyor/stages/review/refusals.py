"""The answers of review when something is not possible."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.refusals import Refusal


class HoldNeedsAnother(Refusal):
    """Who asked for a low price, or took much cash, does not say that it is right; nor does a key."""

    hold_id: UUID
    type: str
    sentence = "Another person must release this hold: signed in, and not the one who caused it."
    instead = ("ask a colleague to release it",)


class NothingHeld(Refusal):
    """An order that waits for nobody's approval."""

    number: int
    sentence = "Order {number} is not held: there is nothing to approve."


class HeldAlready(Refusal):
    """A hold keeps its reason and its deadline."""

    number: int
    type: str
    hold_id: UUID
    sentence = "Order {number} is held for {type} already, for another reason or until another time."
    code_fields = ("type",)
    instead = ("release that hold first", "write a note")


class HoldIsReleased(Refusal):
    """A hold that was released before."""

    hold_id: UUID
    sentence = "This hold was released already."


class DeadlineNotDue(Refusal):
    """A deadline that was moved, met, or has not come yet."""

    sentence = "Nothing is due: the deadline was met, or moved."


class OrderHasLeft(Refusal):
    """Goods of the order are out of the house."""

    number: int
    sentence = "Order {number} cannot be changed any more: goods of it have left the house."
    instead = ("cancel what has not left", "return what has")


class OrderIsOver(Refusal):
    """Nothing of the order is left to change."""

    number: int
    sentence = "Order {number} is over: no unit of it can be changed any more."
    instead = ("place a new order",)


class NotCancelable(Refusal):
    """More units than have not left the house."""

    line_id: UUID
    wanted: int
    cancelable: int
    sku: str
    sentence = "{wanted} units of {sku} should be canceled, {cancelable} have not left the house."
    instead = ("cancel fewer", "return what has left")


class AlreadyPacked(Refusal):
    """A parcel is closed: its address and its way are written on it."""

    number: int
    sentence = "Order {number} is packed already: its address and shipping cannot be changed."
    instead = ("cancel and order again",)


class TaxAreaCannotChange(Refusal):
    """An address where other taxes hold, although it is in the same country."""

    found: str
    expected: str
    sentence = "Other taxes hold at this address ({found} instead of {expected})."
    instead = ("cancel the order and place it again",)


class CountryCannotChange(Refusal):
    """Taxes were frozen for another country."""

    found: str
    expected: str
    sentence = "The order was taxed for delivery to {expected}, not to {found}."
    country_fields = ("found", "expected")
    instead = ("cancel and order again",)


class OutOfStock(Refusal):
    """Not enough can be promised, neither now nor later."""

    sku: str
    wanted: int
    available: int
    sentence = "{wanted} more of {sku} wanted, {available} available."
    instead = ("order fewer",)

    def what_instead(self) -> tuple[str, ...]:
        return self.instead if self.available > 0 else ()


class UnknownSku(Refusal):
    """A SKU that the catalog does not have, or no longer sells."""

    sku: str
    sentence = "There is no product {sku} for sale."
    status = 422


class NothingMissing(Refusal):
    """No unit waits for stock, so there is nothing to choose."""

    number: int
    sentence = "Nothing of order {number} waits for stock."


class CannotSubstitute(Refusal):
    """A product that cannot stand in for another one."""

    sku: str
    reason: str
    sentence = "{sku} cannot take its place: {reason}."
