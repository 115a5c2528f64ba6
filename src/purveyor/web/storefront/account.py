"""A customer's account: one's orders, without a password. Whoever reads the mail of an address may come in.

Every address gets the same answer and the same mail, so nobody learns from us who is a customer.
"""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.core import emails
from purveyor.core.mail_html import blocks_of, mail_html
from purveyor.core.refusals import Invalid
from purveyor.ports.errors import NotifierUnavailable
from purveyor.ports.notifier import Message
from purveyor.web.http import security_log
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.order_links import order_path, shop_url
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.customer_sessions import LINK_LASTS, new_link, read_link, sign_in, sign_out
from purveyor.web.storefront.layout import page_frame, shop_page
from purveyor.web.storefront.queries import bought, customer_of, usual_address

PAGE = 20
MINUTES = int(LINK_LASTS.total_seconds() // 60)


async def show(ctx: RequestContext) -> ASGIResponse:
    """The orders, or the way in."""
    frame = await page_frame(ctx)
    if not frame.email:
        form = await ctx.form() if ctx.request.method == "POST" else None
        typed = form.all("email")[-1][: emails.LONGEST] if form is not None and form.all("email") else ""
        return await shop_page(ctx, "storefront/sign_in.html", frame, typed=typed, then=_then(ctx))
    customer = await customer_of(ctx.house.read, frame.email)
    before = ctx.given("after")
    number = int(before) if before.isdecimal() and len(before) <= 18 else 2**62  # noqa: PLR2004 (digits of a bigint)
    orders = await bought(ctx.house.read, frame.email, customer.id if customer else None, number, PAGE + 1)
    return await shop_page(
        ctx,
        "storefront/account.html",
        frame,
        customer=customer,
        address=await usual_address(ctx.house.read, frame.email),
        orders=[(order, order_path(ctx.desk, order.id, order.link_version)) for order in orders[:PAGE]],
        following=str(orders[PAGE - 1].number) if len(orders) > PAGE else "",
    )


def _then(ctx: RequestContext) -> str:
    return own_path(ctx.given("then"), "/account")


async def send_link(ctx: RequestContext) -> ASGIResponse:
    """The same for an address that we know and one that we don't."""
    form = await ctx.form()
    email = form.required("email")
    if not emails.is_email(email):
        ctx.errors["email"] = ctx._("This is no e-mail address. One looks like ann@example.com.")
        raise Invalid(field="email", found=email[:40], expected="an address such as ann@example.com")
    ctx.desk.shop.links_asked.take(ctx.address)
    ctx.desk.shop.links_sent.take(f"{ctx.address} {email.lower()}")
    ctx.desk.shop.links_received.take(email.lower())
    proof, token = new_link(ctx, email)
    then = own_path(form.text("then"), "/account")
    message = await _mail(ctx, email, f"{shop_url(ctx.house.settings)}/account/enter/{token}?then={then}")
    try:
        await ctx.house.outside.notifier.send(f"sign-in:{proof.id}", message)
    except NotifierUnavailable:
        raise Problem(
            503, "mail_unavailable", ctx._("No mail can be sent at the moment. Please try again in a minute.")
        ) from None
    return await shop_page(ctx, "storefront/link_sent.html", email=email, minutes=MINUTES)


async def _mail(ctx: RequestContext, email: str, url: str) -> Message:
    frame = await page_frame(ctx)
    name = frame.policies.seller.name
    text = ctx._(
        "Hello,\n\nwith this link you come to your orders at %(shop)s. It works once, for %(minutes)s minutes:\n\n"
        "%(url)s\n\nIf you did not ask for it, you need not do anything.\n",
        shop=name,
        minutes=str(MINUTES),
        url=url,
    )
    subject = ctx._("Your way in to %(shop)s", shop=name)
    html = mail_html(subject, ctx.language, name, blocks_of(text, url, ctx._("Sign in")))
    return Message(
        channel="email", to=email, subject=subject, text=text, html=html, language=ctx.language, about="sign-in"
    )


async def show_link(ctx: RequestContext) -> ASGIResponse:
    """A button, because programs that look into mails open links, and this one works once."""
    token = str(ctx.in_path("token"))
    proof = read_link(ctx, token)
    if proof is None:
        security_log.note("auth.refused", why="sign_in_link")
    ctx.status = 200 if proof else 410
    return await shop_page(ctx, "storefront/confirm_sign_in.html", proof=proof, token=token, then=_then(ctx))


async def enter(ctx: RequestContext) -> ASGIResponse:
    proof = read_link(ctx, str(ctx.in_path("token")))
    if proof is not None and await sign_in(ctx, proof):
        then = own_path((await ctx.form()).text("then"), "/account")
        return ctx.see_other(then, ctx._("You are signed in."))
    security_log.note("auth.refused", why="sign_in_link")
    ctx.status = 410
    return await shop_page(ctx, "storefront/confirm_sign_in.html", proof=None, token="", then="/account")


async def leave(ctx: RequestContext) -> ASGIResponse:
    """Here, or in every browser with the same address."""
    everywhere = (await ctx.form()).flag("everywhere")
    await sign_out(ctx, everywhere=everywhere)
    return ctx.see_other("/", ctx._("You are signed out everywhere.") if everywhere else ctx._("You are signed out."))


ROUTES: tuple[PageRoute, ...] = (
    get("/account", show),
    post("/account/link", send_link, again=show),
    get("/account/enter/{token:str}", show_link),
    post("/account/enter/{token:str}", enter),
    post("/account/sign-out", leave),
)
