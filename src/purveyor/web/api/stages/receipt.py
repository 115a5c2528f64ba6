"""Receipt: every channel's orders and carts."""

from __future__ import annotations

from msgspec import UNSET

from purveyor.stages.receipt.commands import PlaceOrder, ReduceReservations, ReleaseCart, ReserveCart
from purveyor.web.api.command_endpoints import Endpoint, ExtraScope
from purveyor.web.api.sections import Section

WRITE = "receipt:write"
PRICE = "receipt:price"
COUNTER = "counter:write"
AT_THE_COUNTER = ("cash", "card_present")  # money that somebody says is there already


def has_own_prices(command: PlaceOrder) -> bool:
    """Whether somebody says what it costs, where the catalog would."""
    return (
        command.discount is not None
        or command.shipping is not UNSET
        or any(line.unit_price is not None or line.discount is not None for line in command.lines)
    )


def is_paid_at_a_counter(command: PlaceOrder) -> bool:
    """Whether the order says that money is in a till. Which channel it names proves nothing: anybody may name any."""
    methods = [tender.method for tender in command.tenders]
    return any(method in AT_THE_COUNTER for method in methods) or (command.terms == "at_counter" and not methods)


PLACE = Endpoint(
    path="/orders",
    command=PlaceOrder,
    scope=WRITE,
    summary="Place an order",
    status=201,
    also=(ExtraScope(PRICE, has_own_prices), ExtraScope(COUNTER, is_paid_at_a_counter)),
)
SECTION = Section(
    name="receipt",
    about="Orders come in, from every channel by the same gate; carts keep stock for a while.",
    endpoints=(
        PLACE,
        Endpoint(path="/carts/{cart_id:uuid}/hold", command=ReserveCart, scope=WRITE, summary="Keep stock for a cart"),
        Endpoint(
            path="/carts/{cart_id:uuid}/release",
            command=ReleaseCart,
            scope=WRITE,
            summary="Let go of what a cart holds",
            ours=("expired_by",),
        ),
    ),
    internal=(ReduceReservations,),
)
