"""What can be chosen in the form of an action: the order's rows as people know them, and the merchant's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from purveyor.records.staff.queries import all_staff
from purveyor.stages.delivery.queries import SlotView, open_slots
from purveyor.web.console.frame.actor_names import names_of_technicians
from purveyor.web.console.order.action_fields import Field
from purveyor.web.console.order.loading import ConsoleOrder
from purveyor.web.http.paging import FIRST_ID
from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext

TABLES = {  # fields that name a row of the order, and where it stands
    "hold_id": ("hold",),
    "payment_id": ("payment",),
    "capture_id": ("capture",),
    "refund_id": ("refund",),
    "invoice_id": ("invoice",),
    "message_id": ("message",),
    "line_id": ("line",),
    "fulfillment_id": ("fulfillment",),
    "parcel_id": ("parcel",),
    "shipment_id": ("shipment",),
    "grant_id": ("download_grant", "access_grant"),
    "appointment_id": ("appointment",),
    "case_id": ("support_case",),
    "into_case_id": ("support_case",),
    "rma_id": ("rma",),
    "review_id": ("product_review",),
}
SUGGESTED = {  # words for fields that take any code
    ("review.cancel_units", "reason"): ("customer", "out_of_stock", "price_error", "duplicate", "fraud"),
    ("review.hold_order", "why"): ("asked for", "address unclear", "price unclear", "waiting for an answer"),
    ("review.reject_order", "why"): ("fraud", "cannot_deliver", "price_error", "credit"),
    ("review.release_hold", "why"): ("checked", "called the customer", "cleared"),
    ("review.approve_order", "why"): ("checked", "called the customer", "known customer"),
    ("payment.credit_amount", "reason"): ("goodwill", "price_match", "late", "damaged_packaging"),
    ("payment.write_off", "reason"): ("uncollectible", "small_amount", "insolvent"),
    ("returns.inspect_return", "why"): ("used", "incomplete", "packaging_missing"),
    ("returns.cancel_return", "why"): ("customer_keeps_it", "mistake"),
    ("review.add_units", "reason"): ("lost", "damaged", "exchange"),
}
SLOTS_SHOWN = 100


def name_of(ctx: RequestContext, opened: ConsoleOrder, row: Any) -> str:
    """A row of the order as people know it: what it is, how much, how it stands."""
    names = {line.id: line.name for line in opened.lines}

    def money(minor: int) -> str:
        return formats.money(minor, opened.order.currency, ctx.locale)

    def at(moment: Any) -> str:
        return formats.date_and_time(moment, ctx.zone, ctx.locale)

    def items(contents: Iterable[Any]) -> str:
        return ", ".join(f"{each.quantity} x {names.get(each.line_id, '?')}" for each in contents)

    word = ctx.label
    describe: dict[str, Callable[[], Sequence[str]]] = {
        "hold": lambda: (word(row.type), ctx.reason(row.why) if row.why else "", at(row.opened_at)),
        "payment": lambda: (word(row.method), money(row.amount_minor), word(row.status)),
        "capture": lambda: (money(row.amount_minor), word(row.status)),
        "refund": lambda: (money(row.amount_minor), word(row.way), word(row.status)),
        "invoice": lambda: (str(row.number), money(row.total_minor)),
        "message": lambda: (word(row.notice), word(row.channel), at(row.queued_at)),
        "line": lambda: (row.name, row.sku),
        "fulfillment": lambda: (word(row.method), ctx.desk.zone.location(row.location), word(row.status)),
        "parcel": lambda: (items(row.contents), word(row.status)),
        "shipment": lambda: (row.carrier, row.tracking_number, items(row.contents), word(row.status)),
        "download_grant": lambda: (names.get(row.line_id, row.sku),),
        "access_grant": lambda: (names.get(row.line_id, row.sku), row.system, word(row.status)),
        "appointment": lambda: (
            names.get(row.line_id, row.sku),
            at(row.starts_at) if row.starts_at else ctx._("no time yet"),
        ),
        "support_case": lambda: (word(row.topic), word(row.status), at(row.opened_at)),
        "rma": lambda: (word(row.kind), word(row.status), at(row.announced_at)),
        "product_review": lambda: (names.get(row.line_id, row.sku), f"{row.stars}/5"),
    }
    return " · ".join(part for part in describe[row.table]() if part)


def rows_named(opened: ConsoleOrder, field: str) -> list[Any]:
    """The rows that a field may mean."""
    tables = opened.rows
    return [row for table in TABLES.get(field, ()) for row in tables[table]]


def suggest(action: str, fields: Iterable[Field]) -> None:
    """Give every field that takes any code the words that are offered for it."""
    for field in fields:
        field.suggestions = SUGGESTED.get((action, field.name), ())
        suggest(action, field.fields)


async def fill_choices(ctx: RequestContext, opened: ConsoleOrder, action: str, fields: Sequence[Field]) -> None:
    """Give every field its choices."""
    suggest(action, fields)
    for field in fields:
        await _fill(ctx, opened, action, field)
        await fill_choices(ctx, opened, action, field.fields)


PLACES = ("location", "bring_to", "at_counter")  # fields that name a location; where customers come to, but the first


async def _fill(ctx: RequestContext, opened: ConsoleOrder, action: str, field: Field) -> None:
    empty = [] if field.required else [("", "-")]
    policies = opened.state.policies
    words: Iterable[str] | None = None
    if field.name in TABLES and field.kind == "select":
        rows = rows_named(opened, field.name)
        field.options = [*empty, *((str(row.id), name_of(ctx, opened, row)) for row in rows)]
    elif field.name == "slot_id":
        slots = await open_slots(opened.read, 0, (ctx.now, FIRST_ID), SLOTS_SHOWN)
        names = await names_of_technicians(opened.read, {slot.technician for slot in slots})
        field.options = [*empty, *((str(slot.id), _slot(ctx, slot, names)) for slot in slots)]
    elif field.kind == "select":
        field.options = [*empty, *((value, ctx.label(value)) for value, _ in field.options)]
    elif field.name == "assignee":
        staff = [each for each in await all_staff(opened.read) if each.disabled_at is None]
        field.kind, field.required = "select", False
        field.options = [("", ctx._("nobody: the queue")), *((f"staff:{each.id}", each.name) for each in staff)]
    elif (action, field.name) == ("review.hold_order", "type"):
        words = policies.holds.types()
    elif action in ("returns.request_return", "returns.add_to_return") and field.name == "reason":
        words = policies.current_return_policy.reasons
    elif field.name in PLACES and field.kind == "text":
        places = [each for each in policies.locations if each.collects or field.name == "location"]
        field.kind = "select"
        field.options = [("", "-"), *((each.code, each.name) for each in places)]
    elif action == "packing.pack_parcel" and field.name == "carton":
        words = ("", *(each.code for each in policies.packing.cartons), "as_is")
    if words is not None:
        field.kind = "select"
        field.options = [*empty, *((word, ctx.label(word) if word else "-") for word in words)]


def _slot(ctx: RequestContext, slot: SlotView, names: Mapping[str, str]) -> str:
    at = formats.date_and_time(slot.starts_at, ctx.zone, ctx.locale)
    return f"{at} · {names[slot.technician]}"
