"""Questions, problems and opinions: what the customer tells us, and what we answered."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Line
from purveyor.stages.confirmation.state import Message
from purveyor.stages.feedback.commands import AnswerSurvey, WriteProductReview
from purveyor.stages.feedback.state import ProductReview, Survey
from purveyor.stages.support.commands import AddMessage, ClaimKind, OpenCase, OpenClaim, Topic
from purveyor.stages.support.decide.claim_amounts import claimable
from purveyor.stages.support.state import Case, CaseMessage
from purveyor.web.auth.roles import CONTACTS
from purveyor.web.order_page.actions import answer_survey, reviewable
from purveyor.web.order_page.editing import typed, wanted_of
from purveyor.web.order_page.loading import CustomerOrder, load_order, order_id_of
from purveyor.web.order_page.queries import Text, texts_of
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark
from purveyor.web.reading.attachments import claim_photo

TOPICS: Final = {
    "question": mark("A question"),
    "delivery": mark("The delivery"),
    "payment": mark("The payment or an invoice"),
    "return": mark("A return"),
    "complaint": mark("A complaint"),
    "other": mark("Something else"),
}
PROBLEMS: Final = {
    "damaged": mark("It is damaged"),
    "missing": mark("It was not in the parcel"),
    "wrong": mark("It is something else than I ordered"),
    "lost": mark("The parcel never came"),
}
TEXT_ID: Final = "words_text_id"  # the detail of a message that says where the words of staff stand
LARGEST_PHOTO: Final = 3 * 1024 * 1024  # bytes: a form may have 4 MiB
PICTURES: Final = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"}


class CaseThread(msgspec.Struct, frozen=True):
    """A case with what was said in it, the oldest first. Notes of staff are not part of it."""

    case: Case
    merged: list[UUID]  # cases that go on in it: where links to them lead
    title: str
    messages: list[tuple[CaseMessage, Text | None]]


class Written(msgspec.Struct, frozen=True):
    """What staff wrote to the customer, outside any case."""

    at: datetime
    text: Text


def _back(ctx: RequestContext) -> str:
    return f"/o/{ctx.in_path('token')}"


async def threads_of(order: CustomerOrder) -> list[CaseThread]:
    """Cases in which the customer takes part, the newest first."""
    ctx = order.ctx
    messages = [row for row in order.book.rows(CaseMessage).values() if row.author in {"customer", "staff"}]
    texts = await texts_of(order.read, (row.text_id for row in messages))
    threads: list[CaseThread] = []
    cases = list(order.book.rows(Case).values())
    for case in cases:
        said = [(row, texts.get(row.text_id) if row.text_id else None) for row in messages if row.case_id == case.id]
        merged = [each for each in cases if each.merged_into == case.id]
        if case.merged_into is None and (said or any(each.channel == "order_page" for each in (case, *merged))):
            words = PROBLEMS.get(case.claim) or TOPICS.get(case.topic, TOPICS["other"])
            threads.append(
                CaseThread(
                    case,
                    [each.id for each in merged],
                    ctx._(words),
                    sorted(said, key=lambda each: (each[0].at, each[0].id)),
                )
            )
    return sorted(threads, key=lambda thread: (thread.case.opened_at, thread.case.id), reverse=True)


async def written_to(order: CustomerOrder) -> list[Written]:
    """What the customer was written, the newest first, by whichever ways it went. It is for whoever may read mails."""
    ctx = order.ctx
    if ctx.staff is not None and not ctx.may(CONTACTS):
        return []
    sent: dict[UUID, datetime] = {}
    for message in order.book.rows(Message).values():
        if TEXT_ID in message.details:
            text_id = UUID(message.details[TEXT_ID])
            sent[text_id] = min(message.queued_at, sent.get(text_id, message.queued_at))
    texts = await texts_of(order.read, sent)
    written = [Written(at, texts[text_id]) for text_id, at in sent.items() if text_id in texts]
    return sorted(written, key=lambda each: (each.at, each.text.id), reverse=True)


async def show(ctx: RequestContext) -> ASGIResponse:
    """The form for a question, and what was said so far."""
    form = await typed(ctx)
    async with load_order(ctx) as order:
        return ctx.page(
            "order_page/support.html",
            opened=order,
            seller=order.state.policies.seller,
            threads=await threads_of(order),
            topics=[(topic, ctx._(text)) for topic, text in TOPICS.items()],
            form=form,
            answered=ctx.path.rpartition("/cases/")[2].partition("/")[0] if "/cases/" in ctx.path else "",
        )


async def ask(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    topic = form.text("topic", "question")
    command = OpenCase(
        order_id=await order_id_of(ctx),
        topic=cast("Topic", topic if topic in TOPICS else "other"),
        text=form.text("text"),
        channel="order_page",
    )
    await ctx.do(command)
    return ctx.see_other(f"{_back(ctx)}/help", ctx._("Thank you. We have your question and answer it here."))


async def answer(ctx: RequestContext) -> ASGIResponse:
    """Say something in a thread that is the customer's own."""
    form = await ctx.form()
    case_id: UUID = ctx.in_path("case_id")
    command = AddMessage(order_id=await order_id_of(ctx), case_id=case_id, author="customer", text=form.text("text"))
    await ctx.do(command)
    return ctx.see_other(f"{_back(ctx)}/help#case-{case_id}", ctx._("Thank you. We have your message."))


