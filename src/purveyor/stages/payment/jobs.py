"""Payment's side effects: ask the gateway, and bring its answer home. The key is the payment's own, not the job's."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.reason_texts import referred
from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.errors import GatewayTimeout
from purveyor.ports.gateway import GatewayResult
from purveyor.stages.payment.commands import (
    AuthorizeAtGateway,
    CaptureAtGateway,
    GatewayJob,
    LookUpAtGateway,
    MarkInDoubt,
    RecordAnswer,
    RefundAtGateway,
    SendAgain,
    VoidAbandonedAtGateway,
    VoidAtGateway,
)


@job_handler(AuthorizeAtGateway)
async def authorize(job: AuthorizeAtGateway, _: str, outside: Ports) -> RecordAnswer | MarkInDoubt:
    try:
        source = await _source(outside, job.source)
        return _answer(job, await outside.gateway.authorize(job.key, job.amount, source, about=job.about))
    except GatewayTimeout:
        return _doubt(job)


class _Text(msgspec.Struct, frozen=True):
    id: UUID
    text: str


SOURCES = """
    SELECT id, text FROM private_text WHERE id = ANY($1::uuid[]) AND what IN ('payment_source', 'source') ORDER BY id
"""


async def _source(outside: Ports, source: str) -> str:
    """The provider's token. It stands among the private texts, and in older orders in the job itself."""
    text_id = referred(source)
    if text_id is None:
        return source
    return next((text.text for text in await outside.read.rows_of(_Text, SOURCES, text_id, by="id")), "")


@job_handler(CaptureAtGateway)
async def capture(job: CaptureAtGateway, _: str, outside: Ports) -> RecordAnswer | MarkInDoubt:
    try:
        return _answer(job, await outside.gateway.capture(job.key, job.reference, job.amount))
    except GatewayTimeout:
        return _doubt(job)


@job_handler(VoidAtGateway)
async def void(job: VoidAtGateway, _: str, outside: Ports) -> RecordAnswer | MarkInDoubt:
    try:
        return _answer(job, await outside.gateway.void(job.key, job.reference))
    except GatewayTimeout:
        return _doubt(job)


@job_handler(RefundAtGateway)
async def refund(job: RefundAtGateway, _: str, outside: Ports) -> RecordAnswer | MarkInDoubt:
    try:
        return _answer(job, await outside.gateway.refund(job.key, job.reference, job.amount))
    except GatewayTimeout:
        return _doubt(job)


@job_handler(VoidAbandonedAtGateway)
async def let_go(job: VoidAbandonedAtGateway, _: str, outside: Ports) -> None:
    """A timeout is a failure like any other here: the same key is sent until there is an answer."""
    await outside.gateway.void(job.key, job.reference)


@job_handler(LookUpAtGateway)
async def look_up(job: LookUpAtGateway, _: str, outside: Ports) -> RecordAnswer | SendAgain:
    result = await outside.gateway.look_up(job.key)
    if result is None:
        return SendAgain(order_id=job.order_id, payment_id=job.payment_id, key=job.key)
    return _answer(job, result)


def _answer(job: GatewayJob, result: GatewayResult) -> RecordAnswer:
    return RecordAnswer(
        order_id=job.order_id,
        payment_id=job.payment_id,
        key=job.key,
        outcome=result.outcome,
        reference=result.reference,
        reason=result.reason,
        action_url=result.action_url,
    )


def _doubt(job: GatewayJob) -> MarkInDoubt:
    return MarkInDoubt(order_id=job.order_id, payment_id=job.payment_id, key=job.key)
