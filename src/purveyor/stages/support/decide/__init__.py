"""The rules of support: cases and their clocks, claims and what puts them right, and what others report."""

from purveyor.stages.support.decide import cases, claims, recorded_events

__all__ = ["cases", "claims", "recorded_events"]
