"""The support inbox, and one case with its thread."""

from __future__ import annotations

from typing import get_args

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid, NotFound
from purveyor.stages.returns.findings import Findings, findings_of
from purveyor.stages.support.commands import AddMessage, AssignCase, CloseCase, MergeCases, Remedy, ResolveClaim
from purveyor.stages.support.queries import (
    cases_of,
    cases_of_customer,
    cases_of_somebody,
    first_words,
    open_cases,
    thread,
    waiting_for_customers,
)
from purveyor.web.auth.roles import CONTACTS
from purveyor.web.console.customer_service.saved_answers import answer_for, offered
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.console.frame.case_texts import TO_DO, WHY, cause_of
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.console.frame.order_summary import order_summary
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import LANGUAGES, mark as _

READ = "support:read"
WRITE = "support:write"
RESOLVE = "support:resolve"
PLACE = "/console/support"
DONE = {
    "resend": _("Put right: the goods are sent again. You find them in the order."),
    "refund": _("Put right: the money goes back."),
    "goodwill": _("Put right: the customer has the credit."),
    "none": _("The claim is turned down, and the customer is told."),
}
VIEWS = ("open", "mine", "nobody", "waiting")


async def show(ctx: RequestContext) -> ASGIResponse:
    """Cases: what is due first, mine, nobody's, or waiting for the customer."""
    view = ctx.given("view") if ctx.given("view") in VIEWS else "open"
    match view:
        case "open":
            cases = await paged_list(ctx, open_cases, lambda row: (row.due_at, row.id))
        case "waiting":
            cases = await paged_list(ctx, waiting_for_customers, lambda row: (row.opened_at, row.id))
        case _:
            who = ctx.actor if view == "mine" else ""
            cases = await paged_list(ctx, cases_of_somebody, lambda row: (row.opened_at, row.id), who)
    return ctx.page(
        "console/customer_service/support.html",
        view=view,
        cases=cases.items,
        next=cases.next,
        orders=await order_summary(ctx, (case.order_id for case in cases.items)),
        words=await first_words(ctx.house.read, cases.items),
        names=await names_of_actors(ctx, (case.assignee for case in cases.items)),
    )


async def case(ctx: RequestContext) -> ASGIResponse:
    """One case: what was said, and what can be done about it. What was typed stays where it was refused."""
    form = await ctx.form() if ctx.request.method == "POST" else Form({})
    return await _page(ctx, form, form.text("text"))


async def _page(ctx: RequestContext, form: Form, text: str) -> ASGIResponse:
    """`text`: what stands in the box for the answer."""
    order_id, case_id = ctx.in_path("order_id"), ctx.in_path("case_id")
    read = ctx.house.read
    cases = await cases_of(read, order_id)
    found = next((each for each in cases if each.id == case_id), None)
    if found is None:
        raise NotFound(what="case", id=case_id)
    if found.merged_into is not None:
        return ctx.see_other(f"{PLACE}/{order_id}/{found.merged_into}", ctx._("That case was merged into this one."))
    order = (await order_summary(ctx, [order_id]))[order_id]
    messages = await thread(read, order_id, case_id)
    earlier = [each for each in cases if each.id != case_id and each.merged_into is None]
    others = [each for each in earlier if each.status != "closed"]
    if ctx.may(CONTACTS):
        earlier = await cases_of_customer(read, case_id, order.customer_id, order.email) or earlier
    lines = await ctx.house.pool.fetch(
        "SELECT id, sku, name, quantity FROM line WHERE order_id = $1 ORDER BY line_no LIMIT 200", order_id
    )
    is_ours = found.channel == "system"
    findings = await findings_of(read, order_id) if is_ours and found.topic == "return" else Findings()
    in_box = findings.found_at(found.opened_at)
    cause = cause_of(found, has_found=bool(in_box))
    return ctx.page(
        "console/customer_service/case.html",
        case=found,
        why=WHY.get(cause, ""),
        to_do=TO_DO.get(cause, ""),
        in_box=in_box,
        order=order,
        earlier=earlier,
        others=others,
        words=await first_words(read, others),
        language=LANGUAGES.get(order.language, order.language),
        numbers=await numbers_of(ctx, (each.order_id for each in earlier)),
        messages=messages,
        lines=lines,
        remedies=get_args(Remedy),
        names=await names_of_actors(ctx, [found.assignee]),
        form=form,
        text=text,
        saved=await offered(ctx, order.language) if ctx.may(WRITE) and found.status != "closed" else [],
    )


