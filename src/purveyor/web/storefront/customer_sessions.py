"""Who a customer is: an e-mail address that was proved by a link. There are no passwords.

The browser keeps a sealed cookie with the id of its session; whether that one still counts, its row says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final
from uuid import UUID, uuid4

import msgspec

from purveyor.records.customers.commands import SignCustomerOut, UseSignInLink
from purveyor.records.customers.queries import NOTE_SEEN, customer_session
from purveyor.web.pages.context import RequestContext

COOKIE: Final = "account"
SESSION_PURPOSE: Final = "customer session"
LINK_PURPOSE: Final = "customer sign-in link"
SESSION_LASTS: Final = timedelta(days=30)
IDLE_FOR: Final = timedelta(days=7)
SEEN_EVERY: Final = timedelta(hours=1)
LINK_LASTS: Final = timedelta(minutes=30)
KEPT_S: Final = 5.0  # a session that has ended elsewhere may still count for so long
MOST_KEPT: Final = 10_000


class SignInLink(msgspec.Struct, frozen=True):
    """That whoever shows it reads the mail of an address, until then (Unix seconds, of the real time)."""

    id: UUID
    email: str
    until: int


class CustomerSessions:
    """The sessions that were here lately, so that most pages need no look-up."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[float, bool]] = {}

    async def is_open(self, ctx: RequestContext, session_id: UUID) -> bool:
        known = self._known.get(session_id)
        if known is not None and known[0] > monotonic():
            return known[1]
        found = await self._look_up(ctx, session_id)
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[session_id] = (monotonic() + KEPT_S, found)
        return found

    async def _look_up(self, ctx: RequestContext, session_id: UUID) -> bool:
        now = datetime.now(UTC)
        row = await customer_session(ctx.house.read, session_id, now, now - IDLE_FOR)
        if row is not None and now - row.seen_at >= SEEN_EVERY:
            await ctx.house.pool.execute(NOTE_SEEN, session_id, now)
        return row is not None

    def forget(self) -> None:
        """Look everything up again: something has ended."""
        self._known.clear()


async def session_of(ctx: RequestContext) -> SignInLink | None:
    """Who is signed in, and in which session."""
    proof = _read(ctx, SESSION_PURPOSE, ctx.cookie(COOKIE))
    if proof is None or not await ctx.desk.shop.sessions.is_open(ctx, proof.id):
        return None
    return proof


async def email_of(ctx: RequestContext) -> str:
    """Who is signed in, or "" for nobody."""
    proof = await session_of(ctx)
    return proof.email if proof else ""


async def sign_in(ctx: RequestContext, link: SignInLink) -> bool:
    """Open a session by a link of ours; False where it was used before."""
    proof = SignInLink(link.id, link.email, _until(SESSION_LASTS))
    until = datetime.fromtimestamp(proof.until, UTC)
    command = UseSignInLink(link_id=link.id, email=link.email, until=until)
    given = await ctx.house.committer.submit(command, key=f"sign-in-link:{link.id}", actor=ctx.actor)
    if not given.accepted or given.repeated:
        return False
    ctx.remember(COOKIE, _seal(ctx, SESSION_PURPOSE, proof), max_age=int(SESSION_LASTS.total_seconds()))
    return True


async def sign_out(ctx: RequestContext, *, everywhere: bool) -> None:
    """End the session here, or all of the same address."""
    proof = await session_of(ctx)
    if proof is not None:
        command = SignCustomerOut(session_id=proof.id, everywhere=everywhere)
        await ctx.house.committer.submit(command, key=f"sign-out:{uuid4()}", actor=ctx.actor)
        ctx.desk.shop.sessions.forget()
    ctx.remember(COOKIE, "", max_age=0)


def new_link(ctx: RequestContext, email: str) -> tuple[SignInLink, str]:
    """What goes into a sign-in mail, and its text."""
    proof = SignInLink(uuid4(), email, _until(LINK_LASTS))
    return proof, _seal(ctx, LINK_PURPOSE, proof)


def read_link(ctx: RequestContext, token: str) -> SignInLink | None:
    """A link of ours that is not too old. Whether it was used before, the engine knows."""
    return _read(ctx, LINK_PURPOSE, token)


def _until(lasts: timedelta) -> int:
    return int((datetime.now(UTC) + lasts).timestamp())


def _seal(ctx: RequestContext, purpose: str, proof: SignInLink) -> str:
    text: str = ctx.desk.sessions.seal.seal(purpose, msgspec.json.encode(proof).decode())
    return text


def _read(ctx: RequestContext, purpose: str, sealed: str) -> SignInLink | None:
    text = ctx.desk.sessions.seal.unseal(purpose, sealed) if sealed else None
    if text is None:
        return None
    try:
        proof = msgspec.json.decode(text, type=SignInLink)
    except msgspec.MsgspecError:
        return None
    return proof if proof.until > datetime.now(UTC).timestamp() else None
