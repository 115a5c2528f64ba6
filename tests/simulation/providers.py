"""The outside world, simulated: what gateway, carrier, notifier and other systems may answer to a job."""

from __future__ import annotations

from random import Random
from typing import Any

from purveyor.core.messages import Command, Job
from purveyor.core.money import Money
from purveyor.stages.confirmation import commands as confirmation
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.payment import commands as payment
from purveyor.stages.shipping import commands as shipping

GATEWAY = (
    payment.AuthorizeAtGateway,
    payment.CaptureAtGateway,
    payment.VoidAtGateway,
    payment.RefundAtGateway,
)


def answer(job: Job, chance: Random, now: Any) -> Command | None:  # noqa: C901, PLR0911 (one case a job)
    """One of the answers that the outside may give; None where it gives none."""
    match job:
        case payment.LookUpAtGateway():
            if chance.random() < 0.4:
                return payment.SendAgain(order_id=job.order_id, payment_id=job.payment_id, key=job.key)
            return _gateway(job, chance)
        case payment.VoidAbandonedAtGateway():
            return None
        case payment.GatewayJob():
            if chance.random() < 0.15:
                return payment.MarkInDoubt(order_id=job.order_id, payment_id=job.payment_id, key=job.key)
            return _gateway(job, chance)
        case shipping.BuyLabel():
            return _label(job, chance)
        case shipping.CancelLabel():
            refused = "already_scanned" if chance.random() < 0.2 else ""
            return shipping.RecordVoid(
                order_id=job.order_id,
                shipment_id=job.shipment_id,
                tracking_number=job.tracking_number,
                refused=refused,
            )
        case delivery.SwitchOn() | delivery.SwitchOff():
            refused = "unknown account" if chance.random() < 0.2 else ""
            return delivery.RecordAccess(order_id=job.order_id, grant_id=job.grant_id, turn=job.turn, refused=refused)
        case delivery.PollCarrier():
            status = chance.choice(("in_transit", "delivered", "failed_attempt", "returned_to_sender", "lost"))
            scan = delivery.Scan(event_id=f"poll-{chance.randrange(50)}", status=status, at=now)  # type: ignore[arg-type]
            return delivery.RecordTrackingEvents(order_id=job.order_id, shipment_id=job.shipment_id, events=(scan,))
        case confirmation.DeliverNotice():
            outcome: Any = "sent" if chance.random() < 0.9 else "failed"
            return confirmation.RecordNotice(order_id=job.order_id, message_id=job.message_id, outcome=outcome)
        case _:
            return None


def _gateway(job: payment.GatewayJob, chance: Random) -> Command:
    outcome: Any = chance.choice(("done",) * 7 + ("declined", "declined", "action_required"))
    return payment.RecordAnswer(
        order_id=job.order_id,
        payment_id=job.payment_id,
        key=job.key,
        outcome=outcome,
        reference=f"ref-{job.key}" if outcome != "declined" else "",
        reason="insufficient_funds" if outcome == "declined" else "",
        action_url="https://bank.example/3ds" if outcome == "action_required" else "",
    )


def _label(job: shipping.BuyLabel, chance: Random) -> Command:
    if chance.random() < 0.15:
        reason = chance.choice(("address_undeliverable", "no_rate"))
        return shipping.RecordLabelFailure(
            order_id=job.order_id, shipment_id=job.shipment_id, attempt=job.attempt, reason=reason
        )
    return shipping.RecordLabel(
        order_id=job.order_id,
        shipment_id=job.shipment_id,
        attempt=job.attempt,
        tracking_number=f"T{job.shipment_id.int % 10**9}-{job.attempt}",
        carrier="fake",
        service="standard",
        cost=Money(420, "EUR"),
        document="data:application/pdf;base64,",
        why="cheapest in time",
    )
