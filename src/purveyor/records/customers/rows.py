"""Rows of customers that no journal rebuilds."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.rows import Row


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
