"""Receipt: every channel's orders and carts."""

from __future__ import annotations

from purveyor.stages.receipt.commands import HoldCart, PlaceOrder, ReleaseCart
from purveyor.web.chapters import Chapter
from purveyor.web.endpoints import Endpoint

WRITE = "receipt:write"
CHAPTER = Chapter(
    name="receipt",
    about="Orders come in, from every channel by the same gate; carts keep stock for a while.",
    endpoints=(
        Endpoint(path="/orders", command=PlaceOrder, scope=WRITE, summary="Place an order", status=201),
        Endpoint(path="/carts/{cart_id:uuid}/hold", command=HoldCart, scope=WRITE, summary="Keep stock for a cart"),
        Endpoint(
            path="/carts/{cart_id:uuid}/release",
            command=ReleaseCart,
            scope=WRITE,
            summary="Let go of what a cart holds",
            ours=("expired_by",),
        ),
    ),
)
