"""Whether a notice still holds when it is about to be sent: the order may have gone on since it was decided.

What only says what happened always holds. What asks for something, or tells what is to come, holds while that is so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.money import Money

OVER: Final = "no longer true"  # why a message was dropped


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The order of a message as it is now, as far as some notice speaks of it. What is said of one thing is of that."""

    message_id: UUID
    currency: str
    is_canceled: bool  # all of it
    is_held: bool
    is_confirmed: bool  # the customer was told so, or is about to be
    is_at_the_bank: bool  # the customer is to confirm this payment there
    is_declined: bool
    offered_minor: int  # to be paid by link
    invoice_open_minor: int
    may_choose: bool  # what is done about missing units
    is_late: bool  # goods are still in the house
    has_failed_attempt: bool
    has_parcel_at_pickup_point: bool
    has_collection: bool  # at the counter
    has_appointment_to_choose: bool
    booked: list[datetime]  # appointments
    return_status: str
    is_invited: bool  # to the survey


STANDING: Final = """
    -- Each is looked up for the notices alone that speak of it.
    SELECT m.id AS message_id, o.currency, o.status = 'canceled' AS is_canceled, o.holds <> '' AS is_held,
           m.notice = 'order_received'
           AND EXISTS (SELECT FROM message n WHERE n.order_id = o.id AND n.notice = 'order_confirmed'
                        AND n.status <> 'dropped') AS is_confirmed,
           m.notice = 'payment_action_required'
           AND EXISTS (SELECT FROM payment p WHERE p.order_id = o.id AND p.status = 'action_required'
                        AND p.request <> 'void' AND p.action_url = m.details->>'url') AS is_at_the_bank,
           m.notice = 'payment_declined'
           AND EXISTS (SELECT FROM payment p WHERE p.order_id = o.id AND p.status IN ('declined', 'failed')
                        AND p.request <> 'void' AND p.amount_minor > p.captured_minor) AS is_declined,
           CASE WHEN m.notice = 'pay_by_link' THEN
               (SELECT coalesce(sum(p.amount_minor - p.captured_minor), 0)::bigint FROM payment p
                 WHERE p.order_id = o.id AND p.status = 'offered'
                   AND p.id::text = coalesce(m.details->>'payment_id', p.id::text))
           ELSE 0 END AS offered_minor,
           CASE WHEN m.notice IN ('payment_reminder', 'invoice_due', 'invoice_open') THEN
               (SELECT coalesce(sum(i.total_minor - i.paid_minor - i.credited_minor - i.written_off_minor), 0)::bigint
                  FROM invoice i WHERE i.order_id = o.id AND i.number::text = m.details->>'invoice')
           ELSE 0 END AS invoice_open_minor,
           m.notice = 'choice_offered'
           AND EXISTS (SELECT FROM missing_choice c WHERE c.order_id = o.id AND c.choice = '')
           AND EXISTS (SELECT FROM line l WHERE l.order_id = o.id AND l.backordered > 0) AS may_choose,
           m.notice = 'delayed'
           AND EXISTS (SELECT FROM line l WHERE l.order_id = o.id AND l.kind = 'goods'
                        AND l.placed + l.backordered + l.allocated + l.picked + l.packed > 0) AS is_late,
           m.notice = 'delivery_failed'
           AND EXISTS (SELECT FROM tracking t WHERE t.order_id = o.id
                        AND t.status = 'failed_attempt') AS has_failed_attempt,
           m.notice = 'parcel_waiting'
           AND EXISTS (SELECT FROM tracking t WHERE t.order_id = o.id
                        AND t.status = 'at_pickup_point') AS has_parcel_at_pickup_point,
           m.notice IN ('ready_to_collect', 'collect_reminder')
           AND EXISTS (SELECT FROM collection c WHERE c.order_id = o.id AND c.status = 'waiting') AS has_collection,
           m.notice = 'choose_appointment'
           AND EXISTS (SELECT FROM appointment a WHERE a.order_id = o.id
                        AND a.status = 'planned') AS has_appointment_to_choose,
           CASE WHEN m.notice = 'appointment_booked' THEN
               ARRAY (SELECT a.starts_at FROM appointment a WHERE a.order_id = o.id AND a.status = 'booked')
           ELSE ARRAY[]::timestamptz[] END AS booked,
           CASE WHEN m.notice LIKE 'return%' THEN
               coalesce((SELECT r.status FROM rma r WHERE r.order_id = o.id AND r.id::text = m.details->>'rma_id'), '')
           ELSE '' END AS return_status,
           m.notice = 'survey'
           AND EXISTS (SELECT FROM survey s WHERE s.order_id = o.id AND s.status = 'invited') AS is_invited
      FROM message m JOIN orders o ON o.id = m.order_id
     WHERE m.id = ANY($1::uuid[])
"""

