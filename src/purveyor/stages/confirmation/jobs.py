"""Confirmation's side effect: the message itself."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.calendars import zone_of
from purveyor.core.policies import SellerPolicy
from purveyor.core.reason_texts import referred
from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.notifier import Delivery, Message
from purveyor.stages.confirmation.commands import DeliverNotice, RecordNotice
from purveyor.stages.confirmation.notice_validity import (
    OVER,
    STANDING,
    Standing,
    as_it_is_now,
    may_be_over,
    still_holds,
)
from purveyor.stages.confirmation.rendering import (
    Rendered,
    Tellable,
    TellableLine,
    render,
    speaks_of_lines,
)

PRIVATE = "_text_id"
SHOWN = frozenset({"words"})  # what staff wrote themselves: the copy that is kept says it too


class Addressed(msgspec.Struct, frozen=True):
    """A message with whom it goes to and what it speaks of."""

    message_id: UUID
    notice: str
    channel: str
    language: str
    status: str
    details: dict[str, str]
    number: int
    currency: str
    total_minor: int
    shipping_minor: int
    promised_at: datetime | None
    name: str
    email: str
    phone: str
    erased: bool
    link_version: int
    zone: str | None
    seller: SellerPolicy | None = None
    place: str | None = None  # the name of the location that is spoken of


class OrderLine(TellableLine, frozen=True, kw_only=True):
    order_id: UUID


ADDRESSED = """
    SELECT m.id AS message_id, m.notice, m.channel, m.language, m.status, m.details,
           o.number, o.currency, o.total_minor, o.shipping_minor, o.promised_at, c.name, c.email, c.phone, c.erased,
           coalesce(l.version, 0) AS link_version,
           (SELECT data->>'zone' FROM policy WHERE name = 'calendar') AS zone,
           (SELECT data FROM policy WHERE name = 'seller') AS seller,
           (SELECT place->>'name' FROM policy, jsonb_array_elements(data) AS place
             WHERE policy.name = 'locations' AND place->>'code' = m.details->>'location' LIMIT 1) AS place
      FROM message m JOIN orders o ON o.id = m.order_id JOIN contact c ON c.id = m.contact_id
           LEFT JOIN order_link l ON l.order_id = m.order_id
     WHERE m.id = ANY($1::uuid[])
"""
LINES = """
    SELECT order_id, name, quantity, backordered, canceled, total_minor,
           placed + backordered + allocated + picked + packed AS open
      FROM line
     WHERE order_id = ANY($1::uuid[])
  ORDER BY order_id, line_no
