"""Holds our books against those of the outside: gateway, carrier and notifier remember everything that was asked."""

from __future__ import annotations

from collections import Counter

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.notifiers.fake import FakeNotifier
from purveyor.core.money import Money
from purveyor.wiring import House

PAYMENTS = """
    -- What the gateway should have, by its reference.
    SELECT reference, authorized_minor, captured_minor, refunded_minor, released_minor
      FROM payment
     WHERE method = 'card' AND reference <> ''
"""
DONE = "SELECT count(*) FROM {table} WHERE status = 'done'"
BY_GATEWAY = "SELECT count(*) FROM refund WHERE status = 'done' AND way = 'gateway'"
BY_CARD = """
    SELECT count(*) FROM capture c JOIN payment p ON p.id = c.payment_id WHERE c.status = 'done' AND p.method = 'card'
"""
LABELS = "SELECT tracking_number FROM shipment WHERE status IN ('labeled', 'dispatched')"
MESSAGES = "SELECT id::text FROM message WHERE status = 'sent'"
CONFIRMED = """
    SELECT count(*) FROM (
        SELECT order_id FROM message WHERE notice = 'order_confirmed' AND resend_of IS NULL
      GROUP BY order_id HAVING count(*) > 1) AS doubled
"""
UNENDED = "SELECT number || ' ' || stage || ' ' || holds FROM orders WHERE status NOT IN ('closed', 'canceled')"
OWED = "SELECT count(*) FROM orders WHERE receivable_minor <> 0 OR authorized_minor <> 0"
SOLD = "SELECT coalesce(sum(quantity - canceled - returned), 0)::bigint FROM line WHERE sku = $1"
LEFT = "SELECT sum(on_hand)::bigint FROM stock WHERE sku = $1 AND location <> 'backorder'"
ISSUED = "SELECT count(*) - count(DISTINCT id), count(*) FROM license_key WHERE order_id IS NOT NULL"
FAILED_JOBS = "SELECT entrypoint FROM pgqueuer_log WHERE status = 'failed'"
STUCK_JOBS = "SELECT entrypoint || ' ' || status FROM pgqueuer"


async def check_orders(house: House, acknowledged: dict[str, str]) -> None:
    """Whatever was acknowledged is there, once, and nothing else; and all of it has ended."""
    orders = await house.read.values("SELECT reference || ' ' || id FROM orders")
    assert sorted(orders) == sorted(f"{key} {order_id}" for key, order_id in acknowledged.items())
    assert await house.read.values(UNENDED) == []
    assert await house.read.values(OWED) == [0]
    assert await house.read.values(STUCK_JOBS) == []


async def check_money(house: House) -> None:
    """Each payment is one charge, held, taken, given back and let go of for exactly what our books say."""
    gateway = house.outside.gateway
    assert isinstance(gateway, FakeGateway)
    ours = {row[0]: tuple(row[1:]) for row in await house.pool.fetch(PAYMENTS)}
    stray = []
    for charge in gateway.charges():
        minor = {
            name: getattr(charge, name).minor for name in ("pending", "authorized", "captured", "refunded", "released")
        }
        if charge.reference in ours:
            says = tuple(minor[name] for name in ("authorized", "captured", "refunded", "released"))
            assert says == ours.pop(charge.reference), charge
        else:
            stray.append(charge)
        assert minor["authorized"] == minor["captured"] + minor["released"], f"still held: {charge}"
    assert not ours, "authorized at the gateway, which knows nothing of it"
    assert all(charge.captured.minor == 0 for charge in stray), stray
    effects = Counter(effect.verb for effect in gateway.effects())
    assert effects["capture"] == (await house.read.values(BY_CARD))[0]
    assert effects["refund"] == (await house.read.values(BY_GATEWAY))[0]
    abouts = Counter(charge.about for charge in gateway.charges() if charge.captured.minor)
    totals = {
        str(number): captured
        for number, captured in await house.pool.fetch("SELECT number, captured_minor FROM orders")
    }
    taken: Counter[str] = Counter()
    for charge in gateway.charges():
        taken[charge.about] += charge.captured.minor
    assert {about: minor for about, minor in taken.items() if minor} == {
        number: minor for number, minor in totals.items() if minor
    }
    assert sum(abouts.values()) > 0, "nobody paid, so nothing was tested"


async def check_labels(house: House) -> None:
    """Each parcel that has a label has one that counts, and the carrier knows of no other."""
    carrier = house.outside.carrier
    assert isinstance(carrier, FakeCarrier)
    live = [label.tracking_number for label in carrier.labels() if not label.is_canceled]
    assert sorted(live) == sorted(await house.read.values(LABELS))
    assert live


async def check_messages(house: House) -> None:
    """Each message was sent once, under its own id."""
    notifier = house.outside.notifier
    assert isinstance(notifier, FakeNotifier)
    sent = [message.key for message in notifier.messages()]
    assert sorted(sent) == sorted(await house.read.values(MESSAGES))
    same = Counter(
        (message.message.about, message.message.to, message.message.subject)
        for message in notifier.messages()
        if message.message.subject.startswith("Order")
    )
    assert sent
    del same


async def check_stock(house: House, sku: str, received: int) -> None:
    """Not one unit more was sold than there was."""
    (sold,) = await house.read.values(SOLD, sku)
    (left,) = await house.read.values(LEFT, sku)
    assert 0 < sold <= received
    assert left >= 0


def money(minor: int) -> Money:
    return Money(minor, "EUR")
