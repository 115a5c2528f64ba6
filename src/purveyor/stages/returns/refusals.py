"""What returns says no to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.core.refusals import Refusal


class ReturnWindowClosed(Refusal):
    """Too late under the policy in force at the purchase."""

    line_id: UUID
    closed_at: datetime
    days: int
    last_day: date
    sentence = "The last day on which this could be returned was {last_day}."
    instead = ("open a claim if it is damaged", "open a case")


class NotReturnable(Refusal):
    """The policy in force at the purchase does not take such things back."""

    line_id: UUID
    sku: str
    why: str
    sentence = "{sku} cannot be returned: {why}."
    instead = ("open a claim if it is damaged", "open a case")


class NotDelivered(Refusal):
    """More than the customer has and was not paid back for."""

    line_id: UUID
    sku: str
    wanted: int
    returnable: int
    sentence = "{wanted} of {sku} to be returned, {returnable} can be."


class MoreThanAnnounced(Refusal):
    """More in the box than the return speaks of."""

    line_id: UUID
    counted: int
    announced: int
    sentence = "{counted} counted, {announced} announced and not here yet."
    instead = ("add the others to the return", "count again")


class NotAnnounced(Refusal):
    """Units of a line that this return does not speak of."""

    line_id: UUID
    sku: str
    sentence = "The return does not speak of {sku}."
    instead = ("add it to the return", "say what was found")


class ReturnNotOpen(Refusal):
    """A return that is over."""

    rma_id: UUID
    return_status: str
    sentence = "This return is {return_status}."
    instead = ("add the units to the return", "request another return")


class MoreThanReceived(Refusal):
    """More units inspected, or refurbished, than there are to do."""

    line_id: UUID
    wanted: int
    waiting: int
    sentence = "{wanted} units said to be done, {waiting} are waiting for it."


class DeductionExceedsCredit(Refusal):
    """More kept back than the units are worth."""

    wanted: int
    most: int
    currency: str
    amount_fields = ("wanted", "most")
    sentence = "{wanted} cannot be kept back: at most {most} can."
    status = 422


class NothingToCredit(Refusal):
    """Nothing of the return is due, or all of it was credited."""

    rma_id: UUID
    sentence = "Nothing of this return is to be credited now."
    instead = ("receive it first",)


class NothingToCancel(Refusal):
    """All of it has come back, or was paid back."""

    rma_id: UUID
    sentence = "Nothing of this return can be canceled."


class NoStoreCredit(Refusal):
    """Store credit needs somebody to hold it."""

    order_id: UUID
    sentence = "This order was placed without an account: store credit has nowhere to go."
    instead = ("a refund to the original payment",)
