"""The few actions that people look for on an order: by its state, three to five of them, in their words."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Command
from purveyor.stages.confirmation.commands import ResendNotice
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.review.commands import ApproveOrder, CancelUnits, EditOrder, HoldOrder, ReleaseHold
from purveyor.web.api.available_actions import actions_of
from purveyor.web.api.routes import TRIED
from purveyor.web.console.order.loading import ConsoleOrder
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark as _

MOST = 5


class PrimaryAction(msgspec.Struct, frozen=True):
    """A button: what it says, and where the form is."""

    word: str
    icon: str
    href: str
    tone: str = ""


# What is meant, best first: an order that is held is approved or released before anything else.
WANTED: tuple[tuple[type[Command], str, str, str], ...] = (
    (ApproveOrder, _("Approve"), "check", "primary"),
    (ReleaseHold, _("Release"), "player-play", ""),
    (CreditAmount, _("Refund money"), "receipt-refund", ""),
    (EditOrder, _("Edit"), "pencil", ""),
    (CancelUnits, _("Cancel"), "ban", ""),
    (HoldOrder, _("Put on hold"), "hand-stop", ""),
    (ResendNotice, _("Resend"), "send", ""),
)
_TRIED = {endpoint.command: (stage, endpoint) for stage, endpoint in TRIED}


async def primary_actions(ctx: RequestContext, opened: ConsoleOrder) -> list[PrimaryAction]:
    """Those of them that the role may take and the rules would accept now."""
    wanted = [each for each in WANTED if ctx.may(_TRIED[each[0]][1].scope) and _has_sense(each[0], opened)]
    endpoints = [_TRIED[command] for command, *_rest in wanted]
    found = await actions_of(opened.unit, opened.book, endpoints, ctx.actor, ctx.now)
    possible = {action.action for action in found if action.possible and not action.is_idle}
    return [
        PrimaryAction(ctx._(word), icon, f"/console/orders/{opened.order.number}/do/{command.kind()}", tone)
        for command, word, icon, tone in wanted
        if command.kind() in possible
    ][:MOST]


def _has_sense(command: type[Command], opened: ConsoleOrder) -> bool:
    """Approval is for what is held, a hold for what is not, a refund for what was paid."""
    order = opened.order
    if command in (ApproveOrder, ReleaseHold):
        return bool(order.holds)
    if command is HoldOrder:
        return not order.holds and order.closed_at is None
    return command is not CreditAmount or order.captured_minor > 0
