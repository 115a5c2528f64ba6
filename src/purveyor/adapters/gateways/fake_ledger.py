"""The books of the simulated payment provider: its requests and payments, and what it does and declines."""

from __future__ import annotations

import sqlite3
from typing import Literal

import msgspec

from purveyor.adapters.fake_state import InjectedFault, Script, digest, draw
from purveyor.core.money import Money
from purveyor.ports.errors import KeyReused
from purveyor.ports.gateway import GatewayResult, Outcome

TABLES = """
    CREATE TABLE IF NOT EXISTS gateway_request (
        key TEXT PRIMARY KEY, verb TEXT, target TEXT, asked INTEGER, currency TEXT,
        outcome TEXT, reference TEXT, minor INTEGER, reason TEXT
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS gateway_payment (
        reference TEXT PRIMARY KEY, key TEXT, about TEXT, source TEXT, currency TEXT, pending INTEGER,
        authorized INTEGER, captured INTEGER, refunded INTEGER, released INTEGER
    ) WITHOUT ROWID
"""
CHARGES = """
    SELECT p.*, coalesce(r.captures, 0), coalesce(r.refunds, 0), coalesce(r.voids, 0)
      FROM gateway_payment p
 LEFT JOIN (SELECT target,
                   sum(verb = 'capture') AS captures,
                   sum(verb = 'refund') AS refunds,
                   sum(verb = 'void') AS voids
              FROM gateway_request
             WHERE outcome = 'done' AND verb <> 'authorize'
          GROUP BY target) r ON r.target = p.reference
     WHERE :about IS NULL OR p.about = :about
  ORDER BY p.reference
"""
EFFECTS = """
    SELECT r.key, r.verb, r.reference, p.about, r.minor, r.currency
      FROM gateway_request r JOIN gateway_payment p USING (reference)
     WHERE r.outcome = 'done' AND (:about IS NULL OR p.about = :about)
  ORDER BY r.key
"""
ACTION_URL = "https://gateway.example/challenge/"
Verb = Literal["authorize", "capture", "void", "refund"]


class GatewayScript(Script, frozen=True, kw_only=True, omit_defaults=True):
    """Adds the shares of requests that are declined, by verb and drawn by key."""

    declines: float = 0.0
    capture_declines: float = 0.0
    refund_declines: float = 0.0


class CardBehavior(msgspec.Struct, frozen=True):
    """How a payment source behaves: its decline codes ("" is none), and what its authorization runs into at first."""

    declines: str = ""
    needs_action: bool = False
    capture_declines: str = ""
    refund_declines: str = ""
    first: InjectedFault | None = None


ACCEPTS = CardBehavior()  # any source that is not named here
SOURCES = {
    "card-declined": CardBehavior(declines="card_declined"),
    "card-insufficient": CardBehavior(declines="insufficient_funds"),
    "card-expired": CardBehavior(declines="expired_card"),
    "card-3ds": CardBehavior(needs_action=True),
    "card-capture-declined": CardBehavior(capture_declines="authorization_expired"),
    "card-refund-declined": CardBehavior(refund_declines="account_closed"),
    "card-timeout-before": CardBehavior(first="before"),
    "card-timeout-after": CardBehavior(first="after"),
    "card-unavailable": CardBehavior(first="unavailable"),
}


class Charge(msgspec.Struct, frozen=True):
    """One payment in the provider's books, and by how many requests it came to stand so.

    `pending` waits for the customer (3-D Secure). What is still held is authorized - captured - released.
    """

    reference: str
    key: str
    about: str
    source: str
    pending: Money
    authorized: Money
    captured: Money
    refunded: Money
    released: Money
    captures: int
    refunds: int
    voids: int


class Effect(msgspec.Struct, frozen=True):
    """One request that was done."""

    key: str
    verb: Verb
    reference: str
    about: str
    amount: Money


class Request(msgspec.Struct, frozen=True):
    """What was asked. The target is the source of an authorization, else the payment's reference; a void asks 0."""

    key: str
    verb: Verb
    target: str
    asked: int
    currency: str


class Answer(msgspec.Struct, frozen=True):
    """What was done, or why not."""

    outcome: Outcome
    reference: str
    minor: int
    currency: str
    reason: str = ""

    def result(self, key: str) -> GatewayResult:
        url = f"{ACTION_URL}{self.reference}" if self.outcome == "action_required" else ""
        return GatewayResult(key, self.outcome, self.reference, Money(self.minor, self.currency), self.reason, url)


class Payment(msgspec.Struct):
    """A row of `gateway_payment`, in minor units."""

    reference: str
    key: str
    about: str
    source: str
    currency: str
    pending: int = 0
    authorized: int = 0
    captured: int = 0
    refunded: int = 0
    released: int = 0

    @property
    def held(self) -> int:
        return self.authorized - self.captured - self.released


