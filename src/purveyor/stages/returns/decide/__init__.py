"""The rules of returns: what may come back, what becomes of the goods, what is credited, and what others report."""

from purveyor.stages.returns.decide import credit, endings, goods, history, notes, request

__all__ = ["credit", "endings", "goods", "history", "notes", "request"]
