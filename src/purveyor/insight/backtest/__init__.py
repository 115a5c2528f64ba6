"""A backtest: what would have happened last month under a policy that is only thought of.

The rules that decided then decide again, on what the journal says; nothing is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import (
    DAYS,
    MOST,
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PolicyPair,
    policies_compared,
)
from purveyor.insight.backtest.holds import backtest_holds
from purveyor.insight.backtest.orders import backtest_orders
from purveyor.insight.backtest.returns import backtest_returns
from purveyor.insight.backtest.risk import backtest_risk
from purveyor.insight.backtest.routing import backtest_routing

Backtest = Callable[[Reader, PolicyPair], Awaitable[BacktestResult]]
BACKTESTS: dict[str, Backtest] = {
    "tax": backtest_orders,
    "shipping": backtest_orders,
    "closed_channels": backtest_orders,
    "locations": backtest_routing,
    "routing": backtest_routing,
    "risk": backtest_risk,
    "holds": backtest_holds,
    "returns": backtest_returns,
}

__all__ = [
    "BACKTESTS",
    "DAYS",
    "MOST",
    "BacktestResult",
    "ChangedOrder",
    "OutcomeCount",
    "PolicyPair",
    "policies_compared",
]
