"""What kept a message from arriving, in words: libraries tell it by the types of errors, one caused by another."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpcore
import httpx

from purveyor.adapters.webhooks.reasons import (
    BROKEN_OFF,
    BY_PROXY,
    NO_SUCH_NAME,
    NO_WAY,
    NOT_HTTP,
    NOT_SECURE,
    NOT_SENT,
    REFUSED,
)
from purveyor.core.reason_templates import ReasonTemplate

Kinds = tuple[type[BaseException], ...]
#: The most telling one of an error and its causes decides, so the most exact kinds come first.
REASONS: Final[tuple[tuple[Kinds, ReasonTemplate], ...]] = (
    ((socket.gaierror,), NO_SUCH_NAME),
    ((ssl.SSLError,), NOT_SECURE),
    ((ConnectionRefusedError,), REFUSED),
    ((httpx.ProxyError, httpcore.ProxyError), BY_PROXY),
    ((ConnectionResetError, BrokenPipeError, ConnectionAbortedError), BROKEN_OFF),
    ((httpx.ProtocolError, httpx.DecodingError), NOT_HTTP),
    ((httpx.ReadError, httpx.WriteError, httpx.CloseError), BROKEN_OFF),
    ((httpx.ConnectError, OSError), NO_WAY),
)
_LONGEST_DETAIL: Final = 300


def told(error: BaseException) -> str:
    """The reason as it is written down, with what the library said behind it."""
    causes = list(_causes(error))
    for kinds, reason in REASONS:
        for cause in causes:
            if isinstance(cause, kinds):
                return reason(detail_name=_detail(cause))
    return NOT_SENT(detail_name=_detail(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, each once; of several at once all of them."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
            waiting += getattr(each, "exceptions", ())


def _detail(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".removesuffix(": ").split())[:_LONGEST_DETAIL]
