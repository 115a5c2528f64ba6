"""Every type of hold, declared once: whose it is, what it stops, who is told, and what is done about it.

Rules, screens, filters and the customer's page ask here; a merchant adds types of his own in the policy `holds`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Code, Hours, Line

AtDeadline = Literal["release", "cancel", "escalate"]
#: From which work on goods stay where they are: nothing stops, or the parcel is not handed over, or nobody picks it.
Stops = Literal["nothing", "dispatch", "picking"]
Work = Literal["dispatch", "picking"]


def mark(text: str) -> str:
    """Marks a text for translation where it stands."""
    return text


class HoldType(msgspec.Struct, frozen=True):
    """A reason why an order may not proceed. `name` and `next_action` are said to staff, in their language."""

    type: str
    name: str
    owner: str
    hours: int
    at_deadline: AtDeadline
    stops: Stops
    next_action: str
    tells_customer: bool = True  # that the order is looked at
    until_paid: bool = False  # money that comes in releases it
    is_chosen: bool = False  # only where the merchant's policy has it


DISPUTE: Final = "dispute"  # the type under which goods wait whose payment a bank has taken back

_ALL: Final = (
    HoldType(
        "stock",
        mark("Stock"),
        "purchasing",
        720,
        "escalate",
        "nothing",
        mark("Order more, offer something else, or cancel what is missing."),
    ),
    HoldType(
        "file",
        mark("File"),
        "admin",
        72,
        "escalate",
        "nothing",
        mark("Put the file into its place: the order goes on by itself. Or cancel the download."),
    ),
    HoldType(
        "address",
        mark("Address"),
        "support",
        72,
        "cancel",
        "picking",
        mark("Ask the customer, and correct the address with Edit."),
    ),
    HoldType(
        "fraud",
        mark("Risk"),
        "reviewer",
        48,
        "cancel",
        "picking",
        mark("Look at the order and its customer, then approve it or turn it down."),
    ),
    HoldType(
        "credit",
        mark("Credit"),
        "finance",
        120,
        "cancel",
        "picking",
        mark("Raise the credit limit, or ask the customer to pay another way."),
    ),
    HoldType(
        "price",
        mark("Price"),
        "reviewer",
        48,
        "escalate",
        "picking",
        mark("Check the agreed price with whoever agreed to it, then release or correct it."),
    ),
    HoldType(
        "cash",
        mark("Cash"),
        "finance",
        72,
        "escalate",
        "picking",
        mark("Count the cash with whoever took it, then release the order."),
    ),
    HoldType(
        "approval",
        mark("Approval"),
        "reviewer",
        72,
        "escalate",
        "picking",
        mark("Look at the order, then approve it or turn it down."),
    ),
    HoldType(
        "customer",
        mark("Customer"),
        "support",
        168,
        "cancel",
        "picking",
        mark("Wait for the customer's answer, or ask again."),
    ),
    HoldType(
        "payment",
        mark("Payment"),
        "finance",
        72,
        "cancel",
        "picking",
        mark("Ask the customer to pay, or send the link to pay again."),
        tells_customer=False,  # another message asks for the money
        until_paid=True,
    ),
    HoldType(
        "balance",
        mark("Balance"),
        "finance",
        72,
        "escalate",
        "dispatch",
        mark("Ask the customer to pay the rest, or give it up."),
        until_paid=True,
    ),
    HoldType(
        DISPUTE,
        mark("Disputed payment"),
        "finance",
        336,
        "escalate",
        "picking",
        mark("Answer the bank. A dispute that is won lets the goods go; otherwise release them, or cancel the order."),
    ),
    HoldType(
        "choice",
        mark("Choice"),
        "support",
        72,
        "escalate",
        "nothing",
        mark("Wait until the customer has chosen what is done about missing goods."),
        tells_customer=False,  # another message asks for the choice
        is_chosen=True,
    ),
)
HOLD_TYPES: Final = {each.type: each for each in _ALL}
UNTIL_PAID: Final = frozenset(each.type for each in _ALL if each.until_paid)
UNTOLD: Final = frozenset(each.type for each in _ALL if not each.tells_customer)
OWN: Final = mark("Look at the order, then release it or turn it down.")


class HoldRule(msgspec.Struct, frozen=True):
    """What the merchant says of a type: who owns its holds, and what happens by itself after so many hours.

    For types of his own also what they stop, and what is to be done; empty: as for any other type.
    """

    type: Code
    owner: Code
    hours: Hours
    at_deadline: AtDeadline
    stops: Literal["", "nothing", "dispatch", "picking"] = ""
    next_action: Line = ""


class HoldPolicy(msgspec.Struct, frozen=True):
    """Rules of the merchant. A type that no rule names is as it is in a new shop, whenever the policy was set."""

    rules: Annotated[tuple[HoldRule, ...], Meta(max_length=1_000)] = tuple(
        HoldRule(each.type, each.owner, each.hours, each.at_deadline) for each in _ALL if not each.is_chosen
    )
    # Prices that somebody agreed to and that are lower than the list's by more than this are looked at by another.
    price_below_percent: Annotated[int, Meta(ge=0, le=100)] = 25

    def chosen(self, type: str) -> HoldRule | None:  # noqa: A002 (the field's word)
        """What the merchant says of a type."""
        return next((rule for rule in self.rules if rule.type == type), None)

    def rule(self, type: str) -> HoldType:  # noqa: A002 (the field's word)
        """All that counts for a type: the merchant's word before ours."""
        ours = HOLD_TYPES.get(type) or HoldType(type, type, "support", 72, "escalate", "picking", OWN)
        rule = self.chosen(type)
        if rule is None:
            return ours
        return msgspec.structs.replace(
            ours,
            owner=rule.owner,
            hours=rule.hours,
            at_deadline=rule.at_deadline,
            stops=rule.stops or ours.stops,
            next_action=rule.next_action or ours.next_action,
        )

    def types(self) -> list[str]:
        """Every type that orders may be held under: ours, then the merchant's own."""
        return list(dict.fromkeys([*HOLD_TYPES, *(rule.type for rule in self.rules)]))

    def stopping(self, types: Iterable[str], work: Work) -> list[str]:
        """Those of the types under which this work on the goods may not be done."""
        return sorted(each for each in types if self.rule(each).stops in (work, "picking"))
