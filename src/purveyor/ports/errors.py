"""The failures of outside systems. What may pass is retried; a key used for two things is a bug of ours."""

from __future__ import annotations


class TemporaryFailure(Exception):  # noqa: N818 (a state of the world, no mistake)
    """An outside system did not answer, or answered with an error that may pass. Retried with backoff."""


class GatewayUnavailable(TemporaryFailure):
    """The payment gateway certainly did NOT do it: call again later with the same key."""


class GatewayTimeout(TemporaryFailure):
    """The payment gateway may or may not have done it: ask with `look_up` before anything else."""


class CarrierUnavailable(TemporaryFailure):
    """The carrier did not answer. It may have acted: call again with the same key, never with a new one."""


class NotifierUnavailable(TemporaryFailure):
    """The mail or SMS provider did not answer. It may have sent: call again with the same key."""


class AccessUnavailable(TemporaryFailure):
    """The system that grants access did not answer. It may have acted: call again with the same key."""


class KeyReused(ValueError):  # noqa: N818 (named for what happened)
    """A key came back with another body. Nothing was done, and trying again will not help: a bug of the caller."""
