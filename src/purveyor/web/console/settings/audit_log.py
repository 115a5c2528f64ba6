"""What admins did: staff, keys, rules and receivers of webhooks as the journal tells them, newest first."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.db.reader import Reader
from purveyor.records.webhooks.queries import places_of_webhooks
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.console.settings.policy_texts import ABOUT
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get

READ = "staff:read"
PLACE = "/console/security"
SHOWN = 50
NEWEST = 2**62


class AuditEvent(msgspec.Struct, frozen=True):
    """One fact: who, what, about whom or what."""

    seq: int
    at: datetime
    kind: str
    actor: str
    staff_id: UUID | None
    webhook_id: UUID | None
    name: str  # of a policy or a key


AUDIT_EVENTS = """
    -- By the index journal_security. Sign-ins are told as well: they say who was here, and who failed to come in.
    SELECT seq, at, kind, actor, (data->>'staff_id')::uuid AS staff_id, (data->>'webhook_id')::uuid AS webhook_id,
           coalesce(data->>'name', (SELECT k.name FROM api_key k WHERE k.id = (data->>'key_id')::uuid),
                    (SELECT p.name FROM policy_request p WHERE p.id = (data->>'request_id')::uuid), '') AS name
      FROM journal_row
     WHERE order_id IS NULL AND split_part(kind, '.', 1) IN ('staff', 'policies', 'webhooks') AND seq < $1
  ORDER BY seq DESC
     LIMIT $2
"""


async def audit_events(read: Reader, before: int, limit: int) -> list[AuditEvent]:
    return await read.rows(AuditEvent, AUDIT_EVENTS, before, limit)


async def show(ctx: RequestContext) -> ASGIResponse:
    before = ctx.given("before")
    first = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(NEWEST)) else NEWEST
    found = await audit_events(ctx.house.read, first, SHOWN + 1)
    shown = found[:SHOWN]
    actors = [each.actor for each in shown]
    about = [f"staff:{each.staff_id}" for each in shown if each.staff_id is not None]
    return ctx.page(
        "console/settings/audit_log.html",
        events=shown,
        policies=ABOUT,
        names=await names_of_actors(ctx, [*actors, *about]),
        webhooks=await _webhooks(ctx, {each.webhook_id for each in shown if each.webhook_id is not None}),
        older=shown[-1].seq if len(found) > SHOWN else None,
    )


async def _webhooks(ctx: RequestContext, ids: set[UUID]) -> dict[UUID, str]:
    """What each is called, or where it goes: its address may have a secret in it, its host has none."""
    if not ids:
        return {}
    places = await places_of_webhooks(ctx.house.read, list(ids))
    return {place.id: place.description or urlsplit(place.url).netloc.rpartition("@")[2] for place in places}


ROUTES: tuple[PageRoute, ...] = (get(PLACE, show, scope=READ),)
