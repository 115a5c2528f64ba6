"""What would happen, in words: the facts of a preview, what they move, and what is owed before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from purveyor.core.positions import BACKORDER, StockMove, UnitMove
from purveyor.engine.answers import Preview
from purveyor.web.pages.context import RequestContext


class PreviewStep(msgspec.Struct, frozen=True):
    """One fact: its stage, what it is, why, and what it moves."""

    stage: str
    what: str
    why: str
    moves: list[str]


def preview_steps(ctx: RequestContext, preview: Preview, names: Mapping[str, str]) -> list[PreviewStep]:
    """The facts in their order. `names`: of lines, by id."""
    steps = []
    for fact in preview.facts:
        stage, _, what = fact["kind"].partition(".")
        moves = [_move(ctx, msgspec.convert(each, UnitMove), names) for each in fact.get("moves", ())]
        moves += [_stock(ctx, msgspec.convert(each, StockMove)) for each in fact.get("stock", ())]
        steps.append(PreviewStep(stage, what, fact.get("why", ""), moves))
    return steps


def _move(ctx: RequestContext, move: UnitMove, names: Mapping[str, str]) -> str:
    name = names.get(str(move.line_id), move.sku)
    place = "" if move.location in (None, BACKORDER) else ctx.desk.zone.location(move.location)
    values: dict[str, Any] = {
        "quantity": move.quantity,
        "name": name,
        "target": ctx.label(move.target),
        "place": place,
    }
    if move.source is None:
        return ctx._("%(quantity)s of %(name)s: ordered", **values)
    values["source"] = ctx.label(move.source)
    if place:
        return ctx._("%(quantity)s of %(name)s: from %(source)s to %(target)s (%(place)s)", **values)
    return ctx._("%(quantity)s of %(name)s: from %(source)s to %(target)s", **values)


def _stock(ctx: RequestContext, move: StockMove) -> str:
    """A change of stock that no unit move implies."""
    return ctx._(
        "Stock of %(sku)s at %(place)s: %(on_hand)+d on hand, %(held)+d held",
        sku=move.sku,
        place=ctx.desk.zone.location(move.location),
        on_hand=move.on_hand,
        held=move.held,
    )
