"""The rules of shipping: labels, what voids them, and what may be handed to the courier."""

from purveyor.stages.shipping.decide import dispatch, labels

__all__ = ["dispatch", "labels"]
