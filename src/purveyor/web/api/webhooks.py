"""Webhooks: which other programs are told what happens here, what was told them, and telling it again.

Not to be taken for `web/provider_events.py`, where providers tell us.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from purveyor.core.field_types import Moment
from purveyor.core.refusals import NotFound
from purveyor.engine.redaction import readable_stages, stage_of
from purveyor.records.webhooks import outbox
from purveyor.records.webhooks.commands import (
    EVERYTHING,
    AddWebhook,
    ChangeWebhook,
    ForgetOldSecret,
    RemoveWebhook,
    RotateWebhookSecret,
)
from purveyor.records.webhooks.queries import (
    NEWEST,
    DeliverySeen,
    TrySeen,
    WebhookSeen,
    all_webhooks,
    deliveries,
    delivery,
    tries_of,
    webhook_by_id,
)
from purveyor.records.webhooks.topics import topics
from purveyor.secret_key import SecretKey
from purveyor.web.api.command_endpoints import Endpoint, Generated
from purveyor.web.api.maintenance_endpoints import MaintenanceEndpoint
from purveyor.web.api.query_endpoints import NoParameters, QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.webhook_secrets import new_secret, sealed_secret
from purveyor.web.api.webhook_targets import check_target
from purveyor.web.auth.api_keys import Caller
from purveyor.web.auth.roles import reading
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import Page, Paging, page, place_after
from purveyor.web.http.problem_details import Problem

READ, WRITE = "webhooks:read", "webhooks:write"
ONE = "/webhooks/{webhook_id:uuid}"
SHOWN_ONCE = "The secret was shown with the first answer, and never again. If it is lost, ask for another one."
BigInt: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class WebhookList(msgspec.Struct, frozen=True):
    items: list[WebhookSeen]


class TopicList(msgspec.Struct, frozen=True):
    """Kinds of changes by the stage that they come from. `<stage>.*` is all of a stage, `*` everything."""

    topics: dict[str, list[str]]


class OneWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    webhook_id: UUID


class DeliveryFilter(Paging, frozen=True, kw_only=True):
    webhook_id: UUID
    status: Literal["waiting", "failed", "given_up"] | None = None


class OneDelivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    webhook_id: UUID
    delivery_id: BigInt


class DeliveryDetails(msgspec.Struct, frozen=True):
    delivery: DeliverySeen
    tries: list[TrySeen]


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either a number of the journal, or a time at which things were recorded."""

    webhook_id: UUID
    since: BigInt | None = None
    since_time: Moment | None = None


class InLine(msgspec.Struct, frozen=True):
    """A delivery that is told next, when it is its turn."""

    delivery_id: int
    status: str = "waiting"


class ToldAgain(msgspec.Struct, frozen=True):
    """Everything after this number of the journal is told again, in its order."""

    since: int


class Counted(msgspec.Struct, frozen=True):
    deliveries: int


async def _all(house: House, _: NoParameters) -> WebhookList:
    return WebhookList(await all_webhooks(house.read))


async def _topics(_house: House, _: NoParameters) -> TopicList:
    return TopicList(topics())


async def _one(house: House, asked: OneWebhook) -> WebhookSeen:
    found = await webhook_by_id(house.read, asked.webhook_id)
    if found is None:
        raise NotFound(what="webhook", id=asked.webhook_id)
    return found


async def _deliveries(house: House, asked: DeliveryFilter) -> Page[DeliverySeen]:
    await _one(house, OneWebhook(asked.webhook_id))
    before = place_after(asked.after, int, NEWEST)
    rows = await deliveries(house.read, asked.webhook_id, asked.status or "", before, asked.limit + 1)
    return page(rows, asked.limit, lambda row: row.id)


async def _delivery(house: House, asked: OneDelivery) -> DeliveryDetails:
    found = await delivery(house.read, asked.webhook_id, asked.delivery_id)
    if found is None:
        raise NotFound(what="delivery", id=asked.delivery_id)
    return DeliveryDetails(found, await tries_of(house.read, found.id))


# A line is no business fact, so what follows are no commands.


async def _test(house: House, asked: OneWebhook) -> InLine:
    added = await outbox.add_test(house.pool, asked.webhook_id)
    if added is None:
        raise NotFound(what="webhook", id=asked.webhook_id)
    return InLine(added)


async def _replay_one(house: House, asked: OneDelivery) -> InLine:
    await _one(house, OneWebhook(asked.webhook_id))
    if not await outbox.tell_again(house.pool, asked.webhook_id, asked.delivery_id):
        raise NotFound(what="delivery that could be sent again now with the number", id=asked.delivery_id)
    return InLine(asked.delivery_id)


async def _replay_given_up(house: House, asked: OneWebhook) -> Counted:
    await _one(house, asked)
    return Counted(await outbox.tell_given_up_again(house.pool, asked.webhook_id))


