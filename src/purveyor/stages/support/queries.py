"""What screens and the API read of support, and what has come due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.support.commands import EscalateCase

FIRST_ID: Final = UUID(int=0)


class CaseView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    line_id: UUID | None
    topic: str
    claim: str
    channel: str
    status: str
    assignee: str
    escalation: str
    opened_at: datetime
    answer_by: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    merged_into: UUID | None  # the case in which it goes on


class MessageView(msgspec.Struct, frozen=True):
    """One message; its text is empty once it was erased."""

    id: UUID
    case_id: UUID
    author: str
    at: datetime
    text: str
    photo_id: UUID | None


class FirstWords(msgspec.Struct, frozen=True):
    """How a case begins, in the customer's words."""

    case_id: UUID
    text: str


FIRST_WORDS = """
    SELECT DISTINCT ON (m.case_id) m.case_id, left(t.text, 160) AS text
      FROM case_message m JOIN private_text t ON t.id = m.text_id
     WHERE m.order_id = ANY($1::uuid[]) AND m.case_id = ANY($2::uuid[]) AND m.author = 'customer' AND t.text <> ''
  ORDER BY m.case_id, m.id
"""


async def first_words(read: Reader, cases: Sequence[CaseView]) -> dict[UUID, str]:
    """By case; a case without words of the customer has none."""
    orders, ids = [case.order_id for case in cases], [case.id for case in cases]
    return {row.case_id: row.text for row in await read.rows(FirstWords, FIRST_WORDS, orders, ids)}


CASES_OF_CUSTOMER = """
    -- Other cases of whoever ordered this: by the customer, or by the e-mail address of a guest. The newest first.
    WITH theirs AS (
        SELECT id FROM (SELECT id FROM orders WHERE customer_id = $2 ORDER BY id DESC LIMIT 200) AS registered
         UNION
        SELECT o.id FROM (SELECT id FROM contact WHERE lower(email) = lower($3) AND email <> '' LIMIT 200) AS p
               JOIN orders o ON o.contact_id = p.id
    )
    SELECT c.id, c.order_id, c.line_id, c.topic, c.claim, c.channel, c.status, c.assignee, c.escalation, c.opened_at,
           c.answer_by, c.due_at, c.closed_at, c.merged_into
      FROM theirs JOIN support_case c ON c.order_id = theirs.id
     WHERE c.id <> $1 AND c.merged_into IS NULL
  ORDER BY c.opened_at DESC, c.id
     LIMIT 10
"""


async def cases_of_customer(read: Reader, but: UUID, customer_id: UUID | None, email: str) -> list[CaseView]:
    return await read.rows(CaseView, CASES_OF_CUSTOMER, but, customer_id, email)


class RemedyView(msgspec.Struct, frozen=True):
    case_id: UUID
    line_id: UUID
    remedy: str
    claim: str
    sku: str
    quantity: int
    amount_minor: int


_COLUMNS = """
    id, order_id, line_id, topic, claim, channel, status, assignee, escalation, opened_at, answer_by, due_at, closed_at,
    merged_into
"""

CASES_OF_ORDER = f"""
    SELECT {_COLUMNS} FROM support_case WHERE order_id = $1 ORDER BY opened_at DESC, id LIMIT 200
"""


async def cases_of(read: Reader, order_id: UUID) -> list[CaseView]:
    return await read.rows(CaseView, CASES_OF_ORDER, order_id)


OPEN_CASES = f"""
    -- Whose turn is ours: what is due first.
    SELECT {_COLUMNS}
      FROM support_case
     WHERE status = 'open' AND (due_at, id) > ($1, $2)
  ORDER BY due_at, id
     LIMIT $3
"""


async def open_cases(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[CaseView]:
    return await read.rows(CaseView, OPEN_CASES, *after, limit)


CASES_OF_SOMEBODY = f"""
    -- What one person ("" is the queue) looks after.
    SELECT {_COLUMNS}
      FROM support_case
     WHERE status <> 'closed' AND assignee = $1 AND (opened_at, id) > ($2, $3)
  ORDER BY opened_at, id
     LIMIT $4
"""


async def cases_of_somebody(
    read: Reader, assignee: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[CaseView]:
    return await read.rows(CaseView, CASES_OF_SOMEBODY, assignee, *after, limit)


WAITING_FOR_CUSTOMERS = f"""
    SELECT {_COLUMNS}
      FROM support_case
     WHERE status = 'waiting' AND (opened_at, id) > ($1, $2)
  ORDER BY opened_at, id
     LIMIT $3
"""


async def waiting_for_customers(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[CaseView]:
    return await read.rows(CaseView, WAITING_FOR_CUSTOMERS, *after, limit)


THREAD = """
    -- Of a merged case, that of the case in which it goes on.
    SELECT m.id, m.case_id, m.author, m.at, coalesce(t.text, '') AS text, m.photo_id
      FROM case_message m LEFT JOIN private_text t ON t.id = m.text_id
     WHERE m.order_id = $1 AND m.id > $3
       AND m.case_id = coalesce((SELECT merged_into FROM support_case WHERE id = $2 AND order_id = $1), $2)
  ORDER BY m.id
     LIMIT $4
"""


async def thread(
    read: Reader, order_id: UUID, case_id: UUID, after: UUID = FIRST_ID, limit: int = 200
) -> list[MessageView]:
    return await read.rows(MessageView, THREAD, order_id, case_id, after, limit)


REMEDIES_OF_ORDER = """
    SELECT case_id, line_id, remedy, claim, sku, quantity, amount_minor
      FROM claim_remedy
     WHERE order_id = $1
  ORDER BY case_id, line_id, remedy
"""  # as many as there were claims


async def remedies_of(read: Reader, order_id: UUID) -> list[RemedyView]:
    return await read.rows(RemedyView, REMEDIES_OF_ORDER, order_id)


class _Alarm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    alarm_at: datetime


RUNNING_OUT = """
    SELECT id, order_id, alarm_at FROM support_case WHERE alarm_at <= $1 ORDER BY alarm_at, id LIMIT $2
"""


@sweep("support.running_out", every_s=60)
async def running_out(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Cases whose clock is about to run out, or has."""
    return [
        DueCommand(
            f"support.running_out:{row.id}:{row.alarm_at.isoformat()}",
            EscalateCase(order_id=row.order_id, case_id=row.id, alarm_at=row.alarm_at),
        )
        for row in await read.rows(_Alarm, RUNNING_OUT, now, limit)
    ]
