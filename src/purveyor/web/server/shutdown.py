"""How open pages learn that their server is about to stop.

They hold their lines for minutes, and a server that waits for the last of them is killed in the end. So the process
that answers requests gets a signal of our own before it is told to end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOPPING: int | None = getattr(signal, "SIGUSR1", None)  # where the system has no such signal, lines are cut off


def announce_shutdown(pid: int | None) -> None:
    """To the process that answers requests."""
    if STOPPING is not None and pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, STOPPING)


@contextmanager
def close_on_signal(end: Callable[[], None]) -> Iterator[None]:
    """`end` is called when the server begins to stop, at the latest when this is left."""
    loop = asyncio.get_running_loop()
    heard = STOPPING if threading.current_thread() is threading.main_thread() else None
    if heard is not None:
        loop.add_signal_handler(heard, end)
    try:
        yield
    finally:
        end()
        if heard is not None:
            loop.remove_signal_handler(heard)
