"""Figures for Prometheus: requests, commands by outcome, how long they took, and the committer's line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from purveyor.engine.committer import Committer
from purveyor.web.http import security_log

# Seconds: the committer answers in 2 to 50 ms.
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """One registry an application, so that several can live in one process (tests)."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "purveyor_http_requests", "Requests.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "purveyor_http_request_seconds",
            "Time to the answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._commands = Counter(
            "purveyor_commands",
            "Commands, by kind and what was answered: accepted, refused, replayed, previewed, failed.",
            ("kind", "outcome"),
            registry=self._registry,
        )

    def watch(self, committer: Committer) -> None:
        self._registry.register(_Line(committer))

    def timer(self, method: str, route: str) -> Callable[[int, float], None]:
        """Notes one request of a route: status and seconds. Labels are resolved once."""
        seconds = self._seconds.labels(method, route)
        by_status: dict[int, Counter] = {}

        def note(status: int, took: float) -> None:
            counter = by_status.get(status)
            if counter is None:
                counter = by_status[status] = self._requests.labels(method, route, str(status))
            counter.inc()
            seconds.observe(took)

        return note

    def outcomes(self, kind: str) -> Callable[[str], None]:
        """Notes one command of a kind."""
        by_outcome: dict[str, Counter] = {}

        def note(outcome: str) -> None:
            counter = by_outcome.get(outcome)
            if counter is None:
                counter = by_outcome[outcome] = self._commands.labels(kind, outcome)
            counter.inc()

        return note

    @property
    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Line(Collector):
    """What the committer counts by itself, read when it is asked for."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily("purveyor_batches", "Transactions of the committer.", self._committer.batches)
        yield CounterMetricFamily(
            "purveyor_committed_commands",
            "Commands that came in these transactions: divided by them, the size of a batch.",
            self._committer.commands,
        )
        turned_away = CounterMetricFamily(
            "purveyor_refused", "What was refused at the doors, by reason.", labels=["reason"]
        )
        for reason in get_args(security_log.Reason):
            turned_away.add_metric([reason], security_log.refused[reason])
        yield turned_away
        yield GaugeMetricFamily("purveyor_waiting_commands", "Commands in the line.", self._committer.waiting)
