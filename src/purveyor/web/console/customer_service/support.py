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
from purveyor.web.console.frame.location_lists import listed
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.console.frame.order_summary import in_short
from purveyor.web.pages.context import Visit
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


async def show(visit: Visit) -> ASGIResponse:
    """Cases: what is due first, mine, nobody's, or waiting for the customer."""
    view = visit.given("view") if visit.given("view") in VIEWS else "open"
    match view:
        case "open":
            cases = await listed(visit, open_cases, lambda row: (row.due_at, row.id))
        case "waiting":
            cases = await listed(visit, waiting_for_customers, lambda row: (row.opened_at, row.id))
        case _:
            who = visit.actor if view == "mine" else ""
            cases = await listed(visit, cases_of_somebody, lambda row: (row.opened_at, row.id), who)
    return visit.page(
        "console/customer_service/support.html",
        view=view,
        cases=cases.items,
        next=cases.next,
        orders=await in_short(visit, (case.order_id for case in cases.items)),
        words=await first_words(visit.house.read, cases.items),
        names=await names_of_actors(visit, (case.assignee for case in cases.items)),
    )


async def case(visit: Visit) -> ASGIResponse:
    """One case: what was said, and what can be done about it. What was typed stays where it was refused."""
    form = await visit.form() if visit.request.method == "POST" else Form({})
    return await _page(visit, form, form.text("text"))


async def _page(visit: Visit, form: Form, text: str) -> ASGIResponse:
    """`text`: what stands in the box for the answer."""
    order_id, case_id = visit.in_path("order_id"), visit.in_path("case_id")
    read = visit.house.read
    cases = await cases_of(read, order_id)
    found = next((each for each in cases if each.id == case_id), None)
    if found is None:
        raise NotFound(what="case", id=case_id)
    if found.merged_into is not None:
        return visit.see_other(
            f"{PLACE}/{order_id}/{found.merged_into}", visit._("That case was merged into this one.")
        )
    order = (await in_short(visit, [order_id]))[order_id]
    messages = await thread(read, order_id, case_id)
    earlier = [each for each in cases if each.id != case_id and each.merged_into is None]
    others = [each for each in earlier if each.status != "closed"]
    if visit.may(CONTACTS):
        earlier = await cases_of_customer(read, case_id, order.customer_id, order.email) or earlier
    lines = await visit.house.pool.fetch(
        "SELECT id, sku, name, quantity FROM line WHERE order_id = $1 ORDER BY line_no LIMIT 200", order_id
    )
    is_ours = found.channel == "system"
    findings = await findings_of(read, order_id) if is_ours and found.topic == "return" else Findings()
    in_box = findings.found_at(found.opened_at)
    cause = cause_of(found, has_found=bool(in_box))
    return visit.page(
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
        numbers=await numbers_of(visit, (each.order_id for each in earlier)),
        messages=messages,
        lines=lines,
        remedies=get_args(Remedy),
        names=await names_of_actors(visit, [found.assignee]),
        form=form,
        text=text,
        saved=await offered(visit, order.language) if visit.may(WRITE) and found.status != "closed" else [],
    )


def _here(visit: Visit) -> str:
    return f"{PLACE}/{visit.in_path('order_id')}/{visit.in_path('case_id')}"


async def answer(visit: Visit) -> ASGIResponse:
    """To the customer, or a note among ourselves."""
    form = await visit.form()
    is_note = form.text("to") == "note"
    await visit.do(
        AddMessage(
            order_id=visit.in_path("order_id"),
            case_id=visit.in_path("case_id"),
            author="note" if is_note else "staff",
            text=form.required("text"),
            asks_customer=form.flag("asks"),
        )
    )
    return visit.see_other(_here(visit), visit._("Noted.") if is_note else visit._("Sent to the customer."))


async def put_in(visit: Visit) -> ASGIResponse:
    """A saved answer below what was typed, to be edited. Nothing is sent or kept."""
    form = await visit.form()
    text = await answer_for(visit, visit.in_path("order_id"), form.text("saved"))
    return await _page(visit, form, "\n\n".join(part for part in (form.text("text"), text) if part))


async def assign(visit: Visit) -> ASGIResponse:
    """To oneself, or back into the queue."""
    form = await visit.form()
    assignee = visit.actor if form.text("to") == "me" else ""
    await visit.do(AssignCase(order_id=visit.in_path("order_id"), case_id=visit.in_path("case_id"), assignee=assignee))
    return visit.see_other(
        _here(visit), visit._("It is yours now.") if assignee else visit._("It is in the queue again.")
    )


async def resolve(visit: Visit) -> ASGIResponse:
    """Put a claim right, once."""
    form = await visit.form()
    remedy = form.text("remedy")
    if remedy not in get_args(Remedy):
        raise Invalid(field="remedy", found=remedy or "nothing", expected=", ".join(get_args(Remedy)))
    order_id = visit.in_path("order_id")
    currency = (await numbers_of(visit, [order_id]))[order_id].currency
    amount = form.money("amount", currency) if form.text("amount") else None
    answer = await visit.do(
        ResolveClaim(
            order_id=order_id,
            case_id=visit.in_path("case_id"),
            remedy=remedy,  # type: ignore[arg-type]
            amount=amount,
        )
    )
    if answer.reply.get("needs_approval"):
        return visit.see_other(_here(visit), visit._("It is more than one person gives, so this waits for another."))
    return visit.see_other(_here(visit), visit._(DONE[remedy]))


async def close(visit: Visit) -> ASGIResponse:
    await visit.do(CloseCase(order_id=visit.in_path("order_id"), case_id=visit.in_path("case_id")))
    return visit.see_other(PLACE, visit._("The case is closed."))


async def merge(visit: Visit) -> ASGIResponse:
    """Go on with this case and another one as one."""
    form = await visit.form()
    order_id, into = visit.in_path("order_id"), form.id("into")
    await visit.do(MergeCases(order_id=order_id, case_id=visit.in_path("case_id"), into_case_id=into))
    return visit.see_other(
        f"{PLACE}/{order_id}/{into}", visit._("Merged. It goes on here; the customer is told nothing.")
    )


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
