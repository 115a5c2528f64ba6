"""Structured logs: readable on a terminal, JSON elsewhere."""

from __future__ import annotations

import io
import logging
import re
import sys
from time import monotonic
from typing import Any, TextIO

import structlog

from purveyor.settings import Settings

SILENT_S = 60.0
MOST_REMEMBERED = 1_000


CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and what turns writing around


def clean(text: str) -> str:
    """A text without anything that a terminal obeys; line ends stay."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _cleaned(_logger: Any, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """What others have written is not obeyed by the terminal on which it is read."""
    return {key: clean(value) if isinstance(value, str) else value for key, value in event.items()}


def _traceback(to: TextIO, info: structlog.typing.ExcInfo) -> None:
    told = io.StringIO()
    structlog.dev.plain_traceback(told, info)
    to.write(clean(told.getvalue()))


def configure_logs(settings: Settings) -> None:
    """Once a process. Everything goes to standard error, so that standard output belongs to the answer."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    last: structlog.types.Processor = (
        # Without the values of variables, which may be somebody's name.
        structlog.dev.ConsoleRenderer(exception_formatter=_traceback)
        if as_text
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *((_cleaned,) if as_text else (structlog.processors.format_exc_info,)),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING)


class _OfLibraries(logging.Handler):
    """What libraries have to say, in the same form as ours; the same words once a minute at most.

    A pool that cannot restore its connections says so at every try.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            now = monotonic()
            if now - self._said.get((record.name, text), -SILENT_S) < SILENT_S:
                return
            if len(self._said) >= MOST_REMEMBERED:
                self._said.clear()
            self._said[record.name, text] = now
            about: dict[str, Any] = {"exc_info": record.exc_info} if record.exc_info else {}
            level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
            structlog.get_logger().log(level, text, logger=record.name, **about)
        except Exception:  # noqa: BLE001 (as every handler does)
            self.handleError(record)
