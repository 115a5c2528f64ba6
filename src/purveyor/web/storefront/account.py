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
from purveyor.web.pages.context import Visit
from purveyor.web.pages.order_links import order_path, shop_url
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.customer_sessions import LINK_LASTS, new_link, read_link, sign_in, sign_out
from purveyor.web.storefront.layout import frame_of, shop_page
from purveyor.web.storefront.queries import bought, customer_of, usual_address

PAGE = 20
MINUTES = int(LINK_LASTS.total_seconds() // 60)


async def show(visit: Visit) -> ASGIResponse:
    """The orders, or the way in."""
    frame = await frame_of(visit)
    if not frame.email:
        form = await visit.form() if visit.request.method == "POST" else None
        typed = form.all("email")[-1][: emails.LONGEST] if form is not None and form.all("email") else ""
        return await shop_page(visit, "storefront/sign_in.html", frame, typed=typed, then=_then(visit))
    customer = await customer_of(visit.house.read, frame.email)
    before = visit.given("after")
    number = int(before) if before.isdecimal() and len(before) <= 18 else 2**62  # noqa: PLR2004 (digits of a bigint)
    orders = await bought(visit.house.read, frame.email, customer.id if customer else None, number, PAGE + 1)
    return await shop_page(
        visit,
        "storefront/account.html",
        frame,
        customer=customer,
        address=await usual_address(visit.house.read, frame.email),
        orders=[(order, order_path(visit.desk, order.id, order.link_version)) for order in orders[:PAGE]],
        following=str(orders[PAGE - 1].number) if len(orders) > PAGE else "",
    )


def _then(visit: Visit) -> str:
    return own_path(visit.given("then"), "/account")


async def send_link(visit: Visit) -> ASGIResponse:
    """The same for an address that we know and one that we don't."""
    form = await visit.form()
    email = form.required("email")
    if not emails.is_email(email):
        visit.errors["email"] = visit._("This is no e-mail address. One looks like ann@example.com.")
        raise Invalid(field="email", found=email[:40], expected="an address such as ann@example.com")
    visit.desk.shop.links_asked.take(visit.address)
    visit.desk.shop.links_sent.take(f"{visit.address} {email.lower()}")
    visit.desk.shop.links_received.take(email.lower())
    proof, token = new_link(visit, email)
    then = own_path(form.text("then"), "/account")
    message = await _mail(visit, email, f"{shop_url(visit.house.settings)}/account/enter/{token}?then={then}")
    try:
        await visit.house.outside.notifier.send(f"sign-in:{proof.id}", message)
    except NotifierUnavailable:
        raise Problem(
            503, "mail_unavailable", visit._("No mail can be sent at the moment. Please try again in a minute.")
        ) from None
    return await shop_page(visit, "storefront/link_sent.html", email=email, minutes=MINUTES)


async def _mail(visit: Visit, email: str, url: str) -> Message:
    frame = await frame_of(visit)
    name = frame.policies.seller.name
    text = visit._(
        "Hello,\n\nwith this link you come to your orders at %(shop)s. It works once, for %(minutes)s minutes:\n\n"
        "%(url)s\n\nIf you did not ask for it, you need not do anything.\n",
        shop=name,
        minutes=str(MINUTES),
        url=url,
    )
    subject = visit._("Your way in to %(shop)s", shop=name)
    html = mail_html(subject, visit.language, name, blocks_of(text, url, visit._("Sign in")))
    return Message(
        channel="email", to=email, subject=subject, text=text, html=html, language=visit.language, about="sign-in"
    )


async def show_link(visit: Visit) -> ASGIResponse:
    """A button, because programs that look into mails open links, and this one works once."""
    token = str(visit.in_path("token"))
    proof = read_link(visit, token)
    if proof is None:
        security_log.note("auth.refused", why="sign_in_link")
    visit.status = 200 if proof else 410
    return await shop_page(visit, "storefront/confirm_sign_in.html", proof=proof, token=token, then=_then(visit))


async def enter(visit: Visit) -> ASGIResponse:
    proof = read_link(visit, str(visit.in_path("token")))
    if proof is not None and await sign_in(visit, proof):
        then = own_path((await visit.form()).text("then"), "/account")
        return visit.see_other(then, visit._("You are signed in."))
    security_log.note("auth.refused", why="sign_in_link")
    visit.status = 410
    return await shop_page(visit, "storefront/confirm_sign_in.html", proof=None, token="", then="/account")


async def leave(visit: Visit) -> ASGIResponse:
    """Here, or in every browser with the same address."""
    everywhere = (await visit.form()).flag("everywhere")
    await sign_out(visit, everywhere=everywhere)
    return visit.see_other(
        "/", visit._("You are signed out everywhere.") if everywhere else visit._("You are signed out.")
    )


ROUTES: tuple[PageRoute, ...] = (
    get("/account", show),
    post("/account/link", send_link, again=show),
    get("/account/enter/{token:str}", show_link),
    post("/account/enter/{token:str}", enter),
    post("/account/sign-out", leave),
)
