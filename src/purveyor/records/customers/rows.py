"""Rows of customers that nothing but this stage reads: notes on them, and sessions, which no journal rebuilds."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.rows import Row


class CustomerNote(Row):
    """What staff wrote on a customer for one another. The words stand in `private_text`."""

    table: ClassVar[str] = "customer_note"
    locked: ClassVar[bool] = False

    id: UUID
    customer_id: UUID
    text_id: UUID
    written_by: str
    at: datetime


class CustomerSession(Row):
    """A browser in which an e-mail address was proved by a link. Empty once it is over."""

    table: ClassVar[str] = "customer_session"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    email: str  # in lower case
    begun_at: datetime
    seen_at: datetime
    until: datetime
    ended_at: datetime | None
