"""Who did something, as people read it: the journal names staff by id, because names may be erased."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.db.reader import Reader
from purveyor.records.staff.queries import names_by_code, names_of_keys, names_of_staff
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.names import person_name


async def names_of_actors(ctx: RequestContext, actors: Iterable[str]) -> dict[str, str]:
    """The name of each actor: of staff from its row, of others from the actor itself."""
    found: dict[str, str] = {}
    ids: dict[UUID, str] = {}
    for actor in set(actors):
        kind, _, who = actor.partition(":")
        staff_id = id_of(who) if kind == "staff" else None
        if staff_id is not None:
            ids[staff_id] = actor
        found[actor] = _plain(ctx, kind, who)
    if ids:
        for staff_id, name in (await names_of_staff(ctx.house.read, list(ids))).items():
            found[ids[staff_id]] = name or ctx._("former colleague")
    prefixes = {actor.removeprefix("key:"): actor for actor in found if actor.startswith("key:")}
    if prefixes:
        for prefix, name in (await names_of_keys(ctx.house.read, list(prefixes))).items():
            found[prefixes[prefix]] = ctx._("API key %(name)s", name=name)
    return found


async def names_of_technicians(read: Reader, technicians: Iterable[str]) -> dict[str, str]:
    """What pages call them. A slot has a name, a login, or the first part of one: names of staff come from there."""
    codes = {each: each.lower() for each in technicians}
    names = await names_by_code(read, list(codes.values())) if codes else {}
    return {each: names.get(code) or person_name(each) for each, code in codes.items()}


def _plain(ctx: RequestContext, kind: str, who: str) -> str:  # noqa: PLR0911 (one a kind)
    match kind:
        case "":
            return ctx._("nobody")
        case "customer":
            return ctx._("the customer")
        case "key":
            return ctx._("API key %(name)s", name=who)
        case "job" | "sweep" | "system":
            return ctx._("Purveyor")
        case "staff":
            known = {
                "signing_in": ctx._("somebody who was signing in"),
                "operator": ctx._("somebody at the command line"),
            }
            return known.get(who) or person_name(who)
        case "channel":
            return ctx.label(who)
        case _:
            return f"{kind} {who}".strip()
