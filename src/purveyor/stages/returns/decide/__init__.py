"""The rules of returns: what may come back, what becomes of the goods, what is credited, and what others report."""

from purveyor.stages.returns.decide import (
    cancellation_and_expiry,
    credit,
    imported_returns,
    receiving_and_inspection,
    recorded_events,
    request,
)

__all__ = [
    "cancellation_and_expiry",
    "credit",
    "imported_returns",
    "receiving_and_inspection",
    "recorded_events",
    "request",
]