async def _replay_since(house: House, asked: Again) -> ToldAgain:
    if (asked.since is None) == (asked.since_time is None):
        raise Problem(
            422,
            "invalid_parameter",
            "since: expected a number of the journal, or since_time with a time, and not both.",
        )
    since = asked.since
    if since is None:
        assert asked.since_time is not None
        since = await outbox.seq_before(house.read, asked.since_time)
    found = await outbox.tell_again_after(house.pool, asked.webhook_id, since)
    if found is None:
        raise NotFound(what="webhook that is told already", id=asked.webhook_id)
    return ToldAgain(found)


def _check_topics(caller: Caller, command: AddWebhook | ChangeWebhook) -> None:
    """Nobody has others told what the key may not read itself."""
    _check_told(caller, command.topics or ())


async def _check_target(house: House, _caller: Caller, command: AddWebhook) -> None:
    check_target(house.settings, command.url)


async def _check_place(house: House, caller: Caller, command: ChangeWebhook) -> None:
    """Neither by having what a stronger key has added sent somewhere else."""
    check_target(house.settings, command.url)
    found = await webhook_by_id(house.read, command.webhook_id) if command.url is not None else None
    if found is not None and command.topics is None:
        _check_told(caller, found.topics)


def _check_told(caller: Caller, given: Sequence[str]) -> None:
    stages = readable_stages() if EVERYTHING in given else {stage_of(topic) for topic in given} & set(readable_stages())
    missing = sorted({reading(stage) for stage in stages if not caller.may(reading(stage))})
    if missing:
        raise Problem(
            403,
            "scope_missing",
            f"The key {caller.name} cannot have others told what it may not read: {', '.join(missing)}.",
            data={"needs": missing, "has": sorted(caller.scopes)},
        )


def _make_secret(seal: SecretKey, request: str) -> Generated:
    secret = new_secret(seal, request)
    kept = sealed_secret(seal, secret)
    return Generated({"secret": kept}, shown={"secret": secret}, later={"secret": None, "note": SHOWN_ONCE})


SECTION = Section(
    name="webhooks",
    about="Other programs that are told what happens here, signed by Standard Webhooks and in order for each order. "
    "A secret is shown once, in `reply.secret` of the first answer.",
    endpoints=(
        Endpoint(
            path="/webhooks",
            command=AddWebhook,
            scope=WRITE,
            summary="Tell another program what happens",
            status=201,
            ours=("secret",),
            makes=_make_secret,
            check=_check_topics,
            check_rows=_check_target,
        ),
        Endpoint(
            path=f"{ONE}/change",
            command=ChangeWebhook,
            scope=WRITE,
            check=_check_topics,
            check_rows=_check_place,
            summary="Another address, other topics, a pause or its end",
        ),
        Endpoint(
            path=f"{ONE}/rotate-secret",
            command=RotateWebhookSecret,
            scope=WRITE,
            summary="Sign by a new secret",
            ours=("secret",),
            makes=_make_secret,
        ),
        Endpoint(path=f"{ONE}/remove", command=RemoveWebhook, scope=WRITE, summary="Tell a program nothing any more"),
    ),
    internal=(ForgetOldSecret,),  # when its day is over
    reads=(
        QueryEndpoint(path="/webhooks", find=_all, answer=WebhookList, scope=READ, summary="All webhooks, no secrets"),
        QueryEndpoint(
            path="/webhooks/topics", find=_topics, answer=TopicList, scope=READ, summary="What a program can be told of"
        ),
        QueryEndpoint(
            path=ONE, find=_one, answer=WebhookSeen, scope=READ, summary="One webhook", parameters=OneWebhook
        ),
        QueryEndpoint(
            path=f"{ONE}/deliveries",
            find=_deliveries,
            answer=Page[DeliverySeen],
            scope=READ,
            summary="What was told and what waits, newest first",
            parameters=DeliveryFilter,
        ),
        QueryEndpoint(
            path=ONE + "/deliveries/{delivery_id:int}",
            find=_delivery,
            answer=DeliveryDetails,
            scope=READ,
            summary="One delivery with every try",
            parameters=OneDelivery,
        ),
    ),
    maintenance=(
        MaintenanceEndpoint(
            path=f"{ONE}/test",
            do=_test,
            answer=InLine,
            scope=WRITE,
            summary="Send a test",
            parameters=OneWebhook,
        ),
        MaintenanceEndpoint(
            path=ONE + "/deliveries/{delivery_id:int}/replay",
            do=_replay_one,
            answer=InLine,
            scope=WRITE,
            summary="Tell one change again",
            parameters=OneDelivery,
        ),
        MaintenanceEndpoint(
            path=f"{ONE}/replay-given-up",
            do=_replay_given_up,
            answer=Counted,
            scope=WRITE,
            summary="Tell again what was given up",
            parameters=OneWebhook,
        ),
        MaintenanceEndpoint(
            path=f"{ONE}/replay",
            do=_replay_since,
            answer=ToldAgain,
            scope=WRITE,
            summary="Tell everything again since a number or a time",
            parameters=Again,
        ),
    ),
)
