"""Foresight: what would have happened last month under a policy that is only thought of.

The rules that decided then decide again, on what the journal says; nothing is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import DAYS, MOST, Asked, Changed, Count, Foresight, asked_of
from purveyor.insight.backtest.holds import foresee_holds
from purveyor.insight.backtest.orders import foresee_orders
from purveyor.insight.backtest.returns import foresee_returns
from purveyor.insight.backtest.risk import foresee_risk
from purveyor.insight.backtest.routing import foresee_serving

Foresee = Callable[[Reader, Asked], Awaitable[Foresight]]
FORESEES: dict[str, Foresee] = {
    "tax": foresee_orders,
    "shipping": foresee_orders,
    "closed_channels": foresee_orders,
    "locations": foresee_serving,
    "routing": foresee_serving,
    "risk": foresee_risk,
    "holds": foresee_holds,
    "returns": foresee_returns,
}

__all__ = ["DAYS", "FORESEES", "MOST", "Asked", "Changed", "Count", "Foresight", "asked_of"]
