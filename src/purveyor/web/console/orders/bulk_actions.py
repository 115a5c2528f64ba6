"""What is done with the orders that were ticked in the list: a command for each, and what became of each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from purveyor.core.messages import Command
from purveyor.core.refusals import Invalid
from purveyor.engine.answers import Answer
from purveyor.records.catalog.queries import names_by_sku
from purveyor.stages.confirmation.commands import WriteToCustomer
from purveyor.stages.review.commands import ApproveOrder, HoldOrder, ReleaseHold, TagOrder, WriteNote
from purveyor.stages.review.queries import holds_of
from purveyor.web.auth.roles import EXPORT
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.refusal_texts import refusal_text, skus_in
from purveyor.web.pages.translations import mark as _

MOST = 200  # at once: four pages of the list


class BulkAction(msgspec.Struct, frozen=True):
    """Something that can be done with many orders. `asks`: which field of the form it needs, "" for none."""

    name: str
    text: str
    scope: str
    asks: str = ""


BULK_ACTIONS = {
    action.name: action
    for action in (
        BulkAction("approve", _("Approve"), "review:write"),
        BulkAction("hold", _("Put on hold"), "review:write", "why"),
        BulkAction("release", _("Release what is held"), "review:write"),
        BulkAction("tag", _("Add tags"), "review:write", "words"),
        BulkAction("untag", _("Remove tags"), "review:write", "words"),
        BulkAction("note", _("Write a note for staff"), "review:write", "words"),
        BulkAction("message", _("Write to the customers"), "confirmation:write", "words"),
        BulkAction("picks", _("Print pick lists"), "picking:read"),
        BulkAction("slips", _("Print packing slips"), "packing:read"),
        BulkAction("labels", _("Print shipping labels"), "shipping:read"),
        BulkAction("export", _("Export as CSV"), EXPORT),
    )
}


class Done(msgspec.Struct, frozen=True):
    """What became of one order."""

    number: int
    good: bool
    text: str


def bulk_actions_of(ctx: RequestContext) -> list[BulkAction]:
    """Those that the role allows."""
    return [action for action in BULK_ACTIONS.values() if ctx.may(action.scope)]


async def do_to_many(ctx: RequestContext, action: str, ids: Sequence[UUID]) -> list[Done]:
    """Ask for all at once, so that they are decided together. Raises `Invalid` for what the form lacks."""
    form = await ctx.form()
    if len(ids) > MOST:
        raise Invalid(field="order", found=f"{len(ids)} orders", expected=f"at most {MOST} at once")
    numbers = await numbers_of(ctx, ids)
    known = [order_id for order_id in dict.fromkeys(ids) if order_id in numbers]
    wanted = await _commands(ctx, action, form, known)
    found = await asyncio.gather(*(_ask_all(ctx, form, order_id, wanted[order_id]) for order_id in known))
    refusals = [answer.refusal for answers in found for answer in answers if answer.refusal is not None]
    skus = {sku for refusal in refusals for sku in skus_in(refusal.code, refusal.data)}
    names = await names_by_sku(ctx.house.read, skus)
    done = [
        _told(ctx, numbers[order_id].number, answers, names) for order_id, answers in zip(known, found, strict=True)
    ]
    good = sum(each.good for each in done)
    if good:
        ctx.tell(ctx.translations.ngettext("%(num)s order done.", "%(num)s orders done.", good) % {"num": good})
    return done


async def _commands(ctx: RequestContext, action: str, form: Form, ids: Sequence[UUID]) -> dict[UUID, list[Command]]:
    """What is asked for each order; nothing where there is nothing to do."""
    match action:
        case "approve":
            return {order_id: [ApproveOrder(order_id=order_id)] for order_id in ids}
        case "hold":
            why = form.text("why") or form.text("words") or "bulk"
            return {order_id: [HoldOrder(order_id=order_id, type="customer", why=why)] for order_id in ids}
        case "release":
            held: defaultdict[UUID, list[Command]] = defaultdict(list)
            for hold in await holds_of(ctx.house.read, ids):
                held[hold.order_id].append(ReleaseHold(order_id=hold.order_id, hold_id=hold.id))
            return held
        case "note":
            text = form.required("words")
            return {order_id: [WriteNote(order_id=order_id, text=text)] for order_id in ids}
        case "message":
            text = form.required("words")
            return {order_id: [WriteToCustomer(order_id=order_id, text=text)] for order_id in ids}
        case _:
            tags = tags_in(form.required("words"))
            side = "add" if action == "tag" else "remove"
            return {order_id: [TagOrder(order_id=order_id, **{side: tags})] for order_id in ids}


def tags_in(text: str) -> tuple[str, ...]:
    """Tags as they are typed: with commas between them."""
    return tuple(tag for each in text.split(",") if (tag := each.strip()))


async def _ask_all(ctx: RequestContext, form: Form, order_id: UUID, commands: Sequence[Command]) -> list[Answer]:
    answers = []
    for step, command in enumerate(commands):
        answers.append(await _ask(ctx, form, command, f"{order_id}:{step}"))
    return answers


async def _ask(ctx: RequestContext, form: Form, command: Command, part: str) -> Answer:
    key = f"page:{ctx.actor}:{form.text('key') or ctx.new_key}:{part}"
    answer: Answer = (await ctx.house.committer.submit(command, key=key[:255], actor=ctx.actor)).answer
    return answer


def _told(ctx: RequestContext, number: int, answers: Sequence[Answer], names: Mapping[str, str]) -> Done:
    refused = next((answer.refusal for answer in answers if answer.refusal is not None), None)
    if refused is not None:
        text = refusal_text(refused.code, refused.data, ctx.language, refused.sentence, names, zone=ctx.zone)
        return Done(number, good=False, text=text)
    if not any(answer.facts for answer in answers):
        return Done(number, good=False, text=ctx._("There was nothing to do."))
    return Done(number, good=True, text=ctx._("Done."))