# problems


async def show_problem(ctx: RequestContext) -> ASGIResponse:
    form = await typed(ctx)
    async with load_order(ctx) as order:
        return ctx.page(
            "order_page/claim.html",
            opened=order,
            seller=order.state.policies.seller,
            rows=_claimable(order),
            kinds=[(kind, ctx._(text)) for kind, text in PROBLEMS.items()],
            form=form,
            wanted=wanted_of(form),
        )


def _claimable(order: CustomerOrder) -> list[tuple[Line, int]]:
    rows = [(line, max(claimable(order.book, line, kind) for kind in PROBLEMS)) for line in order.lines]
    return [(line, most) for line, most in rows if most]


async def claim(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    kind = form.required("problem")
    if kind not in PROBLEMS:
        raise Invalid(field="problem", found=kind, expected="one of those shown")
    contents = tuple(
        UnitsOf(line_id, count) for text, count in form.counted("quantity").items() if (line_id := id_of(text))
    )
    if not contents:
        raise Invalid(field="quantity", found="nothing", expected="at least one thing that is not right")
    command = OpenClaim(
        order_id=await order_id_of(ctx),
        claim=cast("ClaimKind", kind),
        contents=contents,
        text=form.text("text"),
        photo=await _photo(form.files.get("photo")),
        channel="order_page",
    )
    await ctx.do(command)
    return ctx.see_other(f"{_back(ctx)}/help", ctx._("We are sorry about that. We look into it and answer here."))


async def _photo(upload: Any) -> str:
    """The picture as a data URI; "" where none was sent. Its type is read from its first bytes, not from its name."""
    if upload is None:
        return ""
    content: bytes = await upload.read()
    if not content:
        return ""
    if len(content) > LARGEST_PHOTO:
        raise Invalid(field="photo", found=f"{len(content) // 1024} KB", expected=f"at most {LARGEST_PHOTO // 1024} KB")
    for start, kind in PICTURES.items():
        if content.startswith(start):
            return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    raise Invalid(field="photo", found="another file", expected="a picture (JPEG, PNG, WebP or GIF)")


# opinions


async def show_feedback(ctx: RequestContext) -> ASGIResponse:
    form = await typed(ctx)
    async with load_order(ctx) as order:
        reviews = list(order.book.rows(ProductReview).values())
        return ctx.page(
            "order_page/feedback.html",
            opened=order,
            seller=order.state.policies.seller,
            survey=order.book.rows(Survey).get(order.order.id),
            may_answer=await order.may(answer_survey(order)),
            lines=await reviewable(order),
            written=_written(order, reviews),
            form=form,
        )


def _written(order: CustomerOrder, reviews: Sequence[ProductReview]) -> list[tuple[Line, ProductReview]]:
    return [(order.book.line(review.line_id), review) for review in reviews]


async def answer_survey_form(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    command = AnswerSurvey(
        order_id=await order_id_of(ctx),
        csat=form.integer("csat"),
        nps=form.integer("nps") if form.text("nps") else None,
        text=form.text("text"),
    )
    await ctx.do(command)
    return ctx.see_other(f"{_back(ctx)}/feedback", ctx._("Thank you. This helps us a lot."))


async def review(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    command = WriteProductReview(
        order_id=await order_id_of(ctx),
        line_id=ctx.in_path("line_id"),
        stars=form.integer("stars"),
        text=form.text("text"),
    )
    await ctx.do(command)
    return ctx.see_other(
        f"{_back(ctx)}/feedback", ctx._("Thank you. Your review is shown after we have had a look at it.")
    )


async def show_photo(ctx: RequestContext) -> ASGIResponse:
    """A picture that the customer sent with a claim."""
    picture = await claim_photo(ctx.house.read, await order_id_of(ctx), ctx.in_path("photo_id"))
    return ctx.picture(picture.content, picture.kind)


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/photos/{photo_id:uuid}", show_photo),
    get("/o/{token:str}/help", show),
    post("/o/{token:str}/help", ask, again=show),
    post("/o/{token:str}/cases/{case_id:uuid}/answer", answer, again=show),
    get("/o/{token:str}/problem", show_problem),
    post("/o/{token:str}/problem", claim, again=show_problem, takes_files=True),
    get("/o/{token:str}/feedback", show_feedback),
    post("/o/{token:str}/feedback", answer_survey_form, again=show_feedback),
    post("/o/{token:str}/reviews/{line_id:uuid}", review, again=show_feedback),
)
