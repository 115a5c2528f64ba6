"""Facts in a few words, for the board's ticker. What is not here is not told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from purveyor.core.money import Money

Data = dict[str, Any]


def told(kind: str, data: Data, currency: str) -> str:
    """What happened, in words; "" for what nobody needs to see."""
    words = WORDS.get(kind)
    if words is None:
        return ""
    return words if isinstance(words, str) else words(data, currency)


def _placed(data: Data, currency: str) -> str:
    lines = data["lines"]
    return f"ordered by {data['channel'].replace('_', ' ')}: {len(lines)} lines, {Money(data['total_minor'], currency)}"


def _amount(before: str, field: str = "amount_minor") -> Callable[[Data, str], str]:
    return lambda data, currency: f"{before} {Money(data[field], currency)}"


def _held(data: Data, _: str) -> str:
    why = f": {data['why']}" if data.get("why") else ""
    return f"held ({data['type']}){why}"


def _with(before: str, field: str) -> Callable[[Data, str], str]:
    return lambda data, _: f"{before} {data.get(field, '')}".rstrip()


WORDS: dict[str, str | Callable[[Data, str], str]] = {
    "receipt.order_placed": _placed,
    "review.order_held": _held,
    "review.hold_released": _with("released:", "type"),
    "review.order_approved": "approved",
    "review.order_rejected": "turned down",
    "review.units_backordered": "waits for stock",
    "review.units_canceled": _with("canceled:", "why"),
    "review.choice_made": _with("the customer chose to", "choice"),
    "review.order_edited": "changed by the customer",
    "review.order_closed": "closed",
    "payment.authorized": _amount("the bank holds"),
    "payment.declined": _with("card declined:", "reason"),
    "payment.action_required": "asked to confirm at the bank",
    "payment.in_doubt": "the gateway did not answer: asked again",
    "payment.captured": _amount("paid"),
    "payment.capture_failed": _with("the bank does not pay:", "reason"),
    "payment.refund_done": _amount("refunded"),
    "payment.invoice_issued": lambda data, currency: (
        f"invoice {data['number']}: {Money(data['total_minor'], currency)}"
    ),
    "picking.fulfillment_released": _with("to be picked at", "location"),
    "picking.fulfillment_picked": "picked",
    "picking.pick_shorted": _with("short pick:", "reason"),
    "packing.parcel_packed": _with("packed into", "carton"),
    "shipping.label_bought": _with("label bought:", "service"),
    "shipping.label_refused": _with("no label:", "reason"),
    "shipping.shipment_dispatched": _with("handed to the courier:", "tracking_number"),
    "delivery.shipment_delivered": "delivered",
    "delivery.delivery_failed": "nobody at home",
    "delivery.shipment_waiting": "can be picked up",
    "delivery.shipment_returned_to_sender": "goes back to us",
    "delivery.shipment_lost": "parcel lost",
    "delivery.shipment_not_coming": "nothing more comes back in the parcel",
    "delivery.collect_ready": _with("waits at the counter of", "location"),
    "delivery.collected": "collected",
    "delivery.downloads_granted": "may download",
    "delivery.license_keys_issued": "got a license key",
    "delivery.access_switched_on": "access switched on",
    "delivery.appointment_booked": _with("comes to install:", "technician"),
    "delivery.installation_completed": _with("installed by", "technician"),
    "confirmation.customer_written_to": "written to",
    "support.case_opened": _with("asks about:", "topic"),
    "support.claim_opened": _with("claims:", "claim"),
    "support.claim_resolved": _with("put right:", "remedy"),
    "support.lost_units_found": "what was lost is found again",
    "support.case_closed": "case closed",
    "returns.return_authorized": "sends something back",
    "returns.return_received": "return received",
    "returns.return_inspected": _with("return inspected:", "disposition"),
    "returns.return_credited": _amount("return credited:", "credit_minor"),
    "feedback.survey_answered": lambda data, _: f"says {data['csat']} of 5",
    "feedback.product_review_written": lambda data, _: f"wrote a review: {'*' * data['stars']}",
}