def known(db: sqlite3.Connection, key: str) -> tuple[Request, Answer] | None:
    row = db.execute("SELECT * FROM gateway_request WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    _, verb, target, asked, currency, outcome, reference, minor, reason = row
    return Request(key, verb, target, asked, currency), Answer(outcome, reference, minor, currency, reason)


def first_answer(db: sqlite3.Connection, request: Request) -> Answer | None:
    """Give the answer that the key got before; raises `KeyReused` if it came with another body."""
    before = known(db, request.key)
    if before is None:
        return None
    earlier, answer = before
    # A void names no currency; its row holds the one of the payment.
    same = request.verb == earlier.verb == "void" and request.target == earlier.target
    if not same and request != earlier:
        raise KeyReused(f"{request.key} was {earlier}, and is {request}")
    return answer


def carry_out(db: sqlite3.Connection, script: GatewayScript, request: Request, about: str) -> Answer:
    """Decide a request that is new, and write it down."""
    is_first = request.verb == "authorize"
    answer = _authorize(db, script, request, about) if is_first else _on_payment(db, script, request)
    db.execute(
        "INSERT INTO gateway_request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            request.key,
            request.verb,
            request.target,
            request.asked,
            answer.currency,
            answer.outcome,
            answer.reference,
            answer.minor,
            answer.reason,
        ),
    )
    return answer


def answer_challenge(db: sqlite3.Connection, reference: str, *, passed: bool) -> tuple[str, Answer]:
    """Settle what waits for the customer; gives the key of the authorization and what became of it."""
    payment = find(db, reference)
    if payment is None or not payment.pending:
        raise LookupError(f"no challenge is open for {reference}")
    minor, payment.pending = payment.pending, 0
    if passed:
        payment.authorized = minor
        answer = Answer("done", reference, minor, payment.currency)
    else:
        answer = Answer("declined", reference, minor, payment.currency, "authentication_failed")
    _save(db, payment)
    db.execute(
        "UPDATE gateway_request SET outcome = ?, reason = ? WHERE key = ?", (answer.outcome, answer.reason, payment.key)
    )
    return payment.key, answer


def find(db: sqlite3.Connection, reference: str) -> Payment | None:
    row = db.execute("SELECT * FROM gateway_payment WHERE reference = ?", (reference,)).fetchone()
    return Payment(*row) if row else None


def charges(db: sqlite3.Connection, about: str | None) -> list[Charge]:
    return [_charge(Payment(*row[:10]), *row[10:]) for row in db.execute(CHARGES, {"about": about})]


def effects(db: sqlite3.Connection, about: str | None) -> list[Effect]:
    return [
        Effect(key, verb, reference, purpose, Money(minor, currency))
        for key, verb, reference, purpose, minor, currency in db.execute(EFFECTS, {"about": about})
    ]


def _charge(payment: Payment, captures: int, refunds: int, voids: int) -> Charge:
    def money(minor: int) -> Money:
        return Money(minor, payment.currency)

    return Charge(
        reference=payment.reference,
        key=payment.key,
        about=payment.about,
        source=payment.source,
        pending=money(payment.pending),
        authorized=money(payment.authorized),
        captured=money(payment.captured),
        refunded=money(payment.refunded),
        released=money(payment.released),
        captures=captures,
        refunds=refunds,
        voids=voids,
    )


def _authorize(db: sqlite3.Connection, script: GatewayScript, request: Request, about: str) -> Answer:
    habit = SOURCES.get(request.target, ACCEPTS)
    reason = habit.declines
    if request.asked <= 0:
        reason = "amount_not_positive"
    elif not reason and script.declines and draw(script.seed, "authorize", request.key) < script.declines:
        reason = "card_declined"
    if reason:
        return Answer("declined", "", request.asked, request.currency, reason)
    payment = Payment(f"pay_{digest(request.key)}", request.key, about, request.target, request.currency)
    if habit.needs_action:
        payment.pending = request.asked
    else:
        payment.authorized = request.asked
    _save(db, payment)
    outcome: Outcome = "action_required" if habit.needs_action else "done"
    return Answer(outcome, payment.reference, request.asked, request.currency)


def _on_payment(db: sqlite3.Connection, script: GatewayScript, request: Request) -> Answer:
    payment = find(db, request.target)
    if payment is None:
        return Answer("declined", request.target, request.asked, request.currency, "no_such_payment")
    if request.verb == "void":
        return _void(db, payment)
    reason = _objection(payment, script, request)
    if reason == "authorization_expired":
        payment.released += payment.held
        _save(db, payment)
    if reason:
        return Answer("declined", payment.reference, request.asked, request.currency, reason)
    if request.verb == "capture":
        payment.captured += request.asked
    else:
        payment.refunded += request.asked
    _save(db, payment)
    return Answer("done", payment.reference, request.asked, request.currency)


def _void(db: sqlite3.Connection, payment: Payment) -> Answer:
    freed = payment.held + payment.pending
    if not freed:
        return Answer("declined", payment.reference, 0, payment.currency, "nothing_to_void")
    payment.released += payment.held
    payment.pending = 0
    _save(db, payment)
    return Answer("done", payment.reference, freed, payment.currency)


def _objection(payment: Payment, script: GatewayScript, request: Request) -> str:
    is_capture = request.verb == "capture"
    if request.asked <= 0:
        return "amount_not_positive"
    if request.currency != payment.currency:
        return "currency_mismatch"
    if is_capture and request.asked > payment.held:
        return "capture_exceeds_authorization"
    if not is_capture and request.asked > payment.captured - payment.refunded:
        return "refund_exceeds_captured"
    habit = SOURCES.get(payment.source, ACCEPTS)
    share = script.capture_declines if is_capture else script.refund_declines
    if share and draw(script.seed, request.verb, request.key) < share:
        return "processing_error"
    return habit.capture_declines if is_capture else habit.refund_declines


def _save(db: sqlite3.Connection, payment: Payment) -> None:
    db.execute(
        "INSERT OR REPLACE INTO gateway_payment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(payment),
    )
