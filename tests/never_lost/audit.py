"""Holds our books against those of the outside: gateway, carrier and notifier remember everything that was asked."""

from __future__ import annotations

from collections import Counter

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.wiring import House

PAYMENTS = """
    -- What the gateway should have, by its reference. A challenge that was given up has one too, and no money.
    SELECT reference, authorized_minor, captured_minor, refunded_minor, released_minor
      FROM payment
     WHERE method = 'card' AND reference <> '' AND authorized_minor > 0
"""
BY_GATEWAY = "SELECT count(*) FROM refund WHERE status = 'done' AND way = 'gateway'"
BY_CARD = """
    SELECT count(*) FROM capture c JOIN payment p ON p.id = c.payment_id WHERE c.status = 'done' AND p.method = 'card'
"""
CAPTURED = "SELECT number::text, captured_minor FROM orders WHERE captured_minor > 0"
LABELS = "SELECT tracking_number FROM shipment WHERE status IN ('labeled', 'dispatched')"
KEPT_BY_THE_CARRIER = """
    -- Labels of parcels that are not sent, which the carrier refused to take back: its truck was faster.
    SELECT tracking_number FROM shipment WHERE status = 'voided' AND why = 'not taken back: already_in_transit'
"""
MESSAGES = "SELECT id::text FROM message WHERE status = 'sent'"
TOLD_TWICE = """
    -- Some things are said once for an order.
    SELECT count(*) FROM (
        SELECT order_id FROM message
         WHERE notice IN ('order_confirmed', 'survey')
      GROUP BY order_id, notice, channel HAVING count(*) > 1) AS doubled
"""
UNENDED = """
    SELECT number || ' ' || stage || ' ' || holds || ' ' || fulfillment_status || ' ' || receivable_minor
      FROM orders
     WHERE status NOT IN ('closed', 'canceled')
"""
OWED = "SELECT count(*) FROM orders WHERE receivable_minor <> 0 OR authorized_minor <> 0"
SOLD = "SELECT coalesce(sum(quantity - canceled - returned), 0)::bigint FROM line WHERE sku = $1"
LEFT = "SELECT sum(on_hand)::bigint FROM stock WHERE sku = $1 AND location <> 'backorder'"
FAILED_JOBS = "SELECT entrypoint FROM pgqueuer_log WHERE status = 'failed'"
STUCK_JOBS = "SELECT entrypoint || ' ' || status FROM pgqueuer"


async def check_orders(house: House, acknowledged: dict[str, str]) -> None:
    """Whatever was acknowledged is there, once, and nothing else; and all of it has ended."""
    orders = await house.read.values("SELECT reference || ' ' || id FROM orders")
    assert sorted(orders) == sorted(f"{key} {order_id}" for key, order_id in acknowledged.items())
    assert await house.read.values(UNENDED) == []
    assert await house.read.values(OWED) == [0]
    assert await house.read.values(STUCK_JOBS) == []
    assert await house.read.values(FAILED_JOBS) == []


async def check_money(house: House) -> None:
    """Each payment is one charge: held, taken, given back and let go of for exactly what our books say."""
    gateway = house.outside.gateway
    assert isinstance(gateway, FakeGateway)
    ours = {reference: tuple(minor) for reference, *minor in await house.pool.fetch(PAYMENTS)}
    taken: Counter[str] = Counter()
    for charge in gateway.charges():
        theirs = tuple(money.minor for money in (charge.authorized, charge.captured, charge.refunded, charge.released))
        authorized, captured, _, released = theirs
        assert authorized == captured + released, f"still held: {charge}"
        if charge.reference in ours:
            assert ours.pop(charge.reference) == theirs, charge
        else:
            assert not captured, f"nobody knows of {charge}"
        taken[charge.about] += captured
    assert not ours, "held or taken, but the gateway knows nothing of it"
    verbs = Counter(effect.verb for effect in gateway.effects())
    assert [verbs["capture"]] == await house.read.values(BY_CARD)
    assert [verbs["refund"]] == await house.read.values(BY_GATEWAY)
    assert +taken == {number: minor for number, minor in await house.pool.fetch(CAPTURED)}  # noqa: C416 (a record is no tuple)
    assert verbs["capture"], "nobody paid, so nothing was tested"


async def check_labels(house: House) -> None:
    """Each parcel that has a label has one that counts, and the carrier knows of no other.

    But for those it did not take back, as our books say. The fake carrier drives off by its clock, here two seconds
    after the booking, whether or not it was given the parcel.
    """
    carrier = house.outside.carrier
    assert isinstance(carrier, FakeCarrier)
    live = [label.tracking_number for label in carrier.labels() if not label.is_canceled]
    labels = await house.read.values(LABELS)
    assert labels
    assert sorted(live) == sorted(labels + await house.read.values(KEPT_BY_THE_CARRIER))


async def check_messages(house: House) -> None:
    """Each message was sent once, under its own id."""
    notifier = house.outside.notifier
    assert isinstance(notifier, FakeNotifier)
    sent = [message.key for message in notifier.messages()]
    assert sorted(sent) == sorted(await house.read.values(MESSAGES))
    assert await house.read.values(TOLD_TWICE) == [0]
    assert sent


async def check_stock(house: House, sku: str, received: int) -> None:
    """Not one unit more was sold than there was."""
    (sold,) = await house.read.values(SOLD, sku)
    (left,) = await house.read.values(LEFT, sku)
    assert 0 < sold <= received
    assert left >= 0