Details = Mapping[str, str]
Rule = Callable[[Standing, Details], bool]


def _goods_are_to_come(now: Standing, _: Details) -> bool:
    return now.return_status in {"announced", "partly_received"}


def _is_booked(now: Standing, details: Details) -> bool:
    return any(starts_at.isoformat() == _in_utc(details.get("starts_at", "")) for starts_at in now.booked)


def _in_utc(said: str) -> str:
    try:
        return datetime.fromisoformat(said).astimezone(UTC).isoformat()
    except ValueError:
        return ""


HOLDS: Final[dict[str, Rule]] = {
    "order_received": lambda now, _: not now.is_canceled and not now.is_confirmed,
    "order_confirmed": lambda now, _: not now.is_canceled,
    "order_on_hold": lambda now, _: not now.is_canceled and now.is_held,
    "changed": lambda now, _: not now.is_canceled,
    "choice_offered": lambda now, _: now.may_choose,
    "payment_authorized": lambda now, _: not now.is_canceled,
    "payment_declined": lambda now, _: now.is_declined,
    "payment_action_required": lambda now, _: now.is_at_the_bank,
    "pay_by_link": lambda now, _: now.offered_minor > 0,
    "payment_reminder": lambda now, _: now.invoice_open_minor > 0,
    "invoice_due": lambda now, _: now.invoice_open_minor > 0,
    "invoice_open": lambda now, _: now.invoice_open_minor > 0,
    "delayed": lambda now, _: now.is_late,
    "delivery_failed": lambda now, _: now.has_failed_attempt,
    "parcel_waiting": lambda now, _: now.has_parcel_at_pickup_point,
    "ready_to_collect": lambda now, _: now.has_collection,
    "collect_reminder": lambda now, _: now.has_collection,
    "choose_appointment": lambda now, _: now.has_appointment_to_choose,
    "appointment_booked": _is_booked,
    "return_authorized": _goods_are_to_come,
    "return_to_counter": _goods_are_to_come,
    "return_without_goods": lambda now, _: now.return_status not in {"canceled", "expired"},
    "survey": lambda now, _: now.is_invited,
}
AMOUNTS: Final[dict[str, Callable[[Standing], int]]] = {
    "pay_by_link": lambda now: now.offered_minor,
    "payment_reminder": lambda now: now.invoice_open_minor,
    "invoice_open": lambda now: now.invoice_open_minor,
}


def may_be_over(notice: str) -> bool:
    """Whether the order is to be looked at before: what happened stays true."""
    return notice in HOLDS


def still_holds(notice: str, now: Standing, details: Details) -> bool:
    rule = HOLDS.get(notice)
    return rule is None or rule(now, details)


def as_it_is_now(notice: str, now: Standing, details: Details) -> dict[str, str]:
    """The details, with the amount that is to be paid now."""
    amount = AMOUNTS.get(notice)
    return dict(details) if amount is None else {**details, "amount": str(Money(amount(now), now.currency))}
