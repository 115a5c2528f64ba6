"""Who a customer is: an e-mail address that was proved by a link, kept in a signed cookie. There are no passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from purveyor.web.pages.visit import Visit

COOKIE = "account"
SESSION_PURPOSE = "customer session"
LINK_PURPOSE = "customer sign-in link"
SESSION_LASTS = timedelta(days=30)
LINK_LASTS = timedelta(minutes=30)


class Proof(msgspec.Struct, frozen=True):
    """That whoever shows it reads the mail of an address, until then (Unix seconds, of the real time)."""

    id: UUID
    email: str
    until: int


def email_of(visit: Visit) -> str:
    """Who is signed in, or "" for nobody."""
    proof = _read(visit, SESSION_PURPOSE, visit.request.cookies.get(COOKIE, ""))
    return proof.email if proof else ""


def sign_in(visit: Visit, email: str) -> None:
    proof = Proof(uuid4(), email, _until(SESSION_LASTS))
    visit.remember(COOKIE, _seal(visit, SESSION_PURPOSE, proof), max_age=int(SESSION_LASTS.total_seconds()))


def sign_out(visit: Visit) -> None:
    visit.remember(COOKIE, "", max_age=0)


def new_link(visit: Visit, email: str) -> tuple[Proof, str]:
    """What goes into a sign-in mail, and its text."""
    proof = Proof(uuid4(), email, _until(LINK_LASTS))
    return proof, _seal(visit, LINK_PURPOSE, proof)


def read_link(visit: Visit, token: str) -> Proof | None:
    """A link of ours that is not too old. Whether it was used before, the engine knows."""
    return _read(visit, LINK_PURPOSE, token)


def _until(lasts: timedelta) -> int:
    return int((datetime.now(UTC) + lasts).timestamp())


def _seal(visit: Visit, purpose: str, proof: Proof) -> str:
    text: str = visit.desk.sessions.seal.seal(purpose, msgspec.json.encode(proof).decode())
    return text


def _read(visit: Visit, purpose: str, sealed: str) -> Proof | None:
    text = visit.desk.sessions.seal.unseal(purpose, sealed) if sealed else None
    if text is None:
        return None
    try:
        proof = msgspec.json.decode(text, type=Proof)
    except msgspec.MsgspecError:
        return None
    return proof if proof.until > datetime.now(UTC).timestamp() else None