def _here(ctx: RequestContext) -> str:
    return f"{PLACE}/{ctx.in_path('order_id')}/{ctx.in_path('case_id')}"


async def answer(ctx: RequestContext) -> ASGIResponse:
    """To the customer, or a note among ourselves."""
    form = await ctx.form()
    is_note = form.text("to") == "note"
    await ctx.do(
        AddMessage(
            order_id=ctx.in_path("order_id"),
            case_id=ctx.in_path("case_id"),
            author="note" if is_note else "staff",
            text=form.required("text"),
            asks_customer=form.flag("asks"),
        )
    )
    return ctx.see_other(_here(ctx), ctx._("Noted.") if is_note else ctx._("Sent to the customer."))


async def put_in(ctx: RequestContext) -> ASGIResponse:
    """A saved answer below what was typed, to be edited. Nothing is sent or kept."""
    form = await ctx.form()
    text = await answer_for(ctx, ctx.in_path("order_id"), form.text("saved"))
    return await _page(ctx, form, "\n\n".join(part for part in (form.text("text"), text) if part))


async def assign(ctx: RequestContext) -> ASGIResponse:
    """To oneself, or back into the queue."""
    form = await ctx.form()
    assignee = ctx.actor if form.text("to") == "me" else ""
    await ctx.do(AssignCase(order_id=ctx.in_path("order_id"), case_id=ctx.in_path("case_id"), assignee=assignee))
    return ctx.see_other(_here(ctx), ctx._("It is yours now.") if assignee else ctx._("It is in the queue again."))


async def resolve(ctx: RequestContext) -> ASGIResponse:
    """Put a claim right, once."""
    form = await ctx.form()
    remedy = form.text("remedy")
    if remedy not in get_args(Remedy):
        raise Invalid(field="remedy", found=remedy or "nothing", expected=", ".join(get_args(Remedy)))
    order_id = ctx.in_path("order_id")
    currency = (await numbers_of(ctx, [order_id]))[order_id].currency
    amount = form.money("amount", currency) if form.text("amount") else None
    answer = await ctx.do(
        ResolveClaim(
            order_id=order_id,
            case_id=ctx.in_path("case_id"),
            remedy=remedy,  # type: ignore[arg-type]
            amount=amount,
        )
    )
    if answer.reply.get("needs_approval"):
        return ctx.see_other(_here(ctx), ctx._("It is more than one person gives, so this waits for another."))
    return ctx.see_other(_here(ctx), ctx._(DONE[remedy]))


async def close(ctx: RequestContext) -> ASGIResponse:
    await ctx.do(CloseCase(order_id=ctx.in_path("order_id"), case_id=ctx.in_path("case_id")))
    return ctx.see_other(PLACE, ctx._("The case is closed."))


async def merge(ctx: RequestContext) -> ASGIResponse:
    """Go on with this case and another one as one."""
    form = await ctx.form()
    order_id, into = ctx.in_path("order_id"), form.id("into")
    await ctx.do(MergeCases(order_id=order_id, case_id=ctx.in_path("case_id"), into_case_id=into))
    return ctx.see_other(f"{PLACE}/{order_id}/{into}", ctx._("Merged. It goes on here; the customer is told nothing."))


_CASE = PLACE + "/{order_id:uuid}/{case_id:uuid}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(_CASE, case, scope=READ),
    post(f"{_CASE}/answer", answer, scope=WRITE, again=case),
    post(f"{_CASE}/saved-answer", put_in, scope=WRITE, again=case),
    post(f"{_CASE}/assign", assign, scope=WRITE, again=case),
    post(f"{_CASE}/resolve", resolve, scope=RESOLVE, again=case),
    post(f"{_CASE}/close", close, scope=WRITE, again=case),
    post(f"{_CASE}/merge", merge, scope=WRITE, again=case),
)
