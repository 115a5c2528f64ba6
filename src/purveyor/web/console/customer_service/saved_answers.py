"""Answers that support gives often: written and changed one by one. Together they are a policy, with its versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.saved_answers import PLACEHOLDERS, SavedAnswer, language_family
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.queries import load_policies
from purveyor.web.console.frame.order_summary import order_summary
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.labels.lookup import label
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import LANGUAGES, translations

READ = "policies:read"
WRITE = "policies:write"
PLACE = "/console/support/answers"
POLICY = "saved_answers"
LONGEST = {"title": {"maxlength": "100"}, "text": {"maxlength": "5000"}}


async def show(ctx: RequestContext) -> ASGIResponse:
    """All of them, by language and title, and a form for a new one. What was typed stays where it was refused."""
    answers = (await load_policies(ctx.house.read)).saved_answers
    sent = await ctx.form() if ctx.request.method == "POST" else Form({})
    return ctx.page(
        "console/customer_service/saved_answers.html",
        answers=sorted(answers, key=lambda each: (each.language, each.title.lower(), each.title)),
        languages=LANGUAGES | {each.language: each.language for each in answers if each.language not in LANGUAGES},
        placeholders=[f"{{{name}}}" for name in PLACEHOLDERS],
        longest=LONGEST,
        sent=sent if "title" in sent else None,
    )


async def save(ctx: RequestContext) -> ASGIResponse:
    """Write a new one, or change the one that it `was`. Raises `NotFound` where somebody has deleted that meanwhile."""
    form = await ctx.form()
    answers, place = await _found(ctx, form.text("was"))
    row = {"title": form.required("title"), "text": form.required("text"), "language": form.required("language")}
    await ctx.do(SetPolicy(name=POLICY, data=[*answers[:place], row, *answers[place + 1 :]]))
    return ctx.see_other(PLACE, ctx._("The answer is saved."))


async def delete(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    answers, place = await _found(ctx, form.required("was"))
    await ctx.do(SetPolicy(name=POLICY, data=[*answers[:place], *answers[place + 1 :]]))
    return ctx.see_other(PLACE, ctx._("The answer is deleted."))


async def _found(ctx: RequestContext, key: str) -> tuple[list[dict[str, Any]], int]:
    """All answers as data, and where one of them stands: at the end for none."""
    answers = (await load_policies(ctx.house.read)).saved_answers
    place = next((number for number, each in enumerate(answers) if each.key == key), len(answers))
    if key and place == len(answers):
        raise NotFound(what="saved answer", id=key)
    return [_data(each) for each in answers], place


def _data(answer: SavedAnswer) -> dict[str, Any]:
    return {"title": answer.title, "text": answer.text, "language": answer.language}


async def offered(ctx: RequestContext, language: str) -> list[tuple[str, list[SavedAnswer]]]:
    """For an answer to somebody: those in their language first, the others by language, each list with its name."""
    by_language: dict[str, list[SavedAnswer]] = {}
    for each in (await load_policies(ctx.house.read)).saved_answers:
        by_language.setdefault(language_family(each.language), []).append(each)
    own = language_family(language)
    return [
        (LANGUAGES.get(family, family), sorted(by_language[family], key=lambda each: each.title.lower()))
        for family in sorted(by_language, key=lambda family: (family != own, family))
    ]


async def answer_for(ctx: RequestContext, order_id: UUID, key: str) -> str:
    """A saved answer with what is known of the order filled in. Raises `Invalid` where there is no such answer."""
    answers = (await load_policies(ctx.house.read)).saved_answers
    found = next((each for each in answers if each.key == key), None)
    if found is None:
        raise Invalid(field="saved", found=key or "nothing", expected="one of the saved answers")
    order = (await order_summary(ctx, [order_id]))[order_id]
    status = label(order.status if order.status == "canceled" else order.fulfillment_status)
    said = str(translations(language_family(found.language)).gettext(status))
    return found.filled({"number": str(order.number), "name": order.who, "status": said})


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(PLACE, save, scope=WRITE, again=show),
    post(f"{PLACE}/delete", delete, scope=WRITE, again=show),
)
