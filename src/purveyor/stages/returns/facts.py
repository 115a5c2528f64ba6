"""What may have happened at returns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.stages.returns.commands import CreditedUnits, FoundItem
from purveyor.stages.returns.outcome import Outcome

Handling = Literal["send", "keep", "switch_off"]
Way = Literal["parcel", "counter"]  # how goods come back: sent with a label, or handed in where customers collect


class AnnouncedItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units of a return. They are sent, kept by the customer all the same, or (digital) end with the credit."""

    item_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    reason: str
    want: str
    exchange_sku: str
    handling: Handling
    fee_basis_points: int


class CountedItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    item_id: UUID
    line_id: UUID
    quantity: int


class CreditedItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What units were credited with: `amount_minor` with tax, before fee and deduction were kept back of it."""

    item_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    amount_minor: int
    fee_minor: int
    deducted_minor: int
    is_kept: bool


class KeptBack(msgspec.Struct, frozen=True, gc=False):
    """What was kept back of the price of an item, with tax."""

    line_id: UUID
    fee_minor: int
    deducted_minor: int
    label_minor: int


class Exchange(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the customer wants for units of a line; it cannot be sold where the order goes without a tax rate there."""

    line_id: UUID
    sku: str
    quantity: int
    has_tax: bool = True


class ReturnAuthorized(Fact, frozen=True, kw_only=True, tag="returns.return_authorized"):
    """Goods may come back. `outcome` is what it comes to if everything does, in minor units of `currency`."""

    rma_id: UUID
    items: tuple[AnnouncedItem, ...]
    outcome: Outcome
    currency: str
    refund_on: Literal["receipt", "request"]
    settle_to: Literal["original", "store_credit"]
    policy: str
    policy_version: int
    location: str
    label_minor: int  # what the customer is still charged for the label
    returns_shipping: bool  # the shipping charge goes back with the last unit
    expires_at: datetime | None
    way: Way = "parcel"  # to the counter of `location`, where they are handed in

    def reply(self) -> dict[str, Any]:
        return {
            "rma_id": self.rma_id,
            "outcome": msgspec.to_builtins(self.outcome),
            "currency": self.currency,
            "items": [{"line_id": each.line_id, "handling": each.handling} for each in self.items],
            "refund_on": self.refund_on,
            "location": self.location,
            "way": self.way,
            "expires_at": self.expires_at,
        }


class ReturnToSenderExpected(Fact, frozen=True, kw_only=True, tag="returns.return_to_sender_expected"):
    """An undelivered parcel is on its way back."""

    rma_id: UUID
    shipment_id: UUID
    items: tuple[AnnouncedItem, ...]
    policy: str
    policy_version: int
    location: str
    expires_at: datetime


class ReturnExtended(Fact, frozen=True, kw_only=True, tag="returns.return_extended"):
    """More units belong to a return than were announced."""

    rma_id: UUID
    items: tuple[AnnouncedItem, ...]
    expires_at: datetime


class ReturnReceived(Fact, frozen=True, kw_only=True, tag="returns.return_received"):
    """A box was counted. `missing` were announced and not in it; `found` is what nobody spoke of.

    `at_counter`: the location where the customer handed it in; "" for a parcel.
    """

    rma_id: UUID
    counted: tuple[CountedItem, ...]
    missing: tuple[UnitsOf, ...]
    found: tuple[FoundItem, ...]
    at_counter: str = ""

    def reply(self) -> dict[str, Any]:
        return {"missing": msgspec.to_builtins(self.missing), "found": msgspec.to_builtins(self.found)}


class ReturnInspected(Fact, frozen=True, kw_only=True, tag="returns.return_inspected"):
    """What became of received units. `deducted`: what will be kept back of the credit, by item."""

    rma_id: UUID
    line_id: UUID
    sku: str
    counted: tuple[CountedItem, ...]
    condition: str
    disposition: str
    location: str
    deducted: tuple[int, ...]


class RefurbishingFinished(Fact, frozen=True, kw_only=True, tag="returns.refurbishing_finished"):
    rma_id: UUID
    line_id: UUID
    sku: str
    counted: tuple[CountedItem, ...]
    disposition: str
    location: str


class ReturnCredited(Fact, frozen=True, kw_only=True, tag="returns.return_credited"):
    """The customer's account was credited with `credit_minor`, after what was kept back."""

    rma_id: UUID
    credits: tuple[CreditedItem, ...]
    shipping_minor: int
    label_minor: int
    credit_minor: int
    currency: str
    settle_to: Literal["original", "store_credit"]
    exchanges: tuple[Exchange, ...]

    @property
    def kept_back(self) -> tuple[KeptBack, ...]:
        """What was kept back of each item. What it bore of the label is what its price did not become lower by."""
        kept: list[KeptBack] = []
        for number, each in enumerate(self.credits):
            label = 0
            if number < len(self.adjustments):  # facts from before did not say what each thing became cheaper by
                before = each.amount_minor - each.fee_minor - each.deducted_minor
                label = before + self.adjustments[number].amount_minor
            kept.append(KeptBack(each.line_id, each.fee_minor, each.deducted_minor, label))
        return tuple(kept)

    def reply(self) -> dict[str, Any]:
        return {"credit": {"minor": self.credit_minor, "currency": self.currency}}


class ReturnCanceled(Fact, frozen=True, kw_only=True, tag="returns.return_canceled"):
    """The customer keeps what had not come back."""

    rma_id: UUID
    dropped: tuple[CountedItem, ...]


class ReturnExpired(Fact, frozen=True, kw_only=True, tag="returns.return_expired"):
    """What was announced never came: the customer has kept it, or it is `lost` to us."""

    rma_id: UUID
    kind_of_return: str
    dropped: tuple[CountedItem, ...]
    lost: tuple[UnitsOf, ...]


class ReturnImported(Fact, frozen=True, kw_only=True, tag="returns.return_imported"):
    """Goods came back in the past."""

    rma_id: UUID
    credits: tuple[CreditedItem, ...]
    credit_minor: int
    reason: str
    policy: str
    policy_version: int
    location: str
    restocked: bool
    returned_at: datetime

    def reply(self) -> dict[str, Any]:
        return {"rma_id": self.rma_id, "credit_minor": self.credit_minor}


class DeliveryNoted(Fact, frozen=True, kw_only=True, tag="returns.delivery_noted"):
    """Since when the customer has units of these lines."""

    units: tuple[UnitsOf, ...]
    delivered_at: datetime


class CreditNoted(Fact, frozen=True, kw_only=True, tag="returns.credit_noted"):
    units: tuple[CreditedUnits, ...]
    shipping_minor: int


class LineCut(msgspec.Struct, frozen=True, gc=False, array_like=True):
    line_id: UUID
    minor: int


class PriceCutNoted(Fact, frozen=True, kw_only=True, tag="returns.price_cut_noted"):
    cuts: tuple[LineCut, ...]
    shipping_minor: int = 0  # what the lines could not bear