"""


@job_handler(DeliverNotice)
async def deliver(job: DeliverNotice, _: str, outside: Ports) -> RecordNotice | None:
    """Hand the message over, under its own id: whoever hands it over again gets the first answer.

    It is asked first whether it was sent, because the order, and with it the text, may have changed since. What does
    not hold any more is dropped.
    """
    rows = await outside.read.rows_of(Addressed, ADDRESSED, job.message_id, by="message_id")
    found = rows[0] if rows else None
    if found is None or found.status != "queued":
        return None
    key = str(job.message_id)
    to = found.email if found.channel == "email" else found.phone
    delivery = await outside.notifier.sent(key)
    if delivery is not None:
        return _answer(job, delivery, to, "")  # what was sent then is not known any more
    if found.erased or not to:
        return _failed(job, "the address was erased")
    if may_be_over(found.notice):
        (now,) = await outside.read.rows_of(Standing, STANDING, job.message_id, by="message_id")
        if not still_holds(found.notice, now, found.details):
            return RecordNotice(order_id=job.order_id, message_id=job.message_id, outcome="dropped", reason=OVER)
        found = msgspec.structs.replace(found, details=as_it_is_now(found.notice, now, found.details))
    order = await _order(outside, job.order_id, found)
    if found.place:  # people know the name, not our code
        found = msgspec.structs.replace(found, details=found.details | {"location": found.place})
    found = msgspec.structs.replace(found, details=await _with_texts(outside, found.details))
    private = await _private(outside, found.details)
    if "words" in private and not private["words"]:
        return _failed(job, "the text was erased")
    shown = found.details | {name: text for name, text in private.items() if name in SHOWN}
    hidden = {name: text for name, text in private.items() if text and name not in SHOWN}
    rendered = render(found.notice, found.language, found.channel, order, shown, hidden)
    delivery = await outside.notifier.send(key, _message(found, rendered, to))
    return _answer(job, delivery, to, rendered.kept)


async def _order(outside: Ports, order_id: UUID, found: Addressed) -> Tellable:
    return Tellable(
        number=found.number,
        name=found.name,
        currency=found.currency,
        total_minor=found.total_minor,
        shipping_minor=found.shipping_minor,
        promised_at=_still_to_come(found.promised_at, outside.clock.now()),
        lines=await outside.read.rows_of(OrderLine, LINES, order_id, by="order_id")
        if speaks_of_lines(found.notice, found.language)
        else (),
        url=outside.order_url(order_id, found.link_version),
        zone=zone_of(found.zone or outside.read.zone),
        seller=found.seller or SellerPolicy(),
    )


def _still_to_come(promised_at: datetime | None, now: datetime) -> datetime | None:
    """A day that is over is promised to nobody: what is late has a notice of its own."""
    return promised_at if promised_at is not None and promised_at > now else None


def _message(found: Addressed, rendered: Rendered, to: str) -> Message:
    return Message(
        channel="email" if found.channel == "email" else "sms",
        to=to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        language=found.language,
        about=str(found.number),
    )


class _Text(msgspec.Struct, frozen=True):
    id: UUID
    text: str


PRIVATE_TEXTS = "SELECT id, text FROM private_text WHERE id = ANY($1::uuid[]) ORDER BY id"


async def _private(outside: Ports, details: dict[str, str]) -> dict[str, str]:
    """What the details name by the id of a private text, such as a code that only the customer may know.

    A text that is gone or was erased is empty.
    """
    named = {UUID(id_): name.removesuffix(PRIVATE) for name, id_ in details.items() if name.endswith(PRIVATE)}
    texts = [text for id_ in named for text in await outside.read.rows_of(_Text, PRIVATE_TEXTS, id_, by="id")]
    return dict.fromkeys(named.values(), "") | {named[text.id]: text.text for text in texts}


SCAN_WORDS = "SELECT id, text FROM private_text WHERE id = ANY($1::uuid[]) AND what = 'scan_words' ORDER BY id"


async def _with_texts(outside: Ports, details: dict[str, str]) -> dict[str, str]:
    """The details with what they refer to: where a parcel waits, in the carrier's words."""
    referring = {name: text_id for name, said in details.items() if (text_id := referred(said)) is not None}
    texts = [text for id_ in referring.values() for text in await outside.read.rows_of(_Text, SCAN_WORDS, id_, by="id")]
    said = {text.id: text.text for text in texts}
    return details | {name: said.get(text_id, "") for name, text_id in referring.items()}


def _answer(job: DeliverNotice, delivery: Delivery, to: str, text: str) -> RecordNotice:
    """What became of it. Providers like to repeat the address, and a reason is kept for ever: it is taken out."""
    if delivery.outcome == "sent":
        return RecordNotice(
            order_id=job.order_id,
            message_id=job.message_id,
            outcome="sent",
            provider_id=delivery.provider_id,
            text=text,
        )
    reason = re.sub(re.escape(to), "(the address)", delivery.reason, flags=re.IGNORECASE) if to else delivery.reason
    return _failed(job, reason)


def _failed(job: DeliverNotice, reason: str) -> RecordNotice:
    return RecordNotice(order_id=job.order_id, message_id=job.message_id, outcome="failed", reason=reason)
