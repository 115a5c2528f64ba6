"""Where providers tell what they know: the same commands as asking them makes, once for each event.

An event of something that is not ours yet is answered 404: providers send it again, and we ask by ourselves as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.core.json_documents import JsonReader, NotJson
from purveyor.core.messages import Command
from purveyor.core.refusals import shortened
from purveyor.core.validation_messages import Misfit
from purveyor.engine.answers import KeyReused
from purveyor.ports.carrier import TrackingEvent
from purveyor.ports.gateway import GatewayEvent
from purveyor.ports.webhooks import BadWebhook, Payload, check
from purveyor.stages.delivery.commands import RecordTrackingEvent
from purveyor.stages.payment.commands import RecordGatewayEvent
from purveyor.web.handling import AnyRequest, WebContext, handler, json_answer
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House
from purveyor.web.http.problem_details import Problem, refused

ORDER_OF_PAYMENT = "SELECT order_id, id FROM payment WHERE id = $1"
ORDER_OF_PARCEL = (
    "SELECT order_id, id FROM shipment WHERE tracking_number = $1 AND tracking_number <> '' ORDER BY id LIMIT 1"
)


class _Owner(msgspec.Struct, frozen=True):
    order_id: UUID
    id: UUID


async def _of_gateway(house: House, event: GatewayEvent) -> Command:
    """The key of a request begins with the id of its payment."""
    try:
        payment_id = UUID(event.key.partition(":")[0])
    except ValueError:
        raise _unknown("payment", event.key) from None
    owner = await house.read.row(_Owner, ORDER_OF_PAYMENT, payment_id)
    if owner is None:
        raise _unknown("payment", event.key)
    return RecordGatewayEvent(
        order_id=owner.order_id,
        payment_id=owner.id,
        event_id=event.event_id,
        key=event.key,
        outcome=event.outcome,
        reference=event.reference,
        reason=event.reason,
        at=event.at,
    )


async def _of_carrier(house: House, event: TrackingEvent) -> Command:
    owner = await house.read.row(_Owner, ORDER_OF_PARCEL, event.tracking_number)
    if owner is None:
        raise _unknown("parcel", event.tracking_number)
    return RecordTrackingEvent(
        order_id=owner.order_id,
        shipment_id=owner.id,
        event_id=event.event_id,
        status=event.status,
        at=event.at,
        place=event.place,
        carrier_status=event.carrier_status,
        sequence=event.sequence,
    )


class Provider(msgspec.Struct, frozen=True):
    """Who tells us, what of, and which setting has the secret that is shared with them."""

    setting: str
    event: type[msgspec.Struct]
    command: Callable[[House, Any], Awaitable[Command]]


PROVIDERS = {
    "gateway": Provider("gateway_webhook_secret", GatewayEvent, _of_gateway),
    "carrier": Provider("carrier_webhook_secret", TrackingEvent, _of_carrier),
}


def webhook_handler(desk: WebContext) -> HTTPRouteHandler:
    """`POST /webhooks/{provider}`. It needs no API key: the signature says who it is."""

    async def hear(request: AnyRequest) -> ASGIResponse:
        house = desk.house
        name = request.path_params["provider"]
        provider = PROVIDERS.get(name)
        secret = getattr(house.settings, provider.setting) if provider is not None else None
        if provider is None or secret is None:
            raise Problem(404, "no_such_webhook", f"Nobody is expected to tell us anything as {shortened(name)!r}.")
        body = await request.body()
        try:
            check(secret, request.headers, body, house.outside.clock.now())
        except BadWebhook as bad:
            security_log.note("webhook.refused", provider=name, why=str(bad))
            raise Problem(401, "webhook_refused", str(bad)) from bad
        event: Any = _read(body, provider.event)
        command = await provider.command(house, event)
        # The event is what counts, not the message: a provider that sends it again may give it another message id.
        key = f"webhook:{name}:{event.event_id}"
        given = await house.committer.submit(command, key=key, actor=f"channel:{name}")
        refusal = given.answer.refusal
        if refusal is None:
            return json_answer(b'{"known":true}' if given.repeated else b'{"known":false}')
        if refusal.code == KeyReused.code:
            raise Problem(422, "event_changed", f"The event {event.event_id} was told before, with another content.")
        return refused(refusal).response

    return handler(desk, "POST", "/webhooks/{provider:str}", hear)


def _read(body: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    try:
        return JsonReader(kind).read(bytes(JsonReader(Payload).read(body).data))
    except Misfit as misfit:
        raise _not_as_it_should_be(misfit) from misfit
    except NotJson as why:
        raise Problem(400, "invalid_json", f"The body {why}") from why


def _not_as_it_should_be(misfit: Misfit) -> Problem:
    invalid = misfit.refusal(misfit.field or "it")
    return Problem(422, "invalid_event", f"The event is not as it should be: {invalid}", data=invalid.data)


def _unknown(what: str, found: str) -> Problem:
    return Problem(404, f"unknown_{what}", f"We have no {what} {found!r} (yet).")
